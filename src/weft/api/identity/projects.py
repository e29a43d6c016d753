"""/v3/projects."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import BadBody, Forbidden, admin, answer, body_as, caller, given, identity_of, nothing
from weft.api.identity.listing import listing
from weft.commands.identity.directory import DEFAULT_DOMAIN, assigned_roles, require
from weft.commands.identity.directory import Scope as RoleScope
from weft.commands.identity.projects import CreateProject, create_project, delete_project, update_project
from weft.store.execute import execute
from weft.store.records import Record
from weft.wire.keystone import ProjectRequest


async def index(request: Request) -> Response:
    """GET /v3/projects."""
    admin(request, "identity:list_projects")
    filters = ("name", "domain_id", "parent_id", "enabled", "is_domain")
    return listing(request, "project", project_body, filters=filters)


async def show(request: Request) -> Response:
    """GET /v3/projects/{id}: administrators any, others those they hold a role in."""
    identity, who, id = identity_of(request), caller(request), request.path_params["id"]
    if not who.is_admin and not assigned_roles(identity.store.state, who.user_id, RoleScope("project", id)):
        raise Forbidden("identity:get_project")
    found = require(identity.store.state, "project", id)
    return answer({"project": project_body(found, identity.settings.identity_url)})


async def create(request: Request) -> Response:
    """POST /v3/projects."""
    identity, actor = identity_of(request), admin(request, "identity:create_project").actor
    fields = given((await body_as(request, ProjectRequest)).project)
    if "name" not in fields:
        raise BadBody("Invalid input for field 'project': 'name' is a required property.")
    if fields.get("is_domain"):
        raise BadBody("Invalid input for field 'is_domain': projects that act as domains are not supported.")
    project = CreateProject(
        id=uuid.uuid4().hex,
        name=fields["name"],
        domain_id=fields.get("domain_id") or _domain_of_parent(request, fields.get("parent_id")),
        parent_id=fields.get("parent_id"),
        description=fields.get("description") or "",
        enabled=fields.get("enabled", True),
        tags=tuple(fields.get("tags", ())),
    )
    receipt = await execute(identity.store, lambda state, held: create_project(project, state, actor=actor))
    made = require(identity.store.state, "project", project.id)
    return answer({"project": project_body(made, identity.settings.identity_url)}, 201, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/projects/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:update_project").actor
    id = request.path_params["id"]
    project = require(identity.store.state, "project", id)
    fields = given((await body_as(request, ProjectRequest)).project)
    for fixed in ("domain_id", "parent_id", "is_domain"):
        if fields.pop(fixed, project.get(fixed)) != project.get(fixed):
            raise BadBody(f"Invalid input for field '{fixed}': it cannot be changed.")
    receipt = await execute(identity.store, lambda state, held: update_project(id, fields, state, actor=actor))
    changed = require(identity.store.state, "project", id)
    return answer({"project": project_body(changed, identity.settings.identity_url)}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/projects/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:delete_project").actor
    id = request.path_params["id"]
    return nothing(await execute(identity.store, lambda state, held: delete_project(id, state, actor=actor)))


def project_body(record: Record, base: str) -> dict[str, Any]:
    """Return a project in Keystone's form."""
    return {
        "id": record.key.id,
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "parent_id": record.get("parent_id") or record.get("domain_id"),
        "description": record.get("description") or "",
        "enabled": record.get("enabled"),
        "is_domain": bool(record.get("is_domain")),
        "tags": list(record.get("tags") or ()),
        "options": {},
        "links": {"self": f"{base}/projects/{record.key.id}"},
    }


def _domain_of_parent(request: Request, parent_id: str | None) -> str:
    parent = identity_of(request).store.state.get("project", parent_id) if parent_id else None
    return str(parent.get("domain_id")) if parent else parent_id or DEFAULT_DOMAIN


ROUTES = [
    Route("/v3/projects", index, methods=["GET"]),
    Route("/v3/projects", create, methods=["POST"]),
    Route("/v3/projects/{id}", show, methods=["GET"]),
    Route("/v3/projects/{id}", update, methods=["PATCH"]),
    Route("/v3/projects/{id}", delete, methods=["DELETE"]),
]
