"""Identity resources described as data, and the five handlers that serve each of them.

A `Resource` says what a body holds, what is shown, who may, and which pure commands decide; the handlers here do
the rest. What is special (a password to hash, a tree to show) is a function in the resource's own file.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.http import answer, caller, delete_for, execute_for, identity_of, json_body
from weft.api.identity.listing import listing, records_asked
from weft.api.identity.policy import About, enforce
from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import NoSuchThing, require
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.keystone.fields import Spec, checked_body

Values = Mapping[str, Any]
Shown = Callable[[Record], dict[str, Any]]
AboutOf = Callable[[State, Values], About]
Prepare = Callable[[Request, Caller, dict[str, Any], bool], Awaitable[dict[str, Any]]]
Command = Callable[[Ask, State], Writes]
Handler = Callable[[Request], Awaitable[Response]]


ActionOf = Callable[[str, str, Values], str]


def in_its_domain(state: State, values: Values) -> About:
    """Return what rules look at for things that have a `domain_id`."""
    return About(domain_ids=(values.get("domain_id"),))


def verb_and_kind(verb: str, kind: str, values: Values) -> str:
    """Return the action that rules know: "update_user"."""
    return f"{verb}_{kind}"


async def as_given(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    """Prepare nothing: the body's members are the record's fields."""
    return values


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of thing under /v3/<plural>."""

    kind: str
    plural: str
    prefix: str = ""  # of the path: "OS-EP-FILTER/"
    spec: Spec
    shown: Shown  # the record's members in Keystone's form, without id and links
    create: Command
    update: Command
    delete: Command
    filters: tuple[str, ...] = ()
    about: AboutOf = in_its_domain
    prepare: Prepare = as_given  # body's members → record's fields; may wait (a hash), may refuse
    action_of: ActionOf = verb_and_kind
    open_verbs: tuple[str, ...] = ()  # where whoever has a token learns that a thing is not there, as in Keystone
    of_domain: bool = False  # lists show a domain's token only what is in the domain

    def body(self, record: Record, base: str) -> dict[str, Any]:
        """Return the thing as clients see it, members that only they know included."""
        known = {"id": record.key.id, **self.shown(record)}
        links = {"self": f"{base}/{self.prefix}{self.plural}/{record.key.id}"}
        return {**(record.get("extra") or {}), **known, "links": links}


def values_of(record: Record) -> dict[str, Any]:
    """Return a record's fields as plain values."""
    return {name: field.value for name, field in record.fields.items()}


def lister(resource: Resource) -> Handler:
    """Return the handler of GET /v3/<plural>."""

    async def index(request: Request) -> Response:
        identity, who = identity_of(request), caller(request)
        about = resource.about(identity.store.state, {"domain_id": who.domain_id})
        enforce(who, f"list_{resource.plural}", about if resource.of_domain else About())
        records = records_asked(request, identity.store.state, resource.kind, resource.filters)
        if resource.of_domain and who.domain_id is not None:
            records = [each for each in records if each.get("domain_id") == who.domain_id]
        base = identity.settings.identity_url
        rows = (resource.body(record, base) for record in records)
        return listing(request, resource.plural, rows, filters=resource.filters)

    return index


def shower(resource: Resource) -> Handler:
    """Return the handler of GET /v3/<plural>/{id}."""

    async def show(request: Request) -> Response:
        identity, who = identity_of(request), caller(request)
        record = found_for(request, resource, who, "get")
        return answer({resource.spec.member: resource.body(record, identity.settings.identity_url)})

    return show


def creator(resource: Resource) -> Handler:
    """Return the handler of POST /v3/<plural>."""

    async def create(request: Request) -> Response:
        who = caller(request)
        known, extra = checked_body(await json_body(request), resource.spec, creating=True)
        id = known.pop("id", None) or uuid.uuid4().hex
        return await create_with(request, resource, who, id, {**known, **({"extra": extra} if extra else {})})

    return create


async def create_with(request: Request, resource: Resource, who: Caller, id: str, values: dict[str, Any]) -> Response:
    """Make a thing of checked values under an ID, if the caller may, and answer 201 with it."""
    identity = identity_of(request)
    action = resource.action_of("create", resource.kind, values)
    enforce(who, action, resource.about(identity.store.state, values))  # of what was given: before a domain is chosen
    if (
        "domain_id" in resource.spec.fields
        and "domain_id" not in values
        and not resource.spec.fields["domain_id"].nullable
    ):
        values["domain_id"] = who.domain_id or "default"
    values = await resource.prepare(request, who, values, True)
    receipt = await execute_for(request, who, resource.create, id, values)
    made = require(identity.store.state, resource.kind, id)
    return answer({resource.spec.member: resource.body(made, identity.settings.identity_url)}, 201, receipt=receipt)


def updater(resource: Resource) -> Handler:
    """Return the handler of PATCH /v3/<plural>/{id}."""

    async def update(request: Request) -> Response:
        identity, who, id = identity_of(request), caller(request), request.path_params["id"]
        found_for(request, resource, who, "update")
        known, extra = checked_body(await json_body(request), resource.spec, creating=False)
        values = await resource.prepare(request, who, {**known, **({"extra": extra} if extra else {})}, False)
        receipt = await execute_for(request, who, resource.update, id, values)
        changed = require(identity.store.state, resource.kind, id)
        shown = resource.body(changed, identity.settings.identity_url)
        return answer({resource.spec.member: shown}, receipt=receipt)

    return update


def deleter(resource: Resource) -> Handler:
    """Return the handler of DELETE /v3/<plural>/{id}."""

    async def delete(request: Request) -> Response:
        who, id = caller(request), request.path_params["id"]
        found_for(request, resource, who, "delete")
        return await delete_for(request, who, resource.delete, resource.kind, id)

    return delete


def found_for(request: Request, resource: Resource, who: Caller, verb: str, action: str = "") -> Record:
    """Return the thing that the path names, if the caller may. Raises Forbidden, and NoSuchThing to those who may know.

    What does not exist belongs to nobody: who may not do this to anything is not told, but for `open_verbs`.
    `action` is what rules call it, where that does not follow from the verb.
    """
    state, id = identity_of(request).store.state, request.path_params["id"]
    record = state.get(resource.kind, id)
    if record is None and verb in resource.open_verbs:
        raise NoSuchThing(resource.kind, id)
    values = {**values_of(record), "id": id} if record is not None else {}
    about = resource.about(state, values) if record is not None else About()
    enforce(who, action or resource.action_of(verb, resource.kind, values), about)
    return require(state, resource.kind, id)


def crud(resource: Resource, **special: Handler) -> list[Route]:
    """Return the five routes; `special` replaces handlers by name (index, show, create, update, delete)."""
    handlers: dict[str, tuple[Handler, str, str, str]] = {
        "index": (lister(resource), "GET", "", f"list {resource.plural}"),
        "create": (creator(resource), "POST", "", f"make a {resource.kind}"),
        "show": (shower(resource), "GET", "/{id}", f"show a {resource.kind}"),
        "update": (updater(resource), "PATCH", "/{id}", f"change a {resource.kind}"),
        "delete": (deleter(resource), "DELETE", "/{id}", f"delete a {resource.kind}"),
    }
    routes = []
    for name, (handler, method, suffix, told) in handlers.items():
        path = f"/v3/{resource.prefix}{resource.plural}{suffix}"
        chosen = special.get(name, handler)
        chosen.__doc__ = chosen.__doc__ or f"{method} {path}: {told.replace('_', ' ')}."
        routes.append(Route(path, chosen, methods=[method], name=f"{name}:{resource.kind}"))
    return routes
