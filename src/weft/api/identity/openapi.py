"""The identity API described as OpenAPI paths, from its routes and its handlers' first lines."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec

from weft.api.identity import (
    auth,
    credentials,
    domain_configs,
    endpoint_filter,
    federation,
    grants,
    implied_roles,
    limits,
    memberships,
    policy_associations,
    project_tags,
    regions,
    users,
    versions,
)
from weft.api.identity.app import PARTS
from weft.wire.keystone import auth as wire
from weft.wire.keystone import federation as wire_federation
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
    "endpoint_groups": resources.ENDPOINT_GROUP, "identity_providers": wire_federation.IDENTITY_PROVIDER,
    "mappings": wire_federation.MAPPING, "service_providers": wire_federation.SERVICE_PROVIDER,
    "protocols": wire_federation.PROTOCOL, "consumers": resources.CONSUMER,
}  # fmt: skip
NAMED = ("identity_providers", "mappings", "service_providers", "protocols")
"""What whoever makes it names in the path: PUT makes it."""
SEVERAL = {"limits": resources.LIMIT, "registered_limits": resources.REGISTERED_LIMIT}  # made in one request
_CONFIG: Document = {"type": "object", "properties": {"config": {"type": "object"}}, "required": ["config"]}
INLINE: dict[Callable[..., Any], Document] = {
    project_tags.replace: {
        "type": "object", "properties": {"tags": resources.TAGS.schema}, "required": ["tags"],
    },
    credentials.ec2_create: {
        "type": "object", "properties": {"tenant_id": {"type": "string"}}, "required": ["tenant_id"],
    },
    limits.create: {"$ref": REF.format(name="LimitsRequest")},
    limits.update: {"$ref": REF.format(name="LimitChangeRequest")},
    limits.create_defaults: {"$ref": REF.format(name="RegisteredLimitsRequest")},
    limits.update_default: {"$ref": REF.format(name="RegisteredLimitRequest")},
    regions.put_region: {"$ref": REF.format(name="RegionRequest")},
    domain_configs.put: _CONFIG,
    domain_configs.update: _CONFIG,
}  # fmt: skip
"""Bodies of handlers that are no resource's own POST or PATCH."""
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
    endpoint_filter.check_endpoint: "204",
    policy_associations.check: "204",
    domain_configs.put: "201",
    federation.put_protocol: "201",
}
"""Where it is another than its method's."""
OR_STATUS = {domain_configs.put: "200"}
"""Where it depends."""
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
    limits = {
        "KeystoneRegisteredLimitRequest": _schema(resources.REGISTERED_LIMIT),
        "KeystoneLimitChangeRequest": _schema(resources.LIMIT_CHANGE),
        **{f"Keystone{_camel(plural)}": _several(plural, spec) for plural, spec in SEVERAL.items()},
    }
    return {**{f"Keystone{name}": schema for name, schema in components.items()}, **bodies, **limits}


def _described(path: str, method: str, handler: Callable[..., Any]) -> Document:
    first_line = (handler.__doc__ or "").strip().splitlines()[0]
    told = first_line.partition(": ")[2] or first_line
    parts = re.findall(r"{(\w+)}", path)
    makes = method == "PUT" and _collection(path) in NAMED
    status = STATUS.get(handler, "201" if makes else USUAL[method])
    answer: Document = {"description": HTTPStatus(int(status)).phrase}
    if status != "204" and method != "HEAD" and handler is not project_tags.add:  # 201, and nothing said
        answer["content"] = {"application/json": {"schema": {"type": "object"}}}
    document: Document = {
        "summary": told.rstrip("."),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in parts],
        "responses": dict.fromkeys((status, *((OR_STATUS[handler],) if handler in OR_STATUS else ())), answer),
    }
    if (schema := _body_of(path, method, handler)) is not None:
        document["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if handler in OPEN or path in ("/identity", "/identity/v3"):
        document["security"] = []
    return document


def _body_of(path: str, method: str, handler: Callable[..., Any]) -> Document | None:
    """Return the schema of what a handler reads; None: nothing."""
    if handler in INLINE:
        return INLINE[handler]
    if (body := BODIES.get(handler)) is not None:
        return {"$ref": REF.format(name=body.__name__)}
    collection = _collection(path)
    reads = ("POST", "PATCH", "PUT") if collection in NAMED else ("POST", "PATCH")
    spec = SPECS.get(collection) if method in reads else None
    return {"$ref": REF.format(name=_camel(spec.member))} if spec is not None else None


def _collection(path: str) -> str:
    """Return the collection that a path is about: the last word of it that is no ID."""
    return path.removesuffix("/{id}").removesuffix("/{protocol}").rsplit("/", 1)[-1]


def _schema(spec: Spec) -> Document:
    """Return a resource's body as JSON schema; what is required is so at creation."""
    return {"type": "object", "properties": {spec.member: _members(spec)}, "required": [spec.member]}


def _several(plural: str, spec: Spec) -> Document:
    many = {"type": "array", "items": {**_members(spec), "required": list(spec.required)}, "minItems": 1}
    return {"type": "object", "properties": {plural: many}, "required": [plural]}


def _members(spec: Spec) -> Document:
    members = {name: field.schema for name, field in spec.fields.items()}
    return {"type": "object", "properties": members, "additionalProperties": spec.extra}


def _camel(member: str) -> str:
    return "".join(word.capitalize() for word in member.split("_")) + "Request"
