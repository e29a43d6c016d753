"""The floating IP pool: `/v2.0/floatingip_pools`. Source: neutron-lib, api/definitions/floatingip_pools.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute

FLOATINGIP_POOL: tuple[Attribute, ...] = (
    Attribute(name="subnet_id", type=types.UUID),
    Attribute(name="subnet_name", type=types.NAME, default=""),
    Attribute(name="network_id", type=types.UUID),
    Attribute(name="cidr", type=types.CIDR),
    Attribute(name="project_id", type=types.string(255), about="The project that asks."),
    Attribute(name="tenant_id", field="project_id", type=types.string(255)),
)
