"""Giving and taking roles: /v3/{projects,domains,system}/…/{users,groups}/{actor}/roles, OS-INHERIT's too."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.http import caller, identity_of, nothing
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.api.identity.roles import role_body
from weft.commands.identity.assignments import Assignment, NoSuchAssignment, grant_role, require_parts, revoke_role
from weft.commands.identity.directory import SYSTEM, Scope, require
from weft.commands.identity.holding import scope_of
from weft.store.execute import execute
from weft.store.protocol import State


async def grant(request: Request) -> Response:
    """PUT …/users/{user}/roles/{role}: granting what is held is fine and writes nothing."""
    identity, (asked, who) = identity_of(request), _asked(request, "create")
    if identity.store.state.get("assignment", asked.key.id) is not None:
        require_parts(asked, identity.store.state)
        return nothing()
    return nothing(await execute(identity.store, lambda state, held: grant_role(asked, state, actor=who.actor)))


async def check(request: Request) -> Response:
    """HEAD and GET …/users/{user}/roles/{role}: 204 if it is held."""
    asked, _ = _asked(request, "check")
    state = identity_of(request).store.state
    require_parts(asked, state)
    if state.get("assignment", asked.key.id) is None:
        raise NoSuchAssignment(asked)
    return nothing()


async def revoke(request: Request) -> Response:
    """DELETE …/users/{user}/roles/{role}."""
    identity, (asked, who) = identity_of(request), _asked(request, "revoke")
    require_parts(asked, identity.store.state)
    return nothing(await execute(identity.store, lambda state, held: revoke_role(asked, state, actor=who.actor)))


async def roles_of_actor(request: Request) -> Response:
    """GET …/users/{user}/roles: those granted, without the implied."""
    asked, _ = _asked(request, "list", plural="s")
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    require(state, asked.actor, asked.actor_id)
    if asked.scope != SYSTEM:
        require(state, asked.scope.kind, asked.scope.id)
    held = [
        each
        for each in state.lookup("assignment", f"{asked.actor}_id", asked.actor_id)
        if scope_of(each) == asked.scope and bool(each.get("inherited")) == asked.inherited
    ]
    roles = [role for each in held if (role := state.get("role", each.get("role_id", ""))) is not None]
    return listing(request, "roles", [role_body(role, base) for role in roles], filters=())


def _asked(request: Request, verb: str, plural: str = "") -> tuple[Assignment, Caller]:
    """Return the assignment that the path spells, if the caller may do this with it."""
    who, state, params = caller(request), identity_of(request).store.state, request.path_params
    asked = Assignment(
        params.get("user") or params["group"],
        _scope(request, state),
        params.get("role", ""),
        actor="user" if "user" in params else "group",
        inherited="OS-INHERIT" in request.url.path,
    )
    if asked.scope == SYSTEM:
        enforce(who, f"{verb}_system_grant{plural}")
    else:
        enforce(who, f"{verb}_grant{plural}", _about(state, asked))
    return asked, who


def _scope(request: Request, state: State) -> Scope:
    params = request.path_params
    if "project" in params:
        id = str(params["project"])
        return Scope("domain" if state.get("domain", id) is not None else "project", id)  # domains are projects too
    return Scope("domain", params["domain"]) if "domain" in params else SYSTEM


def _about(state: State, asked: Assignment) -> About:
    actor, target = state.get(asked.actor, asked.actor_id), state.get(asked.scope.kind, asked.scope.id)
    home = asked.scope.id if asked.scope.kind == "domain" else target.get("domain_id") if target else None
    role = state.get("role", asked.role_id)
    return About(
        domain_ids=(actor.get("domain_id") if actor else None, home),
        role_name=role.get("name") if role else None,
        role_domain_id=role.get("domain_id") if role else None,
    )


ROUTES = []
for target in ("/projects/{project}", "/domains/{domain}", "/system"):
    for actor in ("/users/{user}", "/groups/{group}"):
        path = f"/v3{target}{actor}/roles"
        ROUTES.append(Route(path, roles_of_actor, methods=["GET"]))
        inherited = f"/v3/OS-INHERIT{target}{actor}/roles"
        if target != "/system":
            ROUTES.append(Route(f"{inherited}/inherited_to_projects", roles_of_actor, methods=["GET"]))
        for each in [f"{path}/{{role}}"] + (
            [f"{inherited}/{{role}}/inherited_to_projects"] if target != "/system" else []
        ):
            ROUTES += [
                Route(each, grant, methods=["PUT"]),
                Route(each, check, methods=["GET", "HEAD"]),
                Route(each, revoke, methods=["DELETE"]),
            ]
