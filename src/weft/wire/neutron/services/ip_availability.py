"""How many addresses a network has and uses.

Source: neutron-lib, api/definitions/network_ip_availability.py and network_ip_availability_details.py.
"""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute

NETWORK_IP_AVAILABILITY: tuple[Attribute, ...] = (
    Attribute(name="network_id", type=types.UUID, filter=True, sort=True),
    Attribute(name="network_name", type=types.STRING, filter=True),
    Attribute(name="tenant_id", field="project_id", type=types.STRING, filter=True),
    Attribute(name="project_id", type=types.STRING, filter=True),
    Attribute(name="total_ips", type=types.INTEGER),
    Attribute(name="used_ips", type=types.INTEGER),
    Attribute(name="subnet_ip_availability", type=types.array({"type": "object"})),
    Attribute(name="ip_availability_details", type=types.OBJECT),
    Attribute(
        name="ip_version",
        type=types.IP_VERSION,
        visible=False,
        filter=True,
        about="Count subnets of this version only.",
    ),
)
