"""Version documents: how clients find out what is spoken here."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import answer, identity_of

VERSION = "v3.14"  # Keystone Ussuri to 2025: the last one there is


def version_of(request: Request) -> dict[str, Any]:
    """Return the description of v3."""
    return {
        "id": VERSION,
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": identity_of(request).settings.identity_url + "/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


async def all_versions(request: Request) -> Response:
    """GET /: 300, there is a choice in principle."""
    return answer({"versions": {"values": [version_of(request)]}}, 300)


async def one_version(request: Request) -> Response:
    """GET /v3."""
    return answer({"version": version_of(request)})


ROUTES = [
    Route("/", all_versions),
    Route("/v3", one_version),
    Route("/v3/", one_version),
]
