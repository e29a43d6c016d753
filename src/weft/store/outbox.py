"""What our own log must still be told: keys, in the order in which they go out."""

import itertools
from collections.abc import Container, Iterable, Iterator

from weft.store.kinds import CONFLICT
from weft.store.records import Key


class Outbox:
    """Reports before what they report: after a crash in between, the merge would not be noticed again. Oldest first."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._reports: dict[Key, None] = {}
        self._rest: dict[Key, None] = {}
        for key in keys:
            self.add(key)

    def __contains__(self, key: Key) -> bool:
        """Our log has yet to be told of `key`."""
        return key in self._of(key)

    def __iter__(self) -> Iterator[Key]:
        """Yield what goes out, in order."""
        return itertools.chain(self._reports, self._rest)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._reports) + len(self._rest)

    def add(self, key: Key) -> None:
        """Put a key last, unless it is there."""
        self._of(key).setdefault(key)

    def discard(self, key: Key) -> None:
        """Take a key out."""
        self._of(key).pop(key, None)

    def first(self, count: int | None, without: Container[Key]) -> list[Key]:
        """Return the first `count` keys (None: all) that are not in `without`."""
        return list(itertools.islice((key for key in self if key not in without), count))

    def _of(self, key: Key) -> dict[Key, None]:
        return self._reports if key.kind == CONFLICT.name else self._rest
