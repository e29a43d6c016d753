"""DHCPv4 answers, one per device (RFC 2131, 2132, 3442), as Neutron's DHCP agent would give them.

The gateway is announced whenever the subnet names one, whether or not a router holds the address yet:
Neutron's agent does the same, and the lease a client holds stays right when the router is attached.
"""

from ipaddress import IPv4Address, IPv4Network

from weft.compiler.scene import Scene
from weft.model import BoundPort, Subnet
from weft.model.dns import DNS_DOMAIN
from weft.plan import Dhcp4Entry

LEASE_S = 86_400  # Neutron's default, dhcp_lease_duration
DOMAIN = DNS_DOMAIN.removesuffix(".")
# Who we say we are where a subnet has no gateway. The first 256 addresses of 169.254/16 are reserved (RFC 3927,
# section 2.1), so no host that configures itself ever takes it.
SERVER_WITHOUT_GATEWAY = IPv4Address("169.254.0.1")


def dhcp4_entry(scene: Scene, bound: BoundPort) -> Dhcp4Entry | None:
    """Return the answer for an open local port: its first IPv4 address in a subnet with DHCP, or None."""
    assert scene.network is not None
    for fixed in bound.port.fixed_ips:
        subnet = scene.subnets.get(fixed.subnet_id)
        address = fixed.address
        if subnet is None or not subnet.enable_dhcp or not isinstance(address, IPv4Address):
            continue
        if address not in subnet.cidr:
            continue
        gateway = subnet.gateway if isinstance(subnet.gateway, IPv4Address) else None
        return Dhcp4Entry(
            address=address,
            prefix_length=subnet.cidr.prefixlen,
            server=gateway or SERVER_WITHOUT_GATEWAY,
            gateway=gateway,
            dns_servers=tuple(server for server in subnet.dns_servers if isinstance(server, IPv4Address)),
            routes=_routes(subnet, gateway),
            mtu_bytes=scene.network.mtu_bytes,
            lease_s=LEASE_S,
            domain=DOMAIN,
            host_name=bound.port.host_name or "host-" + str(address).replace(".", "-"),
        )
    return None


def _routes(subnet: Subnet, gateway: IPv4Address | None) -> tuple[tuple[str, IPv4Address], ...]:
    """Return option 121. A client that gets it ignores the router option, so it must repeat the default
    route (RFC 3442, page 4)."""
    routes = [
        (str(route.destination), route.next_hop)
        for route in subnet.host_routes
        if isinstance(route.destination, IPv4Network) and isinstance(route.next_hop, IPv4Address)
    ]
    if routes and gateway and all(destination != "0.0.0.0/0" for destination, _ in routes):
        routes.append(("0.0.0.0/0", gateway))
    return tuple(routes)
