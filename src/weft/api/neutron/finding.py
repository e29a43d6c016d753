"""Which records a request is about: the one that it names, or those of a list that pass its filters."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from weft.api.caller import Caller
from weft.api.neutron.made import Asked
from weft.api.neutron.query import ListQuery
from weft.api.neutron.resource import Look, Resource
from weft.api.neutron.views import Views
from weft.api.neutron.visibility import all_visible, may_see, sees_everything, shared_with
from weft.commands.sharing.sight import sight_of
from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.attributes import Attribute


class Read(Protocol):
    """Reads one attribute of a record."""

    def __call__(self, record: Record, attribute: Attribute) -> Any: ...


class Finder:
    """Finds records of one resource with a caller's eyes."""

    def __init__(self, resource: Resource, look: Look, views: Views) -> None:
        self._resource, self._look, self._views = resource, look, views
        self.is_shareable = "shared" in resource.by_name and bool(sight_of(resource.record_kind).shared_by)

    @property
    def _state(self) -> State:
        return self._look.state

    def visible(self, id: str, caller: Caller, parent: Record | None = None) -> Record:
        """Return the object if the caller may know of it. Raises the resource's NotFound.

        A part is seen by whoever sees the whole, so `parent` is what the caller was found to see.
        """
        resource, state = self._resource, self._state
        if resource.find is not None:
            record = resource.find(state, id, parent.key.id if parent is not None else "")
        else:
            record = state.get(resource.record_kind, id)
        if record is None or not self._is_visible(record, caller, parent):
            raise resource.not_found(id)
        return record

    def _is_visible(self, record: Record, caller: Caller, parent: Record | None) -> bool:
        if self._resource.made is not None:
            return True  # whether it is shown is a matter of rules
        if self._resource.parent is None or parent is None:
            return may_see(caller, record, self._state)
        return bool(record.get(self._resource.parent.field) == parent.key.id)

    def marker(self, id: str, records: list[Record], caller: Caller, parent: Record | None) -> list[Record]:
        """Return what a page begins after, if `records` lack it: it passes no filter any more, but says where we were.

        One that the caller does not see is as none, or as an unknown object where Neutron has it so. Raises NotFound.
        """
        if any(record.key.id == id for record in records):
            return []
        try:
            return [self.visible(id, caller, parent)]
        except NotFound:
            if self._resource.needs_marker:
                raise
            return []

    def select(self, query: ListQuery, caller: Caller, parent: Record | None) -> list[Record]:
        """Return the visible records that pass the filters, in no particular order."""
        state, kind = self._state, self._resource.record_kind
        candidates, exact = self._candidates(query) if self._resource.made is None else (None, None)
        records: Collection[Record]
        if self._resource.made is not None:
            equal = {attribute.name: values for attribute, values in query.equal}
            asked = Asked(caller.project_id, equal, parent.key.id if parent is not None else "")
            records = self._resource.made(self._look, asked)
        elif parent is not None:
            records = state.referrers(parent.key.kind, parent.key.id, kind)
        elif candidates is None:
            records = list(all_visible(caller, kind, state))
        else:
            records = candidates
            if not sees_everything(caller):
                records = [record for record in candidates if may_see(caller, record, state)]
        value = self.reader(caller)
        for attribute, values in query.equal:
            if attribute is exact:
                continue  # its index has answered it
            records = _with_one_of(values, records, partial(value, attribute=attribute))
        for match in query.matches:
            records = [record for record in records if match(record)]
        return list(records)

    def _candidates(self, query: ListQuery) -> tuple[Collection[Record] | None, Attribute | None]:
        """Return a superset of what the filters let through, from the narrowest index at hand; None: none helps.

        And the attribute whose filter they fulfil exactly, if there is one.
        """
        state, kind = self._state, self._resource.record_kind
        for attribute, values in query.equal:
            if attribute.name == "id" and self._resource.find is None:
                named = [record for id in dict.fromkeys(values) if (record := state.get(kind, id)) is not None]
                return named, None
        found: Collection[Record] | None = None
        exact: Attribute | None = None
        for attribute, values in query.equal:
            if attribute.index:
                hits = {
                    record.key.id: record for value in values for record in state.lookup(kind, attribute.index, value)
                }
                if found is None or len(hits) < len(found):
                    found = hits.values()
                    # Of a field that holds one text: records without it are in no index, and may show a default.
                    is_text = all(isinstance(value, str) and value != attribute.empty for value in values)
                    exact = attribute if attribute.index == attribute.key and is_text else None
        return found, exact

    def reader(self, caller: Caller) -> Read:
        """Return what reads one attribute of a record as `caller` sees it."""
        if not self.is_shareable:
            return self._views.value
        state, value = self._state, self._views.value
        return lambda record, attribute: (
            shared_with(caller, record, state) if attribute.name == "shared" else value(record, attribute)
        )

    def shared(self, record: Record, caller: Caller) -> bool | None:
        """Return what `shared` says to the caller; None: the resource has no such attribute."""
        return shared_with(caller, record, self._state) if self.is_shareable else None


def _with_one_of(values: Sequence[Any], records: Iterable[Record], read: Callable[[Record], Any]) -> list[Record]:
    """Return the records of which `read` gives one of the values, or a list with one of them in it.

    Some clients ask for thousands of values at once.
    """
    records = list(records)
    try:
        wanted = frozenset(values)
        return [record for record in records if read(record) in wanted]
    except TypeError:  # lists and objects are compared one by one
        return [record for record in records if _is_among(read(record), values)]


def _is_among(held: Any, values: Sequence[Any]) -> bool:
    return held in values or (isinstance(held, list) and any(one in values for one in held))
