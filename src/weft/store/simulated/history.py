"""What really happened in a simulation: every write that reached a log, and what its writer knew."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.model import SiteId
from weft.store.records import Field, Key, Record
from weft.store.replica import Written


class Event(msgspec.Struct, frozen=True):
    """One write of one record."""

    site: SiteId
    key: Key
    fields: Mapping[str, Field]  # those written
    writer: str
    n: int
    seen: Mapping[str, int]  # the version vector of what the writer held before
    hlc: int

    def saw(self, other: "Event") -> bool:
        """Tell whether this writer knew of the other write."""
        return self.seen.get(other.writer, 0) >= other.n

    def is_in(self, record: Record | None) -> bool:
        """Tell whether a version of the record includes this write."""
        return record is not None and record.versions.get(self.writer, 0) >= self.n

    def value(self, name: str) -> Any:
        """Return what was written to a field."""
        return self.fields[name].value


class History:
    """All events, and which of them were acknowledged to somebody."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lost_reports: list[Record] = []  # conflicts that went down with the only disk that had them
        self._acknowledged: set[tuple[SiteId, int]] = set()

    def landed(self, site: SiteId, written: Written, before: list[Record | None]) -> None:
        """Note a write that is in the site's log."""
        hlc = written.receipt.hlc
        for record, held in zip(written.records, before, strict=True):
            fields = {name: field for name, field in record.fields.items() if field.stamp.hlc == hlc}
            stamp = next(iter(fields.values())).stamp
            seen = dict(held.versions) if held else {}
            self.events.append(Event(site, record.key, fields, stamp.site, stamp.n, seen, hlc))

    def acknowledged(self, site: SiteId, hlc: int) -> None:
        """Note that a client was told that the write is accepted."""
        self._acknowledged.add((site, hlc))

    def promised(self) -> list[Event]:
        """Return the writes that must not be lost."""
        return [event for event in self.events if (event.site, event.hlc) in self._acknowledged]

    def forget(self, events: list[Event]) -> None:
        """Take out writes that went down with the only disk that had them."""
        gone = set(map(id, events))
        self.events = [event for event in self.events if id(event) not in gone]
