"""One type per table of the data plane: what a node's kernel should hold, with nothing left to decide.

Entries are frozen and hashable; a table is a mapping from key entry to value, so that two plans can be
compared key by key. Devices are named, not numbered: the plan is pure and does not know ifindexes.
Kernel layouts live in `dataplane/records.py` and `bpf/types.h`, never here.
"""

from ipaddress import IPv4Address, IPv6Address

import msgspec

from weft.model import Address, PortId


class PortEntry(msgspec.Struct, frozen=True):
    """A workload's device on this node and who may speak through it. Table key: `device`."""

    device: str  # "tap" + first 11 characters of the port's ID
    port_id: PortId
    vni: int
    mac: str
    mtu_bytes: int
    addresses: tuple[Address, ...]  # sources it may use, besides the link-local address of its MAC
    enabled: bool  # False: the door is closed (admin down, or a Fault); everything is dropped
    guarded: bool = True  # False: any source will do


class FdbKey(msgspec.Struct, frozen=True, order=True):
    """A MAC of a network."""

    vni: int
    mac: str


class LocalDevice(msgspec.Struct, frozen=True):
    """It sits behind a device of this node."""

    device: str


class RemoteNode(msgspec.Struct, frozen=True):
    """It sits behind the tunnel to another node."""

    tunnel_ip: IPv4Address


FdbTarget = LocalDevice | RemoteNode


class NeighbourKey(msgspec.Struct, frozen=True):
    """An address of a network, as asked for by ARP or neighbour solicitation. Value: its MAC."""

    vni: int
    address: Address


class FloodEntry(msgspec.Struct, frozen=True):
    """Who wants a network's broadcast and multicast, as seen from this node. Table key: vni."""

    devices: tuple[str, ...]  # sorted local devices
    tunnel_ips: tuple[IPv4Address, ...]  # sorted remote nodes with a port on the network


class Dhcp4Entry(msgspec.Struct, frozen=True):
    """The answer to this device's DHCPv4 client (RFC 2131/2132). Table key: device."""

    address: IPv4Address
    prefix_length: int
    server: IPv4Address  # identifier we answer as: the gateway if there is one, else a reserved address
    gateway: IPv4Address | None
    dns_servers: tuple[IPv4Address, ...]
    routes: tuple[tuple[str, IPv4Address], ...]  # ("10.0.0.0/8", next hop), option 121
    mtu_bytes: int
    lease_s: int
    domain: str
    host_name: str


class Ipv6Prefix(msgspec.Struct, frozen=True):
    """A prefix in a router advertisement (RFC 4861, section 4.6.2)."""

    prefix: str  # "2001:db8::/64"
    autonomous: bool  # workloads form addresses from it (SLAAC)


class RaEntry(msgspec.Struct, frozen=True):
    """The answer to this device's router solicitation (RFC 4861, 8106). Table key: device."""

    managed: bool  # M flag: addresses by DHCPv6
    other: bool  # O flag: other options by DHCPv6
    router_lifetime_s: int  # 0: we announce the prefix but are no default router
    prefixes: tuple[Ipv6Prefix, ...]
    dns_servers: tuple[IPv6Address, ...]
    mtu_bytes: int


class Dhcp6Entry(msgspec.Struct, frozen=True):
    """The answer to this device's DHCPv6 client (RFC 8415). Table key: device."""

    address: IPv6Address | None  # None: stateless, options only
    dns_servers: tuple[IPv6Address, ...]
    lease_s: int
    domain: str


class Fault(msgspec.Struct, frozen=True, order=True):
    """A gap in the intent that closed a door: what is missing, and for which object."""

    subject: str  # "port 6f1c…"
    reason: str  # "network 77aa… has not arrived"
