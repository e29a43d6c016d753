"""OpenAPI paths of what is no resource with attributes: versions, quotas, extensions, ready-made networks."""

from typing import Any

from weft.store.quotas import DEFAULTS

Document = dict[str, Any]

OBJECT: Document = {"type": "object"}
TOPOLOGY: Document = {
    "type": "object",
    "properties": {
        "auto_allocated_topology": {
            "type": "object",
            "properties": {"id": {"type": "string"}, "project_id": {"type": "string"}},
            "required": ["id", "project_id"],
            "additionalProperties": False,
        }
    },
    "required": ["auto_allocated_topology"],
    "additionalProperties": False,
}
LIMITS: Document = {"type": "object", "properties": {name: {"type": "integer", "minimum": -1} for name in DEFAULTS}}


def rest_paths() -> Document:
    """Return path → operations."""
    limits = _one("quota", LIMITS)
    body = {"required": True, "content": {"application/json": {"schema": limits}}}
    return {
        "/": {"get": {**_told("List the versions of the API", _many("versions")), "security": []}},
        "/v2.0": {"get": _told("List the kinds of objects", _many("resources"))},
        "/v2.0/auto-allocated-topology/{project_id}": {
            "parameters": [_parameter("project_id")],
            "get": _told("Show a project's ready-made network; it is made if need be", TOPOLOGY),
            "delete": {
                "summary": "Take a project's ready-made network apart",
                "responses": {"204": {"description": "Gone"}},
            },
        },
        "/v2.0/extensions": {"get": _told("List what of Neutron's extensions is spoken", _many("extensions"))},
        "/v2.0/extensions/{alias}": {
            "parameters": [_parameter("alias")],
            "get": _told("Show an extension", _one("extension", OBJECT)),
        },
        "/v2.0/quotas": {"get": _told("List the projects whose limits were set", _many("quotas"))},
        "/v2.0/quotas/{project_id}": {
            "parameters": [_parameter("project_id")],
            "get": _told("Show a project's limits", OBJECT),
            "put": {**_told("Set a project's limits", limits), "requestBody": body},
            "delete": {
                "summary": "Put a project's limits back to the default",
                "responses": {"204": {"description": "Done"}},
            },
        },
        "/v2.0/quotas/{project_id}/default": {
            "parameters": [_parameter("project_id")],
            "get": _told("Show the default limits", limits),
        },
        "/v2.0/quotas/{project_id}/details": {
            "parameters": [_parameter("project_id")],
            "get": _told("Show a project's limits and what it uses of them", _one("quota", OBJECT)),
        },
    }


def _told(summary: str, schema: Document) -> Document:
    answer = {"description": "As asked", "content": {"application/json": {"schema": schema}}}
    return {"summary": summary, "responses": {"200": answer}}


def _one(name: str, schema: Document) -> Document:
    return {"type": "object", "properties": {name: schema}, "required": [name]}


def _many(name: str) -> Document:
    return _one(name, {"type": "array", "items": OBJECT})


def _parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
