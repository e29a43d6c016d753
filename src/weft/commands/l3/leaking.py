"""Subnets whose routes are told outside: `leak_routes`. Source: neutron, services/bgp/plugin.py."""

from collections.abc import Iterable, Iterator

from weft.commands.addressing.network_segments import segments_of
from weft.commands.errors import BadRequest
from weft.commands.l3.owners import GATEWAY
from weft.commands.prefixes import overlaps
from weft.store.kinds import NETWORK, PORT, ROUTER, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write
from weft.wire.neutron.addresses import read_ip, read_prefix

FIELD = "leak_routes"
_NOT_OVERLAID = ("flat", "vlan", "local")


def check_leak(state: State, subnet: Record) -> None:
    """Raise BadRequest unless the subnet's routes can be told outside: by a router, and unlike any others."""
    network = state.get(NETWORK.name, subnet.get("network_id", ""))
    if network is None or any(segment.network_type in _NOT_OVERLAID for segment in segments_of(state, network)):
        text = "The leak_routes attribute is only supported on subnets belonging to geneve or vxlan networks."
        raise BadRequest("subnet", text)
    gateways = [gateway for router_id in _routers_of(state, subnet) for gateway in _gateways(state, router_id)]
    if not gateways:
        raise BadRequest(
            "subnet",
            f"The subnet {subnet.key.id} must be attached to a router with an external gateway to enable leak_routes.",
        )
    prefix = read_prefix(subnet.get("cidr"))
    for other in state.lookup(SUBNET.name, FIELD, True):
        if other.key != subnet.key and overlaps(prefix, read_prefix(other.get("cidr"))):
            raise BadRequest(
                "subnet",
                f"The subnet CIDR {prefix} overlaps with already leaked subnet {other.key.id} ({other.get('cidr')}).",
            )
    addresses = [ip["ip_address"] for gateway in gateways for ip in gateway.get("fixed_ips", ())]
    if all(read_ip(address).version != prefix.version for address in addresses):
        raise BadRequest(
            "subnet",
            f"The router external gateway has no IPv{prefix.version} address to use as nexthop for subnet "
            f"{subnet.key.id}.",
        )


def leaking_no_more(subnets: Iterable[Record]) -> list[Write]:
    """Return the writes by which subnets that a router leaves are no longer told of."""
    return [Write(subnet.key, {FIELD: False}) for subnet in subnets if subnet.get(FIELD)]


def _routers_of(state: State, subnet: Record) -> Iterator[str]:
    for port in state.referrers(SUBNET.name, subnet.key.id, PORT.name):
        if port.get("router_id") and port.get("device_owner") != GATEWAY:
            yield port.get("router_id")


def _gateways(state: State, router_id: str) -> list[Record]:
    ports = state.referrers(ROUTER.name, router_id, PORT.name)
    return [port for port in ports if port.get("device_owner") == GATEWAY]
