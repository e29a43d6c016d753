"""Refusals in the OpenAPI document: which statuses an operation may answer with, and the body of each dialect."""

from http import HTTPStatus
from typing import Any

Document = dict[str, Any]

NEUTRON_ERROR: Document = {
    "type": "object",
    "properties": {
        "NeutronError": {
            "type": "object",
            "properties": {"type": {"type": "string"}, "message": {"type": "string"}, "detail": {"type": "string"}},
            "required": ["type", "message", "detail"],
            "additionalProperties": False,
        }
    },
    "required": ["NeutronError"],
    "additionalProperties": False,
}
KEYSTONE_ERROR: Document = {  # for Neutron's 401 too: keystonemiddleware answers that one
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": {"type": "integer"}, "title": {"type": "string"}, "message": {"type": "string"}},
            "required": ["code", "title", "message"],
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}

DIALECTS = {"identity": "KeystoneFault", "network": "NeutronFault", "weft": "WeftError"}  # tag → schema

READS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
WRITES = (*READS, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
TOLD: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The request is not what this operation takes",
    HTTPStatus.UNAUTHORIZED: "No token, or one that does not hold",
    HTTPStatus.FORBIDDEN: "The caller may not do this",
    HTTPStatus.NOT_FOUND: "There is no such object, or none that the caller may know of",
    HTTPStatus.CONFLICT: "The present state does not allow it",
    HTTPStatus.PRECONDITION_FAILED: "The object is no longer of the revision that If-Match names",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is longer than we read",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many attempts; Retry-After says when to try again",
    HTTPStatus.SERVICE_UNAVAILABLE: "This site cannot do it now; what was asked may be tried again",
}
MADE_WHEN_READ = ("/v2.0/auto-allocated-topology/{project_id}",)
PASSWORD_OPERATIONS = ("/identity/v3/auth/tokens", "/identity/v3/users/{id}/password")


def error_responses(tag: str, method: str, path: str, operation: Document) -> Document:
    """Return status → reference, for every refusal an operation may answer with."""
    statuses = list(READS if method in ("get", "head") and path not in MADE_WHEN_READ else WRITES)
    if operation.get("security") != [] or path in PASSWORD_OPERATIONS:
        statuses.append(HTTPStatus.UNAUTHORIZED)
    if tag == "network" and method in ("put", "delete"):
        statuses.append(HTTPStatus.PRECONDITION_FAILED)
    if path in PASSWORD_OPERATIONS and method == "post":
        statuses.append(HTTPStatus.TOO_MANY_REQUESTS)
    return {str(int(status)): {"$ref": f"#/components/responses/{_name(tag, status)}"} for status in sorted(statuses)}


def error_components() -> Document:
    """Return the responses that `error_responses` refers to."""
    components: Document = {}
    for tag in DIALECTS:
        for status, told in TOLD.items():
            schema = "KeystoneFault" if status == HTTPStatus.UNAUTHORIZED and tag != "weft" else DIALECTS[tag]
            content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
            components[_name(tag, status)] = {"description": told, "content": content}
    return components


def error_schemas() -> Document:
    """Return the bodies; /weft/v1's is among its own schemas."""
    return {"KeystoneFault": KEYSTONE_ERROR, "NeutronFault": NEUTRON_ERROR}


def _name(tag: str, status: HTTPStatus) -> str:
    return f"{tag}{int(status)}"
