"""Commits: claims first, then the records by compare-and-set; durable at this site or refused."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec

from weft.model import Conflict, SiteId, Unavailable, WeftError
from weft.store.holdings import Holdings
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.own_log import OwnLog, why_down
from weft.store.nats.site_log import CLAIM_TTL_S, Behind, Entry, release_claim, take_claim, translated
from weft.store.nats.subjects import subject_of_claim, subject_of_key
from weft.store.records import DELETED, Key, Record, write
from weft.store.wire import check_record, encode_record
from weft.store.writes import Claim, ClaimTaken, Receipt, StaleView, Writes


class Writer:
    """Takes decisions to the site's log."""

    def __init__(self, holdings: Holdings, own: OwnLog, site: SiteId, holder: str, now_ms: Callable[[], int]) -> None:
        self._holdings, self._own = holdings, own
        self._site, self._holder, self._now_ms = site, holder, now_ms
        self._taking: dict[str, set[str]] = {}
        self._claims_of: dict[Key, list[Claim]] = {}  # what our commits of the last minute still have locked
        self._lapses: deque[tuple[float, Key]] = deque()
        self.writer_id: str = site  # how stamps name us; another one in each life of the site's log

    def held_claims(self, pool: str) -> Collection[str]:
        """Return the items of `pool` that commits under way are taking."""
        return self._taking.get(pool, ())

    async def commit(self, writes: Writes, *, deadline_s: float) -> Receipt:
        """See `Store.commit`."""
        try:
            async with asyncio.timeout(deadline_s):
                return await self._commit(writes)
        except TimeoutError as err:
            raise why_down(self._own) from err

    async def _commit(self, writes: Writes) -> Receipt:
        with self._reserved(writes.claims):
            taken: list[Claim] = []
            records: list[Record] = []
            try:
                await self._take_claims(writes.claims, taken)
                hlc = self._holdings.clock.tick(self._now_ms())
                records = self._records(writes, hlc)
                await self._write(records, hlc, writes, taken)
            except Behind as err:
                await self._release(taken)
                with contextlib.suppress(LinkDown):
                    await self._own.refresh(record.key for record in records)
                raise StaleView(f"{records[0].key} was written by another process of this site") from err
            except WeftError:
                await self._release(taken)
                raise
        for record in records:
            if record.get(DELETED) is True:
                await self._release(self._claims_of.pop(record.key, []))
        return Receipt(f"{self._site}-{hlc:x}", self._site, hlc, tuple(record.key for record in records))

    async def _write(self, records: list[Record], hlc: int, writes: Writes, claims: list[Claim]) -> None:
        """Make `records` durable and merge them. Raises what `OwnLog.append` does."""
        entries = [self._entry(record) for record in records]
        with self._holdings.writing(hlc, writes.actor, writes.verb):
            seqs = await self._own.append(entries)
            for record, entry, seq in zip(records, entries, seqs, strict=True):
                self._holdings.committed(record, entry.payload, seq)
                self._remember_claims(record.key, entry.payload, claims)

    def _records(self, writes: Writes, hlc: int) -> list[Record]:
        """Return the new versions of the records, one per key. Raises Conflict if one to be created exists."""
        values: dict[Key, dict[str, Any]] = {}
        for one in writes.writes:
            if one.create and self._holdings.state.raw(one.key) is not None:
                raise Conflict(f"{one.key} exists already")
            values.setdefault(one.key, {}).update(one.values)
        raw = self._holdings.state.raw
        return [write(raw(key), key, what, hlc, self.writer_id) for key, what in values.items()]

    def _entry(self, record: Record) -> Entry:
        check_record(record, self._now_ms())  # what we would refuse from a peer we must not write ourselves
        return Entry(subject_of_key(record.key), encode_record(record), self._holdings.seqs.get(record.key, 0))

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

    async def _take_claims(self, claims: tuple[Claim, ...], taken: list[Claim]) -> None:
        """Lock `claims` in the site's log, all at once; those got are in `taken`. Raises ClaimTaken, LinkDown."""
        if not claims:
            return
        link = await self._own.up()
        try:
            answers = [await take_claim(link, subject_of_claim(claim), self._holder) for claim in claims]
            results = await asyncio.gather(*answers, return_exceptions=True)
        except LinkDown as err:
            raise Unavailable(f"the site's log went away while items were being locked; try again ({err})") from err
        failed: list[tuple[Claim, BaseException]] = []
        for claim, result in zip(claims, results, strict=True):
            if isinstance(result, BaseException):
                failed.append((claim, result))
            else:
                taken.append(claim)
        for claim, why in failed:
            meaning = translated(why) if isinstance(why, ApiError) else why
            if isinstance(meaning, Behind):
                raise ClaimTaken(claim) from why
            if isinstance(meaning, WeftError):
                raise Unavailable(f"{claim.pool}: {claim.item} could not be locked; try again ({meaning})") from why
            raise meaning

    def _remember_claims(self, key: Key, payload: bytes, claims: list[Claim]) -> None:
        """Note which claims belong to a record, to be released when it is deleted: those whose item it spells."""
        now_s = time.monotonic()
        while self._lapses and self._lapses[0][0] < now_s:
            self._claims_of.pop(self._lapses.popleft()[1], None)
        mine = [claim for claim in claims if msgspec.msgpack.encode(claim.item) in payload]
        if mine:
            self._claims_of[key] = mine
            self._lapses.append((now_s + CLAIM_TTL_S, key))

    async def _release(self, claims: Collection[Claim]) -> None:
        """Give locks back; one that cannot be given back lapses by itself."""
        if not claims:
            return
        link: Link = await self._own.up()
        with contextlib.suppress(LinkDown, ApiError):
            await asyncio.gather(*(release_claim(link, subject_of_claim(claim)) for claim in claims))
