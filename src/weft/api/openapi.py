"""The whole API as one OpenAPI 3.1 document, made from what serves it.

`python -m weft.api.openapi` prints it; `openapi.json` at the top of the repository is that, so that every
change of the API shows in a review.
"""

import sys
from typing import Any

import msgspec

import weft
from weft.api.fabric.openapi import fabric_paths, fabric_schemas
from weft.api.identity.openapi import identity_paths, identity_schemas
from weft.api.neutron.openapi import openapi_paths as neutron_paths
from weft.api.openapi_errors import error_components, error_responses, error_schemas

Document = dict[str, Any]

ABOUT = """\
Any node of any site answers, reads from memory and writes to its own site. Three dialects: Neutron's at /v2.0,
Keystone's at /identity/v3, and /weft/v1 for what those lack. Get a token from POST /identity/v3/auth/tokens and
send it as X-Auth-Token. Answers to writes carry X-Weft-Receipt; GET /weft/v1/receipts/{receipt} says how far it came.
"""


def openapi_document(url: str = "http://127.0.0.1:9696") -> Document:
    """Return the document for a node whose API is at `url`."""
    paths = {
        **_tagged("identity", identity_paths()),
        **_tagged("network", neutron_paths()),
        **_tagged("weft", fabric_paths()),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Weft",
            "version": weft.__version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "tags": [
            {"name": "identity", "description": "Keystone v3: tokens, users, projects, roles"},
            {"name": "network", "description": "Neutron v2.0: networks, subnets, ports"},
            {"name": "weft", "description": "Sites, nodes, receipts, conflicts, digests, plans"},
        ],
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "schemas": dict(sorted({**identity_schemas(), **fabric_schemas(), **error_schemas()}.items())),
            "responses": error_components(),
        },
    }


METHODS = ("get", "head", "post", "put", "patch", "delete")


def _tagged(tag: str, paths: Document) -> Document:
    """Return the paths with every operation tagged, named, and with the refusals it may answer with."""
    tagged: Document = {}
    for path, item in paths.items():
        tagged[path] = {
            method: _whole(tag, method, path, operation) if method in METHODS else operation
            for method, operation in item.items()
        }
    return tagged


def _whole(tag: str, method: str, path: str, operation: Document) -> Document:
    refusals = error_responses(tag, method, path, operation)
    responses = {**operation["responses"], **refusals}
    return {"tags": [tag], "operationId": _operation_id(method, path), **operation, "responses": responses}


def _operation_id(method: str, path: str) -> str:
    """Return "get_v2_0_ports_id" for GET /v2.0/ports/{id}: unique, since paths are."""
    words = "".join(letter if letter.isalnum() else " " for letter in path).split()
    return "_".join([method, *words])


def encoded(document: Document) -> bytes:
    """Return the document as the repository keeps it."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(encoded(openapi_document()))
