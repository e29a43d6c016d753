"""One record of every kind for a project, made from the table of resources: no API asked, no command run."""

import uuid
from typing import Any

from weft.api.neutron.resource import Resource
from weft.api.neutron.resources import RESOURCES
from weft.store.kinds import KINDS
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes
from weft.wire.neutron.attributes import Absent, Attribute

RECORDED = [resource for resource in RESOURCES if resource.made is None and resource.record_kind in KINDS]


def sample_id(kind: str, project_id: str) -> str:
    """Return the ID of a project's sample of a kind."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} of {project_id}"))


def is_owned(resource: Resource) -> bool:
    """Tell whether its objects are a project's, by themselves or as part of something that is."""
    if resource.parent is None:
        return "project_id" in KINDS[resource.record_kind].indexed
    whole = resource.parent.name
    return any(is_owned(other) for other in RECORDED if other.name == whole)


async def write_samples(store: MemoryStore, project_id: str) -> None:
    """Write a record of every kind for a project, all referring to each other."""
    by_kind = {resource.record_kind: resource for resource in reversed(RECORDED)}
    kinds = list(by_kind)
    for kind in kinds:  # what they refer to, too
        kinds += [target for _, target in KINDS[kind].refers if target not in kinds and target in by_kind]
    writes = [
        Write(Key("fabric", kind, sample_id(kind, project_id)), sample_of(by_kind[kind], project_id), create=True)
        for kind in kinds
    ]
    await store.commit(Writes(tuple(writes)))


def sample_of(resource: Resource, project_id: str) -> dict[str, Any]:
    """Return a record's fields, with references to the project's other samples."""
    fields = {attribute.key: sample_value(attribute) for attribute in resource.attributes if not attribute.derived}
    if "project_id" in KINDS[resource.record_kind].indexed:
        fields["project_id"] = project_id
    for path, target in KINDS[resource.record_kind].refers:
        if "[]" not in path:
            fields[path] = sample_id(target, project_id)
    if resource.name == "rbac_policy":
        fields["object_id"] = sample_id("network", project_id)
    return {**fields, **_MORE.get(resource.record_kind, {})}


def sample_value(attribute: Attribute) -> Any:
    """Return a value that the attribute may have: its default, or something of its type."""
    if not isinstance(attribute.default, Absent):
        return attribute.default
    schema = attribute.type.schema
    if "enum" in schema:
        return schema["enum"][0]
    types = schema.get("type", "string")
    kind = types if isinstance(types, str) else types[0]
    text = (
        str(uuid.uuid5(uuid.NAMESPACE_OID, attribute.name))
        if schema.get("format") == "uuid"
        else _TEXT.get(attribute.key, "x")
    )
    return {"string": text, "integer": 4, "boolean": False, "array": [], "object": {}, "null": None}[kind]


_TEXT = {
    "cidr": "10.0.0.0/24",
    "mac_address": "fa:16:3e:00:00:01",
    "created_at": "2026-01-01T00:00:00Z",
    "floating_ip_address": "198.51.100.7",
    "action": "access_as_shared",
    "resource_type": "security_group",
}

_MORE = {  # what attributes are derived from
    "port_forwarding": {"internal_port_range": "80:80", "external_port_range": "80:80"},
}
