"""/v3/{regions,services,endpoints}: the catalogue as lists; read only, since sites announce themselves."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.catalog import SERVICES, endpoints, sites_by_region
from weft.api.identity.http import admin, answer, caller, identity_of
from weft.api.identity.listing import list_links
from weft.commands.identity.directory import NoSuchThing


def _rows(request: Request, kind: str) -> list[dict[str, Any]]:
    identity = identity_of(request)
    state, settings = identity.store.state, identity.settings
    if kind == "region":
        return [
            {"id": region, "description": f"API at {url}", "parent_region_id": None}
            for region, url in sites_by_region(state, settings).items()
        ]
    if kind == "service":
        return [
            {"id": each.id, "type": each.type, "name": each.name, "enabled": True, "description": ""}
            for each in SERVICES
        ]
    return endpoints(state, settings)


async def index(request: Request) -> Response:
    """GET the list; endpoints and services are for administrators, as in Keystone."""
    plural = request.url.path.rstrip("/").rsplit("/", 1)[1]
    kind = plural[:-1]
    if kind == "region":
        caller(request)
    else:
        admin(request, f"identity:list_{plural}")
    base = identity_of(request).settings.identity_url
    rows = [{**row, "links": {"self": f"{base}/{plural}/{row['id']}"}} for row in _rows(request, kind)]
    asked = request.query_params
    chosen = [row for row in rows if all(asked[name] == str(row[name]) for name in asked if name in row)]
    return answer({plural: chosen, "links": list_links(request)})


async def show(request: Request) -> Response:
    """GET one of them."""
    plural = request.url.path.rstrip("/").rsplit("/", 2)[1]
    kind, id = plural[:-1], request.path_params["id"]
    if kind == "region":
        caller(request)
    else:
        admin(request, f"identity:get_{kind}")
    for row in _rows(request, kind):
        if row["id"] == id:
            base = identity_of(request).settings.identity_url
            return answer({kind: {**row, "links": {"self": f"{base}/{plural}/{id}"}}})
    raise NoSuchThing(kind, id)


async def no_groups(request: Request) -> Response:
    """GET /v3/groups: there are none yet."""
    admin(request, "identity:list_groups")
    return answer({"groups": [], "links": list_links(request)})


ROUTES = [Route("/v3/groups", no_groups)]
for plural in ("regions", "services", "endpoints"):
    ROUTES += [Route(f"/v3/{plural}", index), Route(f"/v3/{plural}/{{id}}", show)]
