"""NDP proxies: a router answers neighbour solicitations for an address behind it.

Source: neutron, services/ndp_proxy/plugin.py.
"""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.scoping import network_scope
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.l3.errors import RouterNotFound
from weft.commands.l3.further_errors import (
    AddressScopeConflict,
    InvalidAddress,
    NDPProxyNotFound,
    NeutronDbObjectDuplicateEntry,
    PortUnreachableRouter,
    RouterNDPProxyNotEnable,
)
from weft.commands.l3.owners import GATEWAY
from weft.commands.visible import visible_port
from weft.store.kinds import PORT, ROUTER
from weft.store.kinds.l3 import NDP_PROXY
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write, Writes


class CreateNDPProxy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    router_id: str
    port_id: str
    ip_address: str | None = None  # None: the port's first that the router reaches
    name: str = ""
    description: str = ""


class UpdateNDPProxy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


def create_ndp_proxies(state: State, requests: Sequence[CreateNDPProxy], context: Context) -> Writes:
    """Return the writes that create all of `requests`.

    Raises PortNotFound, PortUnreachableRouter, RouterNotFound, RouterNDPProxyNotEnable, BadRequest, InvalidAddress,
    AddressScopeConflict, NeutronDbObjectDuplicateEntry.
    """
    writes: list[Write] = []
    claims: list[Claim] = []
    for request in requests:
        address = _address(state, request, context)
        claim = Claim(f"ndp_proxy.{request.router_id}", address)
        taken = state.lookup(NDP_PROXY.name, "ip_address", address)
        if claim in claims or any(other.get("router_id") == request.router_id for other in taken):
            raise NeutronDbObjectDuplicateEntry(
                "NDPProxy", ["router_id", "ip_address"], f"{request.router_id}-{address}"
            )
        claims.append(claim)
        values = {**msgspec.structs.asdict(request), "ip_address": address, "created_at": context.now}
        writes.append(Write(Key("fabric", NDP_PROXY.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), tuple(claims), actor=context.actor, verb="create ndp proxy")


def update_ndp_proxy(state: State, proxy_id: str, request: UpdateNDPProxy, context: Context) -> Writes:
    """Return the write that changes what differs. Raises NDPProxyNotFound."""
    proxy = _existing(state, proxy_id)
    values = changed_fields(proxy, request)
    return Writes((Write(proxy.key, values),) if values else (), actor=context.actor, verb="update ndp proxy")


def delete_ndp_proxy(state: State, proxy_id: str, context: Context) -> Writes:
    """Return the write that deletes the NDP proxy. Raises NDPProxyNotFound."""
    proxy = _existing(state, proxy_id)
    return Writes((Write(proxy.key, {DELETED: True}),), actor=context.actor, verb="delete ndp proxy")


def _existing(state: State, proxy_id: str) -> Record:
    proxy = state.get(NDP_PROXY.name, proxy_id)
    if proxy is None:
        raise NDPProxyNotFound(proxy_id)
    return proxy


def _address(state: State, request: CreateNDPProxy, context: Context) -> str:
    port = visible_port(state, request.port_id, context)
    network_id = port.get("network_id")
    links = state.referrers(ROUTER.name, request.router_id, PORT.name)
    reach = [link for link in links if link.get("network_id") == network_id]
    if not reach:
        raise PortUnreachableRouter(request.port_id, request.router_id)
    router = state.get(ROUTER.name, request.router_id)
    if router is None or not context.sees(router):
        raise RouterNotFound(request.router_id)
    gateway = next((link for link in links if link.get("device_owner") == GATEWAY), None)
    if gateway is None or not router.get("enable_ndp_proxy"):
        raise RouterNDPProxyNotEnable(request.router_id)
    address = _of_port(port, request, {subnet_id for link in reach for subnet_id, _ in _v6(link)})
    external = network_scope(state, gateway.get("network_id"), 6)
    internal = network_scope(state, network_id, 6)
    if external != internal:
        raise AddressScopeConflict(external, internal)
    return address


def _of_port(port: Record, request: CreateNDPProxy, subnets_reached: set[str]) -> str:
    """Return the address that is asked for, or the port's first within reach."""
    addresses = _v6(port)
    if not addresses:
        raise BadRequest("ndp_proxy", f"Requested port {port.key.id} must allocate one IPv6 address at least")
    if request.ip_address is None:
        for subnet_id, address in addresses:
            if subnet_id in subnets_reached:
                return address
        raise PortUnreachableRouter(request.port_id, request.router_id)
    found = next((subnet_id for subnet_id, address in addresses if address == request.ip_address), None)
    if found is None:
        raise InvalidAddress(request.ip_address, f"This address not belong to the port {port.key.id}")
    if found not in subnets_reached:
        raise InvalidAddress(request.ip_address, f"This address cannot reach the router {request.router_id}")
    return request.ip_address


def _v6(port: Record) -> list[tuple[str, str]]:
    return [(ip["subnet_id"], ip["ip_address"]) for ip in port.get("fixed_ips", ()) if ":" in ip["ip_address"]]
