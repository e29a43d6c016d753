"""Sites, tenants and misfortune, all from one seed: run, let come to rest, check.

make sim SEED=83113 [SITES=3] [STEPS=120]
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

import msgspec

from weft.model import SiteId, WeftError
from weft.store.collect import USUAL, Collecting
from weft.store.execute import Decide, Held, execute
from weft.store.protocol import State
from weft.store.records import Key, Record
from weft.store.replica import Written
from weft.store.simulated.checks import Broken, check_all
from weft.store.simulated.disk import Disk, Log
from weft.store.simulated.history import Event, History
from weft.store.simulated.sim_node import SimNode
from weft.store.simulated.virtual_time import run_virtually
from weft.store.simulated.wan import Wan
from weft.store.simulated.workload import next_request
from weft.store.wire import decode_record
from weft.store.writes import Write, Writes

START_MS = 1_800_000_000_000
NODES_PER_SITE = 2
REST_MAX_S = 600.0  # a site whose clock is 90 s ahead is believed 30 s later

HASTY = Collecting(margin_ms=6_000, grid_ms=1_000)  # a node reads its own log up to 3 s late

MISFORTUNES = {  # and how often each strikes, in proportion
    "cut pair": 3,
    "cut site": 3,
    "heal": 4,
    "crash": 2,
    "wipe": 1,
    "start": 4,
    "clock": 1,
    "lag": 1,
    "declare dead": 0.3,
}


class Outcome(msgspec.Struct, frozen=True):
    """What a run came to."""

    seed: int
    counts: Counter[str]  # what was asked for and what happened
    rest_s: float  # how long it took the sites to agree after the last misfortune


class Simulation:
    """One fabric. Implements `sim_node.Circumstances`."""

    def __init__(self, seed: int, site_count: int, steps: int) -> None:
        self.seed, self.steps = seed, steps
        self.chance = random.Random(seed)
        self.sites = [SiteId(f"s{number:02}") for number in range(1, site_count + 1)]
        self.wan = Wan(
            self.chance, delay_s=self.chance.choice((0.001, 0.02, 0.2)), loss=self.chance.choice((0, 0, 0.02, 0.1))
        )
        self.history = History()
        self.counts: Counter[str] = Counter()
        # Where tombstones are forgotten within seconds, clocks must not differ by more than that.
        self.collecting = self.chance.choice((USUAL, HASTY))
        self._skew_ms = {site: self._some_skew() for site in self.sites}
        self._logs: dict[SiteId, Log] = {}
        self._disks: dict[SiteId, list[Disk]] = {}
        self._running: dict[SiteId, list[SimNode]] = {}
        self._requests: set[asyncio.Task[None]] = set()
        self._dead: set[SiteId] = set()
        self._starting_anew: set[SiteId] = set()
        self._crashed: dict[SiteId, list[SimNode]] = {}

    # ---- what nodes see of the world
    def now_ms(self, site: SiteId) -> int:
        """Return what the site's clock shows."""
        return START_MS + int(asyncio.get_running_loop().time() * 1000) + self._skew_ms[site]

    def landed(self, site: SiteId, written: Written, before: list[Record | None]) -> None:
        """Note a write that reached a log."""
        self.history.landed(site, written, before)

    # ---- the run
    async def run(self) -> Outcome:
        """Run it. Raises Broken."""
        for site in self.sites:
            self._begin(site)
        await self._join_all()
        for _ in range(self.steps):
            if self.chance.random() < 0.12:
                self._misfortune()
            await self._tenant_acts()
            await asyncio.sleep(self.chance.choice((0.0, 0.005, 0.05, 0.5)))
        self.wan.heal()
        self.wan.loss = 0
        for site in self._living():
            if site not in self._running:
                self._begin(site)
        await asyncio.gather(*self._requests)
        rest_s = await self._come_to_rest()
        nodes = self._nodes()
        check_all(nodes, self.history)
        self.counts["conflicts"] = len(nodes[0].state.of_kind("conflict"))
        self.counts["records"] = len(nodes[0].state)
        self.counts["forgotten"] = len(
            {event.key for event in self.history.events if is_forgotten(nodes[0], event.key)}
        )
        for node in nodes:
            node.crash()
        return Outcome(self.seed, self.counts, rest_s)

    def _nodes(self) -> list[SimNode]:
        return [node for nodes in self._running.values() for node in nodes]

    async def _join_all(self) -> None:
        for number, site in enumerate(self.sites, start=1):
            key = Key("fabric", "site", site)
            introduction = Writes((Write(key, {"number": number}),))
            async for _ in ticks(0.5):
                with contextlib.suppress(WeftError):
                    await execute(self._running[site][0], partial(_as_given, introduction))
                    break
        for node in self._nodes():
            async for _ in ticks(0.5):
                if len(node.state.of_kind("site")) == len(self.sites):
                    break

    async def _tenant_acts(self) -> None:
        site = self.chance.choice(self.sites)
        name, decide = next_request(self.chance, site)
        if site not in self._running:
            return
        node = self.chance.choice(self._running[site])
        task = node.spawn(self._request(node, name, decide))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _request(self, node: SimNode, name: str, decide: Decide) -> None:
        try:
            receipt = await execute(node, decide, deadline_s=5)
        except WeftError as err:
            self.counts[f"{name}: {type(err).__name__}"] += 1
        else:
            self.counts[name] += 1
            self.history.acknowledged(node.site, receipt.hlc)

    # ---- misfortune
    def _misfortune(self) -> None:
        site = self.chance.choice(self.sites)
        what = self.chance.choices(tuple(MISFORTUNES), weights=tuple(MISFORTUNES.values()))[0]
        self.counts[what] += 1
        if what == "cut pair":
            self.wan.cut(site, self.chance.choice(self.sites))
        elif what == "cut site":
            for other in self.sites:
                self.wan.cut(site, other)
        elif what == "heal":
            self.wan.heal()
        elif what in ("crash", "wipe") and site in self._running:
            self._crash(site)
            if what == "wipe" and len(self._running) == len(self._living()) - 1:
                self._wipe(site)
        elif what == "start" and (down := [site for site in self._living() if site not in self._running]):
            self._begin(down[0])
        elif what == "clock":
            self._skew_ms[site] = self._some_skew()
        elif what == "declare dead" and site not in self._running and len(self._living()) > 2 and self._running:
            if site not in self._dead:
                self._declare_dead(site)
        elif what == "lag" and site in self._running:
            self._running[site][-1].lag_s = self.chance.choice((0.0, 0.5, 3.0))

    def _declare_dead(self, site: SiteId) -> None:
        """Let an operator declare a site lost that is down: it never comes back, nor does what only it knew."""
        node = self.chance.choice(self._nodes())
        self._dead.add(site)
        self._wipe(site)
        key = Key("fabric", "site", site)
        self._requests.add(
            node.spawn(self._request(node, "dead", partial(_as_given, Writes((Write(key, {"dead": True}),)))))
        )

    def _living(self) -> list[SiteId]:
        return [site for site in self.sites if site not in self._dead]

    def must_start_anew(self, site: SiteId) -> None:
        """Let a site that was away for too long discard what it has; it does so by itself, and comes back."""
        if site not in self._starting_anew:
            self._starting_anew.add(site)
            asyncio.get_running_loop().call_soon(self._start_anew, site)

    def _start_anew(self, site: SiteId) -> None:
        self._starting_anew.discard(site)
        self.counts["start anew"] += 1
        if site in self._running:
            self._crash(site)
            self._wipe(site)
            self._begin(site)

    def _some_skew(self) -> int:
        if self.collecting is HASTY:
            return self.chance.choice((0, 0, 50, -800))
        return self.chance.choice((0, 0, 50, -800, 20_000, -20_000, self.chance.randrange(-90_000, 90_000)))

    def _begin(self, site: SiteId) -> None:
        log = self._logs.setdefault(site, Log(self.now_ms(site)))
        disks = self._disks.setdefault(site, [Disk() for _ in range(NODES_PER_SITE)])
        nodes = [
            SimNode(site, f"{site}-{number}", log, disk, self, serves=number == 1)
            for number, disk in enumerate(disks, start=1)
        ]
        self._running[site] = nodes
        for node in nodes:
            node.start()

    def _crash(self, site: SiteId) -> None:
        self._crashed[site] = self._running.pop(site)
        for node in self._crashed[site]:
            node.crash()

    def _wipe(self, site: SiteId) -> None:
        """Destroy a site's disks, and note what nobody else knew: writes, and reports of what it merged."""
        for node in self._crashed.get(site, ()):
            reports = [each for each in node.state.of_kind("conflict") if not self._is_held(each.key, site)]
            self.history.lost_reports += reports
        self._logs.pop(site, None)
        self._disks.pop(site, None)
        # Another site's writes too: it may have lost its own disk before, and this one was the last to know.
        self.history.forget([event for event in self.history.events if not self._is_known(event)])

    def _is_held(self, key: Key, except_site: SiteId) -> bool:
        """Tell whether another site has a record."""
        if any(node.state.raw(key) is not None for node in self._nodes() if node.site != except_site):
            return True
        return any(key in disk.records for site, disks in self._disks.items() if site != except_site for disk in disks)

    def _is_known(self, event: Event) -> bool:
        if any(event.is_in(node.state.raw(event.key)) for node in self._nodes()):
            return True
        if any(event.is_in(disk.records.get(event.key)) for disks in self._disks.values() for disk in disks):
            return True
        entries = [log.entry_of(event.key) for log in self._logs.values()]
        return any(event.is_in(decode_record(entry.data, None)) for entry in entries if entry is not None)

    # ---- the end
    async def _come_to_rest(self) -> float:
        start_s = asyncio.get_running_loop().time()
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(4.0)
            digests = {node.replica.digest.root() for node in self._nodes()}
            busy = any(node.is_busy for node in self._nodes())
            quiet = quiet + 1 if len(digests) == 1 and not busy else 0
            if asyncio.get_running_loop().time() - start_s > REST_MAX_S:
                raise Broken(f"no agreement {REST_MAX_S:g} s after the last misfortune")
        return asyncio.get_running_loop().time() - start_s


def is_forgotten(node: SimNode, key: Key) -> bool:
    """Tell whether a node knows nothing of a record."""
    return node.state.raw(key) is None


async def ticks(every_s: float) -> AsyncIterator[None]:
    """Yield now and then, for ever."""
    while True:
        yield
        await asyncio.sleep(every_s)


def _as_given(writes: Writes, _state: State, _held: Held) -> Writes:
    return writes


def replay_line(seed: int, site_count: int, steps: int) -> str:
    """Return what to type to see a run again."""
    return f"make sim SEED={seed} SITES={site_count} STEPS={steps}"


def simulate(seed: int, site_count: int = 3, steps: int = 120) -> Outcome:
    """Run one simulation. Raises Broken with the line that replays it."""
    try:
        return run_virtually(Simulation(seed, site_count, steps).run())
    except Exception as err:
        raise Broken(f"{err}\nreplay: {replay_line(seed, site_count, steps)}") from err
