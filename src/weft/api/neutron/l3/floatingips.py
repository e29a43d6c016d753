"""`/v2.0/floatingips`, described."""

from typing import Any

from weft.api.neutron.l3.port_forwardings import forwardings_shown
from weft.api.neutron.ports import port_status
from weft.api.neutron.resource import Look, Resource
from weft.commands.deleting import deletion
from weft.commands.l3.errors import FloatingIPNotFound
from weft.commands.l3.floatingips import (
    CreateFloatingIP,
    UpdateFloatingIP,
    create_floatingips,
    delete_floatingip,
    update_floatingip,
)
from weft.store.kinds import PORT
from weft.store.records import Record
from weft.wire.neutron.l3.floatingip import FLOATINGIP


def _derive(record: Record, look: Look) -> dict[str, Any]:
    """Show where it leads; a port that another site deleted meanwhile is no longer shown."""
    port_id = record.get("port_id")
    port = look.state.get(PORT.name, port_id) if port_id else None
    is_lost = port_id is not None and port is None
    return {
        "port_id": None if is_lost else port_id,
        "fixed_ip_address": None if is_lost else record.get("fixed_ip_address"),
        "router_id": None if is_lost else record.get("router_id"),
        "status": "DOWN",  # until a node translates its address
        "port_details": _details(port, look) if port is not None else None,
        "port_forwardings": forwardings_shown(look.state, record.key.id),
    }


def _details(port: Record, look: Look) -> dict[str, Any]:
    return {
        "name": port.get("name", ""),
        "network_id": port.get("network_id"),
        "mac_address": port.get("mac_address"),
        "admin_state_up": port.get("admin_state_up", True),
        "status": port_status(port, look),
        "device_id": port.get("device_id", ""),
        "device_owner": port.get("device_owner", ""),
    }


FLOATINGIPS = Resource(
    name="floatingip",
    collection="floatingips",
    attributes=FLOATINGIP,
    create_request=CreateFloatingIP,
    update_request=UpdateFloatingIP,
    create=create_floatingips,
    update=update_floatingip,
    delete=deletion("floatingip", delete_floatingip),
    not_found=FloatingIPNotFound,
    derive=_derive,
)
