"""Whether a router may answer neighbour solicitations for others, and what keeps it doing so.

Source: neutron, services/ndp_proxy/plugin.py (the callbacks).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from weft.commands.addressing.scoping import network_scope
from weft.commands.l3.draft import RouterDraft
from weft.commands.l3.further_errors import (
    RouterGatewayInUseByNDPProxy,
    RouterGatewayNotValid,
    RouterInterfaceInUseByNDPProxy,
    RouterIPv6GatewayInUse,
)
from weft.store.kinds import NETWORK, PORT, ROUTER, SUBNET
from weft.store.kinds.l3 import NDP_PROXY
from weft.store.protocol import State
from weft.store.records import DELETED, Record
from weft.store.writes import Write


def settle_new(draft: RouterDraft, asked: Any) -> None:
    """Give a new router its `enable_ndp_proxy`: off unless asked for. Raises RouterGatewayNotValid."""
    gateway = draft.gateway
    if asked is True and gateway is None:
        raise RouterGatewayNotValid(draft.id, "The request body not contain external gateway information")
    if asked is True and gateway is not None and not _supports(draft.state, gateway.network_id):
        raise RouterGatewayNotValid(
            draft.id,
            f"The external network {gateway.network_id} don't support IPv6 ndp proxy, the network has no IPv6 subnets "
            "or has no IPv6 address scope",
        )
    draft.set("enable_ndp_proxy", asked is True)


def settle_changed(draft: RouterDraft, asked: Any) -> None:
    """Give a changed router its `enable_ndp_proxy`. Raises RouterGatewayNotValid.

    Not asked for, it follows from whether the gateway can do it: as in Neutron, at every change of a router.
    """
    gateway = draft.gateway
    is_able = (
        gateway is not None
        and _supports(draft.state, gateway.network_id)
        and any(":" in ip["ip_address"] for ip in gateway.fixed_ips)
    )
    if asked is True and not is_able:
        raise RouterGatewayNotValid(
            draft.id,
            "The router has no external gateway or the external gateway port has no IPv6 address or IPv6 address scope",
        )
    draft.set("enable_ndp_proxy", is_able if asked is UNSET else asked is True)


def check_gateway_addresses(draft: RouterDraft, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Raise RouterIPv6GatewayInUse if the gateway of a router that answers for others would lose its IPv6 address."""
    if not wanted or not draft.gateway or not draft.values.get("enable_ndp_proxy"):
        return
    if any(":" in (ip.get("ip_address") or "") for ip in wanted):
        return
    subnets = [draft.state.get(SUBNET.name, ip.get("subnet_id") or "") for ip in wanted]
    if not any(subnet is not None and subnet.get("ip_version") == 6 for subnet in subnets):
        raise RouterIPv6GatewayInUse(draft.id)


def check_gateway_unused(draft: RouterDraft) -> None:
    """Raise RouterGatewayInUseByNDPProxy if NDP proxies need the router's gateway."""
    if _proxies_of(draft.state, draft.id):
        raise RouterGatewayInUseByNDPProxy(draft.id)


def check_interface_unused(draft: RouterDraft, subnet: Record) -> None:
    """Raise RouterInterfaceInUseByNDPProxy if an NDP proxy leads to an address of the subnet."""
    for proxy in _proxies_of(draft.state, draft.id):
        port = draft.state.get(PORT.name, proxy.get("port_id"))
        row = {"subnet_id": subnet.key.id, "ip_address": proxy.get("ip_address")}
        if port is not None and row in port.get("fixed_ips", ()):
            raise RouterInterfaceInUseByNDPProxy(draft.id, subnet.key.id)


def proxies_go_with_port(state: State, port: Record, context: object) -> Sequence[Write]:
    """Return the writes that delete the NDP proxies of a port that goes."""
    found = state.lookup(NDP_PROXY.name, "port_id", port.key.id)
    return [Write(proxy.key, {DELETED: True}) for proxy in sorted(found, key=lambda proxy: proxy.key.id)]


def _proxies_of(state: State, router_id: str) -> Collection[Record]:
    return state.referrers(ROUTER.name, router_id, NDP_PROXY.name)


def _supports(state: State, network_id: str) -> bool:
    if not network_scope(state, network_id, 6):
        return False
    subnets = state.referrers(NETWORK.name, network_id, SUBNET.name)
    return any(subnet.get("ip_version") == 6 for subnet in subnets)
