"""What a router's or floating IP's port says of itself (device_owner). Source: neutron-lib, constants.py."""

from weft.commands.auto_addresses import ROUTER_OWNERS

INTERFACE = "network:router_interface"
HA_INTERFACE = "network:ha_router_replicated_interface"
DISTRIBUTED_INTERFACE = "network:router_interface_distributed"
GATEWAY = "network:router_gateway"
FLOATINGIP = "network:floatingip"
DHCP = "network:dhcp"

INTERFACE_OWNERS = (INTERFACE, HA_INTERFACE, DISTRIBUTED_INTERFACE)
# Ports that go with their router or floating IP, and not by themselves.
SERVICE_OWNERS = (
    *ROUTER_OWNERS,
    GATEWAY,
    FLOATINGIP,
    "network:router_ha_interface",
    "network:floatingip_agent_gateway",
)


def interface_owner(*, distributed: bool, ha: bool) -> str:
    """Return the device_owner of such a router's interfaces."""
    if distributed:
        return DISTRIBUTED_INTERFACE
    return HA_INTERFACE if ha else INTERFACE
