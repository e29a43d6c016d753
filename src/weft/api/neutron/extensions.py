"""`/v2.0/extensions`: what of Neutron's extensions this API speaks. Names and dates: neutron-lib, api/definitions.

Clients ask here before they use a feature, so an alias is listed when its attributes work, not before.
"""

import msgspec

from weft.api.errors import HttpProblem
from weft.api.neutron.areas import AREAS
from weft.api.neutron.extension import Extension
from weft.api.neutron.http import Response

EXTENSIONS = tuple(sorted((extension for area in AREAS for extension in area.EXTENSIONS), key=lambda one: one.alias))

_BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}


def list_extensions() -> Response:
    """Answer GET on the collection."""
    return Response(200, msgspec.json.encode({"extensions": [_document(extension) for extension in EXTENSIONS]}))


def show_extension(alias: str) -> Response:
    """Answer GET on one. Raises HttpProblem (404)."""
    extension = _BY_ALIAS.get(alias)
    if extension is None:
        raise HttpProblem(404, "HTTPNotFound", f"Extension with alias {alias} does not exist")
    return Response(200, msgspec.json.encode({"extension": _document(extension)}))


def _document(extension: Extension) -> dict[str, object]:
    return {**extension._asdict(), "links": []}
