"""When this node programmed which write: what receipts ask of a node.

A write concerns a node if it touched a network that has, or just had, a port there. Bounded: the oldest
are forgotten first.
"""

from collections import OrderedDict
from collections.abc import Iterable

from weft.store.records import Key

REMEMBERED = 20_000  # keys; some 4 MB


class Programmed:
    """Remembers per record the newest write seen, and since when the kernel holds it."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._seen: OrderedDict[Key, list[tuple[int, int | None]]] = OrderedDict()  # (hlc, at_ms), oldest first
        self._pending: dict[Key, int] = {}  # → revision of the intent that holds it

    def saw(self, key: Key, hlc: int, revision: int) -> None:
        """Take note of a write that concerns this node and that the plan of `revision` will hold."""
        writes = self._seen.setdefault(key, [])
        writes.append((hlc, None))
        del writes[:-8]  # receipts are asked for soon; a few writes to one record may be under way
        self._seen.move_to_end(key)
        self._pending[key] = revision
        while len(self._seen) > self._limit:
            forgotten, _ = self._seen.popitem(last=False)
            self._pending.pop(forgotten, None)

    def applied(self, revision: int, at_ms: int) -> None:
        """Take note that the kernel holds everything up to `revision`."""
        done = [key for key, pending in self._pending.items() if pending <= revision]
        for key in done:
            del self._pending[key]
            self._seen[key] = [(hlc, at_ms if seen is None else seen) for hlc, seen in self._seen[key]]

    def at_ms(self, key: Key, hlc: int) -> tuple[bool, int | None]:
        """Return whether a write concerns this node, and when the kernel first held it or a later one."""
        writes = [(seen_hlc, at_ms) for seen_hlc, at_ms in self._seen.get(key, ()) if seen_hlc >= hlc]
        times = [at_ms for _, at_ms in writes if at_ms is not None]
        return bool(writes), min(times, default=None)

    def answer(self, keys: Iterable[Key], hlc: int) -> tuple[bool, int | None]:
        """Return the same for a write of several records: it is programmed when its last record is."""
        answers = [self.at_ms(key, hlc) for key in keys]
        times = [at_ms for concerned, at_ms in answers if concerned]
        if not times or None in times:
            return bool(times), None
        return True, max(at_ms for at_ms in times if at_ms is not None)
