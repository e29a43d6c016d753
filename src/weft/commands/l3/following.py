"""Gateways that follow their external network: a new subnet of it gives each an address, if it has none of its kind.

Source: neutron, db/l3_db.py, _update_router_gw_port.
"""

from weft.commands.addresses import AddressPicker
from weft.commands.auto_addresses import STEP_RECORDS, add_auto_addresses
from weft.commands.context import Context
from weft.commands.l3.owners import GATEWAY
from weft.commands.prefixes import is_auto_address
from weft.commands.sharing.entries import is_external
from weft.store.kinds import NETWORK, PORT, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write, Writes


def complete_subnet(state: State, subnet_id: str, context: Context) -> Writes:
    """Return the writes that give further ports the addresses that come with a new subnet; none if all have them."""
    writes = add_auto_addresses(state, subnet_id, context)
    return writes if writes.writes else add_gateway_addresses(state, subnet_id, context)


def add_gateway_addresses(state: State, subnet_id: str, context: Context) -> Writes:
    """Return the writes that give routers' gateways an address of the subnet; none if they need none."""
    subnet = state.get(SUBNET.name, subnet_id)
    if subnet is None or is_auto_address(subnet) or not is_external(state, subnet.get("network_id")):
        return Writes(())
    picker = AddressPicker(state, context)
    network_id = subnet.get("network_id")
    writes: list[Write] = []
    for port in state.referrers(NETWORK.name, network_id, PORT.name):
        if port.get("device_owner") == GATEWAY and _lacks(state, port, subnet):
            added = picker.any([subnet], network_id)
            writes.append(Write(port.key, {"fixed_ips": [*port.get("fixed_ips", ()), added]}))
            if len(writes) == STEP_RECORDS // 2:  # each with a claim
                break
    return Writes(tuple(writes), claims=tuple(picker.claims), actor=context.actor, verb="create subnet")


def _lacks(state: State, port: Record, subnet: Record) -> bool:
    """Tell whether a gateway has no address of the subnet's version that it was given."""
    subnets = [state.get(SUBNET.name, ip["subnet_id"]) for ip in port.get("fixed_ips", ())]
    return all(
        one is None or is_auto_address(one) or one.get("ip_version") != subnet.get("ip_version") for one in subnets
    )
