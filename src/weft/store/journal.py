"""The change log: what to remember of an applied change.

Pure: `site_store.py` keeps the entries in SQLite, `MemoryJournal` keeps them in memory; both bounded.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from weft.model import SiteId
from weft.store.kinds.identity import SECRET_FIELDS
from weft.store.protocol import Change, JournalEntry
from weft.store.records import Record

ENTRIES_MAX = 100_000  # about 60 MB of SQLite with typical ports


def journal_entry(change: Change, *, number: int, at_ms: int, actor: str = "", verb: str = "") -> JournalEntry:
    """Return what the journal keeps of `change`: the fields that differ, before and after.

    A creation keeps the whole record as `after`, a deletion the whole record as `before`, so that undo has
    what it needs. `actor` and `verb` are known only where the change was written.
    """
    before, after = change.before, change.after
    written = after or before
    assert written is not None, "a change without a record"
    return JournalEntry(
        number=number,
        at_ms=at_ms,
        key=change.key,
        site=SiteId(written.newest.site),
        actor=actor,
        verb=verb or _verb(change),
        before=_values(before, after),
        after=_values(after, before),
    )


def _verb(change: Change) -> str:
    if change.before is None:
        return f"create {change.key.kind}"
    return f"delete {change.key.kind}" if change.after is None else f"update {change.key.kind}"


def _values(record: Record | None, other: Record | None) -> Mapping[str, Any] | None:
    """Return the values of `record` that `other` does not share."""
    if record is None:
        return None
    fields = record.fields
    if other is None:
        values = {name: field.value for name, field in fields.items()}
    else:
        values = {name: field.value for name, field in fields.items() if other.fields.get(name) != field}
    values.update(dict.fromkeys(SECRET_FIELDS & values.keys(), "(secret)"))
    return values


class MemoryJournal:
    """The newest entries, in memory."""

    def __init__(self, entries_max: int = 10_000) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=entries_max)
        self._number = 0

    def note(self, change: Change, *, at_ms: int, actor: str = "", verb: str = "") -> None:
        """Remember a change."""
        self._number += 1
        self._entries.append(journal_entry(change, number=self._number, at_ms=at_ms, actor=actor, verb=verb))

    def newest(self, kind: str | None, id: str | None, limit: int) -> list[JournalEntry]:
        """Return up to `limit` entries, newest first."""
        found = (e for e in reversed(self._entries) if kind in (None, e.key.kind) and id in (None, e.key.id))
        return [entry for entry, _ in zip(found, range(limit), strict=False)]
