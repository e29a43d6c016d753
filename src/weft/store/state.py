"""The merged records in memory: what is alive, found by ID, by reference and by indexed field.

`apply` is given merged records and answers with what changed for readers, cascades of liveness included: a
port that arrives can bring a deleted network back, its departure can end it. The slow, obviously right
function for the same question is `liveness.live_keys`; tests hold one against the other.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from weft.store.index import Index
from weft.store.kinds import AREA_OF, KINDS
from weft.store.liveness import is_tombstone
from weft.store.paths import Target, reader, references, referring_paths
from weft.store.protocol import Change
from weft.store.records import Key, Record

_NONE: Mapping[str, int] = {}


class MergedState:
    """Implements `protocol.State`. Not for several threads; views it returns are good until the next await."""

    def __init__(self) -> None:
        self._raw: dict[str, dict[str, Record]] = {}  # kind → id → record, tombstones too
        self._twins: dict[Key, Record] = {}  # the same kind and id under a further scope: no honest writer does that
        self._live: dict[str, dict[str, Record]] = {}
        self._indexes: dict[tuple[str, str], Index] = {
            (kind.name, path): Index() for kind in KINDS.values() for path in indexed_paths(kind.name)
        }
        self._indexed = {
            kind: [(self._indexes[kind, path], reader(path)) for path in paths] for kind, paths in _INDEXED.items()
        }
        self._referring = {kind: [self._indexes[by, path] for by, path in referring_paths(kind)] for kind in KINDS}
        self._tallies: dict[tuple[str, Any], dict[str, int]] = {}  # (kind, project) → site of creation → live records
        self._revision = 0
        self._changed_at: dict[str, int] = {}  # area of kinds → the revision of its last change

    # ---- reading (protocol.State)
    @property
    def revision(self) -> int:
        """Grows by one with every merged change."""
        return self._revision

    def changed_at(self, area: str) -> int:
        """Return the revision at which a live record of these kinds ("identity") last changed; 0 if none ever did."""
        return self._changed_at.get(area, 0)

    def get(self, kind: str, id: str) -> Record | None:
        """Return a live record."""
        return self._live.get(kind, {}).get(id)

    def of_kind(self, kind: str) -> Collection[Record]:
        """Return all live records of a kind."""
        return self._live.get(kind, {}).values()

    def referrers(self, kind: str, id: str, by: str) -> Collection[Record]:
        """Return the live records of kind `by` that refer to `kind`/`id`."""
        found: dict[str, Record] = {}
        for referring_kind, path in referring_paths(kind):
            if referring_kind == by:
                found.update((held, self._live[by][held]) for held in self._indexes[by, path].ids(id))
        return found.values()

    def lookup(self, kind: str, index: str, value: Any) -> Collection[Record]:
        """Return the live records of `kind` with `value` at the field path `index`, which must be indexed."""
        return [self._live[kind][id] for id in self.lookup_ids(kind, index, value)]

    def lookup_ids(self, kind: str, index: str, value: Any) -> Collection[str]:
        """Return the IDs of what `lookup` returns, without building a list: for counting and for joins."""
        return self._indexes[kind, index].ids(value)

    def index(self, kind: str, path: str) -> Index:
        """Return what `lookup` looks into, for those who look very often."""
        return self._indexes[kind, path]

    def tally(self, kind: str, project_id: str) -> Mapping[str, int]:
        """Return how many live records of `kind` a project has, by the site that created them."""
        return self._tallies.get((kind, project_id), _NONE)

    def raw(self, key: Key) -> Record | None:
        """Return a record whether it is alive or not."""
        record = self._raw.get(key.kind, {}).get(key.id)
        if record is None or record.key.scope == key.scope:
            return record
        return self._twins.get(key)

    def raw_records(self) -> Iterator[Record]:
        """Yield every record, tombstones too."""
        for records in self._raw.values():
            yield from records.values()
        yield from self._twins.values()

    def live_records(self) -> Iterator[Record]:
        """Yield every live record."""
        for records in self._live.values():
            yield from records.values()

    def __len__(self) -> int:
        """Count every record, tombstones too."""
        return sum(map(len, self._raw.values())) + len(self._twins)

    # ---- writing
    def apply(self, record: Record) -> list[Change]:
        """Put `record`, already merged, in place of what we held, and return what changed for readers.

        Costs no more than the record and what it refers to, whatever the size of the state.
        """
        self._put(record)
        return self._settle(record.key)

    def forget(self, key: Key) -> list[Change]:
        """Drop a record altogether: for tombstones past their horizon (`collect.py`)."""
        held = self._raw.get(key.kind, {}).get(key.id)
        if held is not None and held.key == key:
            del self._raw[key.kind][key.id]
            for twin in [twin for twin in self._twins if twin[1:] == key[1:]][:1]:
                self._raw[key.kind][key.id] = self._twins.pop(twin)
        else:
            self._twins.pop(key, None)
        return self._settle(key)

    def _put(self, record: Record) -> None:
        of_kind = self._raw.setdefault(record.key.kind, {})
        held = of_kind.get(record.key.id)
        if held is None or held.key == record.key:
            of_kind[record.key.id] = record
        else:
            self._twins[record.key] = record

    def _settle(self, key: Key) -> list[Change]:
        self._revision += 1
        changes: list[Change] = []
        self._refresh(key.kind, key.id, changes)
        return changes

    def _refresh(self, kind: str, id: str, changes: list[Change]) -> None:
        """Recompute one record's life and, if that changed, the lives of those it refers or referred to.

        Ends because references never form a circle between kinds (`liveness.py` asserts it).
        """
        before = self.get(kind, id)
        after = self._alive(kind, id)
        if before is after:
            return
        if before is not None:
            self._unindex(before)
            del self._live[kind][id]
        if after is not None:
            self._live.setdefault(kind, {})[id] = after
            self._index(after)
        self._changed_at[AREA_OF.get(kind, "")] = self._revision
        key = (after or before).key  # type: ignore[union-attr]  # one of them is there: they differ
        changes.append(Change(key, before, after, self._revision))
        for target in dict.fromkeys([*_targets(before), *_targets(after)]):
            if self._hangs_on_references(*target):
                self._refresh(*target, changes)

    def _alive(self, kind: str, id: str) -> Record | None:
        """Return the record that readers shall see under this name, if any."""
        record = self._raw.get(kind, {}).get(id)
        if record is None:
            return None
        if self._twins:
            held = [record, *(twin for key, twin in self._twins.items() if key[1:] == (kind, id))]
            held.sort(key=lambda twin: twin.key.scope)  # every site shows the same one
            if not self._is_referred_to(kind, id):
                held = [record for record in held if not is_tombstone(record)]
            return held[0] if held else None
        return record if not is_tombstone(record) or self._is_referred_to(kind, id) else None

    def _hangs_on_references(self, kind: str, id: str) -> bool:
        """Tell whether a record may live or die with what refers to it: only what was deleted does."""
        record = self._raw.get(kind, {}).get(id)
        return record is not None and (bool(self._twins) or is_tombstone(record))

    def _is_referred_to(self, kind: str, id: str) -> bool:
        return any(index.ids(id) for index in self._referring.get(kind, ()))

    def _index(self, record: Record) -> None:
        self._count(record, 1)
        for index, read in self._indexed.get(record.key.kind, ()):
            for value in read(record):
                index.add(value, record.key.id)

    def _unindex(self, record: Record) -> None:
        self._count(record, -1)
        for index, read in self._indexed.get(record.key.kind, ()):
            for value in read(record):
                index.remove(value, record.key.id)

    def _count(self, record: Record, step: int) -> None:
        owner = record.fields.get("project_id")
        if owner is None or not isinstance(owner.value, str):
            return
        tally = self._tallies.setdefault((record.key.kind, owner.value), {})
        site = owner.stamp.site  # an object keeps its owner: the field tells where it was created
        tally[site] = tally.get(site, 0) + step
        if not tally[site]:
            del tally[site]
            if not tally:
                del self._tallies[record.key.kind, owner.value]


def indexed_paths(kind_name: str) -> tuple[str, ...]:
    """Return the field paths that records of a kind are looked up by."""
    return _INDEXED.get(kind_name, ())


def _targets(record: Record | None) -> Iterator[Target]:
    return references(record) if record is not None else iter(())


_INDEXED = {
    kind.name: tuple(dict.fromkeys([*kind.indexed, *(path for path, _ in kind.refers)])) for kind in KINDS.values()
}
