"""/v3/projects: with the tree they form, and with domains, which Keystone shows as projects too."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.domains import DOMAINS
from weft.api.identity.http import answer, caller, execute_for, identity_of, json_body
from weft.api.identity.listing import is_set, listing, records_asked
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import Resource, Values, create_with, crud, found_for
from weft.commands.identity.directory import DEFAULT_DOMAIN, ancestors, children, descendants, require
from weft.commands.identity.holding import scopes_of
from weft.commands.identity.projects import create_project, delete_project, update_project
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import BadBody, checked_body
from weft.wire.keystone.resources import PROJECT

TAG_FILTERS = ("tags", "tags-any", "not-tags", "not-tags-any")


def _shown(record: Record) -> dict[str, Any]:
    return {
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "description": record.get("description") or "",
        "enabled": record.get("enabled"),
        "parent_id": record.get("parent_id") or record.get("domain_id"),
        "is_domain": False,
        "tags": list(record.get("tags") or ()),
        "options": dict(record.get("options") or {}),
    }


def _about(state: State, values: Values) -> About:
    return About(domain_ids=(values.get("domain_id"),), project_id=values.get("id"))


PROJECTS = Resource(
    kind="project",
    plural="projects",
    spec=PROJECT,
    shown=_shown,
    filters=("name", "domain_id", "parent_id", "enabled"),
    create=create_project,
    update=update_project,
    delete=delete_project,
    about=_about,
    of_domain=True,
)


def project_body(record: Record, base: str) -> dict[str, Any]:
    """Return a project in Keystone's form."""
    return PROJECTS.body(record, base)


def domain_as_project(record: Record, base: str) -> dict[str, Any]:
    """Return a domain in the form of a project that acts as one."""
    body = DOMAINS.body(record, base)
    links = {"self": f"{base}/projects/{record.key.id}"}
    return {**body, "domain_id": None, "parent_id": None, "is_domain": True, "links": links}


async def index(request: Request) -> Response:
    """GET /v3/projects: or the domains, if the query says is_domain."""
    identity, who = identity_of(request), caller(request)
    enforce(who, "list_projects", About(domain_ids=(who.domain_id,)))
    state, base = identity.store.state, identity.settings.identity_url
    if is_set(request, "is_domain"):
        domains = [domain_as_project(each, base) for each in state.of_kind("domain")]
        return listing(request, "projects", domains, filters=("name", "enabled", "domain_id", "parent_id"))
    records = records_asked(request, state, "project", PROJECTS.filters)
    rows = [project_body(each, base) for each in records if who.domain_id in (None, each.get("domain_id"))]
    chosen = [row for row in rows if _has_tags(request, set(row["tags"]))]
    return listing(request, "projects", chosen, filters=PROJECTS.filters)


async def show(request: Request) -> Response:
    """GET /v3/projects/{id}: with those above or below it, as a list or as a tree of IDs, if the query asks."""
    identity, who, id = identity_of(request), caller(request), request.path_params["id"]
    state, base = identity.store.state, identity.settings.identity_url
    if (domain := state.get("domain", id)) is not None:
        enforce(who, "get_domain", About(domain_ids=(id,)))
        return answer({"project": domain_as_project(domain, base)})
    project = found_for(request, PROJECTS, who, "get")
    body = project_body(project, base)
    _require_one(request, "parents_as_list", "parents_as_ids")
    _require_one(request, "subtree_as_list", "subtree_as_ids")
    own = {scope.id for scope in scopes_of(state, who.user_id) if scope.kind == "project"}
    above, below = ancestors(state, project), descendants(state, id)
    if is_set(request, "parents_as_list"):
        body["parents"] = [{"project": project_body(each, base)} for each in above if each.key.id in own]
    if is_set(request, "parents_as_ids"):
        body["parents"] = _nested([*(each.key.id for each in above), str(project.get("domain_id"))])
    if is_set(request, "subtree_as_list"):
        body["subtree"] = [{"project": project_body(each, base)} for each in below if each.key.id in own]
    if is_set(request, "subtree_as_ids"):
        body["subtree"] = _tree(state, id) if below else None
    return answer({"project": body})


async def create(request: Request) -> Response:
    """POST /v3/projects: one with `is_domain` is a domain."""
    who = caller(request)
    known, extra = checked_body(await json_body(request), PROJECT, creating=True)
    values = {**known, **({"extra": extra} if extra else {})}
    if values.pop("is_domain", False):
        return await _create_domain(request, who, values)
    values["domain_id"] = values.get("domain_id") or who.domain_id or DEFAULT_DOMAIN  # not that of the parent
    return await create_with(request, PROJECTS, who, uuid.uuid4().hex, values)


async def update(request: Request) -> Response:
    """PATCH /v3/projects/{id}: a domain goes by this name too."""
    identity, who, id = identity_of(request), caller(request), request.path_params["id"]
    base = identity.settings.identity_url
    is_domain = identity.store.state.get("domain", id) is not None
    resource = DOMAINS if is_domain else PROJECTS
    found_for(request, resource, who, "update")
    known, extra = checked_body(await json_body(request), PROJECT, creating=False)
    values = {**known, **({"extra": extra} if extra else {})}
    if is_domain and not values.pop("is_domain", True):
        raise BadBody("Update of `is_domain` is not allowed.")
    receipt = await execute_for(request, who, resource.update, id, values)
    changed = require(identity.store.state, resource.kind, id)
    body = domain_as_project(changed, base) if is_domain else project_body(changed, base)
    return answer({"project": body}, receipt=receipt)


async def _create_domain(request: Request, who: Caller, values: dict[str, Any]) -> Response:
    identity, id = identity_of(request), uuid.uuid4().hex
    enforce(who, "create_domain")
    if values.pop("parent_id", None) or values.pop("domain_id", None):
        raise BadBody("only root projects are allowed to act as domains.")
    receipt = await execute_for(request, who, DOMAINS.create, id, values)
    made = require(identity.store.state, "domain", id)
    return answer({"project": domain_as_project(made, identity.settings.identity_url)}, 201, receipt=receipt)


def _has_tags(request: Request, tags: set[str]) -> bool:
    asked = {name: set(request.query_params[name].split(",")) for name in TAG_FILTERS if name in request.query_params}
    return (
        asked.get("tags", tags) <= tags
        and ("tags-any" not in asked or bool(asked["tags-any"] & tags))
        and ("not-tags" not in asked or not asked["not-tags"] <= tags)
        and ("not-tags-any" not in asked or not asked["not-tags-any"] & tags)
    )


def _require_one(request: Request, one: str, other: str) -> None:
    if is_set(request, one) and is_set(request, other):
        raise BadBody(f"Cannot use {one} and {other} query params at the same time.")


def _nested(ids: list[str]) -> dict[str, Any] | None:
    """[parent, grandparent] → {parent: {grandparent: None}}."""
    tree: dict[str, Any] | None = None
    for id in reversed(ids):
        tree = {id: tree}
    return tree


def _tree(state: State, id: str, depth: int = 32) -> dict[str, Any] | None:
    below = children(state, id) if depth else []
    return {each.key.id: _tree(state, each.key.id, depth - 1) for each in below} or None


ROUTES = crud(PROJECTS, index=index, show=show, create=create, update=update)
