"""Router advertisements, one per device (RFC 4861, 8106): which prefixes are on the link, how to get addresses.

They come only for subnets whose `ipv6_ra_mode` says that the cloud sends them. Unlike DHCPv4's gateway, a default
router is never announced on the strength of `gateway_ip` alone: hosts would send all their IPv6 traffic to an
address that nobody holds, in place of failing over to another interface at once. A lifetime of 0 says "prefix,
but no router" (RFC 4861, section 4.2); it will grow with the first router.
"""

from ipaddress import IPv6Address

from weft.compiler.scene import Scene
from weft.model import BoundPort
from weft.plan import Ipv6Prefix, RaEntry


def ra_entry(scene: Scene, bound: BoundPort) -> RaEntry | None:
    """Return the advertisement for an open local port, or None if none of its subnets asks for one."""
    assert scene.network is not None
    modes: set[str] = set()
    prefixes: list[Ipv6Prefix] = []
    dns_servers: list[IPv6Address] = []
    for fixed in bound.port.fixed_ips:
        subnet = scene.subnets.get(fixed.subnet_id)
        if subnet is None or subnet.cidr.version != 6 or not subnet.enable_dhcp or subnet.ipv6_ra_mode is None:
            continue
        if fixed.address not in subnet.cidr:
            continue
        modes.add(subnet.ipv6_ra_mode)
        prefixes.append(Ipv6Prefix(str(subnet.cidr), autonomous=subnet.ipv6_ra_mode != "dhcpv6-stateful"))
        dns_servers += [server for server in subnet.dns_servers if isinstance(server, IPv6Address)]
    if not modes:
        return None
    return RaEntry(
        managed="dhcpv6-stateful" in modes,
        other="dhcpv6-stateless" in modes,
        router_lifetime_s=0,
        prefixes=tuple(dict.fromkeys(prefixes)),
        dns_servers=tuple(dict.fromkeys(dns_servers)),
        mtu_bytes=scene.network.mtu_bytes,
    )
