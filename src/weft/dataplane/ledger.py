"""What the kernel holds and what it should: the bookkeeping between plan and map writes. Pure.

`Tables` is {table: {key: value}} in kernel bytes. The ledger mirrors the kernel's tables, remembers which
unit asked for which records, and gives the difference for the units that are to be looked at.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from weft.dataplane.units import TABLES, Record, Unit

Tables = dict[str, dict[bytes, bytes]]


class Difference(NamedTuple):
    """What to do to the kernel's tables."""

    writes: Tables
    deletes: dict[str, set[bytes]]


def diff(wanted: Mapping[str, Mapping[bytes, bytes]], held: Mapping[str, Mapping[bytes, bytes]]) -> Difference:
    """Return what makes `held` equal to `wanted`, both having the same tables."""
    writes = {t: {k: v for k, v in wanted[t].items() if held[t].get(k) != v} for t in TABLES}
    deletes = {t: held[t].keys() - wanted[t].keys() for t in TABLES}
    return Difference(writes=writes, deletes=deletes)


def empty_tables() -> Tables:
    """Return every table, with nothing in it."""
    return {table: {} for table in TABLES}


class Ledger:
    """Mirror of the kernel's tables, and who wanted what. Holds no file descriptor."""

    def __init__(self) -> None:
        self.held = empty_tables()
        self._by_unit: dict[Unit, list[Record]] = {}

    def absorb(self, fresh: Mapping[Unit, list[Record]]) -> Difference:
        """Take the new records of some units; return what must change in the kernel for them."""
        wanted, touched = empty_tables(), empty_tables()
        for unit, entries in fresh.items():
            for record in self._by_unit.pop(unit, ()):
                self._touch(touched, record)
            for record in entries:
                wanted[record.table][record.key] = record.value
                self._touch(touched, record)
            if entries:
                self._by_unit[unit] = entries
        return diff(wanted, touched)

    def audit(self) -> Difference:
        """Return what must change for the kernel to hold what the units ask for, and nothing else."""
        wanted = empty_tables()
        for entries in self._by_unit.values():
            for table, key, value in entries:
                wanted[table][key] = value
        return diff(wanted, self.held)

    def note_written(self, table: str, entries: Mapping[bytes, bytes]) -> None:
        self.held[table].update(entries)

    def note_deleted(self, table: str, keys: Iterable[bytes]) -> None:
        for key in keys:
            self.held[table].pop(key, None)

    def units_with(self, failed: Mapping[str, Mapping[bytes, OSError]]) -> dict[Unit, OSError]:
        """Return the units that a failed write belongs to."""
        if not any(failed.values()):
            return {}
        return {
            unit: failed[record.table][record.key]
            for unit, entries in self._by_unit.items()
            for record in entries
            if record.key in failed[record.table]
        }

    def _touch(self, touched: Tables, record: Record) -> None:
        held = self.held[record.table].get(record.key)
        if held is not None:
            touched[record.table][record.key] = held
