"""An index from a value to the IDs of the records that hold it."""

from collections.abc import Collection

from weft.store.paths import Value


class Index:
    """Remembers who holds which value. Keeps the order of arrival, so that equal histories list alike."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        # Most values (a MAC, an address) are held by one record: a bare ID instead of a dict of one saves
        # about 20 MB per 100,000 ports and index.
        self._ids: dict[Value, str | dict[str, None]] = {}

    def add(self, value: Value, id: str) -> None:
        """Note that `id` holds `value`."""
        held = self._ids.get(value)
        if held is None:
            self._ids[value] = id
        elif isinstance(held, dict):
            held[id] = None
        elif held != id:
            self._ids[value] = {held: None, id: None}

    def remove(self, value: Value, id: str) -> None:
        """Forget that `id` holds `value`."""
        held = self._ids.get(value)
        if isinstance(held, dict):
            held.pop(id, None)
            if not held:
                del self._ids[value]
        elif held == id:
            del self._ids[value]

    def ids(self, value: Value) -> Collection[str]:
        """Return the IDs that hold `value`."""
        held = self._ids.get(value)
        if held is None:
            return ()
        return (held,) if isinstance(held, str) else held
