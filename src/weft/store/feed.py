"""Hands merged changes to those who follow the state, each at its own pace and in bounded memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

from weft.store.protocol import Change
from weft.store.records import Key, Record


class Feed:
    """What `Store.changes` is made of. For one event loop."""

    def __init__(self) -> None:
        self._followers: set[_Follower] = set()

    def publish(self, changes: Iterable[Change]) -> None:
        """Give `changes` to all who follow."""
        changes = list(changes)
        for follower in self._followers:
            follower.add(changes)

    async def follow(self, live: Callable[[], Iterable[Record]], revision: int) -> AsyncIterator[list[Change]]:
        """Yield batches, the first with everything alive now (it may be empty), until the caller stops."""
        follower = _Follower()
        self._followers.add(follower)
        try:
            yield [Change(record.key, None, record, revision) for record in live()]
            while True:
                yield await follower.take()
        finally:
            self._followers.discard(follower)


class _Follower:
    """Changes that one reader has yet to take; several of one record become one, so memory stays bounded."""

    def __init__(self) -> None:
        self._pending: dict[Key, Change] = {}
        self._wake = asyncio.Event()

    def add(self, changes: Iterable[Change]) -> None:
        for change in changes:
            earlier = self._pending.pop(change.key, None)
            if earlier is not None:
                change = Change(change.key, earlier.before, change.after, change.revision)
            self._pending[change.key] = change
        self._wake.set()

    async def take(self) -> list[Change]:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch = [change for change in self._pending.values() if change.before is not change.after]
            self._pending.clear()
            if batch:
                return batch
