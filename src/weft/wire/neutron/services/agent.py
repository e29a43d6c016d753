"""Agents and availability zones. Source: neutron-lib, api/definitions/agent.py and availability_zone.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute, Type

_TEXT_OR_NONE = types.STRING_OR_NONE

AGENT: tuple[Attribute, ...] = (
    Attribute(name="id", type=types.UUID, derived=True, filter=True, sort=True),
    Attribute(name="agent_type", type=types.STRING, filter=True, sort=True),
    Attribute(name="binary", type=types.STRING, filter=True, sort=True),
    Attribute(name="topic", type=types.STRING, filter=True, sort=True),
    Attribute(name="host", type=types.STRING, filter=True, sort=True, index="host", about="The node."),
    Attribute(name="admin_state_up", type=types.BOOLEAN, default=True, put=True, filter=True, sort=True),
    Attribute(name="created_at", type=types.STRING, derived=True, sort=True),
    Attribute(name="started_at", type=types.STRING, derived=True, sort=True),
    Attribute(name="heartbeat_timestamp", type=types.STRING, derived=True, sort=True),
    Attribute(name="alive", type=types.BOOLEAN, derived=True, filter=True, about="Heard of within ten seconds."),
    Attribute(name="configurations", type=types.OBJECT, derived=True),
    Attribute(name="description", type=_TEXT_OR_NONE, default=None, put=True, filter=True, sort=True),
    Attribute(
        name="availability_zone",
        type=_TEXT_OR_NONE,
        default=None,
        filter=True,
        index="availability_zone",
        about="The node's site.",
    ),
    Attribute(name="resources_synced", type=Type({"type": ["boolean", "null"]}), derived=True),
)

AVAILABILITY_ZONE: tuple[Attribute, ...] = (
    Attribute(name="name", type=types.STRING, filter=True, about="A site."),
    Attribute(name="resource", type=types.STRING, filter=True, about="network or router."),
    Attribute(name="state", type=types.STRING, filter=True, about="available or unavailable."),
)
