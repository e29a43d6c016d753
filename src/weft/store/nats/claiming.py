"""Locks on scarce items: taken before a write, and given back if it comes to nothing or its item is free again.

A lock is a message, and named by its sequence, which no other ever has: the server's next life begins at a higher one
(`site_log.ensure_streams`). So giving one back never frees what somebody else has taken meanwhile, whatever happened to
the connection or the server in between, and can be made up for when there is a connection again.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Collection, Iterable

import msgspec

from weft.model import Unavailable, WeftError
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.site_log import Behind, last_message, release_claim, take_claim, translated
from weft.store.nats.subjects import CLAIMS, subject_of_claim
from weft.store.writes import Claim, ClaimTaken, StaleView


class Lock(msgspec.Struct):
    """A lock that we have, or may have."""

    claim: Claim
    text: bytes  # what stands in it: nobody else writes the same
    seq: int | None = None  # None: it was not acknowledged


class Locks:
    """The locks of one process."""

    def __init__(self, holder: str) -> None:
        self._holder = f"{holder} {secrets.token_hex(4)}"
        self._numbers = itertools.count(1)
        self._link: Link | None = None
        self._left: list[Lock] = []  # to be given back once there is a connection
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, link: Link, claims: Iterable[Claim], verb: str) -> list[Lock]:
        """Lock all of `claims` at once, or none. Raises ClaimTaken, StaleView, Unavailable."""
        locks = [Lock(claim, f"{self._holder} {next(self._numbers)} {verb}".encode()) for claim in claims]
        sent: list[Lock] = []
        try:
            answers = []
            for lock in locks:
                sent.append(lock)
                answers.append(await take_claim(link, subject_of_claim(lock.claim), lock.text))
            failed: list[tuple[Lock, BaseException]] = []
            for lock, answer in zip(
                locks, answers, strict=True
            ):  # under way already: to wait for one is to wait for all
                try:
                    lock.seq = await answer
                except (ApiError, LinkDown) as err:
                    failed.append((lock, err))
            for lock, why in failed:
                meaning = translated(why) if isinstance(why, ApiError) else why
                if not isinstance(meaning, LinkDown):
                    sent.remove(lock)  # it was refused
            for lock, why in failed:
                raise _refusal(lock.claim, why) from why
        except LinkDown as err:
            self.drop(sent, link)
            raise StaleView("the site's log went away while items were being locked") from err
        except BaseException:
            self.drop(sent, link)
            raise
        return locks

    async def find(self, link: Link, claims: Collection[Claim], verb: str = "") -> list[Lock]:
        """Return the locks, whoever's, that `claims` are under; with `verb` those taken for that. Raises LinkDown."""
        subjects = [subject_of_claim(claim) for claim in claims]
        found = await asyncio.gather(*(last_message(link, CLAIMS, subject) for subject in subjects))
        held = [Lock(claim, got[1], got[0]) for claim, got in zip(claims, found, strict=True) if got is not None]
        return [lock for lock in held if lock.text.endswith(f" {verb}".encode())] if verb else held

    async def give_back(self, locks: Collection[Lock], link: Link) -> None:
        """Give locks back now, over `link` or the one there is since; else when there is one again."""
        if not link.is_open and self._link is not None:
            link = self._link
        results = await asyncio.gather(*(self._give_back_one(lock, link) for lock in locks), return_exceptions=True)
        self._left += [lock for lock, result in zip(locks, results, strict=True) if isinstance(result, LinkDown)]

    def drop(self, locks: Collection[Lock], link: Link) -> None:
        """Give locks back soon; for those who cannot wait."""
        if locks:
            task = asyncio.get_running_loop().create_task(self.give_back(list(locks), link))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def on_link(self, link: Link | None) -> None:
        """There is a connection again, or none any more."""
        self._link = link
        if link is not None and self._left:
            left, self._left = self._left, []
            await self.give_back(left, link)

    async def _give_back_one(self, lock: Lock, link: Link) -> None:
        seq = lock.seq
        if seq is None:
            found = await last_message(link, CLAIMS, subject_of_claim(lock.claim))
            if found is None or found[1] != lock.text:
                return
            seq = found[0]
        with contextlib.suppress(ApiError):  # it has lapsed
            await release_claim(link, seq)


def _refusal(claim: Claim, why: BaseException) -> BaseException:
    """Return what it means that a lock was not to be had."""
    meaning = translated(why) if isinstance(why, ApiError) else why
    if isinstance(meaning, Behind):
        return ClaimTaken(claim)
    if isinstance(meaning, LinkDown):
        return StaleView("the site's log went away while items were being locked")
    if isinstance(meaning, WeftError):
        return Unavailable(f"{claim.pool}: {claim.item} could not be locked; try again ({meaning})")
    return meaning
