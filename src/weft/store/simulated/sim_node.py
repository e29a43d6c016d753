"""One node of a simulated site: the replication core, a disk that may fail, and the loops in between.

Does in virtual time what `site_store.py` does over NATS: commits by compare-and-set with claims, follows its own
site's log, pulls from neighbours, relays through an outbox, compares digests, hands over scarce items.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Collection, Coroutine
from typing import Any, Protocol

import msgspec

from weft.model import Conflict, NodeId, SiteId, Unavailable, WeftError
from weft.store.agreement import HELD, Memory, MustStartAnew, Standing
from weft.store.clock import hlc_from_ms
from weft.store.collect import Collecting
from weft.store.effects import Effects
from weft.store.execute import execute
from weft.store.granting import hand_over, top_ups
from weft.store.neighbours import neighbours_of
from weft.store.pools import live_sites, pool_key, pool_named
from weft.store.protocol import Change
from weft.store.records import Key, Record
from weft.store.recovery import writer_name
from weft.store.repair import BadAnswer
from weft.store.replica import Replica, Written
from weft.store.simulated.disk import Cursor, Disk, Entry, Log, WrongSequence
from weft.store.simulated.wan import Wan
from weft.store.state import MergedState
from weft.store.usage import Usage
from weft.store.wire import encode_record
from weft.store.writes import Claim, ClaimTaken, Receipt, StaleView, Write, Writes

READ, TRANSFER = "read", "transfer"
BATCH = 50

_encode = msgspec.msgpack.Encoder().encode


class _Question(msgspec.Struct, array_like=True):
    """A question to a site's log: what comes after a sequence?"""

    after: int
    created_ms: int


class _Answer(msgspec.Struct, array_like=True):
    """What a log holds from there."""

    created_ms: int
    last_seq: int
    entries: list[Entry]


class _Ask(msgspec.Struct, array_like=True):
    """A wish for an item of a pool."""

    pool: str
    item: str | None


class Circumstances(Protocol):
    """What surrounds a node: given by the simulation."""

    chance: random.Random
    wan: Wan
    sites: list[SiteId]
    collecting: Collecting

    def now_ms(self, site: SiteId) -> int: ...  # the site's own, possibly wrong, clock
    def landed(self, site: SiteId, written: Written, before: list[Record | None]) -> None: ...  # for the checkers
    def must_start_anew(self, site: SiteId) -> None: ...  # it was away for too long


class SimNode:
    """Implements as much of `protocol.Store` as commands and checkers need."""

    def __init__(self, site: SiteId, name: str, log: Log, disk: Disk, world: Circumstances, *, serves: bool) -> None:
        self.site, self.node = site, NodeId(name)
        self.log, self.disk = log, disk
        self.serves = serves
        self.lag_s = 0.0  # how late we read our own log
        self._world = world
        self.replica = Replica(
            site,
            writer=writer_name(site, log.created_ms),
            lost=serves and log.ready_seq is None,  # still so if it crashed amid its recovery
            has_peers=len(world.sites) > 1,
            reports=serves,
            collecting=world.collecting,
        )
        self.replica.agreement.others = self._other_sites
        self.state: MergedState = self.replica.state
        self.usage = Usage()
        self._claims: dict[str, set[str]] = {}
        self._seqs: dict[Key, int] = {}
        self._own_seq = 0
        self._has_read = asyncio.Event()  # set, then replaced, whenever we have read on in our own log
        self._outbox_filled = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    # ---- life
    def start(self) -> None:
        """Load the disk and begin all loops."""
        self.replica.load(self.disk.records.values(), self._now_ms())
        self.replica.agreement.memory = (
            msgspec.msgpack.decode(self.disk.memory, type=Memory)
            if self.disk.memory
            else Memory(born=hlc_from_ms(self._now_ms()))
        )
        self.usage.absorb(Change(record.key, None, record, 0) for record in self.state.live_records())
        self.spawn(self._follow_own_log())
        self.spawn(self._flush_soon())
        self.spawn(self._relay())
        if self.serves:
            self._say_how_ready()
            self._world.wan.attach(self.site, self._answer_in_own_task)
            for peer in neighbours_of(self.site, self._world.sites):
                self.spawn(self._pull(peer))
                self.spawn(self._compare(peer))
            self.spawn(self._tick())
        else:
            self.spawn(self._forget_too())

    def crash(self) -> None:
        """Stop at once; what was not flushed is lost."""
        if self.serves:
            self._world.wan.detach(self.site)
        for task in list(self._tasks):
            task.cancel()
        self.disk.lose_power()

    def spawn(self, duty: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something that ends when the node crashes."""
        task = asyncio.get_running_loop().create_task(duty)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ---- writing (protocol.Store)
    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt:
        """See the protocol."""
        if not self.log.may_write or (writes.claims and not self._may_hand_out):
            raise Unavailable(f"site {self.site} recovers from the loss of its disk")
        self._reserve(writes.claims)
        taken: list[Claim] = []
        try:
            written = self.replica.write(writes, self._now_ms())
            before = [self.state.raw(record.key) for record in written.records]
            messages = [(r.key, encode_record(r), self._seqs.get(r.key, 0)) for r in written.records]
            await self._disk_time()
            for claim in writes.claims:
                if not self.log.claim(claim.pool, claim.item, self._now_s()):
                    raise ClaimTaken(claim)
                taken.append(claim)
            await self._disk_time()
            seqs = self.log.publish(messages)
            taken.clear()
            self._world.landed(self.site, written, before)
            await self._disk_time()
            for (key, _, _), seq in zip(messages, seqs, strict=True):
                self._seqs[key] = max(seq, self._seqs.get(key, 0))
            self._do(self.replica.accept(written.records, self._now_ms()))
            return written.receipt
        except WrongSequence as err:
            raise StaleView(str(err)) from err
        finally:
            for claim in taken:
                self.log.release(claim.pool, claim.item)
            for claim in writes.claims:
                self._claims[claim.pool].discard(claim.item)

    def held_claims(self, pool: str) -> Collection[str]:
        """See the protocol."""
        return frozenset(self._claims.get(pool, ()))

    async def catch_up(self, *, deadline_s: float = 5.0) -> None:
        """See the protocol."""
        target = self.log.last_seq
        while self._own_seq < target:
            await self._has_read.wait()

    async def request_transfer(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        """See the protocol."""
        reached = False
        for owner in owners:
            with contextlib.suppress(Unavailable):
                data = await self._ask(owner, _Ask(pool, item))
                reached = True
                if data:
                    self._do(self.replica.absorb(data, owner, self._now_ms()))
                    return
        raise Conflict(f"{pool}: no site has any to give") if reached else Unavailable(f"{pool}: no owner answers")

    async def _ask(self, owner: SiteId, ask: _Ask) -> bytes:
        if owner == self.site:
            return await self._give(owner, ask)
        return await self._world.wan.call(self.site, owner, TRANSFER, _encode(ask))

    def _reserve(self, claims: tuple[Claim, ...]) -> None:
        for claim in claims:
            if claim.item in self._claims.get(claim.pool, ()):
                raise ClaimTaken(claim)
        for claim in claims:
            self._claims.setdefault(claim.pool, set()).add(claim.item)

    @property
    def is_busy(self) -> bool:
        """Something is still on its way within the site, or waits to be reported."""
        behind = self._own_seq < self.log.last_seq
        return behind or bool(self.disk.outbox) or self.replica.next_finding_ms is not None

    # ---- loops
    async def _follow_own_log(self) -> None:
        cursor = self.disk.cursors.get(self.site, Cursor())
        self._own_seq = cursor.seq if cursor.created_ms == self.log.created_ms else 0
        for entry in self.log.read(0, self.log.last_seq):
            self._seqs[entry.key] = entry.seq if entry.seq <= self._own_seq else 0
        while True:
            entries = self.log.read(self._own_seq, BATCH)
            if not entries:
                await self.log.grown.wait()
                await asyncio.sleep(self._world.chance.uniform(0, 0.02) + self.lag_s)
                continue
            for entry in entries:
                self._own_seq = entry.seq
                self._has_read.set()
                if entry.seq <= self._seqs.get(entry.key, 0):
                    continue  # our own commit or relay, come round
                self._seqs[entry.key] = entry.seq
                effects = self.replica.absorb(entry.data, self.site, self._now_ms())
                self._do(effects, self.site, Cursor(self.log.created_ms, entry.seq))
            self._has_read = asyncio.Event()
            await asyncio.sleep(0)

    async def _flush_soon(self) -> None:
        while True:
            if self.disk.outbox:
                self._outbox_filled.set()
            await self.disk.noted.wait()
            await asyncio.sleep(0.05)
            self.disk.noted.clear()
            self.disk.flush()

    async def _forget_too(self) -> None:
        while True:
            if self.log.collected > self.replica.agreement.before:
                self.replica.agreement.before = self.log.collected
                self._do(self.replica.tick(self._now_ms()))
            await self.log.forgot.wait()
            await asyncio.sleep(0.05)

    async def _relay(self) -> None:
        while True:
            await self._outbox_filled.wait()
            self._outbox_filled.clear()
            for key in list(self.disk.outbox):
                await self._relay_one(key)

    async def _relay_one(self, key: Key) -> None:
        while (record := self.state.raw(key)) is not None:
            # The expected sequence belongs to this version: taken later, it would let us overwrite a newer one.
            data, expected = encode_record(record), self._seqs.get(key, 0)
            entry = self.log.entry_of(key)
            if entry is not None and entry.data == data and expected == entry.seq:
                break
            await self._disk_time()
            try:
                self._seqs[key] = self.log.publish([(key, data, expected)])[0]
                break
            except WrongSequence:
                await self.catch_up()
        self.disk.outbox.pop(key, None)

    async def _pull(self, peer: SiteId) -> None:
        chance = self._world.chance
        while True:
            cursor = self.disk.cursors.get(peer, Cursor())
            seq, created_ms = cursor.seq, cursor.created_ms
            with contextlib.suppress(Unavailable):
                await self._stand_of(peer)
                while True:
                    question = _encode(_Question(seq, created_ms))
                    data = await self._world.wan.call(self.site, peer, READ, question)
                    answer = msgspec.msgpack.decode(data, type=_Answer)
                    if answer.created_ms != created_ms or answer.last_seq < seq:
                        seq, created_ms = 0, answer.created_ms
                        continue
                    entries = answer.entries
                    if not entries:
                        await asyncio.sleep(chance.uniform(0.3, 1.5))
                        continue
                    seq = entries[-1].seq
                    for entry in _mistreated(entries, chance):
                        self._do(self.replica.absorb(entry.data, peer, self._now_ms()))
                    self.disk.note(Effects(), peer, Cursor(created_ms, seq))
            await asyncio.sleep(chance.uniform(0.2, 1.0))

    async def _stand_of(self, peer: SiteId) -> Standing:
        """Return where a peer stands. Raises Unavailable if it, or we, must not be merged with."""
        answer = await self._world.wan.call(self.site, peer, HELD, b"")
        try:
            return self.replica.agreement.heard(peer, answer, self._now_ms())
        except MustStartAnew:
            self._world.must_start_anew(self.site)
            raise

    async def _compare(self, peer: SiteId) -> None:
        chance = self._world.chance
        await asyncio.sleep(chance.uniform(0, 0.2))
        while True:
            repair, refused = self.replica.repair(), self.replica.quarantine.count
            with contextlib.suppress(Unavailable, BadAnswer):
                stand = await self._stand_of(peer)
                while (request := repair.request()) is not None:
                    answer = await self._world.wan.call(self.site, peer, request.verb, request.payload)
                    for data in repair.take(answer):
                        self._do(self.replica.absorb(data, peer, self._now_ms()))
                self.replica.recovery.read_fully(peer)
                if repair.is_complete and self.replica.quarantine.count == refused:
                    self.replica.agreement.has_all(peer, stand)
                self._say_how_ready()
            await asyncio.sleep(chance.uniform(4, 8))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._say_how_ready()
            self._do(self.replica.tick(self._now_ms()))
            self.disk.memory = _encode(self.replica.agreement.memory)
            self.log.collect(self.replica.agreement.before)
            pooled = [record for kind in ("subnet", "subnetpool") for record in self.state.of_kind(kind)]
            for name in [f"{record.key.kind}.{record.key.id}" for record in pooled] + ["vni", "mac"]:
                with contextlib.suppress(WeftError):
                    await self._top_up(name)

    async def _top_up(self, name: str) -> None:
        pool = pool_named(self.state, name)
        if pool is None or pool.giver != self.site:
            return
        given = top_ups(self.state, pool, live_sites(self.state), self.usage)
        if given.fields:
            claims = tuple(Claim(name, item) for item in given.claims)
            await self.commit(Writes((Write(pool_key(pool), given.fields),), claims, self.node, "top up"))

    # ---- answering
    async def _answer_in_own_task(self, asker: SiteId, verb: str, payload: bytes) -> bytes:
        """Answer on our own account: if we crash, so does the answer, and only that."""
        task = self.spawn(self._answer(asker, verb, payload))
        await asyncio.wait([task])
        if task.cancelled():
            await asyncio.Event().wait()
        data: bytes = task.result()
        return data

    async def _answer(self, asker: SiteId, verb: str, payload: bytes) -> bytes:
        if verb == READ:
            question = msgspec.msgpack.decode(payload, type=_Question)
            same = question.created_ms == self.log.created_ms
            entries = self.log.read(question.after, BATCH) if same else []
            return _encode(_Answer(self.log.created_ms, self.log.last_seq, entries))
        if verb == HELD:
            self.disk.flush()
            return self.replica.agreement.says(asker, self._now_ms())
        if verb == TRANSFER:
            return await self._give(asker, msgspec.msgpack.decode(payload, type=_Ask))
        self.disk.flush()  # what we tell others we must not forget
        return self.replica.answer(verb, payload)

    async def _give(self, asker: SiteId, ask: _Ask) -> bytes:
        """Hand over an item; the answer is the record with the grant, or nothing if there is none to give."""

        def decide(_state: Any, held: Callable[[str], Collection[str]]) -> Writes:
            pool = pool_named(self.state, ask.pool)
            if pool is None:
                raise Conflict(f"no pool {ask.pool}")
            given = hand_over(self.state, pool, self.usage, self.site, asker, ask.item, held(ask.pool))
            claims = tuple(Claim(ask.pool, item) for item in given.claims)
            return Writes((Write(pool_key(pool), given.fields),), claims, f"site {asker}", "hand over")

        try:
            receipt = await execute(self, decide, deadline_s=1.5)
        except Conflict:
            return b""
        record = self.state.raw(receipt.keys[0])
        assert record is not None
        return encode_record(record)

    # ---- small things
    def _do(self, effects: Effects, source: SiteId | None = None, cursor: Cursor | None = None) -> None:
        self.usage.absorb(effects.changes)
        for key in effects.forget:
            self.log.purge(key)
        self.disk.note(effects, source, cursor)

    def _other_sites(self) -> list[SiteId]:
        """Return the sites that we know of, and those that we were told of."""
        dead = {site.key.id for site in self.state.of_kind("site") if site.get("dead") is True}
        return [site for site in self._world.sites if site != self.site and site not in dead]

    async def _disk_time(self) -> None:
        await asyncio.sleep(self._world.chance.uniform(0.0005, 0.004))

    def _say_how_ready(self) -> None:
        """Tell the site's other nodes what may be done; they must read what we heard before they hand out anything."""
        self.log.may_write = self.replica.recovery.may_write
        if self.log.ready_seq is None and self.replica.recovery.may_hand_out and self.disk.is_told:
            self.log.ready_seq = self.log.last_seq

    @property
    def _may_hand_out(self) -> bool:
        return self.log.ready_seq is not None and (self.serves or self._own_seq >= self.log.ready_seq)

    def _now_ms(self) -> int:
        return self._world.now_ms(self.site)

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


def _mistreated(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Return messages as a bad day would deliver them: repeated, out of order, with holes, torn."""
    day = chance.random()
    if day > 0.97:
        torn = chance.choice(entries)
        return [Entry(torn.seq, torn.key, torn.data[: chance.randrange(len(torn.data))]), *entries]
    if day < 0.1:
        return entries + entries[: chance.randrange(len(entries) + 1)]
    if day < 0.2:
        return chance.sample(entries, len(entries))
    if day < 0.25:
        return [entry for entry in entries if chance.random() < 0.8]
    return entries
