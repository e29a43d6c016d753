"""What a merge settled and somebody should hear of, as `conflict` records.

Six findings. A *field* that two sites wrote without knowing of each other; an update that met a concurrent delete
(*delete-won*); two records that claim one name (*duplicate*: the older keeps it); two that may not stand side by side
(*clash*: the older counts); a deleted record that something still uses (*kept*); a record that leads nowhere because
another site deleted what it needs (*astray*). A report's ID and every byte of it follow from the finding alone, so all
sites that notice write the same record, and merging them leaves no trace.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import astuple

from weft.store.clock import ms_from_hlc
from weft.store.kinds import KINDS
from weft.store.kinds.identity import SECRET_FIELDS
from weft.store.paths import Row
from weft.store.records import DELETED, Field, Key, Loss, Record, Stamp
from weft.store.recovery import site_of
from weft.store.rules import Astray, Clash, Lost

CONFLICTS_MAX = 10_000  # the newest are kept; see `newest_conflicts.py`
VALUE_BYTES_MAX = 4_096  # a dropped value larger than this is shown cut short: the report must not outgrow the thing


def conflicts_of_merge(mine: Record, theirs: Record, losses: tuple[Loss, ...]) -> list[Record]:
    """Return what merging two versions of one record settled: dropped values, and updates that met a delete."""
    found = [_field_conflict(loss) for loss in _one_per_group(losses)]
    found += (_delete_conflict(*dropped) for dropped in _dropped_by_delete(mine, theirs))
    found += (_delete_conflict(*dropped) for dropped in _dropped_by_delete(theirs, mine))
    return found


def duplicate_conflict(keeper: Record, other: Record, paths: tuple[str, ...], row: Row) -> Record:
    """Return the report that `other` claims what `keeper`, the older, already has."""
    kept, marked = _row_stamp(keeper, paths), _row_stamp(other, paths)
    name = ", ".join(f"{path.rpartition('.')[2]} {value}" for path, value in zip(paths, row, strict=True))
    message = (
        f"{other.key.kind} {other.key.id} and {keeper.key.kind} {keeper.key.id} both claim {name}: "
        f"{keeper.key.id}, created first at site {site_of(keeper.oldest.site)}, keeps it"
    )
    return _conflict(
        "duplicate",
        other.key,
        paths[-1],
        won=_told(keeper.key.id, kept),
        lost=_told(other.key.id, marked),
        stamp=max(kept, marked),
        message=message,
        identity=[*paths, *row, keeper.key.id, *astuple(kept), *astuple(marked)],
    )


def kept_conflict(record: Record) -> Record:
    """Return the report that a deleted record stays, because live records use it."""
    stamp = record.fields[DELETED].stamp
    message = (
        f"{record.key.kind} {record.key.id} was deleted at site {site_of(stamp.site)} while another site began to use "
        f"it: it is kept until its last user is gone"
    )
    return _conflict(
        "kept",
        record.key,
        DELETED,
        won=_told(False, stamp),
        lost=_told(True, stamp),
        stamp=stamp,
        message=message,
        identity=[*astuple(stamp)],
    )


def clash_conflict(clash: Clash, mine: Record, rival: Record, told: str) -> Record | None:
    """Return the report that two records are at odds; None if one site did both: it knew, and was allowed to."""
    fields = {mine.key: clash.fields, rival.key: clash.other_fields or clash.fields}
    keeper, other = keeper_first(mine, rival)
    kept, marked = _written(keeper, fields[keeper.key]), _written(other, fields[other.key])
    if site_of(kept.site) == site_of(marked.site):
        return None
    message = (
        f"{other.key.kind} {other.key.id} and {keeper.key.kind} {keeper.key.id} {told}: both stay, and "
        f"{keeper.key.id}, created first at site {site_of(keeper.oldest.site)}, counts"
    )
    return _conflict(
        "clash",
        other.key,
        fields[other.key][0],
        won=_told(keeper.key.id, kept),
        lost=_told(other.key.id, marked),
        stamp=max(kept, marked),
        message=message,
        identity=[clash.name, keeper.key.kind, keeper.key.id, *astuple(kept), *astuple(marked)],
    )


def astray_conflict(rule: Astray, record: Record, lost: Lost) -> Record | None:
    """Return the report that a record leads nowhere; None if one site did both: it knew, and was allowed to."""
    needed, deleted = _written(record, rule.fields), lost.dead.fields[DELETED].stamp
    if site_of(needed.site) == site_of(deleted.site):
        return None
    message = (
        f"{record.key.kind} {record.key.id}, written at site {site_of(needed.site)}, has no effect: {lost.told} "
        f"at site {site_of(deleted.site)}"
    )
    return _conflict(
        "astray",
        record.key,
        rule.fields[0],
        won=_told(None, deleted),
        lost=_told(_shown(rule.fields[0], record.get(rule.fields[0])), needed),
        stamp=max(needed, deleted),
        message=message,
        identity=[rule.name, *astuple(needed), lost.dead.key.id, *astuple(deleted)],
    )


def keeper_first(one: Record, two: Record) -> tuple[Record, Record]:
    """Return two records that claim the same thing, the older, which keeps it, first."""
    return (one, two) if (one.oldest, one.key) < (two.oldest, two.key) else (two, one)


def _field_conflict(loss: Loss) -> Record:
    won, lost = loss.won.stamp, loss.lost.stamp
    message = (
        f"{loss.field} of {loss.key.kind} {loss.key.id} was set at site {site_of(lost.site)} and, without knowledge of "
        f"that, at site {site_of(won.site)}: the later value, of site {site_of(won.site)}, holds"
    )
    return _conflict(
        "field",
        loss.key,
        loss.field,
        won=_told(_shown(loss.field, loss.won.value), won),
        lost=_told(_shown(loss.field, loss.lost.value), lost),
        stamp=won,
        message=message,
        identity=[*astuple(won), *astuple(lost)],
    )


def _delete_conflict(update_of: Record, deleted: Stamp, field: str) -> Record:
    updated = update_of.fields[field].stamp
    message = (
        f"{update_of.key.kind} {update_of.key.id} was deleted at site {site_of(deleted.site)} while site "
        f"{site_of(updated.site)} changed its {field}: the delete holds, unless something still uses it"
    )
    return _conflict(
        "delete-won",
        update_of.key,
        field,
        won=_told(None, deleted),
        lost=_told(_shown(field, update_of.get(field)), updated),
        stamp=max(deleted, updated),
        message=message,
        identity=[*astuple(deleted), *astuple(updated)],
    )


def _dropped_by_delete(dead: Record, other: Record) -> Iterator[tuple[Record, Stamp, str]]:
    """Yield (record, stamp of the delete, field) per write in `other` that the delete in `dead` did not know of."""
    deleted = dead.fields.get(DELETED)
    if deleted is None or deleted.value is not True or other.get(DELETED) is True:
        return
    stamp = deleted.stamp
    if other.versions.get(stamp.site, 0) >= stamp.n:
        return  # `other` knew of the delete and wrote all the same, or took it back
    seen: set[Stamp] = set()
    for name in sorted(other.fields):
        updated = other.fields[name].stamp
        if "." in name:
            continue  # a grant goes with its pool: nobody's wish is dropped
        if dead.versions.get(updated.site, 0) < updated.n and updated not in seen:
            seen.add(updated)  # fields written together are reported once
            yield other, stamp, name


def _one_per_group(losses: tuple[Loss, ...]) -> Iterator[Loss]:
    """Leave out the further losses of fields that are always written together."""
    seen: set[tuple[str, Stamp, Stamp]] = set()
    for loss in sorted(losses, key=lambda loss: loss.field):
        group = _group_of(loss.key.kind, loss.field)
        place = (group, loss.won.stamp, loss.lost.stamp)
        if place not in seen:
            seen.add(place)
            yield loss


def _group_of(kind_name: str, field: str) -> str:
    kind = KINDS.get(kind_name)
    for group in kind.coupled if kind else ():
        if field in group:
            return group[0]
    return field


def _row_stamp(record: Record, paths: tuple[str, ...]) -> Stamp:
    """Return when a record came to claim what it claims."""
    return max(record.fields[path.partition("[].")[0]].stamp for path in paths)


def _written(record: Record, fields: tuple[str, ...]) -> Stamp:
    """Return when the last of some fields was written."""
    return max((record.fields[name].stamp for name in fields if name in record.fields), default=record.oldest)


def _told(value: Any, stamp: Stamp) -> dict[str, Any]:
    return {"value": value, "ms": ms_from_hlc(stamp.hlc), "site": site_of(stamp.site)}


def _shown(field: str, value: Any) -> Any:
    if field in SECRET_FIELDS:
        return "(secret)"
    if isinstance(value, str | list | dict) and len(data := msgspec.json.encode(value)) > VALUE_BYTES_MAX:
        return data[:VALUE_BYTES_MAX].decode(errors="ignore") + "…"
    return value


def _conflict(
    what: str,
    key: Key,
    field: str,
    *,
    won: dict[str, Any],
    lost: dict[str, Any],
    stamp: Stamp,
    message: str,
    identity: list[Any],
) -> Record:
    """Return the record; all that goes in follows from `what`, `key`, `field` and `identity`."""
    content = msgspec.msgpack.encode([what, key, field, identity])
    id = blake2b(content, digest_size=16).hexdigest()
    values: dict[str, Any] = {
        "what": what,
        "kind": key.kind,
        "id_of": key.id,
        "scope": key.scope,
        "field": field,
        "won": won,
        "lost": lost,
        "message": message,
    }
    once = Stamp(stamp.hlc, stamp.site, 1)
    fields = {name: Field(value, once) for name, value in values.items()}
    return Record(Key(key.scope, "conflict", id), fields, {stamp.site: 1})
