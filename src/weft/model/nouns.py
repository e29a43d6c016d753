"""The nouns of a network as the compiler sees them: valid by construction, frozen, complete.

These are *intent* types. API attributes that no node acts on (names, tags, descriptions) stay in the
store's records and never get here. `BoundPort` is another type than `Port`, so "is it bound?" is asked
once, where records become intent (`agent/intent.py`).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

import msgspec

from weft.model.ids import NetworkId, NodeId, PortId, SiteId, SubnetId

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network
Ipv6Mode = Literal["slaac", "dhcpv6-stateful", "dhcpv6-stateless"]


class Site(msgspec.Struct, frozen=True):
    """A data centre: one log of writes, one failure domain of the WAN."""

    id: SiteId
    number: int  # 1..65535, given at join, never reused: seeds the site's first VNI and MAC blocks


class Node(msgspec.Struct, frozen=True):
    """A machine that runs weftd and hosts workloads."""

    id: NodeId
    site: SiteId
    underlay_ip: IPv4Address  # where its tunnels end


class Network(msgspec.Struct, frozen=True):
    """A layer-2 segment stretched over every node that has a port on it."""

    id: NetworkId
    vni: int  # 1..2^24-1
    mtu_bytes: int  # what a workload may send, inner IP packet
    admin_state_up: bool = True
    created: tuple[int, str] = (0, "")  # (HLC, site) of its creation: of two that claim one VNI the older keeps it


class HostRoute(msgspec.Struct, frozen=True):
    """A route handed to workloads by DHCP (option 121) or RA."""

    destination: Prefix
    next_hop: Address


class Subnet(msgspec.Struct, frozen=True):
    """An address range of a network, and what DHCP and RA tell about it."""

    id: SubnetId
    network_id: NetworkId
    cidr: Prefix
    gateway: Address | None
    enable_dhcp: bool = True
    dns_servers: tuple[Address, ...] = ()
    host_routes: tuple[HostRoute, ...] = ()
    ipv6_ra_mode: Ipv6Mode | None = None
    ipv6_address_mode: Ipv6Mode | None = None


class FixedIp(msgspec.Struct, frozen=True):
    """One address of a port."""

    subnet_id: SubnetId
    address: Address


class Port(msgspec.Struct, frozen=True):
    """A place where a workload can be plugged into a network."""

    id: PortId
    network_id: NetworkId
    mac: str  # "fa:16:00:01:00:2a", lower case
    fixed_ips: tuple[FixedIp, ...]
    admin_state_up: bool = True
    is_guarded: bool = True  # False: it may send in the name of others (port_security_enabled)
    host_name: str = ""  # what DHCP calls the machine; "": a name made of its address
    created: tuple[int, str] = (0, "")  # (HLC, site) of its creation: of two that claim one address the older keeps it


class BoundPort(msgspec.Struct, frozen=True):
    """A port that a node has been asked to host."""

    port: Port
    node_id: NodeId

    @property
    def device(self) -> str:
        """Name of the network device on the node, as Nova and libvirt make it."""
        return "tap" + self.port.id[:11]
