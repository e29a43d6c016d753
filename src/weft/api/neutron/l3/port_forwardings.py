"""`/v2.0/floatingips/{id}/port_forwardings`, described, and what a floating IP shows of them."""

from typing import Any

from weft.api.neutron.resource import Look, Parent, Resource
from weft.commands.l3.errors import PortForwardingNotFound
from weft.commands.l3.forwarding_checks import forwardings_of
from weft.commands.l3.port_forwardings import (
    CreatePortForwarding,
    UpdatePortForwarding,
    create_port_forwardings,
    delete_port_forwarding,
    update_port_forwarding,
)
from weft.commands.l3.port_ranges import read_ports
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.l3.port_forwarding import PORT_FORWARDING


def forwardings_shown(state: State, floatingip_id: str) -> list[dict[str, Any]]:
    """Return the port forwardings that a floating IP shows."""
    shown = [
        {
            "id": one.key.id,
            "protocol": one.get("protocol"),
            "internal_port_id": one.get("internal_port_id"),
            "internal_ip_address": one.get("internal_ip_address"),
            **_single_ports(one),
        }
        for one in forwardings_of(state, floatingip_id)
    ]
    return sorted(shown, key=lambda one: str(one["id"]))


def _single_ports(record: Record) -> dict[str, int]:
    """Return `external_port` and `internal_port`, each only if it is a single one, as Neutron has it."""
    found = {}
    for side in ("external", "internal"):
        first, last = read_ports(record.get(f"{side}_port_range", "0"))
        if first == last:
            found[f"{side}_port"] = first
    return found


def _derive(record: Record, look: Look) -> dict[str, Any]:
    return dict(_single_ports(record))


PORT_FORWARDINGS = Resource(
    name="port_forwarding",
    collection="port_forwardings",
    parent=Parent("floatingip", "floatingip_id"),
    attributes=PORT_FORWARDING,
    create_request=CreatePortForwarding,
    update_request=UpdatePortForwarding,
    create=create_port_forwardings,
    update=update_port_forwarding,
    delete=delete_port_forwarding,
    not_found=PortForwardingNotFound,
    derive=_derive,
)
