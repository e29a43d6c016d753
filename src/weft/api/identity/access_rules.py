"""/v3/users/{user}/access_rules: what application credentials are limited to; made together with these."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.application_credentials import own_token
from weft.api.identity.http import answer, execute_for, identity_of, nothing
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.commands.identity.application_credentials import delete_access_rule
from weft.commands.identity.directory import NoSuchThing
from weft.store.records import Record


async def index(request: Request) -> Response:
    """GET /v3/users/{user}/access_rules."""
    identity, user_id = identity_of(request), request.path_params["user"]
    enforce(own_token(request).caller, "list_access_rules", About(user_id=user_id))
    held = identity.store.state.lookup("access_rule", "user_id", user_id)
    rows = [_body(request, each) for each in held]
    return listing(request, "access_rules", rows, filters=("service", "method", "path"))


async def show(request: Request) -> Response:
    """GET /v3/users/{user}/access_rules/{id}."""
    return answer({"access_rule": _body(request, _found(request, "get_access_rule"))})


async def delete(request: Request) -> Response:
    """DELETE /v3/users/{user}/access_rules/{id}: once no credential is limited by it."""
    found = _found(request, "delete_access_rule")
    return nothing(await execute_for(request, own_token(request).caller, delete_access_rule, found.key.id, {}))


def _found(request: Request, action: str) -> Record:
    user_id, id = request.path_params["user"], request.path_params["id"]
    enforce(own_token(request).caller, action, About(user_id=user_id))
    found = identity_of(request).store.state.get("access_rule", id)
    if found is None or found.get("user_id") != user_id:
        raise NoSuchThing("Access Rule", id)
    return found


def _body(request: Request, rule: Record) -> dict[str, Any]:
    links = {
        "self": f"{identity_of(request).settings.identity_url}/users/{rule.get('user_id')}/access_rules/{rule.key.id}"
    }
    return {"id": rule.key.id, **{name: rule.get(name) for name in ("service", "method", "path")}, "links": links}


ROUTES = [
    Route("/v3/users/{user}/access_rules", index, methods=["GET"]),
    Route("/v3/users/{user}/access_rules/{id}", show, methods=["GET"]),
    Route("/v3/users/{user}/access_rules/{id}", delete, methods=["DELETE"]),
]
