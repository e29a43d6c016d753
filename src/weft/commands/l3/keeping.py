"""What the delete of a port means for routers and floating IPs.

Source: neutron, db/l3_db.py (prevent_l3_port_deletion, disassociate_floatingips).
"""

from collections.abc import Sequence

from weft.commands.context import Context
from weft.commands.l3.errors import FipAssociated, ServicePortInUse
from weft.commands.l3.owners import FLOATINGIP as FLOATINGIP_OWNER
from weft.commands.l3.owners import SERVICE_OWNERS
from weft.store.kinds import FLOATINGIP, ROUTER
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write

NOWHERE = {"port_id": None, "fixed_ip_address": None, "router_id": None}


def keep_service_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Raise ServicePortInUse if the port belongs to a router or a floating IP that is there."""
    owner = port.get("device_owner")
    if owner in SERVICE_OWNERS:
        kind = FLOATINGIP if owner == FLOATINGIP_OWNER else ROUTER
        if state.get(kind.name, port.get("router_id") or port.get("device_id", "")) is not None:
            raise ServicePortInUse(port.key.id, f"has device owner {owner}")
    return ()


def free_floating_ips(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Return the writes that leave floating IPs without the port. Raises FipAssociated if they are not the caller's."""
    led_here = state.lookup(FLOATINGIP.name, "port_id", port.key.id)
    if not context.is_admin and any(one.get("project_id") != context.project_id for one in led_here):
        raise FipAssociated(port.key.id)
    return [Write(one.key, NOWHERE) for one in sorted(led_here, key=lambda one: one.key.id)]
