"""Keeps a set of records bounded to the newest, in a way on which all sites agree.

"The newest N of all I ever saw" does not depend on the order in which they came, so dropping the rest merges
as well as keeping everything would: newest(A + B) = newest(newest(A) + newest(B)).
"""

import heapq

from weft.store.records import Key, Record

_Age = tuple[int, str, Key]


class Newest:
    """Watches which records are among the newest `size`."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[_Age] = []  # may still list keys that are gone
        self._keys: set[Key] = set()

    def admits(self, record: Record) -> bool:
        """Tell whether a record may be taken in: it is known, or newer than the oldest that is kept."""
        return len(self._keys) < self._size or record.key in self._keys or _age(record) > self._heap[0]

    def note(self, record: Record) -> Key | None:
        """Take a record in; return the key of the one that must go for it."""
        if record.key in self._keys:
            return None
        self._keys.add(record.key)
        heapq.heappush(self._heap, _age(record))
        if len(self._keys) <= self._size:
            return None
        dropped = self._heap[0][2]
        self.discard(dropped)
        return dropped

    def discard(self, key: Key) -> None:
        """Forget a record."""
        self._keys.discard(key)
        while self._heap and self._heap[0][2] not in self._keys:
            heapq.heappop(self._heap)


def _age(record: Record) -> _Age:
    """Order by creation, which later writes to the record (a note, an acknowledgement) do not change."""
    oldest = record.oldest
    return (oldest.hlc, oldest.site, record.key)
