"""What port forwardings forbid their floating IP and bring upon their port.

Source: neutron, services/portforwarding/pf_plugin.py (the callbacks).
"""

from collections.abc import Collection, Sequence

from weft.commands.context import Context
from weft.commands.l3.errors import FipInUseByPortForwarding, PortHasPortForwarding
from weft.store.kinds import FLOATINGIP, ROUTER
from weft.store.kinds.l3 import PORT_FORWARDING
from weft.store.protocol import State
from weft.store.records import DELETED, Record
from weft.store.writes import Write


def forwardings_of(state: State, floatingip_id: str) -> Collection[Record]:
    """Return a floating IP's port forwardings."""
    return state.referrers(FLOATINGIP.name, floatingip_id, PORT_FORWARDING.name)


def check_not_forwarding(state: State, floatingip_id: str) -> None:
    """Raise FipInUseByPortForwarding if the floating IP has port forwardings."""
    if forwardings_of(state, floatingip_id):
        raise FipInUseByPortForwarding(floatingip_id)


def check_no_forwarding_to(state: State, port_id: str) -> None:
    """Raise PortHasPortForwarding if a distributed router forwards ports of another floating IP to this port."""
    for forwarding in state.lookup(PORT_FORWARDING.name, "internal_port_id", port_id):
        floating_ip = state.get(FLOATINGIP.name, forwarding.get("floatingip_id"))
        router = state.get(ROUTER.name, (floating_ip.get("router_id") if floating_ip else None) or "")
        if router is not None and router.get("distributed"):
            raise PortHasPortForwarding(port_id)


def forwarding_keeps_floating_ip(state: State, floating_ip: Record, context: Context) -> Sequence[Write]:
    """Refuse to delete a floating IP that has port forwardings. Raises FipInUseByPortForwarding."""
    check_not_forwarding(state, floating_ip.key.id)
    return ()


def forwardings_go_with_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Return the writes that delete the port forwardings to a port that goes."""
    return without(state, state.lookup(PORT_FORWARDING.name, "internal_port_id", port.key.id))


def forwardings_to_lost_addresses(state: State, port: Record, kept: Collection[str]) -> list[Write]:
    """Return the writes that delete the forwardings to addresses that the port no longer has.

    A port that keeps no IPv4 address at all keeps its forwardings, as in Neutron.
    """
    if not any(":" not in address for address in kept):
        return []
    found = state.lookup(PORT_FORWARDING.name, "internal_port_id", port.key.id)
    return without(state, [one for one in found if one.get("internal_ip_address") not in kept])


def without(state: State, going: Collection[Record]) -> list[Write]:
    """Return the writes that delete port forwardings, and take the router from floating IPs that had no others."""
    writes = [Write(one.key, {DELETED: True}) for one in sorted(going, key=lambda one: one.key.id)]
    keys = {one.key for one in going}
    for floatingip_id in sorted({one.get("floatingip_id") for one in going}):
        floating_ip = state.get(FLOATINGIP.name, floatingip_id)
        if floating_ip is not None and all(one.key in keys for one in forwardings_of(state, floatingip_id)):
            writes.append(Write(floating_ip.key, {"router_id": None, "port_id": None, "fixed_ip_address": None}))
    return writes
