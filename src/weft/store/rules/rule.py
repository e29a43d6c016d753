"""What a rule between records is, as data.

Names that must be unique are in `Kind.unique`. Here is what no index shows: two records that may not stand side by
side although each is fine by itself (*clash*), and a record that leads nowhere because another site took away what it
needs (*astray*). The API of one site refuses both; two sites that cannot see each other bring them about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from weft.store.protocol import State
from weft.store.records import Record

Rival = tuple[Record, str]  # another live record, and in what words the two are at odds
Seen = Callable[[Record, State], Iterator[Rival]]
Related = Callable[[Record, State], Iterable[Record]]


class Clash(msgspec.Struct, frozen=True):
    """Two live records that may not stand side by side: both stay, and the older counts."""

    name: str  # of the rule; part of what a report is named by
    kind: str  # whose records are looked at when they change
    fields: tuple[str, ...]  # of this kind, and in `other_fields` of the other: when they were written, the clash arose
    rivals: Seen
    other_fields: tuple[str, ...] = ()  # (): the same


class Lost(NamedTuple):
    """Why a record leads nowhere."""

    dead: Record  # the deleted record that it needs
    told: str


class Astray(msgspec.Struct, frozen=True):
    """A live record that needs another, which was deleted at a site that did not know of it.

    `lost` asks for the dead only if something is missing: that alone tells whether a record is worth a closer look.
    """

    name: str
    kind: str
    fields: tuple[str, ...]  # what says that it needs the other
    lost: Callable[[Record, State, "Graveyard"], Iterator[Lost]]
    wakes: Mapping[str, Related] = {}  # kind of what was deleted → the records that may have needed it


class Graveyard:
    """The deleted records, found by what they were about; gathered only if somebody asks for one."""

    def __init__(self, dead: Callable[[], Iterable[Record]]) -> None:
        self._dead = dead
        self._records: dict[str, dict[str, Record]] | None = None  # kind → id → record
        self._by: dict[tuple[str, str], dict[str, list[Record]]] = {}
        self.was_asked = False

    def get(self, kind: str, id: str) -> Record | None:
        """Return a deleted record; None also where there is a live one, or none that we have heard of."""
        return self._of_kind(kind).get(id)

    def find(self, kind: str, field: str, value: str) -> list[Record]:
        """Return the deleted records of a kind with `value` in a field."""
        if (kind, field) not in self._by:
            index: dict[str, list[Record]] = {}
            for record in self._of_kind(kind).values():
                if isinstance(held := record.get(field), str):
                    index.setdefault(held, []).append(record)
            self._by[kind, field] = index
        return self._by[kind, field].get(value, [])

    def _of_kind(self, kind: str) -> dict[str, Record]:
        self.was_asked = True
        if self._records is None:
            self._records = {}
            for record in self._dead():
                self._records.setdefault(record.key.kind, {})[record.key.id] = record
        return self._records.get(kind, {})
