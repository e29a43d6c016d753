"""A whole store in one process's memory, for tests of whatever needs a `Store`.

    store = MemoryStore(site="a", node="a1")
    receipt = await execute(store, decide)
    assert store.state.get("network", id).get("name") == "web"

    store.runtime.hear("a1", f"port.{id}", {"status": "ACTIVE"})  # what some node says
    store.absorb(record)                            # a record as another site wrote it
    store.settle()                                  # what is at odds is in the merge report now, not in a few seconds
    store.refuse_next(StaleView("..."))             # the next commit fails like this
    store.transfer = hand_over                      # async (pool, item, owners): what other sites answer
    MemoryStore(site="a", node="a1", now_ms=lambda: 1_700_000_000_000)  # time stands still

The replication core is the real one: merging, the merge report, what others would refuse to read. Commits obey the same
rules as the real store's, one by one; locks on items stay for as long as there. Nothing is kept when the process ends.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any

from weft.model import NodeId, NotFound, SiteId, Unavailable
from weft.store.clock import ms_from_hlc
from weft.store.effects import Effects
from weft.store.feed import Feed
from weft.store.findings import GRACE_MS
from weft.store.journal import MemoryJournal
from weft.store.locks import CLAIM_TTL_S, outlived
from weft.store.nats.site_log import MAX_RECORDS_PER_WRITE, TooManyRecords
from weft.store.protocol import (
    Alert,
    Change,
    Handler,
    JournalEntry,
    PeerStatus,
    ReceiptStatus,
    RuntimeValue,
)
from weft.store.records import Key, Record
from weft.store.replica import Replica
from weft.store.runtime import BEAT, Heard, RuntimeView
from weft.store.writes import Claim, ClaimTaken, Receipt, StaleView, Writes

ELSEWHERE = SiteId("elsewhere")  # where a record comes from that is absorbed
Transfer = Callable[[str, str | None, tuple[SiteId, ...]], Awaitable[None]]


class MemoryRuntime:
    """Implements `protocol.Runtime`; this node is alive from the start, others once they are heard."""

    def __init__(self, site: SiteId, node: NodeId, now_ms: Callable[[], int]) -> None:
        self._site, self._node, self._now_ms = site, node, now_ms
        self._view = RuntimeView()
        self._last_ms = 0
        self.hear(node, BEAT, {})

    async def report(self, key: str, value: Any) -> None:
        """Say something of this node."""
        self.hear(self._node, key, value)

    def hear(self, node: str, key: str, value: Any) -> None:
        """Behave as if `node` had said this, and that it is alive."""
        self._last_ms = at_ms = max(self._now_ms(), self._last_ms + 1)
        for said_key, said in {BEAT: {}, key: value}.items():
            self._view.hear(Heard(self._site, NodeId(node), 1, said_key, said, at_ms), self._now_s())

    def get(self, node: NodeId, key: str) -> RuntimeValue | None:
        """Return a live node's value."""
        return self._view.get(node, key, self._now_s())

    def is_alive(self, node: NodeId) -> bool:
        """Tell whether we heard of it lately; our own node beats by itself."""
        if node == self._node:
            self._view.hear(Heard(self._site, node, 1, BEAT, {}, self._now_ms()), self._now_s())
        return self._view.is_alive(node, self._now_s())

    def _now_s(self) -> float:
        return self._now_ms() / 1000


class MemoryStore:
    """Implements `protocol.Store` for a fabric of one site and one process."""

    def __init__(self, site: str = "a", node: str = "a1", *, now_ms: Callable[[], int] | None = None) -> None:
        self.site, self.node = SiteId(site), NodeId(node)
        self._now_ms = now_ms or (lambda: time.time_ns() // 1_000_000)
        self._replica = Replica(self.site)
        self.state = self._replica.state
        self.runtime = MemoryRuntime(self.site, self.node, self._now_ms)
        self.transfer: Transfer | None = None
        self._feed = Feed()
        self._journal = MemoryJournal()
        self._taking: dict[str, set[str]] = {}  # by commits under way
        self._locks_ms: dict[Claim, int] = {}  # when they lapse
        self._handlers: dict[str, Handler] = {}
        self._receipts: dict[str, Receipt] = {}
        self._refusals: list[Exception] = []

    @property
    def in_sync(self) -> bool:
        """There is nothing to wait for."""
        return True

    # ---- writing
    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt:
        """Apply all of `writes` or none."""
        before = [self.state.raw(write.key) for write in writes.writes]
        self._reserve(writes.claims)
        try:
            await asyncio.sleep(0)  # as the real store does: others may commit in between
            if self._refusals:
                raise self._refusals.pop(0)
            freed = outlived(before, writes, self._now_ms())
            self._lock(writes.claims)
            try:
                for one, held in zip(writes.writes, before, strict=True):
                    if self.state.raw(one.key) is not held:
                        raise StaleView(f"{one.key} was written meanwhile")
                if len(writes.writes) > MAX_RECORDS_PER_WRITE:
                    raise TooManyRecords(len(writes.writes))
                receipt = self._write(writes)
            except BaseException:
                self._unlock(writes.claims)
                raise
            self._unlock(freed)
            return receipt
        finally:
            for claim in writes.claims:
                self._taking[claim.pool].discard(claim.item)

    def _reserve(self, claims: tuple[Claim, ...]) -> None:
        for claim in claims:
            if claim.item in self._taking.get(claim.pool, ()):
                raise ClaimTaken(claim)
        for claim in claims:
            self._taking.setdefault(claim.pool, set()).add(claim.item)

    def _lock(self, claims: tuple[Claim, ...]) -> None:
        """Take the locks that keep processes of a site apart; they outlive the commit. Raises ClaimTaken."""
        now_ms = self._now_ms()
        for claim in claims:
            if self._locks_ms.get(claim, 0) > now_ms:
                raise ClaimTaken(claim)
        self._locks_ms.update(dict.fromkeys(claims, now_ms + CLAIM_TTL_S * 1000))

    def _unlock(self, claims: Collection[Claim]) -> None:
        for claim in claims:
            self._locks_ms.pop(claim, None)

    def _write(self, writes: Writes) -> Receipt:
        now_ms = self._now_ms()
        written = self._replica.write(writes, now_ms)
        self._carry_out(self._replica.accept(written.records, now_ms), writes.actor, writes.verb)
        self._tick(now_ms)
        self._receipts[written.receipt.id] = written.receipt
        return written.receipt

    async def seed(self, records: Collection[Record]) -> None:
        """Take in records that are not known yet, exactly as given."""
        self._carry_out(self._replica.seed(records, self._now_ms()), "weftd", "seed")

    def absorb(self, record: Record) -> None:
        """Merge a record as if it came from another site."""
        now_ms = self._now_ms()
        self._carry_out(self._replica.absorb_record(record, ELSEWHERE, now_ms))
        self._tick(now_ms)

    def settle(self) -> None:
        """Report what is at odds, as if it had lasted long enough."""
        self._tick(self._now_ms() + GRACE_MS)

    def _tick(self, now_ms: int) -> None:
        self._carry_out(self._replica.tick(now_ms), "weftd", "report")

    def refuse_next(self, error: Exception) -> None:
        """Let a coming commit raise `error`; several are raised one after the other."""
        self._refusals.append(error)

    def _carry_out(self, effects: Effects, actor: str = "", verb: str = "") -> None:
        for change in effects.changes:
            self._journal.note(change, at_ms=self._now_ms(), actor=actor, verb=verb)
        self._feed.publish(list(effects.changes))

    def held_claims(self, pool: str) -> Collection[str]:
        """Return what commits under way are taking."""
        return frozenset(self._taking.get(pool, ()))

    async def request_transfer(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        """Ask what `transfer` was set to; without it no other site can be reached."""
        if self.transfer is None:
            raise Unavailable(f"{pool}: site {', '.join(owners)} cannot be reached")
        await self.transfer(pool, item, owners)

    # ---- following
    async def catch_up(self, *, deadline_s: float = 5.0) -> None:
        """Nothing can be behind."""

    def changes(self) -> AsyncIterator[list[Change]]:
        """Yield everything alive, then what changes."""
        return self._feed.follow(self.state.live_records, self.state.revision)

    # ---- asking
    async def call(self, site: SiteId, subject: str, payload: bytes, *, deadline_s: float = 5.0) -> bytes:
        """Call our own handlers; other sites cannot be reached."""
        handler = self._handlers.get(subject)
        if site != self.site or handler is None:
            raise Unavailable(f"site {site} does not answer {subject}")
        async with asyncio.timeout(deadline_s):
            return await handler(payload)

    async def serve(self, subject: str, handler: Handler, *, every_node: bool = False) -> None:
        """Answer calls on `subject`, ours alone: there is nobody else."""
        self._handlers[subject] = handler

    # ---- showing
    def peers(self) -> Collection[PeerStatus]:
        """Return no peers."""
        return ()

    def digest(self) -> str:
        """Return the digest of all records."""
        return self._replica.digest.root()

    def alerts(self) -> Collection[Alert]:
        """Return what an operator should look at."""
        return self._replica.alerts()

    def journal(self, *, kind: str | None = None, id: str | None = None, limit: int = 100) -> list[JournalEntry]:
        """Return the newest changes first."""
        return self._journal.newest(kind, id, limit)

    async def receipt(self, id: str) -> ReceiptStatus:
        """Return how far a write has come: stored here, and programmed where its ports are bound."""
        receipt = self._receipts.get(id)
        if receipt is None:
            raise NotFound(f"no receipt {id}")
        return ReceiptStatus(
            id, receipt.site, ms_from_hlc(receipt.hlc), receipt.keys, {self.site: True}, self._programmed(receipt)
        )

    def _programmed(self, receipt: Receipt) -> dict[NodeId, int | None]:
        programmed: dict[NodeId, int | None] = {}
        for key in receipt.keys:
            port = self.state.get("port", key.id) if key.kind == "port" else None
            if port is None or not port.get("host"):
                continue
            said = self.runtime.get(port.get("host"), f"port.{key.id}")
            done = said is not None and said.value.get("hlc", receipt.hlc) >= receipt.hlc
            programmed[NodeId(port.get("host"))] = said.at_ms if said is not None and done else None
        return programmed


def key_of(kind: str, id: str) -> Key:
    """Return the key of a fabric-wide record."""
    return Key("fabric", kind, id)
