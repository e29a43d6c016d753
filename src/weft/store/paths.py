"""Field paths of `kinds/` ("network_id", "fixed_ips[].subnet_id", "security_groups[]"): what a record says there.

Records come from other sites and from newer versions too, so whatever has another shape than expected is
simply not there.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from weft.store.kinds import KINDS
from weft.store.records import Record

Value = str | int  # what can be indexed: everything else is no name of anything
Target = tuple[str, str]  # (kind, id)

ITSELF = "."  # in place of an inner field: the list's elements are the values


def values_at(record: Record, path: str) -> Iterator[Value]:
    """Yield the values at `path`: none, one, or one per list element."""
    field, inner = _split(path)
    value = record.get(field)
    if not inner:
        if isinstance(value, Value):
            yield value
        return
    if isinstance(value, list | tuple):
        for element in value:
            found = element if inner is ITSELF else element.get(inner) if isinstance(element, dict) else None
            if isinstance(found, Value):
                yield found


def rows_at(record: Record, paths: tuple[str, ...]) -> Iterator[tuple[Value, ...]]:
    """Yield one tuple per combination of `paths` that belongs together.

    Paths into the same list are read element by element: a port's (subnet, address) pairs, not every subnet
    with every address.
    """
    list_field, split = _split_together(paths)
    elements: Any = record.get(list_field) if list_field else _NO_LIST
    if not isinstance(elements, list | tuple):
        return
    for element in elements:
        if not isinstance(element, dict):
            continue
        found = [element.get(inner) if inner else record.get(field) for field, inner in split]
        row = tuple([value for value in found if isinstance(value, Value)])
        if len(row) == len(found):
            yield row


def references(record: Record) -> Iterator[Target]:
    """Yield what a record refers to, each target possibly more than once."""
    kind = KINDS.get(record.key.kind)
    for path, target_kind in kind.refers if kind else ():
        for value in values_at(record, path):
            if isinstance(value, str):
                yield target_kind, value


@cache
def referring_paths(target_kind: str) -> tuple[tuple[str, str], ...]:
    """Return (kind, path) of everything that may refer to a `target_kind`."""
    return tuple((kind.name, path) for kind in KINDS.values() for path, target in kind.refers if target == target_kind)


_NO_LIST: list[dict[str, Any]] = [{}]


@cache
def _split_together(paths: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]]:
    """Return the one list that `paths` look into ("" if none) and their halves."""
    split = [_split(path) for path in paths]
    lists = {field for field, inner in split if inner}
    assert len(lists) <= 1, "one list per tuple: anything else has no obvious meaning"
    return next(iter(lists), ""), split


@cache
def _split(path: str) -> tuple[str, str]:
    if path.endswith("[]"):
        return path.removesuffix("[]"), ITSELF
    field, _, inner = path.partition("[].")
    return field, inner
