"""Addresses that machines form themselves, as ports of a whole network get or lose them with a subnet.

A network may have more ports than one commit takes, so both are done in steps, each of which leaves a valid
state; whoever calls goes on until there is nothing left to write.
"""

from collections.abc import Callable

from weft.commands.context import Context
from weft.commands.errors import SubnetInUse
from weft.commands.prefixes import eui64_address, is_auto_address
from weft.store.kinds import NETWORK, PORT, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write, Writes

STEP_RECORDS = 500  # a commit takes 1,000

DHCP_OWNER = "network:dhcp"
SELF_DELETING_OWNERS = (DHCP_OWNER, "network:distributed")  # ports that go with the last that they serve

# Owners of routers' ports: their addresses are chosen, never formed.
ROUTER_OWNERS = (
    "network:router_interface",
    "network:ha_router_replicated_interface",
    "network:router_interface_distributed",
    "network:router_centralized_snat",
)


def forms_own_address(device_owner: str) -> bool:
    """Tell whether the machine at a port of this owner listens to router advertisements."""
    return device_owner not in ROUTER_OWNERS


def lacks_auto_address(port: Record, subnet: Record) -> bool:
    """Tell whether the port's machine forms an address on `subnet` that the port does not have."""
    has_one = any(ip["subnet_id"] == subnet.key.id for ip in port.get("fixed_ips", []))
    return not has_one and forms_own_address(port.get("device_owner", ""))


def add_auto_addresses(
    state: State, subnet_id: str, context: Context, ours: Callable[[Record], bool] = lambda port: True
) -> Writes:
    """Return the writes that give further ports, if `ours`, their own address; none if all have it."""
    subnet = state.get(SUBNET.name, subnet_id)
    writes: list[Write] = []
    if subnet is not None and is_auto_address(subnet):
        for port in state.referrers(NETWORK.name, subnet.get("network_id"), PORT.name):
            if not lacks_auto_address(port, subnet) or not ours(port):
                continue
            own = {"subnet_id": subnet_id, "ip_address": eui64_address(subnet.get("cidr"), port.get("mac_address"))}
            writes.append(Write(port.key, {"fixed_ips": [*port.get("fixed_ips", []), own]}))
            if len(writes) == STEP_RECORDS:
                break
    return Writes(tuple(writes), actor=context.actor, verb="create subnet")


def without_subnet(state: State, subnet: Record) -> list[Write]:
    """Return the writes that take its addresses from up to STEP_RECORDS + 1 ports.

    Raises SubnetInUse if somebody was given one.
    """
    ports = state.referrers(SUBNET.name, subnet.key.id, PORT.name)
    if not is_auto_address(subnet) and any(port.get("device_owner") not in SELF_DELETING_OWNERS for port in ports):
        raise SubnetInUse(subnet.key.id)
    writes = []
    for port in sorted(ports, key=lambda port: port.key.id):
        if not forms_own_address(port.get("device_owner", "")):
            raise SubnetInUse(subnet.key.id)
        kept = [ip for ip in port.get("fixed_ips", []) if ip["subnet_id"] != subnet.key.id]
        writes.append(Write(port.key, {"fixed_ips": kept}))
    return writes[: STEP_RECORDS + 1]
