"""The API described as OpenAPI paths, made from the resources' descriptions."""

from collections.abc import Mapping
from typing import Any

from weft.api.neutron.openapi_hosting import hosting_paths
from weft.api.neutron.openapi_rest import rest_paths
from weft.api.neutron.openapi_tags import tag_paths
from weft.api.neutron.resource import Action, Resource
from weft.api.neutron.resources import RESOURCES
from weft.wire.neutron.attributes import REQUIRED, Attribute

Document = dict[str, Any]


def openapi_paths() -> Document:
    """Return path → operations for `/` and everything under `/v2.0`; schemas are inline."""
    paths: Document = {}
    by_name = {resource.name: resource for resource in RESOURCES}
    for resource in RESOURCES:
        path = _path(resource, by_name)
        if resource.verbs & {"list", "create"}:
            paths[path] = _collection(resource)
        if resource.verbs & {"show", "update", "delete"}:
            paths[f"{path}/{{id}}"] = _member(resource)
        if "tags" in resource.by_name:
            for tagged in _tagged_at(resource, path):
                paths |= tag_paths(f"{tagged}/{{id}}", resource.name, resource.by_name["tags"], _id_parameter())
        for name, action in resource.actions.items():
            paths[f"{path}/{{id}}/{name}"] = _action(resource, name, action)
        if resource.parent is not None:
            for below in [below for below in paths if below.startswith(path)]:
                paths[below].setdefault("parameters", []).insert(0, _id_parameter("parent_id"))
    return {**paths, **hosting_paths(), **rest_paths()}


def _path(resource: Resource, by_name: Mapping[str, Resource]) -> str:
    if resource.parent is None:
        return f"/v2.0/{resource.url_path}"
    return f"{_path(by_name[resource.parent.name], by_name)}/{{parent_id}}/{resource.url_path}"


def _tagged_at(resource: Resource, path: str) -> list[str]:
    """Return where tags are served: below the resource, and as in Neutron below the collection's bare name."""
    is_same = resource.parent is not None or resource.collection == resource.url_path.replace("-", "_")
    return [path] if is_same else [path, f"/v2.0/{resource.collection}"]


def _action(resource: Resource, name: str, action: Action) -> Document:
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
    operation = {
        "summary": f"{name.replace('_', ' ').capitalize()}, of a {resource.name}",
        **(body if action.method == "PUT" else {}),
        "responses": {str(action.status): _answer("Done", {"type": "object"})},
    }
    return {"parameters": [_id_parameter()], action.method.lower(): operation}


def _collection(resource: Resource) -> Document:
    one, many = _wrapped(resource), _wrapped_list(resource)
    new = _taken(resource, "post")
    body = {
        "oneOf": [
            _closed({resource.name: new}),
            _closed({resource.collection: {"type": "array", "items": new, "minItems": 1}}),
        ]
    }
    document = {
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
    return _only(document, {"get": "list", "post": "create"}, resource)


def _member(resource: Resource) -> Document:
    one = _wrapped(resource)
    change = _taken(resource, "put")
    document = {
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
    return _only(document, {"get": "show", "put": "update", "delete": "delete"}, resource)


def _only(document: Document, verbs: Mapping[str, str], resource: Resource) -> Document:
    return {key: value for key, value in document.items() if key not in verbs or verbs[key] in resource.verbs}


def _taken(resource: Resource, flag: str) -> Document:
    """Return the schema of what a create ("post") or an update ("put") takes of an object."""
    attributes = [a for a in resource.attributes if getattr(a, flag)]
    document = _object({a.name: {**a.type.schema, **_told(a)} for a in attributes})
    needed = [a.name for a in attributes if a.default is REQUIRED and flag == "post"]
    return {**document, "required": needed} if needed else document


def _shown(resource: Resource) -> Document:
    return _object({a.name: {**(a.shown or a.type.schema), **_told(a)} for a in resource.visible})


def _object(properties: Document) -> Document:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _told(attribute: Attribute) -> Document:
    return {"description": attribute.about} if attribute.about else {}


def _wrapped(resource: Resource) -> Document:
    return _closed({resource.name: _shown(resource)})


def _wrapped_list(resource: Resource) -> Document:
    properties = {resource.collection: {"type": "array", "items": _shown(resource)}}
    return {"type": "object", "properties": properties, "required": [resource.collection]}


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


def _id_parameter(name: str = "id") -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
