"""/weft/v1 described as OpenAPI paths, from the operations that serve it."""

import re
from typing import Any

import msgspec

from weft.api.fabric.app import OPERATIONS
from weft.api.fabric.operation import Operation, Query
from weft.wire.fabric import Error

Document = dict[str, Any]
REF = "#/components/schemas/Weft{name}"  # a prefix: other dialects have a Health or a Port too


def fabric_paths() -> Document:
    """Return path → operations."""
    paths: Document = {}
    for operation in OPERATIONS:
        paths.setdefault("/weft/v1" + operation.path, {})[operation.method.lower()] = _described(operation)
    about = {"type": "object"}
    paths["/weft/v1"] = {
        "get": {"summary": "What is served here", "security": [], "responses": {"200": _json("As asked", about)}}
    }
    paths["/weft/v1/openapi.json"] = {
        "get": {"summary": "This document", "security": [], "responses": {"200": _json("OpenAPI 3.1", about)}}
    }
    return paths


def fabric_schemas() -> Document:
    """Return the components that `fabric_paths` refers to."""
    bodies = [operation.body for operation in OPERATIONS if operation.body is not None]
    types = [*(operation.answer for operation in OPERATIONS), *bodies, Error]
    _, components = msgspec.json.schema_components(types, ref_template=REF)
    return {f"Weft{name}": schema for name, schema in components.items()}


def _described(operation: Operation) -> Document:
    summary = (operation.handler.__doc__ or "").strip()
    document: Document = {
        "summary": summary.rstrip("."),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in _parts(operation)
            ),
            *map(_parameter, operation.query),
        ],
        "responses": {"200": _json("As asked", _ref(operation.answer))},
    }
    if operation.body is not None:
        content = {"application/json": {"schema": _ref(operation.body)}}
        document["requestBody"] = {"required": True, "content": content}
    if operation.who == "anyone":
        document["security"] = []
    elif operation.who == "administrators":
        document["description"] = "For administrators."
    return document


def _parts(operation: Operation) -> list[str]:
    return re.findall(r"{(\w+)}", operation.path)


def _parameter(query: Query) -> Document:
    return {"name": query.name, "in": "query", "description": query.about, "schema": {"type": query.type}}


def _ref(type: type[msgspec.Struct]) -> Document:
    return {"$ref": REF.format(name=type.__name__)}


def _json(description: str, schema: Document) -> Document:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
