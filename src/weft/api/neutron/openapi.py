"""The API described as OpenAPI paths, made from the resources' descriptions."""

from typing import Any

from weft.api.neutron.resource import Resource
from weft.api.neutron.resources import RESOURCES
from weft.wire.neutron.attributes import REQUIRED, Attribute

Document = dict[str, Any]


def openapi_paths() -> Document:
    """Return path → operations for everything under `/v2.0`; schemas are inline."""
    paths: Document = {}
    for resource in RESOURCES:
        paths[f"/v2.0/{resource.collection}"] = _collection(resource)
        paths[f"/v2.0/{resource.collection}/{{id}}"] = _member(resource)
        paths[f"/v2.0/{resource.collection}/{{id}}/tags"] = _tags(resource)
    return paths


def _collection(resource: Resource) -> Document:
    one, many = _wrapped(resource), _wrapped_list(resource)
    new = _object(resource, [a for a in resource.attributes if a.post])
    body = {
        "oneOf": [
            _closed({resource.name: new}),
            _closed({resource.collection: {"type": "array", "items": new, "minItems": 1}}),
        ]
    }
    return {
        "get": {
            "summary": f"List {resource.collection}",
            "parameters": _list_parameters(resource),
            "responses": {"200": _answer(f"The {resource.collection} the caller may see", many)},
        },
        "post": {
            "summary": f"Create a {resource.name}, or several: all or none",
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"201": _answer("Created; X-Weft-Receipt names the write", {"oneOf": [one, many]})},
        },
    }


def _member(resource: Resource) -> Document:
    one = _wrapped(resource)
    change = _object(resource, [a for a in resource.attributes if a.put], required=False)
    return {
        "parameters": [_id_parameter()],
        "get": {"summary": f"Show a {resource.name}", "responses": {"200": _answer(f"The {resource.name}", one)}},
        "put": {
            "summary": f"Change a {resource.name}",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _closed({resource.name: change})}},
            },
            "responses": {"200": _answer("As it is now", one)},
        },
        "delete": {"summary": f"Delete a {resource.name}", "responses": {"204": {"description": "Gone"}}},
    }


def _tags(resource: Resource) -> Document:
    tags = _closed({"tags": resource.by_name["tags"].type.schema})
    return {
        "parameters": [_id_parameter()],
        "get": {"summary": f"List a {resource.name}'s tags", "responses": {"200": _answer("Its tags", tags)}},
        "put": {
            "summary": f"Replace a {resource.name}'s tags",
            "requestBody": {"required": True, "content": {"application/json": {"schema": tags}}},
            "responses": {"200": _answer("Its tags", tags)},
        },
        "delete": {"summary": f"Remove a {resource.name}'s tags", "responses": {"204": {"description": "Gone"}}},
    }


def _object(resource: Resource, attributes: list[Attribute], *, required: bool = True) -> Document:
    document: Document = {
        "type": "object",
        "properties": {a.name: {**a.type.schema, **({"description": a.about} if a.about else {})} for a in attributes},
        "additionalProperties": False,
    }
    needed = [a.name for a in attributes if a.default is REQUIRED]
    return {**document, "required": needed} if needed and required else document


def _wrapped(resource: Resource) -> Document:
    return _closed({resource.name: _object(resource, list(resource.visible), required=False)})


def _wrapped_list(resource: Resource) -> Document:
    shown = _object(resource, list(resource.visible), required=False)
    return {"type": "object", "properties": {resource.collection: {"type": "array", "items": shown}}}


def _list_parameters(resource: Resource) -> list[Document]:
    filters = [a.name for a in resource.attributes if a.filter] + list(resource.filters)
    paging = ["fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse"]
    tags = ["tags-any", "not-tags", "not-tags-any", "changed_since"]
    names = dict.fromkeys([*filters, *tags, *paging])
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]


def _closed(properties: Document) -> Document:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _answer(description: str, schema: Document) -> Document:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _id_parameter() -> Document:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
