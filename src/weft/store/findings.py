"""Watches the merged state for what no single merge shows: duplicates, deleted things still in use, and broken rules.

All of these also appear for a moment when records arrive out of order (an address given anew before we hear that its
last holder is gone). So a finding must last GRACE_S before it is reported. Sans-I/O: callers pass `now_ms`.
"""

from collections.abc import Iterable, Iterator

from weft.store.conflicts import (
    astray_conflict,
    clash_conflict,
    duplicate_conflict,
    keeper_first,
    kept_conflict,
)
from weft.store.kinds import KINDS
from weft.store.kinds.kind import Kind
from weft.store.liveness import is_tombstone
from weft.store.paths import Row, rows_at, rows_reader
from weft.store.protocol import Change
from weft.store.records import Key, Record
from weft.store.rules import ASTRAY, CLASHES, Astray, Clash, Graveyard
from weft.store.rules.rule import Related
from weft.store.state import MergedState, indexed_paths

GRACE_MS = 3_000  # order settles within a second or so of a heal; a report may wait

_Suspicion = tuple[Key, tuple[str, ...], Row]  # no paths: a tombstone that lives
_Suspect = tuple[Key, str]  # a record, and the name of the rule between records that it seems to break

_CLASHES_OF: dict[str, list[Clash]] = {}
_ASTRAY_OF: dict[str, list[Astray]] = {}
_WAKES: dict[str, list[tuple[Astray, Related]]] = {}
for _clash in CLASHES:
    _CLASHES_OF.setdefault(_clash.kind, []).append(_clash)
for _rule in ASTRAY:
    _ASTRAY_OF.setdefault(_rule.kind, []).append(_rule)
    for _kind, _related in _rule.wakes.items():
        _WAKES.setdefault(_kind, []).append((_rule, _related))


class Findings:
    """Suspicions and when they arose; due ones become conflict records."""

    def __init__(self, state: MergedState) -> None:
        self._state = state
        self._names = {kind.name: [_Names(kind, paths, state) for paths in kind.unique] for kind in KINDS.values()}
        self._since_ms: dict[_Suspicion, int] = {}
        self._suspects_ms: dict[_Suspect, int] = {}

    def watch(self, changes: Iterable[Change], now_ms: int) -> None:
        """Look at what has changed. Costs little unless something is suspicious."""
        for change in changes:
            record = change.after
            for suspect in self._suspects(change):
                self._suspects_ms.setdefault(suspect, now_ms)
            if record is None:
                continue
            if is_tombstone(record):
                self._since_ms.setdefault((record.key, (), ()), now_ms)
            for names in self._names.get(record.key.kind, ()):
                before = names.rows(change.before) if change.before else ()
                for row in names.rows(record):
                    if row not in before and names.may_be_taken(row) and any(self._rivals(record, names.paths, row)):
                        self._since_ms.setdefault((record.key, names.paths, row), now_ms)

    def due(self, now_ms: int) -> list[Record]:
        """Return conflict records for what has lasted."""
        due = [suspicion for suspicion, since_ms in self._since_ms.items() if now_ms - since_ms >= GRACE_MS]
        found: dict[Key, Record] = {}
        for suspicion in due:
            del self._since_ms[suspicion]
            found.update((conflict.key, conflict) for conflict in self._confirmed(*suspicion))
        suspects = [suspect for suspect, since_ms in self._suspects_ms.items() if now_ms - since_ms >= GRACE_MS]
        graveyard = Graveyard(self._dead)
        for suspect in suspects:
            del self._suspects_ms[suspect]
            found.update((conflict.key, conflict) for conflict in self._broken(*suspect, graveyard))
        return [found[key] for key in sorted(found)]

    @property
    def next_due_ms(self) -> int | None:
        """When `due` has something to look at."""
        since_ms = [*self._since_ms.values(), *self._suspects_ms.values()]
        return min(since_ms) + GRACE_MS if since_ms else None

    # ---- rules between records
    def _suspects(self, change: Change) -> Iterator[_Suspect]:
        record, state = change.after, self._state
        if record is None:
            if change.before is not None:
                for rule, related in _WAKES.get(change.key.kind, ()):
                    for woken in related(change.before, state):
                        yield woken.key, rule.name
            return
        for clash in _CLASHES_OF.get(record.key.kind, ()):
            if next(clash.rivals(record, state), None) is not None:
                yield record.key, clash.name
        for rule in _ASTRAY_OF.get(record.key.kind, ()):
            nobody = Graveyard(_nothing)
            if next(rule.lost(record, state, nobody), None) is not None or nobody.was_asked:
                yield record.key, rule.name

    def _broken(self, key: Key, name: str, graveyard: Graveyard) -> Iterator[Record]:
        record = self._state.get(key.kind, key.id)
        if record is None or record.key != key:
            return
        for clash in _CLASHES_OF.get(key.kind, ()):
            for rival, told in clash.rivals(record, self._state) if clash.name == name else ():
                if (conflict := clash_conflict(clash, record, rival, told)) is not None:
                    yield conflict
        for rule in _ASTRAY_OF.get(key.kind, ()):
            for lost in rule.lost(record, self._state, graveyard) if rule.name == name else ():
                if (conflict := astray_conflict(rule, record, lost)) is not None:
                    yield conflict

    def _dead(self) -> Iterator[Record]:
        for record in self._state.raw_records():
            if is_tombstone(record) and self._state.get(record.key.kind, record.key.id) is None:
                yield record

    # ---- names and tombstones
    def _confirmed(self, key: Key, paths: tuple[str, ...], row: Row) -> Iterator[Record]:
        record = self._state.get(key.kind, key.id)
        if record is None or record.key != key:
            return
        if not paths:
            if is_tombstone(record):
                yield kept_conflict(record)
        elif row in rows_at(record, paths):
            for rival in self._rivals(record, paths, row):
                yield duplicate_conflict(*keeper_first(record, rival), paths, row)

    def _rivals(self, record: Record, paths: tuple[str, ...], row: Row) -> Iterator[Record]:
        """Yield the other live records that claim the same."""
        kind = record.key.kind
        indexed = indexed_paths(kind)  # of a direction or an action there are few, and each is every other record's
        places = [(path, value) for path, value in zip(paths, row, strict=True) if path in indexed]
        held = [self._state.lookup_ids(kind, path, value) for path, value in places]
        for id in min(held, key=len):  # a subnet has many ports, an address few: or the other way round
            if id != record.key.id and all(id in ids for ids in held):
                rival = self._state.get(kind, id)
                if rival is not None and row in rows_at(rival, paths):
                    yield rival


class _Names:
    """What records of a kind claim for themselves alone, at some paths; and a quick look at whether others do, too."""

    def __init__(self, kind: Kind, paths: tuple[str, ...], state: MergedState) -> None:
        self.paths, self.rows = paths, rows_reader(paths)
        indexed = indexed_paths(kind.name)
        self._indexes = [(at, state.index(kind.name, path)) for at, path in enumerate(paths) if path in indexed]

    def may_be_taken(self, row: Row) -> bool:
        """Tell whether more than one record holds each part of what a live record claims."""
        return min([len(index.ids(row[at])) for at, index in self._indexes], default=2) > 1


def _nothing() -> tuple[Record, ...]:
    return ()
