"""The identity API described as OpenAPI paths, from its routes and its handlers' first lines."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec

from weft.api.identity import assignments, auth, projects, roles, users, versions
from weft.api.identity.app import PARTS
from weft.wire import keystone

Document = dict[str, Any]
REF = "#/components/schemas/Keystone{name}"

BODIES: dict[Callable[..., Any], type[msgspec.Struct]] = {
    auth.issue: keystone.AuthRequest,
    users.create: keystone.UserRequest,
    users.update: keystone.UserRequest,
    users.change_password: keystone.PasswordChangeRequest,
    projects.create: keystone.ProjectRequest,
    projects.update: keystone.ProjectRequest,
    roles.create: keystone.RoleRequest,
    roles.update: keystone.RoleRequest,
}
OPEN = (auth.issue, users.change_password)  # the password is the proof
ANSWERED_WITHOUT_BODY = (users.change_password, assignments.check)
CREATES = (auth.issue, users.create, projects.create, roles.create)


def identity_paths() -> Document:
    """Return path → operations for everything under /identity."""
    paths: Document = {}
    for route in (route for part in PARTS for route in part.ROUTES):
        if route.path.endswith("/") and route.path != "/":
            continue  # a second spelling
        path = ("/identity" + route.path).rstrip("/")
        for method in sorted(route.methods or ()):
            paths.setdefault(path, {})[method.lower()] = _described(path, method, route.endpoint)
    return paths


def identity_schemas() -> Document:
    """Return the components that `identity_paths` refers to."""
    _, components = msgspec.json.schema_components(set(BODIES.values()), ref_template=REF)
    return {f"Keystone{name}": schema for name, schema in components.items()}


def _described(path: str, method: str, handler: Callable[..., Any]) -> Document:
    first_line = (handler.__doc__ or "").strip().splitlines()[0]
    told = first_line.partition(": ")[2] or first_line
    parts = re.findall(r"{(\w+)}", path)
    status = "204" if method in ("DELETE", "PUT") or handler in ANSWERED_WITHOUT_BODY else "200"
    if method == "POST" and handler in CREATES:
        status = "201"
    if handler is versions.all_versions:
        status = "300"  # as Keystone has it
    answer: Document = {"description": HTTPStatus(int(status)).phrase}
    if status != "204" and method != "HEAD":
        answer["content"] = {"application/json": {"schema": {"type": "object"}}}
    document: Document = {
        "summary": told.rstrip("."),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in parts],
        "responses": {status: answer},
    }
    if body := BODIES.get(handler):
        schema = {"$ref": REF.format(name=body.__name__)}
        document["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if handler in OPEN or path in ("/identity", "/identity/v3"):
        document["security"] = []
    return document
