"""The identity API described as OpenAPI paths, from its routes and its handlers' first lines."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec

from weft.api.identity import auth, grants, implied_roles, memberships, project_tags, regions, users, versions
from weft.api.identity.app import PARTS
from weft.wire.keystone import auth as wire
from weft.wire.keystone import resources
from weft.wire.keystone.fields import Spec

Document = dict[str, Any]
REF = "#/components/schemas/Keystone{name}"

BODIES: dict[Callable[..., Any], type[msgspec.Struct]] = {
    auth.issue: wire.AuthRequest,
    users.change_password: wire.PasswordChangeRequest,
}
SPECS = {
    "users": resources.USER, "projects": resources.PROJECT, "domains": resources.DOMAIN, "groups": resources.GROUP,
    "roles": resources.ROLE, "regions": resources.REGION, "services": resources.SERVICE,
    "endpoints": resources.ENDPOINT, "application_credentials": resources.APPLICATION_CREDENTIAL,
    "trusts": resources.TRUST, "credentials": resources.CREDENTIAL, "policies": resources.POLICY,
}  # fmt: skip
OPEN = (auth.issue, users.change_password)  # the password is the proof
STATUS: dict[Callable[..., Any], str] = {
    versions.all_versions: "300",  # as Keystone has it
    auth.issue: "201",
    users.change_password: "204",
    grants.check: "204",
    memberships.check: "204",
    implied_roles.check: "204",
    implied_roles.create: "201",
    project_tags.show: "204",
    project_tags.replace: "200",
    project_tags.add: "201",
    regions.put_region: "201",
}
"""Where it is another than its method's."""
USUAL = {"GET": "200", "HEAD": "200", "POST": "201", "PATCH": "200", "PUT": "204", "DELETE": "204"}


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
    bodies = {f"Keystone{_camel(spec.member)}": _schema(spec) for spec in SPECS.values()}
    return {**{f"Keystone{name}": schema for name, schema in components.items()}, **bodies}


def _described(path: str, method: str, handler: Callable[..., Any]) -> Document:
    first_line = (handler.__doc__ or "").strip().splitlines()[0]
    told = first_line.partition(": ")[2] or first_line
    parts = re.findall(r"{(\w+)}", path)
    spec = SPECS.get(path.removesuffix("/{id}").rsplit("/", 1)[-1]) if method in ("POST", "PATCH") else None
    status = STATUS.get(handler, USUAL[method])
    answer: Document = {"description": HTTPStatus(int(status)).phrase}
    if status != "204" and method != "HEAD" and handler is not project_tags.add:  # 201, and nothing said
        answer["content"] = {"application/json": {"schema": {"type": "object"}}}
    document: Document = {
        "summary": told.rstrip("."),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in parts],
        "responses": {status: answer},
    }
    body = BODIES.get(handler)
    if body is not None or spec is not None:
        schema = {"$ref": REF.format(name=body.__name__ if body is not None else _camel(spec.member))}  # type: ignore[union-attr]
        document["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if handler in OPEN or path in ("/identity", "/identity/v3"):
        document["security"] = []
    return document


def _schema(spec: Spec) -> Document:
    """Return a resource's body as JSON schema; what is required is so at creation."""
    members = {name: field.schema for name, field in spec.fields.items()}
    inner = {"type": "object", "properties": members, "additionalProperties": spec.extra}
    return {"type": "object", "properties": {spec.member: inner}, "required": [spec.member]}


def _camel(member: str) -> str:
    return "".join(word.capitalize() for word in member.split("_")) + "Request"
