"""The five verbs of a resource: list, show, create, update, delete.

Reads are answered from the merged state and never wait. Writes bind the request to its command and hand
both to `execute`, the only way in.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec
import structlog

from weft.api.caller import Caller
from weft.api.errors import not_allowed, nothing_here
from weft.api.neutron import policy
from weft.api.neutron.bodies import Item, read_create, read_json, read_update, request_values
from weft.api.neutron.http import Request, Response
from weft.api.neutron.made import Asked
from weft.api.neutron.pages import cut_page, page_links
from weft.api.neutron.query import ListQuery, read_query, sort_records
from weft.api.neutron.resource import Answer, Look, Resource
from weft.api.neutron.views import Views
from weft.api.neutron.visibility import all_visible, may_see, shared_with
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.context import Context
from weft.commands.errors import BadRequest, NetworkNotFound, RevisionNumberConstraintFailed
from weft.commands.quotas.checking import within_quota
from weft.commands.sharing.sight import sight_of
from weft.model import Denied, NotFound, Unavailable, WeftError
from weft.store.execute import Held
from weft.store.protocol import State, Store
from weft.store.records import Record
from weft.store.writes import Receipt, Writes
from weft.wire.neutron.attributes import Absent, Attribute
from weft.wire.neutron.attributes import BadRequest as BadBody

log = structlog.get_logger(__name__)


class Read(Protocol):
    """Reads one attribute of a record."""

    def __call__(self, record: Record, attribute: Attribute) -> Any: ...


NOTHING: Mapping[str, Any] = {}
_IF_MATCH = re.compile(r"revision_number=([^\s\",]*)")


class Engine:
    """Serves one resource."""

    def __init__(self, resource: Resource, store: Store) -> None:
        self.resource = resource
        self._store = store
        self._look = Look(store.state, store.runtime)
        self._views = Views(resource, self._look)
        self._under_way: Counter[str] = Counter()  # project → creates decided here and not yet seen
        self._guarded = [attribute.name for attribute in resource.attributes if attribute.guarded]
        self._is_shareable = "shared" in resource.by_name and bool(sight_of(resource.record_kind).shared_by)
        self._defaults = {
            attribute.name: attribute.default
            for attribute in resource.attributes
            if attribute.post and not isinstance(attribute.default, Absent)
        }
        self._rule = f"{resource.parent.name}_{resource.name}" if resource.parent is not None else resource.name

    @property
    def state(self) -> State:
        """The merged records."""
        return self._store.state

    # ---- reading
    async def list_all(self, request: Request, parent: Record | None = None) -> Response:
        """Answer GET on the collection."""
        self._has_verb("list")
        resource, caller = self.resource, request.caller
        if resource.ensure is not None and "list" in resource.ensured:
            await self._ensure_for_list(request)
        query = read_query(resource, request.query)
        records = self._shown(self._select(query, caller, parent), caller, parent)
        if query.limit and query.marker:
            records += self._marker(query.marker, records, caller, parent)
        records = sort_records(records, query.sorts, self._reader(caller))
        page = cut_page(records, query.limit, query.marker, query.page_reverse)
        hidden = self._hidden(caller, page)
        if query.fields:
            encoded = [self._views.some(record, hidden, query.fields, self._shared(record, caller)) for record in page]
        else:
            encoded = [self._views.encoded(record, hidden, self._shared(record, caller)) for record in page]
        tail = b"]}"
        if links := page_links(request.url, request.query, page, query.limit, query.page_reverse):
            tail = b'],"%b_links":%b}' % (resource.collection.encode(), msgspec.json.encode(links))
        return Response(200, b'{"%b":[%b%b' % (resource.collection.encode(), b",".join(encoded), tail))

    def _marker(self, id: str, records: list[Record], caller: Caller, parent: Record | None) -> list[Record]:
        """Return what a page begins after, if `records` lack it: it passes no filter any more, but says where we were.

        One that the caller does not see is as none, or as an unknown object where Neutron has it so. Raises NotFound.
        """
        if any(record.key.id == id for record in records):
            return []
        try:
            return [self.visible(id, caller, parent)]
        except NotFound:
            if self.resource.needs_marker:
                raise
            return []

    def show(self, request: Request, id: str, parent: Record | None = None) -> Response:
        """Answer GET on one object."""
        self._has_verb("show")
        record = self.visible(id, request.caller, parent)
        target = self.target(record, parent=parent)
        if not policy.check(request.caller, f"get_{self._rule}", target):
            raise nothing_here()
        if self.resource.show_rule:
            policy.enforce(request.caller, self.resource.show_rule, target)
        return Response(200, self._one(record, request.caller, read_query_fields(request)))

    def visible(self, id: str, caller: Caller, parent: Record | None = None) -> Record:
        """Return the object if the caller may know of it. Raises the resource's NotFound.

        A part is seen by whoever sees the whole, so `parent` is what the caller was found to see.
        """
        resource, state = self.resource, self._store.state
        if resource.find is not None:
            record = resource.find(state, id, parent.key.id if parent is not None else "")
        else:
            record = state.get(resource.record_kind, id)
        if record is None or not self._is_visible(record, caller, parent):
            raise resource.not_found(id)
        return record

    def _is_visible(self, record: Record, caller: Caller, parent: Record | None) -> bool:
        if self.resource.made is not None:
            return True  # whether it is shown is a matter of rules
        if self.resource.parent is None or parent is None:
            return may_see(caller, record, self._store.state)
        return bool(record.get(self.resource.parent.field) == parent.key.id)

    # ---- writing
    async def create(self, request: Request, parent: Record | None = None) -> Response:
        """Answer POST on the collection: one object, or several in bulk, all or none."""
        self._has_verb("create")
        resource, caller = self.resource, request.caller
        items, is_bulk = read_create(resource, request.body, caller)
        for item in items:
            self._enforce_create(caller, item, parent)
        if resource.ensure is not None and "create" in resource.ensured:
            for project_id in {item["project_id"] for item in items}:
                await resource.ensure(self._store, project_id)
        known, fixed = resource.by_name, self._parent_field(parent)
        wanted = [resource.create_request(**request_values(item, known), **fixed) for item in items]
        counts = Counter(item["project_id"] for item in items if item.get("project_id"))

        def decide(state: State, context: Context) -> Writes:
            writes = resource.create(state, wanted, context)
            return within_quota(state, resource.record_kind, counts, writes, context, self._under_way - counts)

        self._under_way.update(counts)
        try:
            receipt = await self.execute(caller, decide, request)
        finally:
            self._under_way.subtract(counts)
            self._under_way += Counter()  # drops what has come to nothing
        assert receipt is not None  # a create always writes
        created = [key.id for key in receipt.keys if key.kind == resource.record_kind]
        for id in created if resource.complete else ():
            await self._complete(caller, request, id)
        records = [self._created(id) for id in created]  # not found: somebody was quick to delete it
        hidden = self._hidden(caller, records)
        encoded = [self._views.encoded(record, hidden, self._shared(record, caller)) for record in records]
        if is_bulk:
            body = b'{"%b":[%b]}' % (resource.collection.encode(), b",".join(encoded))
        else:
            body = b'{"%b":%b}' % (resource.name.encode(), encoded[0])
        return Response(201, body, receipt_header(receipt))

    async def update(self, request: Request, id: str, parent: Record | None = None) -> Response:
        """Answer PUT on one object."""
        self._has_verb("update")
        resource, caller = self.resource, request.caller
        item = read_update(resource, request.body, caller)
        record = self.visible(id, caller, parent)
        self._enforce(caller, "update", record, item, parent)
        change = resource.update_request(**request_values(item, resource.by_name))
        key_id = record.key.id
        receipt = await self.execute(
            caller, lambda state, context: resource.update(state, key_id, change, context), request, key_id
        )
        return Response(200, self._one(self.visible(id, caller, parent), caller), receipt_header(receipt))

    async def delete(self, request: Request, id: str, parent: Record | None = None) -> Response:
        """Answer DELETE on one object."""
        self._has_verb("delete")
        resource, caller = self.resource, request.caller
        if request.body:
            raise BadBody("Request body is not supported in DELETE.")
        record = self.visible(id, caller, parent)
        self._enforce(caller, "delete", record, {}, parent)
        key_id = record.key.id
        while True:  # in steps, if it takes more records than one commit does
            receipt = await self.execute(
                caller, lambda state, context: resource.delete(state, key_id, context), request, key_id
            )
            if receipt is None or record.key in receipt.keys:
                return Response(204, headers=receipt_header(receipt))

    async def act(self, request: Request, id: str, name: str, parent: Record | None = None) -> Response:
        """Answer a request for one of the resource's actions on one object."""
        action, caller = self.resource.actions[name], request.caller
        if request.method != action.method:
            raise not_allowed()
        document = read_json(request.body) if request.body else {}
        record = self.visible(id, caller, parent)
        inner = document.get(self.resource.name)
        values = inner if action.guarded and isinstance(inner, dict) else document
        guarded = [name for name in action.guarded if name in values]
        target = self.target(record, values, parent)
        self._enforce_seen(caller, action.rule or name, target, guarded, self.target(record, parent=parent))
        key_id = record.key.id
        answers: list[Answer] = [None]

        def decide(state: State, context: Context) -> Writes:
            writes, answers[0] = action.decide(state, key_id, document, context)
            return writes

        receipt = await self.execute(caller, decide, request, key_id)
        if answers[0] is None:
            shown = self.visible(id, caller, parent)
            body = self.encoded(shown, caller) if action.bare else self._one(shown, caller)
        else:
            body = msgspec.json.encode(answers[0])
        return Response(action.status, body, receipt_header(receipt))

    async def execute(
        self, caller: Caller, decide: Callable[[State, Context], Writes], request: Request, id: str | None = None
    ) -> Receipt | None:
        """Decide and commit; None if there is nothing to write.

        An If-Match header holds for the very state that is decided on. Raises RevisionNumberConstraintFailed.
        """
        expected = _expected_revision(request)
        store, kind = self._store, self.resource.record_kind

        def bound(state: State, held: Held) -> Writes:
            record = state.get(kind, id) if id is not None else None
            if expected is not None and record is not None and record.revision != expected:
                raise RevisionNumberConstraintFailed(expected, record.revision)
            return decide(state, context_of(store, caller, held))

        return await execute_if_changed(store, bound)

    # ---- helpers
    async def _ensure_for_list(self, request: Request) -> None:
        """Make what the project that is asked about must have; a list is answered all the same if that fails."""
        ensure, caller = self.resource.ensure, request.caller
        asked = [value for name, value in request.query if name in ("project_id", "tenant_id")]
        project_id = asked[0] if asked else caller.project_id
        if ensure is None or not project_id or (project_id != caller.project_id and not caller.is_admin):
            return
        with contextlib.suppress(Unavailable):
            await ensure(self._store, project_id)

    async def _complete(self, caller: Caller, request: Request, id: str) -> None:
        """Do what follows a create. The object is there already, so trouble here is not the caller's answer."""
        complete = self.resource.complete
        assert complete is not None
        try:
            while await self.execute(caller, lambda state, context: complete(state, id, context), request) is not None:
                pass
        except WeftError as err:  # agent/completion.py goes on with it
            log.warning("not completed", kind=self.resource.record_kind, id=id, error=str(err))

    def _one(self, record: Record, caller: Caller, fields: Sequence[str] = ()) -> bytes:
        hidden = self._hidden(caller, (record,))
        encoded = self._views.some(record, hidden, fields, self._shared(record, caller))
        return b'{"%b":%b}' % (self.resource.name.encode(), encoded)

    def encoded(self, record: Record, caller: Caller) -> bytes:
        """Return the object as `caller` sees it, without its name around it."""
        return self._views.encoded(record, self._hidden(caller, (record,)))

    def _select(self, query: ListQuery, caller: Caller, parent: Record | None) -> list[Record]:
        """Return the visible records that pass the filters, in no particular order."""
        state, kind = self._store.state, self.resource.record_kind
        candidates = self._candidates(query) if self.resource.made is None else None
        records: Collection[Record]
        if self.resource.made is not None:
            equal = {attribute.name: values for attribute, values in query.equal}
            asked = Asked(caller.project_id, equal, parent.key.id if parent is not None else "")
            records = self.resource.made(self._look, asked)
        elif parent is not None:
            records = state.referrers(parent.key.kind, parent.key.id, kind)
        elif candidates is None:
            records = list(all_visible(caller, kind, state))
        else:
            records = [record for record in candidates if may_see(caller, record, state)]
        value = self._reader(caller)
        for attribute, values in query.equal:
            records = _with_one_of(values, records, partial(value, attribute=attribute))
        for match in query.matches:
            records = [record for record in records if match(record)]
        return list(records)

    def _candidates(self, query: ListQuery) -> Collection[Record] | None:
        """Return a superset of what the filters let through, from the narrowest index at hand; None: none helps."""
        state, kind = self._store.state, self.resource.record_kind
        for attribute, values in query.equal:
            if attribute.name == "id" and self.resource.find is None:
                return [record for id in dict.fromkeys(values) if (record := state.get(kind, id)) is not None]
        found: Collection[Record] | None = None
        for attribute, values in query.equal:
            if attribute.index:
                hits = {
                    record.key.id: record for value in values for record in state.lookup(kind, attribute.index, value)
                }
                if found is None or len(hits) < len(found):
                    found = hits.values()
        return found

    def refuse_by_roles(self, caller: Caller) -> None:
        """Raise PolicyNotAuthorized if these roles create no such part of anything, whether the whole exists or not."""
        if policy.settled(caller, f"create_{self._rule}") is False:
            policy.enforce(caller, f"create_{self._rule}", policy.Target())

    def _has_verb(self, verb: str) -> None:
        if verb not in self.resource.verbs:
            raise not_allowed()

    def _parent_field(self, parent: Record | None) -> dict[str, str]:
        of = self.resource.parent
        return {of.field: parent.key.id} if of is not None and parent is not None else {}

    def _created(self, id: str) -> Record:
        record = self._store.state.get(self.resource.record_kind, id)
        if record is None:  # somebody was quick to delete it
            raise self.resource.not_found(id)
        return record

    def _enforce_create(self, caller: Caller, item: Item, parent: Record | None) -> None:
        network_id = item.get("network_id")
        state = self._store.state
        if network_id is not None and state.get("network", network_id) is None:
            raise NetworkNotFound(network_id)
        guarded = [name for name in self._guarded if name in item and item[name] != self._default(name)]
        target = policy.Target({**self._defaults, **item}, state=state, parent=parent)
        policy.enforce(caller, f"create_{self._rule}", target, guarded)

    def _enforce(self, caller: Caller, verb: str, record: Record, item: Item, parent: Record | None) -> None:
        """Return if `caller` may. What it may not even see is answered as if it were not there."""
        target = self.target(record, item, parent)
        guarded = [name for name in self._guarded if name in item]
        seen = target
        if verb == "update" and self.resource.unread_on_update:
            seen = self.target(record, dict.fromkeys(self.resource.unread_on_update), parent)
        self._enforce_seen(caller, f"{verb}_{self._rule}", target, guarded, seen)

    def _enforce_seen(
        self, caller: Caller, rule: str, target: policy.Target, guarded: Sequence[str], seen: policy.Target
    ) -> None:
        try:
            policy.enforce(caller, rule, target, guarded)
        except Denied:
            if not policy.check(caller, f"get_{self._rule}", seen):
                raise nothing_here() from None
            raise

    def target(
        self, record: Record, values: Mapping[str, Any] = NOTHING, parent: Record | None = None
    ) -> policy.Target:
        """Return what rules look at: `values` to be set, over the object's own."""
        return policy.Target(values, record, state=self._store.state, parent=parent, read=self._read)

    def _read(self, record: Record, name: str, caller: Caller) -> Any:
        attribute = self.resource.by_name.get(name)
        if attribute is None and self.resource.made is not None:
            return record.get(name, policy.ABSENT)
        return policy.ABSENT if attribute is None else self._reader(caller)(record, attribute)

    def _reader(self, caller: Caller) -> Read:
        """Return what reads one attribute of a record as `caller` sees it."""
        if not self._is_shareable:
            return self._views.value
        state, value = self._store.state, self._views.value
        return lambda record, attribute: (
            shared_with(caller, record, state) if attribute.name == "shared" else value(record, attribute)
        )

    def _shared(self, record: Record, caller: Caller) -> bool | None:
        return shared_with(caller, record, self._store.state) if self._is_shareable else None

    def _shown(self, records: list[Record], caller: Caller, parent: Record | None) -> list[Record]:
        """Return what the policy lets the caller see; it is asked of each object only if roles leave it open."""
        verdict = policy.settled(caller, f"get_{self._rule}")
        if isinstance(verdict, bool):
            return records if verdict else []
        return [record for record in records if verdict(caller, self.target(record, parent=parent))]

    def _hidden(self, caller: Caller, shown: Sequence[Record]) -> frozenset[str]:
        first = self.target(shown[0]) if shown else None
        return policy.hidden_attributes(caller, self.resource.name, first)

    def _default(self, name: str) -> Any:
        return self.resource.by_name[name].default


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


def read_query_fields(request: Request) -> list[str]:
    """Return the `fields` of a request for one object; everything else in its query is ignored, as in Neutron."""
    return list(dict.fromkeys(value for name, value in request.query if name == "fields" and value))


def receipt_header(receipt: Receipt | None) -> Sequence[tuple[bytes, bytes]]:
    """Return the header by which the client can ask how far its write has got."""
    return () if receipt is None else ((b"x-weft-receipt", receipt.id.encode()),)


def _expected_revision(request: Request) -> int | None:
    header = request.headers.get("if-match")
    if header is None:
        return None
    found = _IF_MATCH.findall(header)
    if not found:
        return None
    if len(found) > 1:
        raise BadRequest("if-match", "Multiple revision_number etags are not supported.")
    if not found[0].isdecimal():
        raise BadRequest("if-match", "Revision number etag must be in the format of revision_number=<int>")
    return int(found[0])
