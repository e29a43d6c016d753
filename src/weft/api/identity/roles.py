"""/v3/roles."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import BadBody, admin, answer, body_as, given, identity_of, nothing
from weft.api.identity.listing import list_links, listing
from weft.commands.identity.directory import IMPLIED_ROLES, named, require
from weft.commands.identity.roles import CreateRole, create_role, delete_role, update_role
from weft.store.execute import execute
from weft.store.records import Record
from weft.wire.keystone import RoleRequest


async def index(request: Request) -> Response:
    """GET /v3/roles: those of the whole fabric, unless a domain is named."""
    admin(request, "identity:list_roles")
    domain_id = request.query_params.get("domain_id")
    roles = [role for role in identity_of(request).store.state.of_kind("role") if role.get("domain_id") == domain_id]
    return listing(request, "role", role_body, filters=("name",), records=roles)


async def show(request: Request) -> Response:
    """GET /v3/roles/{id}."""
    admin(request, "identity:get_role")
    identity = identity_of(request)
    found = require(identity.store.state, "role", request.path_params["id"])
    return answer({"role": role_body(found, identity.settings.identity_url)})


async def create(request: Request) -> Response:
    """POST /v3/roles."""
    identity, actor = identity_of(request), admin(request, "identity:create_role").actor
    fields = given((await body_as(request, RoleRequest)).role)
    if "name" not in fields:
        raise BadBody("Invalid input for field 'role': 'name' is a required property.")
    role = CreateRole(uuid.uuid4().hex, fields["name"], fields.get("domain_id"), fields.get("description") or "")
    receipt = await execute(identity.store, lambda state, held: create_role(role, state, actor=actor))
    made = require(identity.store.state, "role", role.id)
    return answer({"role": role_body(made, identity.settings.identity_url)}, 201, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/roles/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:update_role").actor
    id = request.path_params["id"]
    fields = given((await body_as(request, RoleRequest)).role)
    if "domain_id" in fields:
        raise BadBody("Invalid input for field 'domain_id': it cannot be changed.")
    receipt = await execute(identity.store, lambda state, held: update_role(id, fields, state, actor=actor))
    changed = require(identity.store.state, "role", id)
    return answer({"role": role_body(changed, identity.settings.identity_url)}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/roles/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:delete_role").actor
    id = request.path_params["id"]
    return nothing(await execute(identity.store, lambda state, held: delete_role(id, state, actor=actor)))


async def inferences(request: Request) -> Response:
    """GET /v3/role_inferences: which role implies which; fixed."""
    admin(request, "identity:list_role_inference_rules")
    state, base = identity_of(request).store.state, identity_of(request).settings.identity_url

    def body(name: str) -> dict[str, Any] | None:
        role = named(state, "role", name, None)
        return role_body(role, base) if role else None

    rules = [
        {"prior_role": body(prior), "implies": [found for name in implied if (found := body(name))]}
        for prior, implied in IMPLIED_ROLES.items()
        if body(prior)
    ]
    return answer({"role_inferences": rules, "links": list_links(request)})


def role_body(record: Record, base: str) -> dict[str, Any]:
    """Return a role in Keystone's form."""
    return {
        "id": record.key.id,
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "description": record.get("description") or "",
        "options": {},
        "links": {"self": f"{base}/roles/{record.key.id}"},
    }


ROUTES = [
    Route("/v3/role_inferences", inferences),
    Route("/v3/roles", index, methods=["GET"]),
    Route("/v3/roles", create, methods=["POST"]),
    Route("/v3/roles/{id}", show, methods=["GET"]),
    Route("/v3/roles/{id}", update, methods=["PATCH"]),
    Route("/v3/roles/{id}", delete, methods=["DELETE"]),
]
