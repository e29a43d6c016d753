"""The unit of replicated state, and how two versions of it become one.

A record is `scope/kind/id` = {field → (value, stamp)}. Merging takes, field by field, the value with the
greater (HLC, site): idempotent, commutative, associative, so order, duplicates and replays do not matter.
Beside the fields stands a version vector, {site → number of writes made there}. It decides nothing; it
tells whether the writer of the winning value had *seen* the losing one. If not, the two were concurrent and
the loss is reported, never silent (`conflicts.py`). Why: docs/design/0002-records-and-merging.md.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec


class Key(NamedTuple):
    """Names a record in the whole fabric."""

    scope: str  # "fabric", "region.<name>" or "site.<name>"
    kind: str  # "network", "port", "node"…
    id: str

    def __str__(self) -> str:
        return f"{self.scope}/{self.kind}/{self.id}"


class Stamp(msgspec.Struct, frozen=True, order=True, gc=False):  # gc=False: they are many, and in no cycles
    """When and where a field got its value. Ordered by (hlc, site); `n` follows from these."""

    hlc: int
    site: str
    n: int  # the site's n-th write to this record: a dot of the version vector


class Field(msgspec.Struct, frozen=True, gc=False):
    """A value (anything JSON can say, treated as immutable) and its stamp."""

    value: Any
    stamp: Stamp


class Record(msgspec.Struct, frozen=True):
    """One version of a record. Immutable, like everything reachable from it."""

    key: Key
    fields: Mapping[str, Field]
    versions: Mapping[str, int]  # {site: writes made there}

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field, or `default`."""
        field = self.fields.get(name)
        return default if field is None else field.value

    @property
    def revision(self) -> int:
        """Neutron's revision_number: the count of all writes that went in. Grows with every write and merge of one."""
        return sum(self.versions.values())

    @property
    def newest(self) -> Stamp:
        """The stamp of the last change."""
        newest: Stamp | None = None
        for field in self.fields.values():
            stamp = field.stamp
            if stamp is not newest and (newest is None or stamp > newest):  # most fields share one
                newest = stamp
        assert newest is not None, "a record without fields"
        return newest

    @property
    def oldest(self) -> Stamp:
        """The stamp of the creation, as long as `created_at` or another field is never rewritten."""
        return min([field.stamp for field in self.fields.values()])


DELETED = "deleted"  # the field that makes a record a tombstone, value True


class Loss(NamedTuple):
    """A concurrent value that a merge dropped."""

    key: Key
    field: str
    won: Field
    lost: Field


class Merge(NamedTuple):
    """What became of two versions."""

    record: Record
    changed: bool  # the result differs from the first version given
    losses: tuple[Loss, ...]


def write(record: Record | None, key: Key, values: Mapping[str, Any], hlc: int, site: str) -> Record:
    """Return `record` with `values` written by `site` at `hlc`; all of one write share one stamp."""
    versions = dict(record.versions) if record else {}
    n = versions.get(site, 0) + 1
    versions[site] = n
    stamp = Stamp(hlc, site, n)
    fields = dict(record.fields) if record else {}
    for name, value in values.items():
        fields[name] = Field(value, stamp)
    return Record(key, fields, versions)


def merge(mine: Record, theirs: Record) -> Merge:
    """Return the join of two versions of one record, and the concurrent values it dropped.

    A dropped value is a loss unless the winner's writer had seen it (the winning side's version vector
    covers its dot) or both sides wrote the same value.
    """
    assert mine.key == theirs.key
    fields = dict(mine.fields)
    changed = False
    losses: list[Loss] = []
    for name, their in theirs.fields.items():
        my = fields.get(name)
        if my is None:
            fields[name] = their
            changed = True
            continue
        if (my.stamp.hlc, my.stamp.site) == (their.stamp.hlc, their.stamp.site):
            continue
        if their.stamp > my.stamp:
            fields[name] = their
            changed = True
            if theirs.versions.get(my.stamp.site, 0) < my.stamp.n and my.value != their.value:
                losses.append(Loss(mine.key, name, their, my))
        elif mine.versions.get(their.stamp.site, 0) < their.stamp.n and my.value != their.value:
            losses.append(Loss(mine.key, name, my, their))
    versions = dict(mine.versions)
    for site, n in theirs.versions.items():
        if n > versions.get(site, 0):
            versions[site] = n
            changed = True
    if not changed:
        return Merge(mine, False, tuple(losses))
    return Merge(Record(mine.key, fields, versions), True, tuple(losses))
