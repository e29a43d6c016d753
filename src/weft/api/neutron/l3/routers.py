"""`/v2.0/routers`, described."""

from typing import Any

from weft.api.neutron.l3.conntrack_helpers import helpers_shown
from weft.api.neutron.resource import Action, Look, Resource
from weft.commands.deleting import deletion
from weft.commands.l3.errors import RouterNotFound
from weft.commands.l3.extraroutes import add_extraroutes, remove_extraroutes
from weft.commands.l3.interfaces import add_interface
from weft.commands.l3.multihoming import (
    add_external_gateways,
    remove_external_gateways,
    update_external_gateways,
)
from weft.commands.l3.owners import GATEWAY
from weft.commands.l3.routers import CreateRouter, UpdateRouter, create_routers, delete_router, update_router
from weft.commands.l3.unplugging import remove_interface
from weft.store.kinds import PORT
from weft.store.kinds import ROUTER as KIND
from weft.store.pools import live_sites
from weft.store.records import Record
from weft.wire.neutron.l3.router import ROUTER


def _derive(record: Record, look: Look) -> dict[str, Any]:
    gateways = _gateways(record, look)
    info = None
    if gateways:
        info = {**gateways[0], "enable_snat": record.get("enable_snat", True)}
        if policy_id := record.get("qos_policy_id"):
            info["qos_policy_id"] = policy_id
    return {
        "status": "ACTIVE",
        "external_gateway_info": info,
        "external_gateways": gateways,
        "enable_ndp_proxy": bool(gateways and record.get("enable_ndp_proxy")),
        "conntrack_helpers": helpers_shown(look.state, record.key.id),
        "availability_zones": record.get("availability_zone_hints") or sorted(live_sites(look.state)),
    }


def _gateways(record: Record, look: Look) -> list[dict[str, Any]]:
    """Return its gateways, the one that `external_gateway_info` shows first."""
    ports = [
        port
        for port in look.state.referrers(KIND.name, record.key.id, PORT.name)
        if port.get("device_owner") == GATEWAY
    ]
    first = record.get("gw_port_id")
    if len(ports) > 1:
        ports.sort(key=lambda port: (port.key.id != first, port.get("created_at", ""), port.key.id))
    return [{"network_id": port.get("network_id"), "external_fixed_ips": port.get("fixed_ips", [])} for port in ports]


ROUTERS = Resource(
    name="router",
    collection="routers",
    attributes=ROUTER,
    create_request=CreateRouter,
    update_request=UpdateRouter,
    create=create_routers,
    update=update_router,
    delete=deletion("router", delete_router),
    not_found=RouterNotFound,
    derive=_derive,
    needs_marker=True,
    actions={
        "add_router_interface": Action(decide=add_interface),
        "remove_router_interface": Action(decide=remove_interface),
        "add_extraroutes": Action(decide=add_extraroutes),
        "remove_extraroutes": Action(decide=remove_extraroutes),
        "add_external_gateways": Action(decide=add_external_gateways, guarded=("external_gateways",)),
        "update_external_gateways": Action(decide=update_external_gateways, guarded=("external_gateways",)),
        "remove_external_gateways": Action(decide=remove_external_gateways, guarded=("external_gateways",)),
    },
)
