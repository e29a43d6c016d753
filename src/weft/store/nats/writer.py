"""Commits: claims first, then the records by compare-and-set; durable at this site or refused.

Claims are locks, or none if this process hands out alone; a fence sees to it that nobody errs about that (lease.py).
"""

import contextlib
from collections.abc import Callable, Collection, Iterator

import msgspec

from weft.model import WeftError
from weft.store.deadline import Deadline
from weft.store.holdings import Holdings
from weft.store.locks import outlived
from weft.store.nats.claiming import Lock, Locks
from weft.store.nats.lease import Lease
from weft.store.nats.link import Link, LinkDown
from weft.store.nats.own_log import OwnLog, why_down
from weft.store.nats.site_log import Behind, Entry, Fence
from weft.store.nats.subjects import subject_of_key
from weft.store.records import Key
from weft.store.replica import Written
from weft.store.writes import Claim, ClaimTaken, Receipt, StaleView, Writes


class Writer:
    """Takes decisions to the site's log."""

    def __init__(self, holdings: Holdings, own: OwnLog, lease: Lease, holder: str, now_ms: Callable[[], int]) -> None:
        self._holdings, self._own = holdings, own
        self.lease = lease
        self._now_ms = now_ms
        self.locks = Locks(holder)
        own.on_link.append(self.locks.on_link)
        self._taking: dict[str, set[str]] = {}

    def held_claims(self, pool: str) -> Collection[str]:
        """Return the items of `pool` that commits under way are taking."""
        return self._taking.get(pool, ())

    async def commit(self, writes: Writes, *, deadline_s: float) -> Receipt:
        """See `Store.commit`."""
        try:
            with Deadline(deadline_s):
                return await self._commit(writes)
        except TimeoutError as err:
            self._holdings.replica.check_allowed(writes)  # the clearer reason, if it is that
            raise why_down(self._own) from err

    async def _commit(self, writes: Writes) -> Receipt:
        state = self._holdings.state
        decided_on = [state.raw(one.key) for one in writes.writes]  # nobody came between: no await since
        fence = self.lease.fence() if writes.claims else None
        link = await self._link_for(writes)
        if fence is not None and self.lease.is_anothers:
            await self._commit(self.lease.opened())
            raise StaleView("another process of this site was handing out alone")
        is_alone = self.lease.is_ours(link)
        with self._reserved(writes.claims):
            locks: list[Lock] = []
            is_sent = False  # from then on it may land, whatever becomes of us
            try:
                await self._until_allowed(writes)
                if writes.claims and not is_alone:
                    locks = await self.locks.take(link, writes.claims, writes.verb)
                freed = None if is_alone else outlived(decided_on, writes, self._now_ms())
                idle = await self._idle_locks(link, freed) if freed else []
                for one, record in zip(writes.writes, decided_on, strict=True):
                    if state.raw(one.key) is not record:
                        raise StaleView(f"{one.key} was written or merged while its claims were taken")
                carrier = self._carrier(writes)
                if fence is not None and carrier is None:
                    carrier = self.lease.key
                    writes = msgspec.structs.replace(writes, writes=(*writes.writes, self.lease.turned()))
                written = self._holdings.replica.write(writes, self._now_ms())
                is_sent = True
                await self._append(written, writes, link, fence, carrier)
            except WeftError:
                await self.locks.give_back(locks, link)
                raise
            except BaseException:
                if not is_sent:
                    self.locks.drop(locks, link)
                raise
        if idle:
            await self.locks.give_back(idle, link)
        return written.receipt

    async def _link_for(self, writes: Writes) -> Link:
        """Return the link to commit over; a log that is not there must not cost anybody a claim.

        The server keeps claims in memory. So that nothing is handed out twice if it dies, what is decided with
        claims must be decided on all that was written in its earlier lives, and be written over the same link as its
        claims. Raises StaleView if it was not so decided.
        """
        if not writes.claims:
            return await self._own.up()
        revision = self._holdings.state.revision
        link = await self._own.read_link()
        if self._holdings.state.revision != revision:
            raise StaleView("decided before the site's log was read")
        return link

    def _carrier(self, writes: Writes) -> Key | None:
        """Return the record whose message can carry a fence: one that nobody has, as no condition of its own is needed.

        Two processes that create one record at once are merged like two sites.
        """
        seqs = self._holdings.seqs
        return next((one.key for one in writes.writes if one.create and one.key not in seqs), None)

    async def _append(
        self, written: Written, writes: Writes, link: Link, fence: Fence | None, carrier: Key | None
    ) -> None:
        """Make records durable and merge them. Raises StaleView and what `OwnLog.append` does."""
        if not written.records:
            return  # a decision that there is nothing to do
        held = self._holdings.seqs
        entries = [
            Entry(
                subject_of_key(record.key), payload, held.get(record.key, 0), fence if record.key == carrier else None
            )
            for record, payload in zip(written.records, written.payloads, strict=True)
        ]
        with self._holdings.writing(written, writes.actor, writes.verb):
            try:
                seqs = await self._own.append(entries, locked_over=link if writes.claims else None)
            except Behind as err:
                keys = [record.key for record in written.records]
                with contextlib.suppress(LinkDown):
                    await self._own.refresh([*keys, self.lease.key] if fence is not None else keys)
                first = written.records[0].key
                raise StaleView(f"{first} was written by another process of this site") from err
            self._holdings.committed(written.records, written.payloads, seqs)

    async def _until_allowed(self, writes: Writes) -> None:
        """Wait while the site recovers from the loss of its disk; most often that is over in a moment.

        Raises StaleView if items were chosen before we heard from others who has them.
        """
        replica, state = self._holdings.replica, self._holdings.state
        revision = state.revision
        await self._own.until(
            lambda: replica.recovery.may_write and (replica.recovery.may_hand_out or not writes.claims)
        )
        if writes.claims and state.revision != revision:
            raise StaleView("decided before other sites were read")

    # ---- claims
    @contextlib.contextmanager
    def _reserved(self, claims: tuple[Claim, ...]) -> Iterator[None]:
        """Hold `claims` against other commits of this process. Raises ClaimTaken."""
        for claim in claims:
            if claim.item in self._taking.get(claim.pool, ()):
                raise ClaimTaken(claim)
        for claim in claims:
            self._taking.setdefault(claim.pool, set()).add(claim.item)
        try:
            yield
        finally:
            for claim in claims:
                items = self._taking[claim.pool]
                items.discard(claim.item)
                if not items:
                    del self._taking[claim.pool]

    async def _idle_locks(self, link: Link, freed: Collection[Claim]) -> list[Lock]:
        """Return the locks of what a write will free: afterwards they might be somebody else's. Raises StaleView."""
        try:
            return await self.locks.find(link, freed)
        except LinkDown as err:
            raise StaleView("the site's log went away while locks were looked up") from err

    async def forget_lock(self, claim: Claim, verb: str) -> None:
        """Give a lock back that was taken for a write of this `verb`, whoever took it; else it lapses by itself."""
        link = await self._own.up()
        with contextlib.suppress(LinkDown):
            await self.locks.give_back(await self.locks.find(link, (claim,), verb), link)
