"""Which process of a site hands out items alone, and the fence that every taking passes.

Locks (`claiming.py`) cost each create a round trip to the log. A site with one weftd has nobody to lock against: a
process that knows of no other writes into the site's `lease` record that it is the holder, and takes no locks then.

What makes that safe is the log. Whatever takes items names the version of the lease that it was decided on, and the
log refuses it if there is another by then (a fencing token). So each change of the lease parts the log into spans, and
in each span there is one way to take items: the holder's, without locks, or everybody's, with locks. Nobody takes
anything in a span before having read all that was written in the spans before. Who finds another process's name in
the lease and wants to take something, opens it to everybody first. A process that was told so once, leaves it at that.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

from weft.model import NodeId, SiteId, WeftError
from weft.store.holdings import Holdings
from weft.store.kinds import LEASE
from weft.store.nats.link import Link
from weft.store.nats.own_log import OwnLog
from weft.store.nats.site_log import Fence
from weft.store.nats.subjects import subject_of_key
from weft.store.records import Key
from weft.store.writes import Receipt, StaleView, Write, Writes

LOOK_S = 1.0  # how often a process looks whether it is alone: once after a start, most often
EVERYBODY = ""

Commit = Callable[[Writes], Awaitable[Receipt]]


class Lease:
    """One process's view of its site's lease."""

    def __init__(self, site: SiteId, node: NodeId, holdings: Holdings, own: OwnLog) -> None:
        self.key = Key("fabric", LEASE.name, site)
        self._site, self._node = site, node
        self._holdings, self._own = holdings, own
        self._name = f"{node} {secrets.token_hex(8)}"  # of this life of this process: nobody else's, ever
        self._subject = subject_of_key(self.key)
        self._link: Link | None = None  # over which we became the holder: what is late on an earlier one is fenced off
        self._met_others = False

    # ---- for a write that takes items
    def fence(self) -> Fence:
        """Return what the log is to check, of a decision made just now.

        Raises StaleView if it was made before all was read that came before this version of the lease.
        """
        seq = self._holdings.seqs.get(self.key, 0)
        if seq > self._own.read_seq:
            raise StaleView("decided before the site's log was read up to its lease")
        return Fence(self._subject, seq)

    def is_ours(self, link: Link) -> bool:
        """We hand out alone, over this link."""
        return self._link is link and self._holder() == self._name

    @property
    def is_anothers(self) -> bool:
        """Another process, alive or not, hands out alone."""
        return self._holder() not in (EVERYBODY, self._name)

    def opened(self) -> Writes:
        """Return the write after which everybody may take items, with locks."""
        return self._held_by(EVERYBODY, "let everybody hand out")

    def turned(self) -> Write:
        """Return a write that makes the next version of the lease, and leaves to its holder what it has."""
        record = self._holdings.state.raw(self.key)
        turn = record.get("turn", 0) if record is not None else 0
        return Write(self.key, {"holder": self._holder(), "turn": turn + 1 if isinstance(turn, int) else 1})

    # ---- becoming the holder
    async def run(self, commit: Commit) -> None:
        """Become the holder as long as we know of no other process of this site; until cancelled."""
        while True:
            link = await self._own.read_link()
            if self._link is not None and self._holder() != self._name:
                self._met_others = True
            if not self._met_others and not self.is_ours(link) and self._is_alone():
                await self._take(link, commit)
            await asyncio.wait([link.closed], timeout=LOOK_S)

    async def _take(self, link: Link, commit: Commit) -> None:
        with contextlib.suppress(WeftError):  # with locks, then, and on to the next look
            await commit(self._held_by(self._name, "hand out alone"))
            self._link = link

    def _is_alone(self) -> bool:
        nodes = self._holdings.state.lookup("node", "site", self._site)
        return [node.key.id for node in nodes] == [self._node]

    def _holder(self) -> str:
        record = self._holdings.state.raw(self.key)
        holder = record.get("holder") if record is not None else EVERYBODY
        return holder if isinstance(holder, str) else EVERYBODY

    def _held_by(self, name: str, verb: str) -> Writes:
        return Writes((Write(self.key, {"holder": name}),), actor=f"weftd {self._node}", verb=verb)
