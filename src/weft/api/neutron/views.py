"""Records as clients see them.

A representation depends on the record, on what is derived from other records and the runtime, and on what
the caller may see. Encoded ones are kept for as long as none of these has changed: a list of a thousand
ports is then mostly one join of bytes.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from weft.api.neutron.resource import Look, Resource
from weft.commands.context import iso_time
from weft.store.clock import ms_from_hlc
from weft.store.records import Record
from weft.wire.neutron.attributes import Attribute

MAX_CACHED = 10_000  # about 1.3 kB each

_encode = msgspec.json.Encoder().encode


class _View(NamedTuple):
    """An encoded representation, and what it was made from."""

    record: Record
    revision: int  # of the state that `derived` was made from
    volatile: Any  # what else it was made from; NaN equals nothing: look each time
    derived: bytes  # encoded: a fifth of what the values take
    body: bytes


_UNKNOWN = float("nan")


class Views:
    """Makes representations of one resource."""

    def __init__(self, resource: Resource, look: Look) -> None:
        self._resource, self._look = resource, look
        self._visible = {attribute.name: attribute for attribute in resource.visible}
        stored = (attribute for attribute in resource.visible if not attribute.derived)
        self._stored = tuple((attribute.name, attribute.key, attribute.empty) for attribute in stored)
        self._secret = frozenset(attribute.name for attribute in resource.attributes if not attribute.visible)
        self._common = tuple((name, read) for name, read in _COMMON.items() if name in resource.by_name)
        self._caches: dict[tuple[frozenset[str], bool | None], dict[str, _View]] = {}  # by what depends on who looks
        self._cached = 0

    def encoded(self, record: Record, hidden: frozenset[str], shared: bool | None = None) -> bytes:
        """Return the object as JSON, without the attributes named in `hidden`.

        `shared` is the one attribute that depends on who looks; None: the resource has none.
        """
        cache = self._caches.get((hidden, shared))
        if cache is None:
            cache = self._caches[hidden, shared] = {}
        cached = cache.get(record.key.id)
        revision = self._look.state.revision
        volatile = self._resource.volatile(record, self._look) if self._resource.volatile else _UNKNOWN
        if cached and cached.record is record and cached.revision == revision and cached.volatile == volatile:
            return cached.body
        derived = self._resource.derive(record, self._look)
        made_of = _encode(derived)
        if cached and cached.record is record and cached.derived == made_of:
            body, made_of = cached.body, cached.derived
        else:
            body = _encode(self._full(record, derived, hidden, shared))
        if cached is None:
            if self._cached >= MAX_CACHED:
                for full in self._caches.values():
                    full.clear()
                self._cached = 0
            self._cached += 1
        cache[record.key.id] = _View(record, revision, volatile, made_of, body)
        return body

    def encoded_each(self, records: Sequence[Record], hidden: frozenset[str]) -> list[bytes]:
        """Return what `encoded` returns of each, for a resource that has no `shared`: most are as they were."""
        volatile, look = self._resource.volatile, self._look
        cache = self._caches.get((hidden, None), {})
        revision = look.state.revision
        found = []
        for record in records:
            cached = cache.get(record.key[2])
            if (
                cached is not None
                and cached[0] is record
                and cached[1] == revision
                and volatile is not None
                and cached[2] == volatile(record, look)
            ):
                found.append(cached[4])
            else:
                found.append(self.encoded(record, hidden))
        return found

    def some(self, record: Record, hidden: frozenset[str], fields: Sequence[str], shared: bool | None = None) -> bytes:
        """Return the object as JSON with only `fields` (all if empty), never those in `hidden`."""
        if not fields:
            return self.encoded(record, hidden, shared)
        return _encode(self._chosen(record, hidden, fields, shared))

    def some_of_each(self, records: Sequence[Record], hidden: frozenset[str], names: Sequence[str]) -> bytes:
        """Return a list of what `some` returns of each, for a resource that has no `shared`."""
        readers: list[tuple[str, str, Any, Callable[[Record], Any] | None]] = []
        for name in names:
            attribute = self._visible.get(name)
            if attribute is None or name in hidden:
                continue
            if not attribute.derived:
                readers.append((name, attribute.key, attribute.empty, None))
            elif name in _COMMON and not self._resource.find:
                readers.append((name, "", None, _COMMON[name]))
            elif name in self._resource.derive_one:
                readers.append((name, "", None, partial(self._resource.derive_one[name], look=self._look)))
            else:
                return _encode([self._chosen(record, hidden, names, None) for record in records])
        chosen = []
        for record in records:
            fields = record.fields
            one: dict[str, Any] = {}
            for name, key, empty, read in readers:
                if read is not None:
                    one[name] = read(record)
                else:
                    field = fields.get(key)
                    one[name] = empty if field is None else field.value
            chosen.append(one)
        return _encode(chosen)

    def value(self, record: Record, attribute: Attribute) -> Any:
        """Return the value of one attribute, for filters and sorting."""
        if not attribute.derived:
            return record.get(attribute.key, attribute.empty)
        if (derive := self._resource.derive_one.get(attribute.name)) is not None:
            return derive(record, look=self._look)
        common = _COMMON.get(attribute.name)
        if common is not None and not self._resource.find:
            return common(record)
        derived = self._resource.derive(record, self._look)
        return common(record) if common is not None and attribute.name not in derived else derived.get(attribute.name)

    def _chosen(
        self, record: Record, hidden: frozenset[str], fields: Sequence[str], shared: bool | None
    ) -> dict[str, Any]:
        """Return what `_full` would, of `fields` alone and at their cost."""
        chosen: dict[str, Any] = {}
        derived: dict[str, Any] | None = None
        for name in fields:
            attribute = self._visible.get(name)
            if attribute is None or name in hidden:
                continue
            if name == "shared" and shared is not None:
                chosen[name] = shared
            elif not attribute.derived:
                chosen[name] = record.get(attribute.key, attribute.empty)
            elif name in _COMMON and not self._resource.find:
                chosen[name] = _COMMON[name](record)
            else:
                derived = self._resource.derive(record, self._look) if derived is None else derived
                if name in derived:
                    chosen[name] = derived[name]
                elif name in _COMMON:
                    chosen[name] = _COMMON[name](record)
        return chosen

    def _full(
        self, record: Record, derived: dict[str, Any], hidden: frozenset[str], shared: bool | None
    ) -> dict[str, Any]:
        fields = record.fields
        whole = {
            name: field.value if (field := fields.get(key)) is not None else empty for name, key, empty in self._stored
        }
        for name, read in self._common:
            whole[name] = read(record)
        whole.update(derived)
        if shared is not None:
            whole["shared"] = shared
        for name in hidden | self._secret:
            whole.pop(name, None)
        return whole


def _id(record: Record) -> str:
    return record.key.id


def _revision(record: Record) -> int:
    return record.revision


def _updated_at(record: Record) -> str:
    return iso_time(ms_from_hlc(record.newest.hlc))


_COMMON = {"id": _id, "revision_number": _revision, "updated_at": _updated_at}
