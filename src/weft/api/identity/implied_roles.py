"""/v3/roles/{id}/implies and /v3/role_inferences: who has one role has others."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import answer, caller, identity_of, nothing
from weft.api.identity.policy import enforce
from weft.commands.identity.directory import require
from weft.commands.identity.holding import implied_by
from weft.commands.identity.roles import implication_key, imply_no_more, imply_role, require_implied
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record


async def index(request: Request) -> Response:
    """GET /v3/roles/{id}/implies: what a role implies, directly."""
    enforce(caller(request), "list_implied_roles")
    identity, prior_id = identity_of(request), request.path_params["id"]
    state, base = identity.store.state, identity.settings.identity_url
    prior = require(state, "role", prior_id)
    links = {"self": f"{base}/roles/{prior_id}/implies"}
    return answer({"role_inference": _inferences(state, prior, base), "links": links})


async def show(request: Request) -> Response:
    """GET /v3/roles/{id}/implies/{implied}."""
    enforce(caller(request), "get_implied_role")
    return answer(_body(request))


async def check(request: Request) -> Response:
    """HEAD /v3/roles/{id}/implies/{implied}: 204 if it does."""
    enforce(caller(request), "check_implied_role")
    _body(request)
    return nothing()


async def create(request: Request) -> Response:
    """PUT /v3/roles/{id}/implies/{implied}: twice is fine."""
    who, identity = caller(request), identity_of(request)
    enforce(who, "create_implied_role")
    prior_id, implied_id = request.path_params["id"], request.path_params["implied"]
    receipt = None
    if identity.store.state.get("implied_role", implication_key(prior_id, implied_id).id) is None:
        receipt = await execute(
            identity.store, lambda state, held: imply_role(prior_id, implied_id, state, actor=who.actor)
        )
    return answer(_body(request), 201, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/roles/{id}/implies/{implied}: tokens that had it by this way lose it at once."""
    who, identity = caller(request), identity_of(request)
    enforce(who, "delete_implied_role")
    prior_id, implied_id = request.path_params["id"], request.path_params["implied"]
    receipt = await execute(
        identity.store, lambda state, held: imply_no_more(prior_id, implied_id, state, actor=who.actor)
    )
    return nothing(receipt)


async def inferences(request: Request) -> Response:
    """GET /v3/role_inferences: every implication there is."""
    enforce(caller(request), "list_role_inference_rules")
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    priors = sorted(state.of_kind("role"), key=lambda role: str(role.get("name")))
    rules = [_inferences(state, prior, base) for prior in priors if implied_by(state, prior.key.id)]
    return answer({"role_inferences": rules})


def _body(request: Request) -> dict[str, Any]:
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    prior_id, implied_id = request.path_params["id"], request.path_params["implied"]
    require_implied(prior_id, implied_id, state)
    inference = {
        "prior_role": _named(require(state, "role", prior_id), base),
        "implies": _named(require(state, "role", implied_id), base),
    }
    return {"role_inference": inference, "links": {"self": f"{base}/roles/{prior_id}/implies/{implied_id}"}}


def _inferences(state: State, prior: Record, base: str) -> dict[str, Any]:
    found = [state.get("role", each.get("implied_role_id", "")) for each in implied_by(state, prior.key.id)]
    return {"prior_role": _named(prior, base), "implies": [_named(role, base) for role in found if role is not None]}


def _named(role: Record, base: str) -> dict[str, Any]:
    return {"id": role.key.id, "name": role.get("name"), "links": {"self": f"{base}/roles/{role.key.id}"}}


ROUTES = [
    Route("/v3/role_inferences", inferences, methods=["GET"]),
    Route("/v3/roles/{id}/implies", index, methods=["GET"]),
    Route("/v3/roles/{id}/implies/{implied}", check, methods=["HEAD"]),
    Route("/v3/roles/{id}/implies/{implied}", show, methods=["GET"]),
    Route("/v3/roles/{id}/implies/{implied}", create, methods=["PUT"]),
    Route("/v3/roles/{id}/implies/{implied}", delete, methods=["DELETE"]),
]
