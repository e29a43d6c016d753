"""/v3/projects/{id}/tags."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import answer, caller, execute_for, identity_of, json_body, nothing
from weft.api.identity.projects import PROJECTS
from weft.api.identity.resource import found_for
from weft.commands.identity.projects import update_project
from weft.model import NotFound
from weft.wire.keystone.fields import BadBody, check
from weft.wire.keystone.resources import TAG, TAGS


class NoSuchTag(NotFound):
    """The project has no such tag."""

    code = "no_such_tag"


async def index(request: Request) -> Response:
    """GET /v3/projects/{id}/tags."""
    return answer(_body(request, _tags(request, "list_project_tags")))


async def replace(request: Request) -> Response:
    """PUT /v3/projects/{id}/tags: these and no others."""
    _tags(request, "update_project_tags")
    body = await json_body(request)
    if not isinstance(body, dict) or "tags" not in body:
        raise BadBody("'tags' is a required property")
    return await _set(request, body["tags"])


async def clear(request: Request) -> Response:
    """DELETE /v3/projects/{id}/tags: all of them."""
    _tags(request, "delete_project_tags")
    await _set(request, [])
    return nothing()


async def show(request: Request) -> Response:
    """GET /v3/projects/{id}/tags/{tag}: 204 if it is there."""
    _require(request, _tags(request, "get_project_tag"))
    return nothing()


async def add(request: Request) -> Response:
    """PUT /v3/projects/{id}/tags/{tag}."""
    tags, tag = _tags(request, "create_project_tag"), request.path_params["tag"]
    check("tags", tag, TAG)
    if tag not in tags:
        await _set(request, [*tags, tag])
    return Response(status_code=201)


async def remove(request: Request) -> Response:
    """DELETE /v3/projects/{id}/tags/{tag}."""
    tags = _tags(request, "delete_project_tag")
    tag = _require(request, tags)
    await _set(request, [each for each in tags if each != tag])
    return nothing()


def _tags(request: Request, action: str) -> list[str]:
    return list(found_for(request, PROJECTS, caller(request), "tag", action).get("tags") or ())


def _require(request: Request, tags: list[str]) -> str:
    tag = str(request.path_params["tag"])
    if tag not in tags:
        raise NoSuchTag(f"Could not find project tag: {tag}.")
    return tag


async def _set(request: Request, tags: Any) -> Response:
    check("tags", tags, TAGS)
    receipt = await execute_for(request, caller(request), update_project, request.path_params["id"], {"tags": tags})
    return answer(_body(request, tags), receipt=receipt)


def _body(request: Request, tags: list[str]) -> dict[str, Any]:
    base = identity_of(request).settings.identity_url
    return {"tags": tags, "links": {"self": f"{base}/projects/{request.path_params['id']}/tags"}}


ROUTES = [
    Route("/v3/projects/{id}/tags", index, methods=["GET"]),
    Route("/v3/projects/{id}/tags", replace, methods=["PUT"]),
    Route("/v3/projects/{id}/tags", clear, methods=["DELETE"]),
    Route("/v3/projects/{id}/tags/{tag}", show, methods=["GET"]),
    Route("/v3/projects/{id}/tags/{tag}", add, methods=["PUT"]),
    Route("/v3/projects/{id}/tags/{tag}", remove, methods=["DELETE"]),
]
