"""/v3/OS-EP-FILTER: which endpoints a project's catalogue shows; all of them, unless it was given some.

Source: keystone, api/os_ep_filter.py and catalog/core.py.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.catalog import endpoints, endpoints_of_project, is_in_group
from weft.api.identity.http import answer, caller, identity_of, nothing
from weft.api.identity.joining import joined, parted, require_joined
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.api.identity.projects import project_body
from weft.api.identity.resource import Resource, Values, crud
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.joins import join_key
from weft.commands.identity.plain import Plain
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import BadBody
from weft.wire.keystone.resources import ENDPOINT_GROUP

PREFIX = "OS-EP-FILTER"
NOT_IN_GROUP = "Endpoint Group Project Association not found"


def _shown(record: Record) -> dict[str, Any]:
    told = {name: record.get(name) for name in ("name", "description")}
    return {**told, "filters": dict(record.get("filters") or {})}


def _about(state: State, values: Values) -> About:
    return About()


async def _with_filters(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    if creating and not values["filters"]:
        raise BadBody("filters field is required and cannot be empty")
    return values


_PLAIN = Plain("endpoint_group")
GROUPS = Resource(
    kind="endpoint_group",
    plural="endpoint_groups",
    prefix=f"{PREFIX}/",
    spec=ENDPOINT_GROUP,
    shown=_shown,
    filters=("name",),
    create=_PLAIN.create,
    update=_PLAIN.update,
    delete=_PLAIN.delete,
    about=_about,
    prepare=_with_filters,
)


async def projects_of_endpoint(request: Request) -> Response:
    """GET /v3/OS-EP-FILTER/endpoints/{endpoint}/projects."""
    enforce(caller(request), "list_projects_for_endpoint")
    endpoint = _endpoint(request)
    return _projects(request, "project_endpoint", "endpoint_id", endpoint["id"])


async def endpoints_of(request: Request) -> Response:
    """GET /v3/OS-EP-FILTER/projects/{project}/endpoints: one by one, or in groups."""
    enforce(caller(request), "list_endpoints_for_project")
    state = identity_of(request).store.state
    project = require(state, "project", request.path_params["project"])
    return listing(request, "endpoints", endpoints_of_project(state, _endpoints(request), project.key.id), filters=())


async def give_endpoint(request: Request) -> Response:
    """PUT /v3/OS-EP-FILTER/projects/{project}/endpoints/{endpoint}."""
    who = caller(request)
    enforce(who, "add_endpoint_to_project")
    endpoint, project_id = _endpoint(request), _project(request)
    key = join_key("project_endpoint", project_id, endpoint["id"])
    values = {"project_id": project_id, "endpoint_id": endpoint["id"]}
    return await joined(request, who, key, values)


async def check_endpoint(request: Request) -> Response:
    """HEAD and GET /v3/OS-EP-FILTER/projects/{project}/endpoints/{endpoint}: 204 if the project was given it."""
    enforce(caller(request), "check_endpoint_in_project")
    endpoint, project_id = _endpoint(request), _project(request)
    key = join_key("project_endpoint", project_id, endpoint["id"])
    require_joined(request, key, told=f"Endpoint {endpoint['id']} not found in project {project_id}")
    return nothing()


async def take_endpoint(request: Request) -> Response:
    """DELETE /v3/OS-EP-FILTER/projects/{project}/endpoints/{endpoint}."""
    who, params = caller(request), request.path_params
    enforce(who, "remove_endpoint_from_project")
    key = join_key("project_endpoint", params["project"], params["endpoint"])
    told = f"Endpoint {params['endpoint']} not found in project {params['project']}"
    return await parted(request, who, key, told=told)


async def groups_of_project(request: Request) -> Response:
    """GET /v3/OS-EP-FILTER/projects/{project}/endpoint_groups."""
    enforce(caller(request), "list_endpoint_groups_for_project")
    state, project_id = identity_of(request).store.state, _project(request)
    joined = state.lookup("project_endpoint_group", "project_id", project_id)
    found = [state.get("endpoint_group", each.get("endpoint_group_id") or "") for each in joined]
    base = identity_of(request).settings.identity_url
    rows = [GROUPS.body(each, base) for each in found if each is not None]
    return listing(request, "endpoint_groups", rows, filters=())


async def endpoints_in_group(request: Request) -> Response:
    """GET /v3/OS-EP-FILTER/endpoint_groups/{group}/endpoints."""
    enforce(caller(request), "list_endpoints_associated_with_endpoint_group")
    filters = _group(request).get("filters") or {}
    rows = [each for each in _endpoints(request) if is_in_group(each, filters)]
    return listing(request, "endpoints", rows, filters=())


async def projects_of_group(request: Request) -> Response:
    """GET /v3/OS-EP-FILTER/endpoint_groups/{group}/projects."""
    enforce(caller(request), "list_projects_associated_with_endpoint_group")
    return _projects(request, "project_endpoint_group", "endpoint_group_id", _group(request).key.id)


async def give_group(request: Request) -> Response:
    """PUT /v3/OS-EP-FILTER/endpoint_groups/{group}/projects/{project}."""
    who = caller(request)
    enforce(who, "add_endpoint_group_to_project")
    project_id, group_id = _project(request), _group(request).key.id
    key = join_key("project_endpoint_group", project_id, group_id)
    values = {"project_id": project_id, "endpoint_group_id": group_id}
    return await joined(request, who, key, values)


async def show_group_of(request: Request) -> Response:
    """HEAD and GET /v3/OS-EP-FILTER/endpoint_groups/{group}/projects/{project}."""
    enforce(caller(request), "get_endpoint_group_in_project")
    project_id, group_id = _project(request), _group(request).key.id
    key = join_key("project_endpoint_group", project_id, group_id)
    require_joined(request, key, told=NOT_IN_GROUP)
    base = identity_of(request).settings.identity_url
    links = {"self": f"{base}/{PREFIX}/endpoint_groups/{group_id}/projects/{project_id}"}
    row = {"endpoint_group_id": group_id, "project_id": project_id, "links": links}
    return answer({"project_endpoint_group": row})


async def take_group(request: Request) -> Response:
    """DELETE /v3/OS-EP-FILTER/endpoint_groups/{group}/projects/{project}."""
    who = caller(request)
    enforce(who, "remove_endpoint_group_from_project")
    key = join_key("project_endpoint_group", _project(request), _group(request).key.id)
    return await parted(request, who, key, told=NOT_IN_GROUP)


def _projects(request: Request, kind: str, field: str, id: str) -> Response:
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    found = [state.get("project", each.get("project_id") or "") for each in state.lookup(kind, field, id)]
    rows = [project_body(each, base) for each in found if each is not None]
    return listing(request, "projects", rows, filters=())


def _endpoints(request: Request) -> list[dict[str, Any]]:
    identity = identity_of(request)
    base = identity.settings.identity_url
    every = endpoints(identity.store.state, identity.settings)
    return [{**each, "links": {"self": f"{base}/endpoints/{each['id']}"}} for each in every]


def _endpoint(request: Request) -> dict[str, Any]:
    id = request.path_params["endpoint"]
    for each in _endpoints(request):
        if each["id"] == id:
            return each
    raise NoSuchThing("endpoint", id)


def _project(request: Request) -> str:
    return require(identity_of(request).store.state, "project", request.path_params["project"]).key.id


def _group(request: Request) -> Record:
    id = request.path_params["group"]
    group = identity_of(request).store.state.get("endpoint_group", id)
    if group is None:
        raise NoSuchThing("Endpoint Group", id)
    return group


_PATH = f"/v3/{PREFIX}"
_IN_PROJECT = _PATH + "/projects/{project}/endpoints/{endpoint}"
_IN_GROUP = _PATH + "/endpoint_groups/{group}/projects/{project}"
ROUTES = [
    *crud(GROUPS),
    Route(_PATH + "/endpoints/{endpoint}/projects", projects_of_endpoint, methods=["GET"]),
    Route(_PATH + "/projects/{project}/endpoints", endpoints_of, methods=["GET"]),
    Route(_IN_PROJECT, give_endpoint, methods=["PUT"]),
    Route(_IN_PROJECT, check_endpoint, methods=["GET"]),
    Route(_IN_PROJECT, take_endpoint, methods=["DELETE"]),
    Route(_PATH + "/projects/{project}/endpoint_groups", groups_of_project, methods=["GET"]),
    Route(_PATH + "/endpoint_groups/{group}/endpoints", endpoints_in_group, methods=["GET"]),
    Route(_PATH + "/endpoint_groups/{group}/projects", projects_of_group, methods=["GET"]),
    Route(_IN_GROUP, give_group, methods=["PUT"]),
    Route(_IN_GROUP, show_group_of, methods=["GET"]),
    Route(_IN_GROUP, take_group, methods=["DELETE"]),
]
