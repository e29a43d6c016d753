"""Arithmetic of a subnet: its pools, gateway and self-made addresses. Source: neutron, ipam/utils.py."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, NamedTuple

from weft.commands.errors import (
    GatewayConflictWithAllocationPools,
    InvalidAllocationPool,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
)
from weft.model import Address, Prefix
from weft.wire.neutron.addresses import read_ip, read_prefix

_ROUTERS = ("network:router", "network:ha_router")  # owners of ports that may have a prefix's first address
AUTO_ADDRESS_MODES = ("slaac", "dhcpv6-stateless")


class Range(NamedTuple):
    """Addresses from `first` to `last`, both included, as integers."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many there are."""
        return self.last - self.first + 1


def text_of(version: int, value: int) -> str:
    """Return an integer as an address in canonical form."""
    return str(IPv4Address(value) if version == 4 else IPv6Address(value))


def usable_range(prefix: Prefix) -> Range:
    """Return the addresses that pools may hold: no network address, in IPv4 no broadcast address."""
    first, last = int(prefix.network_address), int(prefix.broadcast_address)
    if first == last:
        return Range(first, last)
    if isinstance(prefix, IPv4Network):
        return Range(first + 1, last - 1) if prefix.prefixlen <= 30 else Range(first, last)
    return Range(first + 1, last)


def default_gateway(prefix: Prefix) -> str:
    """Return the gateway of a subnet that names none: the first host, in IPv6 the subnet-router anycast address."""
    base = int(prefix.network_address)
    return text_of(prefix.version, base if prefix.version == 6 else base + 1)


def default_pools(prefix: Prefix, gateway: str | None) -> list[dict[str, str]]:
    """Return the pools of a subnet that names none: everything but the gateway."""
    whole = usable_range(prefix)
    ranges = [whole]
    if gateway is not None and whole.size > 1:
        at = int(read_ip(gateway))
        if read_ip(gateway).version == prefix.version and whole.first <= at <= whole.last:
            ranges = [Range(whole.first, at - 1), Range(at + 1, whole.last)]
    return [
        {"start": text_of(prefix.version, r.first), "end": text_of(prefix.version, r.last)}
        for r in ranges
        if r.size > 0
    ]


def pool_ranges(pools: Sequence[dict[str, str]]) -> list[Range]:
    """Return pools, as records hold them, as ranges."""
    return [Range(int(read_ip(pool["start"])), int(read_ip(pool["end"]))) for pool in pools]


def check_pools(pools: Sequence[dict[str, str]], prefix: Prefix) -> None:
    """Raise unless the pools are in order, inside the subnet and apart from each other."""
    limits = usable_range(prefix)
    seen: list[tuple[Range, str]] = []
    for pool in pools:
        start, end = read_ip(pool["start"]), read_ip(pool["end"])
        name = f"{start}-{end}"
        if start.version != end.version or int(start) > int(end):
            raise InvalidAllocationPool(str(pool))
        if start.version != prefix.version:
            raise InvalidAllocationPool(name)
        mine = Range(int(start), int(end))
        if mine.first < limits.first or mine.last > limits.last:
            raise OutOfBoundsAllocationPool(name, str(prefix))
        for other, other_name in seen:
            if mine.first <= other.last and other.first <= mine.last:
                raise OverlappingAllocationPools(other_name, name, str(prefix))
        seen.append((mine, name))


def check_gateway_outside(gateway: str | None, pools: Sequence[dict[str, str]]) -> None:
    """Raise GatewayConflictWithAllocationPools if the gateway could be handed out."""
    if gateway is None:
        return
    at = int(read_ip(gateway))
    for pool, mine in zip(pools, pool_ranges(pools), strict=True):
        if mine.first <= at <= mine.last:
            raise GatewayConflictWithAllocationPools(gateway, f"{pool['start']}-{pool['end']}")


def is_assignable(prefix: Prefix, address: Address, device_owner: str) -> bool:
    """Tell whether a port of `device_owner` can have `address` on this subnet."""
    if address not in prefix:
        return False
    if isinstance(prefix, IPv4Network):
        if prefix.prefixlen >= 31:  # RFC 3021: both ends are hosts
            return True
        return address not in (prefix.network_address, prefix.broadcast_address)
    return address != prefix.network_address or device_owner.startswith(_ROUTERS) or not device_owner


def is_auto_address(subnet: Any) -> bool:
    """Tell whether machines on this subnet (record) form their own addresses."""
    return (
        subnet.get("ip_version") == 6
        and (subnet.get("ipv6_address_mode") or subnet.get("ipv6_ra_mode")) in AUTO_ADDRESS_MODES
    )


def eui64_address(cidr: str, mac: str) -> str:
    """Return the address that a machine with `mac` forms in a /64. RFC 4291, appendix A."""
    octets = bytes.fromhex(mac.replace(":", ""))
    interface = bytes([octets[0] ^ 0x02, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
    return text_of(6, int(read_prefix(cidr).network_address) | int.from_bytes(interface))


def overlaps(one: Prefix, other: Prefix) -> bool:
    """Tell whether two prefixes share addresses."""
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.overlaps(other)
    if isinstance(one, IPv6Network) and isinstance(other, IPv6Network):
        return one.overlaps(other)
    return False
