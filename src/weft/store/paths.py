"""Field paths of `kinds/` ("network_id", "fixed_ips[].subnet_id", "security_groups[]"): what a record says there.

Records come from other sites and from newer versions too, so whatever has another shape than expected is
simply not there.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from weft.store.kinds import KINDS
from weft.store.records import Record

Value = str | int  # what can be indexed: everything else is no name of anything
_VALUES = (str, int)
Row = tuple[Value, ...]
Target = tuple[str, str]  # (kind, id)

ITSELF = "."  # in place of an inner field: the list's elements are the values


def values_at(record: Record, path: str) -> Sequence[Value]:
    """Return the values at `path`: none, one, or one per list element."""
    return reader(path)(record)


def rows_at(record: Record, paths: tuple[str, ...]) -> Sequence[Row]:
    """Return one tuple per combination of `paths` that belongs together.

    Paths into the same list are read element by element: a port's (subnet, address) pairs, not every subnet
    with every address.
    """
    return rows_reader(paths)(record)


@cache
def reader(path: str) -> Callable[[Record], Sequence[Value]]:
    """Return `values_at` for one path: every record that comes in is read at a dozen of them."""
    field, inner = _split(path)

    def plain(record: Record) -> Sequence[Value]:
        held = record.fields.get(field)
        return (held.value,) if held is not None and isinstance(held.value, _VALUES) else ()

    def elements(record: Record) -> Sequence[Value]:
        return [element for element in _list_in(record, field) if isinstance(element, _VALUES)]

    def within(record: Record) -> Sequence[Value]:
        found = [element.get(inner) for element in _list_in(record, field) if isinstance(element, dict)]
        return [value for value in found if isinstance(value, _VALUES)]

    return within if inner and inner is not ITSELF else elements if inner else plain


@cache
def rows_reader(paths: tuple[str, ...]) -> Callable[[Record], Sequence[Row]]:
    """Return `rows_at` for some paths."""
    split = [_split(path) for path in paths]
    lists = {field for field, inner in split if inner}
    assert len(lists) <= 1, "one list per tuple: anything else has no obvious meaning"
    list_field = next(iter(lists), "")

    def plain(record: Record) -> Sequence[Row]:
        row = _row([record.get(field) for field, _ in split])
        return (row,) if row else ()

    def within(record: Record) -> Sequence[Row]:
        elements = [element for element in _list_in(record, list_field) if isinstance(element, dict)]
        found = [_row([e.get(inner) if inner else record.get(field) for field, inner in split]) for e in elements]
        return [row for row in found if row]

    return within if list_field else plain


def _row(values: list[Any]) -> Row:
    """Return values as a tuple, an empty one if any of them is not there."""
    for value in values:
        if not isinstance(value, _VALUES):
            return ()
    return tuple(values)


def _list_in(record: Record, field: str) -> Sequence[Any]:
    held = record.fields.get(field)
    return held.value if held is not None and isinstance(held.value, (list, tuple)) else ()


def references(record: Record) -> Iterator[Target]:
    """Yield what a record refers to, each target possibly more than once."""
    for read, target_kind in _refers(record.key.kind):
        for value in read(record):
            if isinstance(value, str):
                yield target_kind, value


@cache
def _refers(kind_name: str) -> tuple[tuple[Callable[[Record], Sequence[Value]], str], ...]:
    kind = KINDS.get(kind_name)
    return tuple([(reader(path), target) for path, target in kind.refers]) if kind else ()


@cache
def referring_paths(target_kind: str) -> tuple[tuple[str, str], ...]:
    """Return (kind, path) of everything that may refer to a `target_kind`."""
    return tuple((kind.name, path) for kind in KINDS.values() for path, target in kind.refers if target == target_kind)


@cache
def _split(path: str) -> tuple[str, str]:
    if path.endswith("[]"):
        return path.removesuffix("[]"), ITSELF
    field, _, inner = path.partition("[].")
    return field, inner
