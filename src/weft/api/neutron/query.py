"""List queries: fields, filters, sorting, pages. Texts and semantics: neutron, api/api_common.py."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from weft.api.neutron.resource import Match, Resource
from weft.commands.errors import BadRequest as BadQuery
from weft.store.clock import ms_from_hlc
from weft.store.records import Record
from weft.wire.neutron.attributes import Attribute, BadRequest, BadValue

_NOT_FILTERS = {"fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse"}
_NOTHING: frozenset[str] = frozenset()

TagTest = Callable[[frozenset[str], frozenset[str]], bool]
TAG_FILTERS: Mapping[str, TagTest] = {  # asked, present → match
    "tags": lambda asked, present: asked <= present,
    "tags-any": lambda asked, present: not asked.isdisjoint(present),
    "not-tags": lambda asked, present: not asked <= present,
    "not-tags-any": lambda asked, present: asked.isdisjoint(present),
}


class ListQuery(msgspec.Struct, frozen=True):
    """What a list request asks for."""

    fields: Sequence[str]
    equal: Sequence[tuple[Attribute, Sequence[Any]]]  # the attribute equals one of the values
    matches: Sequence[Match]  # and each of these holds
    sorts: Sequence[tuple[Attribute, bool]]  # True: ascending
    limit: int  # 0: no pages
    marker: str | None
    page_reverse: bool


def read_query(resource: Resource, pairs: Sequence[tuple[str, str]]) -> ListQuery:
    """Return what the query string asks. Raises BadRequest, BadValue, BadQuery."""
    if not pairs:
        return ListQuery((), (), (), (), 0, None, False)
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    equal, matches = _read_filters(resource, grouped)
    return ListQuery(
        fields=[name for name in dict.fromkeys(grouped.get("fields", ())) if name],
        equal=equal,
        matches=matches,
        sorts=_read_sorts(resource, grouped),
        limit=_read_limit(grouped),
        marker=(grouped.get("marker") or [""])[-1] or None,
        page_reverse=(grouped.get("page_reverse") or ["false"])[-1].lower() == "true",
    )


def _read_filters(
    resource: Resource, grouped: Mapping[str, Sequence[str]]
) -> tuple[list[tuple[Attribute, list[Any]]], list[Match]]:
    equal: list[tuple[Attribute, list[Any]]] = []
    matches: list[Match] = []
    unknown: list[str] = []
    for name, values in grouped.items():
        if name in _NOT_FILTERS:
            continue
        attribute = resource.by_name.get(name)
        if name in TAG_FILTERS:
            matches.append(_tag_match(TAG_FILTERS[name], values))
        elif name == "changed_since":
            matches.append(_changed_since(values[-1]))
        elif name in resource.filters:
            matches.append(resource.filters[name](values))
        elif attribute is None or not attribute.filter:
            unknown.append(name)
        else:
            equal.append((attribute, [attribute.type.convert(value) for value in values]))
    if unknown:
        raise BadRequest(f"{unknown} is invalid attribute for filtering")
    return equal, matches


def _tag_match(test: TagTest, values: Sequence[str]) -> Match:
    asked = frozenset(tag for value in values for tag in value.split(",") if tag)
    return lambda record: test(asked, frozenset(record.get("tags", _NOTHING)))


def _changed_since(text: str) -> Match:
    """Match what was written at or after a time. Source: neutron, services/timestamp/timestamp_db.py."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue("The input changed_since must be in the following format: YYYY-MM-DDTHH:MM:SSZ") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since_ms = int(moment.timestamp() * 1000)
    return lambda record: ms_from_hlc(record.newest.hlc) >= since_ms


def _read_sorts(resource: Resource, grouped: Mapping[str, Sequence[str]]) -> list[tuple[Attribute, bool]]:
    keys = [key for key in grouped.get("sort_key", ()) if key]
    directions = [direction for direction in grouped.get("sort_dir", ()) if direction]
    if len(keys) != len(directions):
        raise BadRequest("The number of sort_keys and sort_dirs must be same")
    known = resource.by_name
    absent = [key for key in keys if key not in known or not known[key].sort]
    if absent:
        raise BadRequest(f"{absent} is invalid attribute for sort_keys")
    wrong = [direction for direction in directions if direction not in ("asc", "desc")]
    if wrong:
        raise BadRequest(f"{wrong} is invalid value for sort_dirs, valid value is 'asc' and 'desc'")
    first: dict[str, str] = {}  # a key that comes again decides nothing any more
    for key, direction in zip(keys, directions, strict=True):
        first.setdefault(key, direction)
    return [(known[key], direction == "asc") for key, direction in first.items()]


def _read_limit(grouped: Mapping[str, Sequence[str]]) -> int:
    text = grouped.get("limit", ["0"])[-1]
    try:
        limit = int(text)
    except ValueError:
        limit = -1
    if limit < 0:
        raise BadQuery("limit", f"Limit must be an integer 0 or greater and not '{text}'")
    return limit


def sort_records(
    records: list[Record], sorts: Sequence[tuple[Attribute, bool]], value: Callable[[Record, Attribute], Any]
) -> list[Record]:
    """Return the records in the order asked for, by ID where that leaves a choice; null comes first, as in SQL."""
    records = sorted(records, key=_id)
    for attribute, ascending in reversed(sorts):
        records.sort(key=lambda record, of=attribute: _sortable(value(record, of)), reverse=not ascending)  # type: ignore[misc]
    return records


def _id(record: Record) -> str:
    return record.key[2]


def _sortable(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (0,)
    return (1, str(value)) if isinstance(value, (list, dict)) else (1, value)
