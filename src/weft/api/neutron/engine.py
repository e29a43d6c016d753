"""The five verbs of a resource: list, show, create, update, delete.

Reads are answered from the merged state and never wait. Writes bind the request to its command and hand
both to `execute`, the only way in.
"""

import contextlib
from collections.abc import Callable, Sequence

import msgspec
import structlog

from weft.api.caller import Caller
from weft.api.errors import not_allowed
from weft.api.neutron.bodies import read_create, read_json, read_update, request_values
from weft.api.neutron.conditions import expected_revision, read_query_fields, receipt_header
from weft.api.neutron.finding import Finder
from weft.api.neutron.http import Request, Response
from weft.api.neutron.pages import cut_page, page_links
from weft.api.neutron.permission import Permission
from weft.api.neutron.query import read_query, sort_records
from weft.api.neutron.resource import Answer, Look, Resource
from weft.api.neutron.views import Views
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.context import Context
from weft.commands.errors import RevisionNumberConstraintFailed
from weft.commands.quotas.checking import within_quota
from weft.model import Unavailable, WeftError
from weft.store.execute import Held
from weft.store.protocol import State, Store
from weft.store.records import Record
from weft.store.writes import Receipt, Writes
from weft.wire.neutron.attributes import BadRequest as BadBody

log = structlog.get_logger(__name__)


class Engine:
    """Serves one resource."""

    def __init__(self, resource: Resource, store: Store) -> None:
        self.resource = resource
        self._store = store
        look = Look(store.state, store.runtime)
        self._views = Views(resource, look)
        self._under_way: dict[str, int] = {}  # project → creates decided here and not yet seen
        self.finder = Finder(resource, look, self._views)
        self.permission = Permission(resource, store.state, self.finder)

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
        records = self.permission.shown(self.finder.select(query, caller, parent), caller, parent)
        if query.limit and query.marker:
            records += self.finder.marker(query.marker, records, caller, parent)
        records = sort_records(records, query.sorts, self.finder.reader(caller))
        page = cut_page(records, query.limit, query.marker, query.page_reverse)
        hidden = self.permission.hidden(caller, page)
        views, shared = self._views, self.finder.shared
        if query.fields and not self.finder.is_shareable:
            listed = views.some_of_each(page, hidden, query.fields)[1:-1]
        elif query.fields:
            listed = b",".join([views.some(record, hidden, query.fields, shared(record, caller)) for record in page])
        elif not self.finder.is_shareable:
            listed = b",".join(views.encoded_each(page, hidden))
        else:
            listed = b",".join([views.encoded(record, hidden, shared(record, caller)) for record in page])
        tail = b"]}"
        if links := page_links(request.url, request.query, page, query.limit, query.page_reverse):
            tail = b'],"%b_links":%b}' % (resource.collection.encode(), msgspec.json.encode(links))
        return Response(200, b'{"%b":[%b%b' % (resource.collection.encode(), listed, tail))

    def show(self, request: Request, id: str, parent: Record | None = None) -> Response:
        """Answer GET on one object."""
        self._has_verb("show")
        record = self.finder.visible(id, request.caller, parent)
        self.permission.enforce_show(request.caller, record, parent)
        return Response(200, self._one(record, request.caller, read_query_fields(request)))

    # ---- writing
    async def create(self, request: Request, parent: Record | None = None) -> Response:
        """Answer POST on the collection: one object, or several in bulk, all or none."""
        self._has_verb("create")
        resource, caller = self.resource, request.caller
        items, is_bulk = read_create(resource, request.body, caller)
        for item in items:
            self.permission.enforce_create(caller, item, parent)
        if resource.ensure is not None and "create" in resource.ensured:
            for project_id in {item["project_id"] for item in items}:
                await resource.ensure(self._store, project_id)
        known, fixed = resource.by_name, self._parent_field(parent)
        wanted = [resource.create_request(**request_values(item, known), **fixed) for item in items]
        counts: dict[str, int] = {}
        for item in items:
            if project := item.get("project_id"):
                counts[project] = counts.get(project, 0) + 1
        under_way = self._under_way

        def decide(state: State, context: Context) -> Writes:
            writes = resource.create(state, wanted, context)
            others = {project: under_way[project] - count for project, count in counts.items()}
            return within_quota(state, resource.record_kind, counts, writes, context, others)

        for project, count in counts.items():
            under_way[project] = under_way.get(project, 0) + count
        try:
            receipt = await self.execute(caller, decide, request)
        finally:
            for project, count in counts.items():
                under_way[project] -= count
                if not under_way[project]:
                    del under_way[project]
        assert receipt is not None  # a create always writes
        created = [key.id for key in receipt.keys if key.kind == resource.record_kind]
        for id in created if resource.complete else ():
            await self._complete(caller, request, id)
        records = [self._created(id) for id in created]  # not found: somebody was quick to delete it
        hidden = self.permission.hidden(caller, records)
        encoded = [self._views.encoded(record, hidden, self.finder.shared(record, caller)) for record in records]
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
        record = self.finder.visible(id, caller, parent)
        self.permission.enforce(caller, "update", record, item, parent)
        change = resource.update_request(**request_values(item, resource.by_name))
        key_id = record.key.id
        receipt = await self.execute(
            caller, lambda state, context: resource.update(state, key_id, change, context), request, key_id
        )
        return Response(200, self._one(self.finder.visible(id, caller, parent), caller), receipt_header(receipt))

    async def delete(self, request: Request, id: str, parent: Record | None = None) -> Response:
        """Answer DELETE on one object."""
        self._has_verb("delete")
        resource, caller = self.resource, request.caller
        if request.body:
            raise BadBody("Request body is not supported in DELETE.")
        record = self.finder.visible(id, caller, parent)
        self.permission.enforce(caller, "delete", record, {}, parent)
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
        record = self.finder.visible(id, caller, parent)
        inner = document.get(self.resource.name)
        values = inner if action.guarded and isinstance(inner, dict) else document
        guarded = [name for name in action.guarded if name in values]
        target = self.permission.target(record, values, parent)
        self.permission.enforce_seen(
            caller, action.rule or name, target, guarded, self.permission.target(record, parent=parent)
        )
        key_id = record.key.id
        answers: list[Answer] = [None]

        def decide(state: State, context: Context) -> Writes:
            writes, answers[0] = action.decide(state, key_id, document, context)
            return writes

        receipt = await self.execute(caller, decide, request, key_id)
        if answers[0] is None:
            shown = self.finder.visible(id, caller, parent)
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
        expected = expected_revision(request)
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
        hidden = self.permission.hidden(caller, (record,))
        encoded = self._views.some(record, hidden, fields, self.finder.shared(record, caller))
        return b'{"%b":%b}' % (self.resource.name.encode(), encoded)

    def encoded(self, record: Record, caller: Caller) -> bytes:
        """Return the object as `caller` sees it, without its name around it."""
        return self._views.encoded(record, self.permission.hidden(caller, (record,)))

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
