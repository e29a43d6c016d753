"""`/` and `/v2.0/`: what clients discover the API by. Source: neutron, pecan_wsgi/controllers/root.py."""

import msgspec

from weft.api.neutron.http import Response
from weft.api.neutron.resources import RESOURCES


def show_versions(base_url: str) -> Response:
    """Answer `/`, which needs no token."""
    version = {
        "id": "v2.0",
        "status": "CURRENT",
        "links": [{"rel": "self", "href": f"{base_url}/v2.0/"}],
    }
    return Response(200, msgspec.json.encode({"versions": [version]}))


def show_resources(base_url: str) -> Response:
    """Answer `/v2.0/`."""
    resources = [
        {
            "name": resource.name,
            "collection": resource.collection,
            "links": [{"rel": "self", "href": f"{base_url}/v2.0/{resource.url_path}"}],
        }
        for resource in RESOURCES
        if resource.parent is None
    ]
    return Response(200, msgspec.json.encode({"resources": resources}))
