"""/v3/role_assignments: who holds which role where."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import answer, caller, identity_of
from weft.api.identity.listing import is_set, list_links
from weft.api.identity.policy import About, enforce
from weft.commands.identity.assignments import Assignment
from weft.commands.identity.directory import SYSTEM, Scope, require
from weft.commands.identity.inquiry import Held, Inquiry, assignments_held
from weft.store.protocol import State
from weft.wire.keystone.fields import BadBody

INHERITED_TO = "scope.OS-INHERIT:inherited_to"


async def index(request: Request) -> Response:
    """GET /v3/role_assignments, filtered; `effective`: what it comes to, `include_names`: to be read by people."""
    identity, who = identity_of(request), caller(request)
    state, asked = identity.store.state, _inquiry(request)
    if asked.subtree:
        enforce(who, "list_role_assignments_for_tree", _about_tree(state, asked))
    else:
        enforce(who, "list_role_assignments", About(domain_ids=(who.domain_id,)))
    held = assignments_held(state, asked)
    if who.domain_id is not None:
        held = [each for each in held if _home(state, each.what.scope) == who.domain_id]
    base, with_names = identity.settings.identity_url, is_set(request, "include_names")
    rows = [_row(state, each, base, with_names) for each in held]
    return answer({"role_assignments": rows, "links": list_links(request)})


def _inquiry(request: Request) -> Inquiry:
    """Return what the query asks. Raises BadBody for what contradicts itself."""
    params = request.query_params
    scopes = [
        scope
        for name, scope in (
            ("scope.project.id", Scope("project", params.get("scope.project.id", ""))),
            ("scope.domain.id", Scope("domain", params.get("scope.domain.id", ""))),
            ("scope.system", SYSTEM),
        )
        if params.get(name)
    ]
    if len(scopes) > 1:
        raise BadBody(f"Specify {scopes[0].kind} or {scopes[1].kind}, not both")
    if params.get("user.id") and params.get("group.id"):
        raise BadBody("Specify a user or group, not both")
    asked = Inquiry(
        user_id=params.get("user.id") or None,
        group_id=params.get("group.id") or None,
        role_id=params.get("role.id") or None,
        scope=scopes[0] if scopes else None,
        inherited=params[INHERITED_TO] == "projects" if INHERITED_TO in params else None,
        effective=is_set(request, "effective"),
        subtree=is_set(request, "include_subtree"),
    )
    if asked.effective and asked.group_id:
        raise BadBody("Combining effective and group filter will always result in an empty list.")
    if asked.effective and asked.inherited and asked.scope is not None and asked.scope.kind == "domain":
        raise BadBody("Combining effective, domain and inherited filters will always result in an empty list.")
    if asked.subtree and (asked.scope is None or asked.scope.kind != "project"):
        raise BadBody("scope.project.id must be specified if include_subtree is also specified")
    return asked


def _about_tree(state: State, asked: Inquiry) -> About:
    assert asked.scope is not None
    return About(domain_ids=(require(state, "project", asked.scope.id).get("domain_id"),))


def _home(state: State, scope: Scope) -> str | None:
    project = state.get("project", scope.id) if scope.kind == "project" else None
    return project.get("domain_id") if project else scope.id if scope.kind == "domain" else None


def _row(state: State, held: Held, base: str, with_names: bool) -> dict[str, Any]:
    def named(kind: str, id: str) -> dict[str, Any]:
        record = state.get(kind, id)
        if not with_names or record is None:
            return {"id": id}
        body: dict[str, Any] = {"id": id, "name": record.get("name")}
        if kind != "domain" and record.get("domain_id") is not None:
            body["domain"] = named("domain", record.get("domain_id"))
        return body

    what, source = held.what, held.source
    scope: dict[str, Any] = {"system": {"all": True}}
    if what.scope != SYSTEM:
        scope = {what.scope.kind: named(what.scope.kind, what.scope.id)}
    if source.inherited:
        scope["OS-INHERIT:inherited_to"] = "projects"
    links = {"assignment": base + _path(source)}
    if what.actor_id != source.actor_id:
        links["membership"] = f"{base}/groups/{source.actor_id}/users/{what.actor_id}"
    if what.role_id != source.role_id:
        links["prior_role"] = f"{base}/prior_role/{source.role_id}/implies/{what.role_id}"
    return {
        "role": named("role", what.role_id),
        what.actor: named(what.actor, what.actor_id),
        "scope": scope,
        "links": links,
    }


def _path(source: Assignment) -> str:
    target = "/system" if source.scope == SYSTEM else f"/{source.scope.kind}s/{source.scope.id}"
    path = f"{target}/{source.actor}s/{source.actor_id}/roles/{source.role_id}"
    return f"/OS-INHERIT{path}/inherited_to_projects" if source.inherited else path


ROUTES = [Route("/v3/role_assignments", index, methods=["GET"])]
