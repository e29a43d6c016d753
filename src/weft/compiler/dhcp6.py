"""DHCPv6 answers, one per device (RFC 8415): an address where the subnet is stateful, else options only."""

from ipaddress import IPv6Address

from weft.compiler.dhcp4 import DOMAIN, LEASE_S
from weft.compiler.scene import Scene
from weft.model import BoundPort, Subnet
from weft.plan import Dhcp6Entry


def dhcp6_entry(scene: Scene, bound: BoundPort) -> Dhcp6Entry | None:
    """Return the answer for an open local port, or None if no subnet of it speaks DHCPv6.

    Of several stateful subnets the first gives the address, as the client asks for one.
    """
    address: IPv6Address | None = None
    answers = False
    dns_servers: list[IPv6Address] = []
    for fixed in bound.port.fixed_ips:
        subnet = scene.subnets.get(fixed.subnet_id)
        if subnet is None or fixed.address not in subnet.cidr or not _speaks_dhcp6(subnet):
            continue
        answers = True
        dns_servers += [server for server in subnet.dns_servers if isinstance(server, IPv6Address)]
        if address is None and subnet.ipv6_address_mode != "dhcpv6-stateless":
            assert isinstance(fixed.address, IPv6Address)
            address = fixed.address
    if not answers:
        return None
    return Dhcp6Entry(address=address, dns_servers=tuple(dict.fromkeys(dns_servers)), lease_s=LEASE_S, domain=DOMAIN)


def _speaks_dhcp6(subnet: Subnet) -> bool:
    """As Neutron's DHCP agent: also where neither mode is set (neutron/agent/linux/dhcp.py, "static")."""
    if subnet.cidr.version != 6 or not subnet.enable_dhcp:
        return False
    mode = subnet.ipv6_address_mode
    return mode in ("dhcpv6-stateful", "dhcpv6-stateless") or (mode is None and subnet.ipv6_ra_mode is None)
