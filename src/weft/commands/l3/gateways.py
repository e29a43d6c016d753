"""A router's external gateways: set, changed, taken away. Source: neutron, db/l3_db.py, l3_gwmode_db.py.

`info` is what `external_gateway_info` holds: {network_id, external_fixed_ips, enable_snat, qos_policy_id}, or
nothing at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from weft.commands.errors import BadRequest, NetworkNotFound
from weft.commands.fixed_ips import subnets_of
from weft.commands.l3.apart import check_apart
from weft.commands.l3.draft import Link, RouterDraft
from weft.commands.l3.errors import RouterExternalGatewayInUseByFloatingIp
from weft.commands.l3.ndp_state import check_gateway_addresses, check_gateway_unused
from weft.commands.l3.owners import GATEWAY
from weft.commands.l3.routes import check_routes, reach_of
from weft.commands.qos.policies import check_policy
from weft.commands.sharing.entries import is_external
from weft.store.kinds import FLOATINGIP, NETWORK, ROUTER
from weft.store.records import Record

Info = Mapping[str, Any]


def set_gateway(draft: RouterDraft, info: Info | None) -> None:
    """Make `info` the router's gateway; None or {}: let it have none.

    Raises NetworkNotFound, BadRequest, InvalidRoutes, RouterExternalGatewayInUseByFloatingIp.
    """
    info = info or {}
    gateway = draft.gateway
    draft.set("enable_snat", info.get("enable_snat", True))
    wanted = info.get("external_fixed_ips") or []
    network_id = check_gateway_info(draft, info)
    if gateway and gateway.network_id == network_id:
        check_gateway_addresses(draft, wanted)
        if _differ(gateway, wanted):
            draft.readdress(gateway, wanted)
    else:
        if gateway:
            _check_unused(draft, gateway)
            draft.drop(gateway)
        if network_id:
            draft.set("gw_port_id", plug_out(draft, network_id, wanted).id)
    if not draft.gateways:
        draft.set("gw_port_id", None)
        draft.set("qos_policy_id", None)
        return
    draft.set("gw_port_id", draft.gateways[0].id)
    if "qos_policy_id" in info:
        check_policy(draft.state, info["qos_policy_id"], draft.context)
        draft.set("qos_policy_id", info["qos_policy_id"])


def plug_out(draft: RouterDraft, network_id: str, wanted: Sequence[dict[str, Any]]) -> Link:
    """Give the router another port on an external network. Raises BadRequest where addresses would be joined twice."""
    check_apart(draft, subnets_of(draft.state, network_id), GATEWAY)
    return draft.add(network_id, wanted or None, GATEWAY, "")  # nobody's own: its project does not see it


def check_gateway_info(draft: RouterDraft, info: Info) -> str | None:
    """Return the network that `info` names, if that can be a gateway's, with the router's routes too."""
    network_id: str | None = info.get("network_id")
    subnets: Sequence[Record] = ()
    if network_id:
        network = draft.state.get(NETWORK.name, network_id)
        if network is None or not draft.context.sees(network):
            raise NetworkNotFound(network_id)
        if not is_external(draft.state, network_id):
            raise BadRequest("router", f"Network {network_id} is not an external network")
        subnets = subnets_of(draft.state, network_id)
        gateways = {subnet.get("gateway_ip") for subnet in subnets}
        for ip in info.get("external_fixed_ips") or ():
            if ip.get("ip_address") and ip["ip_address"] in gateways:
                raise BadRequest("router", f"External IP {ip['ip_address']} is the same as the gateway IP")
    routes = draft.values.get("routes") or ()
    if routes:
        gateway = draft.gateway
        cidrs, addresses = reach_of(draft, [link for link in draft.links if link is not gateway])
        cidrs += [subnet.get("cidr") for subnet in subnets]
        if not cidrs and not addresses:  # Neutron then looks at what is there now
            cidrs, addresses = reach_of(draft, draft.links)
        check_routes(routes, cidrs, addresses)
    return network_id


def floating_ips_of(draft: RouterDraft) -> list[Record]:
    """Return the floating IPs that lead through the router."""
    return list(draft.state.referrers(ROUTER.name, draft.id, FLOATINGIP.name))


def _check_unused(draft: RouterDraft, gateway: Link) -> None:
    if floating_ips_of(draft):
        raise RouterExternalGatewayInUseByFloatingIp(draft.id, gateway.network_id)
    check_gateway_unused(draft)


def _differ(gateway: Link, wanted: Sequence[dict[str, Any]]) -> bool:
    """Tell whether other subnets or addresses are asked for than the gateway has."""
    if not wanted:
        return False
    if {ip["subnet_id"] for ip in wanted if ip.get("subnet_id")} != {ip["subnet_id"] for ip in gateway.fixed_ips}:
        return True
    named = {ip["ip_address"] for ip in wanted if ip.get("ip_address")}
    return named != {ip["ip_address"] for ip in gateway.fixed_ips}
