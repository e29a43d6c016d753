"""The RBAC policy: `/v2.0/rbac-policies`. Source: neutron, extensions/rbac.py."""

import re
from typing import Any

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, BadValue, Type
from weft.wire.neutron.common import ID, PROJECT

OBJECT_TYPES = ("network", "qos_policy", "security_group", "address_scope", "subnetpool", "address_group")

_UUID_LIKE = re.compile(r"[0-9a-f]{32}")


def _to_object_type(value: Any) -> str:
    word = str(value).strip().lower()
    if word not in OBJECT_TYPES:
        raise BadValue(f"'{value}' is not a valid RBAC object type")
    return word


def _to_target(value: Any) -> Any:
    """Check here, not in `problem`: Neutron's validator raises in place of telling."""
    if value != "*" and not _UUID_LIKE.fullmatch(re.sub(r"urn:|uuid:|[{}-]", "", str(value)).lower()):
        raise BadValue(f"'{value}' is not a valid target project ID; expected a UUID or '*'")
    return value


OBJECT_TYPE = Type({"enum": list(OBJECT_TYPES)}, convert=_to_object_type)
TARGET = Type({"type": "string"}, convert=_to_target)

RBAC_POLICY: tuple[Attribute, ...] = (
    ID,
    Attribute(name="object_type", type=OBJECT_TYPE, default=REQUIRED, post=True, filter=True, sort=True, guarded=True),
    Attribute(
        name="object_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        index="object_id",
    ),
    Attribute(
        name="target_tenant",
        field="target_project",
        type=TARGET,
        default=REQUIRED,
        post=True,
        put=True,
        filter=True,
        sort=True,
        guarded=True,
        index="target_project",
        about="Who gets access: a project's ID, or * for all.",
    ),
    *PROJECT,
    Attribute(
        name="action",
        type=types.string(255),
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        about="access_as_shared; of networks also access_as_external.",
    ),
)
