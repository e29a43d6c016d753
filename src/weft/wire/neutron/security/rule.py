"""The rule: `/v2.0/security-group-rules`. Source: neutron, extensions/securitygroup.py and those named beside."""

from typing import Any

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import ID, PROJECT
from weft.wire.neutron.security import values

DESCRIPTION = Type(
    {"type": ["string", "null"], "maxLength": types.DESCRIPTION_LENGTH}, problem=types.DESCRIPTION.problem
)  # null: it was made from a template


def traffic(remote_group_index: str) -> tuple[Attribute, ...]:
    """Return the attributes that say which traffic is meant: of rules, and of the templates of rules."""
    flags: dict[str, Any] = {"post": True, "filter": True, "sort": True}
    return (
        Attribute(name="direction", type=values.DIRECTION, default=REQUIRED, **flags),
        Attribute(name="ethertype", type=values.ETHERTYPE, default="IPv4", **flags),
        Attribute(name="protocol", type=values.PROTOCOL, default=None, **flags),
        Attribute(name="port_range_min", type=values.PORT_NUMBER, default=None, **flags),
        Attribute(name="port_range_max", type=values.PORT_NUMBER, default=None, **flags),
        Attribute(name="remote_ip_prefix", type=values.REMOTE_PREFIX, default=None, **flags),
        Attribute(name="remote_group_id", type=values.ANYTHING, default=None, index=remote_group_index, **flags),
        Attribute(name="remote_address_group_id", type=values.ANYTHING, default=None, **flags),
    )


SECURITY_GROUP_RULE: tuple[Attribute, ...] = (
    ID,
    *PROJECT,
    Attribute(
        name="security_group_id",
        type=types.string(36),
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="security_group_id",
    ),
    *traffic("remote_group_id"),
    Attribute(  # security-groups-normalized-cidr
        name="normalized_cidr", type=types.STRING_OR_NONE, derived=True, filter=True, sort=True,
        about="remote_ip_prefix without its host bits.",
    ),
    Attribute(name="belongs_to_default_sg", type=types.BOOLEAN, derived=True, filter=True),
    Attribute(name="description", type=DESCRIPTION, default=None, post=True, filter=True, sort=True),
    Attribute(name="revision_number", type=types.INTEGER, derived=True, filter=True, sort=True),
    Attribute(name="created_at", type=types.STRING, derived=True, sort=True),
    Attribute(name="updated_at", type=types.STRING, derived=True, sort=True),
)  # fmt: skip
