"""/v3/OS-FEDERATION: identity providers, protocols, mappings and service providers, as operators name them.

They are kept and shown; nobody logs in by them yet. Source: keystone, api/os_federation.py.
"""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.http import answer, caller, identity_of, json_body, nothing
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import Handler, Resource, Values, create_with, crud
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.federation import (
    IDP,
    MAPPING,
    PROTOCOL,
    SERVICE_PROVIDER,
    Named,
    create_identity_provider,
    create_protocol,
    protocol_key,
    update_identity_provider,
    update_protocol,
)
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import DELETED, Record
from weft.store.writes import Write, Writes
from weft.wire.keystone import federation as wire
from weft.wire.keystone.fields import BadBody, Spec, checked_body

PREFIX = "OS-FEDERATION/"


def _about(state: State, values: Values) -> About:
    return About()


def _shown_idp(record: Record) -> dict[str, Any]:
    told = {name: record.get(name) for name in ("description", "domain_id", "authorization_ttl")}
    return {**told, "enabled": bool(record.get("enabled")), "remote_ids": list(record.get("remote_ids") or ())}


def _shown_mapping(record: Record) -> dict[str, Any]:
    return {"rules": record.get("rules"), "schema_version": record.get("schema_version") or wire.SCHEMA_VERSIONS[0]}


def _shown_sp(record: Record) -> dict[str, Any]:
    told = {name: record.get(name) for name in ("auth_url", "sp_url", "description")}
    prefix = record.get("relay_state_prefix")
    return {**told, "enabled": bool(record.get("enabled")), "relay_state_prefix": prefix or "ss:mem:"}


async def _with_domain(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    """Name a domain to make for its users, if none is named."""
    if creating and values.get("domain_id") is None:
        return {**values, "domain_id": uuid.uuid4().hex, "makes_domain": True}
    return values


async def _with_rules(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    if "rules" not in values:
        raise BadBody("'rules' is a required property")
    if problem := wire.rules_problem(values["rules"]):
        raise BadBody(problem)
    version = values.setdefault("schema_version", wire.SCHEMA_VERSIONS[0])
    if version not in wire.SCHEMA_VERSIONS:
        raise BadBody(f"{version!r} is not one of {list(wire.SCHEMA_VERSIONS)}")
    return values


def _resource(kind: str, plural: str, spec: Spec, shown: Any, **more: Any) -> Resource:
    named = Named(kind)
    commands = {"create": named.create, "update": named.update, "delete": named.delete, **more}
    return Resource(
        kind=kind, plural=plural, prefix=PREFIX, spec=spec, shown=shown, about=_about, filters=("id", "enabled"),
        **commands,
    )  # fmt: skip


IDPS = _resource(
    IDP,
    "identity_providers",
    wire.IDENTITY_PROVIDER,
    _shown_idp,
    create=create_identity_provider,
    update=update_identity_provider,
    prepare=_with_domain,
)
MAPPINGS = _resource(MAPPING, "mappings", wire.MAPPING, _shown_mapping, prepare=_with_rules)
SERVICE_PROVIDERS = _resource(SERVICE_PROVIDER, "service_providers", wire.SERVICE_PROVIDER, _shown_sp)


def putter(resource: Resource) -> Handler:
    """Return the handler of PUT /v3/OS-FEDERATION/<plural>/{id}: who makes a thing names it."""

    async def put(request: Request) -> Response:
        who = caller(request)
        enforce(who, f"create_{resource.kind}")
        known, _ = checked_body(await json_body(request), resource.spec, creating=True)
        return await create_with(request, resource, who, request.path_params["id"], known)

    put.__doc__ = f"PUT /v3/{resource.prefix}{resource.plural}/{{id}}: make a {resource.kind.replace('_', ' ')}."
    return put


async def protocols(request: Request) -> Response:
    """GET /v3/OS-FEDERATION/identity_providers/{id}/protocols."""
    enforce(caller(request), "list_protocols")
    state, idp_id = identity_of(request).store.state, request.path_params["id"]
    require(state, IDP, idp_id)
    rows = [_protocol_body(request, each) for each in state.lookup(PROTOCOL, "idp_id", idp_id)]
    return listing(request, "protocols", rows, filters=("id",))


async def show_protocol(request: Request) -> Response:
    """GET and HEAD /v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}."""
    enforce(caller(request), "get_protocol")
    return answer({"protocol": _protocol_body(request, _protocol(request))})


async def put_protocol(request: Request) -> Response:
    """PUT /v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}."""
    who, params, store = caller(request), request.path_params, identity_of(request).store
    enforce(who, "create_protocol")
    known, _ = checked_body(await json_body(request), wire.PROTOCOL, creating=True)

    def decide(state: State, held: Any) -> Writes:
        return create_protocol(params["id"], params["protocol"], known, state, actor=who.actor)

    receipt = await execute(store, decide)
    return answer({"protocol": _protocol_body(request, _protocol(request))}, 201, receipt=receipt)


async def change_protocol(request: Request) -> Response:
    """PATCH /v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}."""
    who, store = caller(request), identity_of(request).store
    enforce(who, "update_protocol")
    key = _protocol(request).key
    known, _ = checked_body(await json_body(request), wire.PROTOCOL, creating=False)
    receipt = await execute(store, lambda state, held: update_protocol(key, known, state, actor=who.actor))
    return answer({"protocol": _protocol_body(request, _protocol(request))}, receipt=receipt)


async def delete_protocol(request: Request) -> Response:
    """DELETE /v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}."""
    who, store = caller(request), identity_of(request).store
    enforce(who, "delete_protocol")
    write = Write(_protocol(request).key, {DELETED: True})
    return nothing(await execute(store, lambda state, held: Writes((write,), actor=who.actor, verb="delete protocol")))


def _protocol(request: Request) -> Record:
    params = request.path_params
    key = protocol_key(params["id"], params["protocol"])
    found = identity_of(request).store.state.get(key.kind, key.id)
    if found is None:
        raise NoSuchThing("federated protocol", params["protocol"])
    return found


def _protocol_body(request: Request, record: Record) -> dict[str, Any]:
    idp_id, id = record.get("idp_id"), record.get("protocol_id")
    provider = f"{identity_of(request).settings.identity_url}/{PREFIX}identity_providers/{idp_id}"
    links = {"self": f"{provider}/protocols/{id}", "identity_provider": provider}
    told = {name: record.get(name) for name in ("mapping_id", "remote_id_attribute")}
    return {"id": id, "idp_id": idp_id, **told, "links": links}


ROUTES = []
for resource in (IDPS, MAPPINGS, SERVICE_PROVIDERS):
    every = crud(resource)
    ROUTES += [route for route in every if "POST" not in (route.methods or ())]
    ROUTES.append(Route(f"/v3/{PREFIX}{resource.plural}/{{id}}", putter(resource), methods=["PUT"]))
_PATH = f"/v3/{PREFIX}identity_providers/{{id}}/protocols"
ROUTES += [
    Route(_PATH, protocols, methods=["GET"]),
    Route(_PATH + "/{protocol}", show_protocol, methods=["GET"]),
    Route(_PATH + "/{protocol}", put_protocol, methods=["PUT"]),
    Route(_PATH + "/{protocol}", change_protocol, methods=["PATCH"]),
    Route(_PATH + "/{protocol}", delete_protocol, methods=["DELETE"]),
]
