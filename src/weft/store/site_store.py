"""The real store: a site's log in NATS, merged state in memory, a copy on disk, other sites pulled from.

    settings = StoreSettings(site="a", node="a1", state_dir=Path("/var/lib/weft"), secret=secret)
    async with SiteStore.open(settings) as store:
        receipt = await execute(store, decide)

`open` raises Unavailable with one clear line if the server cannot be run or the disk not be written. Reads
work at once from what is on disk; `in_sync` tells when the site's log has been read as well.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Self

from weft.model import NodeId, SiteId
from weft.store.agreement import MustStartAnew
from weft.store.alerts import Alerts
from weft.store.aside import put_aside, start_anew_next
from weft.store.giving import TRANSFER, Giving
from weft.store.holdings import Holdings
from weft.store.nats.comparison import answer_comparisons
from weft.store.nats.full_disk import FullDisk
from weft.store.nats.lease import Lease
from weft.store.nats.link import Link
from weft.store.nats.own_log import OwnLog, why_down
from weft.store.nats.peers import Peers
from weft.store.nats.readiness import Readiness
from weft.store.nats.relay import Relay
from weft.store.nats.rpc import Rpc
from weft.store.nats.runtime_stream import NatsRuntime
from weft.store.nats.server import NatsServer, ServerSettings
from weft.store.nats.subjects import HELLO
from weft.store.nats.writer import Writer
from weft.store.protocol import Alert, Change, Handler, JournalEntry, PeerStatus, ReceiptStatus
from weft.store.receipts import Receipts
from weft.store.records import Record
from weft.store.replica import Replica
from weft.store.settings import StoreSettings
from weft.store.sqlite import Disk, DiskFull
from weft.store.state import MergedState
from weft.store.writes import Receipt, Writes

TICK_S = 1.0
FORGOTTEN = "forgotten"  # a runtime value: the reading before which tombstones are due
ANY_NODE = "weftd"  # the queue group of those questions that any node of the site may answer


def wall_ms() -> int:
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class SiteStore:
    """Implements `protocol.Store`. Make one with `open`."""

    def __init__(self, settings: StoreSettings, now_ms: Callable[[], int]) -> None:
        self.site, self.node = settings.site, settings.node
        self._settings = settings
        name = f"{settings.site}-{settings.node}"
        self._alerts = Alerts(now_ms)
        is_anew = put_aside(settings.state_dir, now_ms())
        self._disk = Disk(settings.state_dir / "weft.db", self._on_disk_trouble)
        self._now_ms = now_ms
        self._told_forgotten = 0
        self._holdings = Holdings(self._disk, lambda: Replica(settings.site, reports=settings.serve), now_ms)
        self._server = NatsServer(
            ServerSettings(name, settings.listen, settings.state_dir / "nats", settings.secret, settings.server_binary)
        )
        self._own = OwnLog(self._holdings, settings.url, settings.secret, name)
        self._relay = Relay(self._holdings, self._own, self._alerts, lambda: self._peers.takes_in_first())
        self._lease = Lease(settings.site, settings.node, self._holdings, self._own)
        self._writer = Writer(self._holdings, self._own, self._lease, name, now_ms)
        self.runtime = NatsRuntime(settings.site, settings.node, now_ms)
        self._peers = Peers(settings, self._holdings, self._own, self.runtime, now_ms)
        self._rpc = Rpc(self._peers.link_to)
        self._readiness = Readiness(
            self._holdings, self._own, self._peers, self._relay, serves=settings.serve, is_anew=is_anew
        )
        self._giving = Giving(self, self._holdings, self._rpc, self._writer)
        self._receipts = Receipts(settings.site, self._holdings, self.runtime, self._rpc)
        self._own.on_link += [self._readiness.on_link, self._rpc.on_link, self._tell_runtime]
        self._full_disk = FullDisk(self._server, self._alerts)
        if settings.serve:
            self._own.why_silent = self._full_disk.on_silence
        self._own.on_runtime = self.runtime.on_own_message

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: StoreSettings, now_ms: Callable[[], int] = wall_ms) -> AsyncIterator[Self]:
        """Run a store for as long as the context lasts; on leaving it, everything accepted is on disk."""
        store = cls(settings, now_ms)
        store._holdings.load()
        store._holdings.outdated = asyncio.get_running_loop().create_future()
        store._giving.start()
        store._holdings.on_changes = store._on_changes
        await store._serve_others()
        loops: list[Coroutine[None, None, None]] = [
            store._disk.run(), store._own.run(), store._relay.run(), store.runtime.beat(),
            store._tick(), store._readiness.run(), store._until_outdated(), store._lease.run(store.commit),
        ]  # fmt: skip
        try:
            if settings.serve:
                await store._server.start()
                loops += [store._server.supervise(), store._full_disk.run(), store._peers.run(), store._giving.run()]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(loop) for loop in loops]
                try:
                    yield store
                finally:
                    for task in tasks:
                        task.cancel()
        except BaseExceptionGroup as several:
            if len(several.exceptions) == 1:
                raise several.exceptions[0] from None  # the caller's own error is not wrapped because of our loops
            raise
        finally:
            for loop in loops:
                loop.close()
            await store._close()

    @property
    def state(self) -> MergedState:
        """The merged records."""
        return self._holdings.state

    @property
    def in_sync(self) -> bool:
        """The site's log has been read, and others' too if it was lost: what is absent from `state` is absent."""
        return self._own.in_sync and self._holdings.replica.recovery.may_write

    # ---- writing
    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt:
        """Make all of `writes` durable at this site, or none."""
        return await self._writer.commit(writes, deadline_s=deadline_s)

    async def seed(self, records: Collection[Record]) -> None:
        """Write those of `records` that are not known yet, exactly as given."""
        async with self._deadline(5.0):
            await self._own.until_in_sync()
            effects = self._holdings.replica.seed(records, self._now_ms())
            self._holdings.carry_out(effects, actor="weftd", verb="seed")
            await self._relay.until_told({record.key for record in records})

    def held_claims(self, pool: str) -> Collection[str]:
        """Return the items of `pool` that this process is taking right now."""
        return self._writer.held_claims(pool)

    async def request_transfer(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        """Ask other sites to hand over an item."""
        await self._giving.request(pool, item, owners)

    # ---- following
    async def catch_up(self, *, deadline_s: float = 5.0) -> None:
        """Return once `state` holds everything that was in the site's log at the time of the call."""
        async with self._deadline(deadline_s):
            await self._own.catch_up()

    def changes(self) -> AsyncIterator[list[Change]]:
        """Yield everything alive, then what changes."""
        return self._holdings.feed.follow(self.state.live_records, self.state.revision)

    # ---- asking
    async def call(self, site: SiteId, subject: str, payload: bytes, *, deadline_s: float = 5.0) -> bytes:
        """Ask a site something."""
        return await self._rpc.call(site, subject, payload, deadline_s=deadline_s)

    async def serve(self, subject: str, handler: Handler, *, every_node: bool = False) -> None:
        """Answer `call`s; with `every_node` the subject is this node's own, else one node of the site answers."""
        await self._rpc.serve(subject, handler, queue="" if every_node else ANY_NODE)

    # ---- showing
    def peers(self) -> Collection[PeerStatus]:
        """Return how we stand with each other site."""
        return self._peers.statuses()

    def digest(self) -> str:
        """Return a text that is equal at two sites if and only if they hold the same."""
        return self._holdings.replica.digest.root()

    def alerts(self) -> Collection[Alert]:
        """Return what an operator should look at."""
        return [*self._alerts.all(), *self._holdings.replica.alerts()]

    def journal(self, *, kind: str | None = None, id: str | None = None, limit: int = 100) -> list[JournalEntry]:
        """Return the newest applied changes, newest first."""
        return self._holdings.journal(kind, id, limit)

    async def receipt(self, id: str) -> ReceiptStatus:
        """Tell how far a write has come."""
        return await self._receipts.status(id)

    # ---- inside
    @asynccontextmanager
    async def _deadline(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as err:
            raise why_down(self._own) from err

    async def _tick(self) -> None:
        """Do what time asks for, until cancelled."""
        while True:
            self._hear_what_is_forgotten()
            self._holdings.carry_out(self._holdings.replica.tick(self._now_ms()), actor="weftd", verb="report")
            self._holdings.keep_standing()
            await self._tell_what_is_forgotten()
            await asyncio.sleep(TICK_S)

    def _hear_what_is_forgotten(self) -> None:
        """Forget tombstones when the node does that compares our site with others: their answers are ours, too."""
        agreement = self._holdings.replica.agreement
        for node in self.state.of_kind("node") if not self._settings.serve else ():
            said = self.runtime.get(NodeId(node.key.id), FORGOTTEN) if node.get("site") == self.site else None
            if said is not None and isinstance(said.value, int):
                agreement.before = max(agreement.before, said.value)

    async def _tell_what_is_forgotten(self) -> None:
        before = self._holdings.replica.agreement.before
        if self._settings.serve and before != self._told_forgotten:
            self._told_forgotten = before
            await self.runtime.report(FORGOTTEN, before)

    async def _until_outdated(self) -> None:
        """Wait until it turns out that we must start anew. Raises MustStartAnew."""
        assert self._holdings.outdated is not None
        try:
            await self._holdings.outdated
        except MustStartAnew:
            start_anew_next(self._settings.state_dir)
            raise

    def _on_changes(self, changes: Collection[Change]) -> None:
        self._giving.on_changes(changes)
        if any(change.key.kind == "site" for change in changes):
            self._peers.sites_changed.ring()

    async def _serve_others(self) -> None:
        """Answer what other sites ask."""
        await answer_comparisons(
            self._rpc,
            self._holdings,
            lambda: self.in_sync,
            lambda: self._own.in_sync,
            self._now_ms,
            serves=self._settings.serve,
        )
        await self._receipts.serve()
        await self._rpc.serve(TRANSFER, self._giving.answer, queue=ANY_NODE)
        await self._rpc.serve(HELLO, self._on_hello, queue=ANY_NODE)

    async def _on_hello(self, payload: bytes) -> bytes:
        self._holdings.on_peer(payload, SiteId("hello"))
        return b""

    async def _tell_runtime(self, link: Link | None) -> None:
        await self.runtime.on_link(link, is_relay=self._settings.serve)

    def _on_disk_trouble(self, trouble: DiskFull | None) -> None:
        if trouble is None:
            self._alerts.clear(DiskFull.code)
        else:
            self._alerts(DiskFull.code, str(trouble))

    async def _close(self) -> None:
        await self._rpc.close()
        await self._peers.close()
        with contextlib.suppress(DiskFull):  # it has been reported, and the logs hold everything
            await self._disk.flush()
        self._disk.close()
        await self._server.stop()
