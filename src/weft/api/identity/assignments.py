"""Who holds which role where: /v3/{projects,domains,system}/…/users/{user}/roles and /v3/role_assignments."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import admin, answer, identity_of, nothing
from weft.api.identity.listing import list_links, listing
from weft.api.identity.roles import role_body
from weft.commands.identity.assignments import Assignment, NoSuchAssignment, grant_role, require_parts, revoke_role
from weft.commands.identity.directory import SYSTEM, Scope, assigned_roles, require, scope_of
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record


async def grant(request: Request) -> Response:
    """PUT …/users/{user}/roles/{role}: granting what is held is fine and writes nothing."""
    identity, actor = identity_of(request), admin(request, "identity:create_grant").actor
    asked = _assignment(request)
    if identity.store.state.get("assignment", asked.key.id) is not None:
        return nothing()
    return nothing(await execute(identity.store, lambda state, held: grant_role(asked, state, actor=actor)))


async def check(request: Request) -> Response:
    """HEAD and GET …/users/{user}/roles/{role}: 204 if it is held."""
    admin(request, "identity:check_grant")
    asked, state = _assignment(request), identity_of(request).store.state
    require_parts(asked, state)
    if state.get("assignment", asked.key.id) is None:
        raise NoSuchAssignment(asked)
    return nothing()


async def revoke(request: Request) -> Response:
    """DELETE …/users/{user}/roles/{role}."""
    identity, actor = identity_of(request), admin(request, "identity:revoke_grant").actor
    asked = _assignment(request)
    return nothing(await execute(identity.store, lambda state, held: revoke_role(asked, state, actor=actor)))


async def roles_of_user(request: Request) -> Response:
    """GET …/users/{user}/roles: those granted, without the implied."""
    admin(request, "identity:list_grants")
    state, scope, user_id = identity_of(request).store.state, _scope(request), request.path_params["user"]
    require(state, "user", user_id)
    if scope != SYSTEM:
        require(state, scope.kind, scope.id)
    held = [each for each in state.lookup("assignment", "user_id", user_id) if scope_of(each) == scope]
    roles = [role for each in held if (role := state.get("role", each.get("role_id"))) is not None]
    return listing(request, "role", role_body, filters=(), records=roles)


async def index(request: Request) -> Response:
    """GET /v3/role_assignments, filtered by user.id, role.id and scope.…; `effective` adds implied roles."""
    admin(request, "identity:list_role_assignments")
    identity, asked = identity_of(request), request.query_params
    state, with_names = identity.store.state, _is_set(asked.get("include_names"))
    found = [each for each in state.of_kind("assignment") if _is_asked(each, dict(asked))]
    rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for each in found:
        scope, user_id = scope_of(each), str(each.get("user_id"))
        effective = assigned_roles(state, user_id, scope) if _is_set(asked.get("effective")) else None
        for role_id in [role.key.id for role in effective] if effective is not None else [each.get("role_id")]:
            row = _row(state, Assignment(user_id, scope, role_id), identity.settings.identity_url, with_names)
            rows[user_id, scope.kind, scope.id, role_id] = row
    wanted = asked.get("role.id")
    chosen = [rows[key] for key in sorted(rows) if wanted in (None, key[3])]
    return answer({"role_assignments": chosen, "links": list_links(request)})


def _assignment(request: Request) -> Assignment:
    return Assignment(request.path_params["user"], _scope(request), request.path_params["role"])


def _scope(request: Request) -> Scope:
    if "project" in request.path_params:
        return Scope("project", request.path_params["project"])
    return Scope("domain", request.path_params["domain"]) if "domain" in request.path_params else SYSTEM


def _is_set(value: str | None) -> bool:
    """`?effective`, `?effective=` and `?effective=True` all mean yes."""
    return value is not None and value.lower() not in ("0", "false")


def _is_asked(record: Record, asked: dict[str, str]) -> bool:
    """By user and scope; the role is looked at once implied roles are known."""
    if "group.id" in asked:
        return False  # there are no groups yet
    scope = scope_of(record)
    return (
        asked.get("user.id", record.get("user_id")) == record.get("user_id")
        and ("scope.project.id" not in asked or scope == Scope("project", asked["scope.project.id"]))
        and ("scope.domain.id" not in asked or scope == Scope("domain", asked["scope.domain.id"]))
        and ("scope.system" not in asked or scope == SYSTEM)
    )


def _row(state: State, held: Assignment, base: str, with_names: bool) -> dict[str, Any]:
    def named(kind: str, id: str) -> dict[str, Any]:
        record = state.get(kind, id)
        if not with_names or record is None:
            return {"id": id}
        body: dict[str, Any] = {"id": id, "name": record.get("name")}
        if kind != "domain" and record.get("domain_id") is not None:
            body["domain"] = named("domain", record.get("domain_id"))
        return body

    scope, target = held.scope, f"{held.scope.kind}s/{held.scope.id}"
    return {
        "role": named("role", held.role_id),
        "user": named("user", held.user_id),
        "scope": {"system": {"all": True}} if scope == SYSTEM else {scope.kind: named(scope.kind, scope.id)},
        "links": {
            "assignment": f"{base}/{'system' if scope == SYSTEM else target}/users/{held.user_id}/roles/{held.role_id}"
        },
    }


ROUTES = [Route("/v3/role_assignments", index)]
for target in ("/projects/{project}", "/domains/{domain}", "/system"):
    ROUTES += [
        Route(f"/v3{target}/users/{{user}}/roles", roles_of_user, methods=["GET"]),
        Route(f"/v3{target}/users/{{user}}/roles/{{role}}", grant, methods=["PUT"]),
        Route(f"/v3{target}/users/{{user}}/roles/{{role}}", check, methods=["GET", "HEAD"]),
        Route(f"/v3{target}/users/{{user}}/roles/{{role}}", revoke, methods=["DELETE"]),
    ]
