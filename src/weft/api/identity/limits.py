"""/v3/registered_limits and /v3/limits: what services beside Weft look up (oslo.limit); made several at a time."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.catalog import services
from weft.api.identity.http import answer, caller, execute_for, identity_of, json_body, nothing
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.limits import (
    create_limits,
    create_registered_limits,
    delete_limit,
    delete_registered_limit,
    update_limit,
    update_registered_limit,
)
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import BadBody, Spec, checked_body
from weft.wire.keystone.resources import LIMIT, LIMIT_CHANGE, REGISTERED_LIMIT

MODEL = {
    "name": "flat",
    "description": "Limit enforcement and validation does not take project hierarchy into consideration.",
}
FILTERS = ("service_id", "region_id", "resource_name", "project_id", "domain_id")


async def model(request: Request) -> Response:
    """GET /v3/limits/model: a project's limit has nothing to do with its parent's."""
    enforce(caller(request), "get_limit_model")
    return answer({"model": MODEL})


async def list_defaults(request: Request) -> Response:
    """GET /v3/registered_limits."""
    enforce(caller(request), "list_registered_limits")
    found = identity_of(request).store.state.of_kind("registered_limit")
    rows = [_body(request, REGISTERED_LIMIT, each) for each in found]
    return listing(request, "registered_limits", rows, filters=FILTERS)


async def show_default(request: Request) -> Response:
    """GET /v3/registered_limits/{id}."""
    enforce(caller(request), "get_registered_limit")
    return answer({"registered_limit": _body(request, REGISTERED_LIMIT, _found(request, "registered_limit"))})


async def create_defaults(request: Request) -> Response:
    """POST /v3/registered_limits: all or none."""
    who, identity = caller(request), identity_of(request)
    enforce(who, "create_registered_limits")
    asks = _asks(who, await json_body(request), REGISTERED_LIMIT)
    known = [each["id"] for each in services(identity.store.state)]
    receipt = await execute(identity.store, lambda state, held: create_registered_limits(asks, known, state))
    made = [require(identity.store.state, "registered_limit", ask.id) for ask in asks]
    rows = [_body(request, REGISTERED_LIMIT, each) for each in made]
    return answer({"registered_limits": rows}, 201, receipt=receipt)


async def update_default(request: Request) -> Response:
    """PATCH /v3/registered_limits/{id}: while nobody has a limit of its own instead."""
    who = caller(request)
    enforce(who, "update_registered_limit")
    found = _found(request, "registered_limit")
    known, _ = checked_body(await json_body(request), REGISTERED_LIMIT, creating=False)
    receipt = await execute_for(request, who, update_registered_limit, found.key.id, known)
    changed = _body(request, REGISTERED_LIMIT, _found(request, "registered_limit"))
    return answer({"registered_limit": changed}, receipt=receipt)


async def delete_default(request: Request) -> Response:
    """DELETE /v3/registered_limits/{id}: likewise."""
    who = caller(request)
    enforce(who, "delete_registered_limit")
    found = _found(request, "registered_limit")
    return nothing(await execute_for(request, who, delete_registered_limit, found.key.id, {}))


async def index(request: Request) -> Response:
    """GET /v3/limits: one's own project's or domain's; those who see everything see all."""
    who, state = caller(request), identity_of(request).store.state
    enforce(who, "list_limits")
    rows = [_body(request, LIMIT, each) for each in state.of_kind("limit") if _may_see(who, state, each)]
    return listing(request, "limits", rows, filters=FILTERS)


async def show(request: Request) -> Response:
    """GET /v3/limits/{id}."""
    who, state = caller(request), identity_of(request).store.state
    found = state.get("limit", request.path_params["id"])
    enforce(who, "get_limit", _about(state, found) if found else About())
    return answer({"limit": _body(request, LIMIT, _found(request, "limit"))})


async def create(request: Request) -> Response:
    """POST /v3/limits: all or none, each in place of a registered one."""
    who, identity = caller(request), identity_of(request)
    enforce(who, "create_limits")
    asks = _asks(who, await json_body(request), LIMIT)
    receipt = await execute(identity.store, lambda state, held: create_limits(asks, state))
    made = [require(identity.store.state, "limit", ask.id) for ask in asks]
    return answer({"limits": [_body(request, LIMIT, each) for each in made]}, 201, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/limits/{id}: how much, and what it is for."""
    who = caller(request)
    enforce(who, "update_limit")
    found = _found(request, "limit")
    known, _ = checked_body(await json_body(request), LIMIT_CHANGE, creating=False)
    receipt = await execute_for(request, who, update_limit, found.key.id, known)
    return answer({"limit": _body(request, LIMIT, _found(request, "limit"))}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/limits/{id}: the registered one holds again."""
    who = caller(request)
    enforce(who, "delete_limit")
    return nothing(await execute_for(request, who, delete_limit, _found(request, "limit").key.id, {}))


def _asks(who: Caller, body: Any, spec: Spec) -> list[Ask]:
    plural = f"{spec.member}s"
    rows = body.get(plural) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise BadBody(f"Invalid input for field/attribute {plural}. Value: {rows!s:.64}. It must be a list of some.")
    checked = [checked_body({spec.member: row}, spec, creating=True)[0] for row in rows]
    return [Ask(id=uuid.uuid4().hex, values=values, actor=who.actor) for values in checked]


def _about(state: State, limit: Record) -> About:
    project = state.get("project", limit.get("project_id") or "")
    home = project.get("domain_id") if project else limit.get("domain_id")
    return About(domain_ids=(home,), project_id=limit.get("project_id"))


def _may_see(who: Caller, state: State, limit: Record) -> bool:
    if who.is_admin or who.system_scope is not None or "service" in who.roles:
        return True
    if who.domain_id is not None:
        return _about(state, limit).domain_ids == (who.domain_id,)
    return bool(limit.get("project_id") == who.project_id is not None)


def _found(request: Request, kind: str) -> Record:
    id = request.path_params["id"]
    found = identity_of(request).store.state.get(kind, id)
    if found is None:
        raise NoSuchThing(kind, id)
    return found


def _body(request: Request, spec: Spec, record: Record) -> dict[str, Any]:
    base = identity_of(request).settings.identity_url
    links = {"self": f"{base}/{spec.member}s/{record.key.id}"}
    return {"id": record.key.id, **{name: record.get(name) for name in spec.fields}, "links": links}


ROUTES = [
    Route("/v3/registered_limits", list_defaults, methods=["GET"]),
    Route("/v3/registered_limits", create_defaults, methods=["POST"]),
    Route("/v3/registered_limits/{id}", show_default, methods=["GET"]),
    Route("/v3/registered_limits/{id}", update_default, methods=["PATCH"]),
    Route("/v3/registered_limits/{id}", delete_default, methods=["DELETE"]),
    Route("/v3/limits/model", model, methods=["GET"]),
    Route("/v3/limits", index, methods=["GET"]),
    Route("/v3/limits", create, methods=["POST"]),
    Route("/v3/limits/{id}", show, methods=["GET"]),
    Route("/v3/limits/{id}", update, methods=["PATCH"]),
    Route("/v3/limits/{id}", delete, methods=["DELETE"]),
]
