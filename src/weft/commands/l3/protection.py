"""What routers and floating IPs forbid others: asked by the commands of networks, subnets and ports.

Source: neutron, db/l3_db.py, db/external_net_db.py, db/db_base_plugin_v2.py, db/ipam_pluggable_backend.py.
"""

from collections.abc import Mapping
from typing import Any

from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.l3.errors import (
    DeviceIDNotOwnedByTenant,
    ExternalNetworkInUse,
    GatewayIpInUse,
)
from weft.commands.l3.owners import GATEWAY, INTERFACE_OWNERS
from weft.store.kinds import FLOATINGIP, NETWORK, PORT, ROUTER
from weft.store.protocol import State
from weft.store.records import Record


def check_device(state: State, device_owner: str, device_id: str, project_id: str | None, context: Context) -> None:
    """Raise DeviceIDNotOwnedByTenant if a port would pose as another project's router."""
    if context.is_admin or device_owner not in INTERFACE_OWNERS or not device_id:
        return
    router = state.get(ROUTER.name, device_id)
    if router is not None and router.get("project_id") != project_id:
        raise DeviceIDNotOwnedByTenant(device_id)


def check_port_change(state: State, port: Record, values: Mapping[str, Any], context: Context) -> None:
    """Raise unless the port's routers and floating IPs can live with its new `values`."""
    if "device_owner" in values or "device_id" in values:
        owner = values.get("device_owner", port.get("device_owner", ""))
        device_id = values.get("device_id", port.get("device_id", ""))
        check_device(state, owner, device_id, port.get("project_id"), context)
    if "fixed_ips" not in values:
        return
    kept = {ip["ip_address"] for ip in values["fixed_ips"]}
    before = {ip["ip_address"] for ip in port.get("fixed_ips", ())}
    for floating_ip in state.lookup(FLOATINGIP.name, "port_id", port.key.id):
        if floating_ip.get("fixed_ip_address") in before - kept:
            raise BadRequest(
                "port",
                f"Cannot update the fixed_ips of the port {port.key.id}, because its original fixed_ip has been "
                "associated to a floating ip",
            )
    is_interface = port.get("router_id") and port.get("device_owner") in INTERFACE_OWNERS
    if is_interface and any(":" not in address for address in before ^ kept):
        raise BadRequest("ports", f"IP updates for port {port.key.id} are not allowed")


def check_gateway_change(state: State, subnet: Record) -> None:
    """Raise GatewayIpInUse if a router has the subnet's gateway address."""
    address = subnet.get("gateway_ip")
    for port in state.lookup(PORT.name, "fixed_ips[].ip_address", address) if address else ():
        mine = any(ip["ip_address"] == address and ip["subnet_id"] == subnet.key.id for ip in port.get("fixed_ips", ()))
        if mine and port.get("router_id"):
            raise GatewayIpInUse(address, port.key.id)


def check_not_external(state: State, network_id: str) -> None:
    """Raise ExternalNetworkInUse if routers have gateways on the network."""
    if any(port.get("device_owner") == GATEWAY for port in state.referrers(NETWORK.name, network_id, PORT.name)):
        raise ExternalNetworkInUse(network_id)


def idle_floating_ips(state: State, network_id: str) -> list[Record]:
    """Return the floating IPs of a network that lead nowhere: they go with it."""
    found = state.referrers(NETWORK.name, network_id, FLOATINGIP.name)
    return sorted(
        (one for one in found if not one.get("port_id") and not one.get("router_id")), key=lambda one: one.key.id
    )
