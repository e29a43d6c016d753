"""One record in, one noun out: where "is it bound?" and "is it valid?" are asked, once.

Each function raises Unusable if the record cannot be used.
"""

import re
from ipaddress import IPv4Address

from weft.agent import garbage
from weft.agent.garbage import Unusable
from weft.model import (
    BoundPort,
    FixedIp,
    HostRoute,
    Network,
    NetworkId,
    Node,
    NodeId,
    Port,
    PortId,
    SiteId,
    Subnet,
    SubnetId,
)
from weft.store.records import Record

DEFAULT_MTU_BYTES = 1450  # an underlay of 1500 less VXLAN's 50, as Neutron reckons
LOWEST_MTU_BYTES = 68  # RFC 791, section 3.2
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, section 2.1
_MODES = ("slaac", "dhcpv6-stateful", "dhcpv6-stateless")


def network_from_record(record: Record) -> Network:
    """Return the network."""
    return Network(
        id=NetworkId(garbage.uuid(record.key.id, "id")),
        vni=garbage.number(record, "vni", 1, 2**24 - 1),
        mtu_bytes=_mtu(record),
        admin_state_up=garbage.flag(record, "admin_state_up", True),
        created=_created(record),
    )


def _mtu(record: Record) -> int:
    mtu = garbage.number(record, "mtu", LOWEST_MTU_BYTES, 65535, DEFAULT_MTU_BYTES)
    # Nodes carry flat and VLAN networks in the overlay like all others: machines must not be told of more.
    return mtu if record.get("network_type", "vxlan") == "vxlan" else min(mtu, DEFAULT_MTU_BYTES)


def subnet_from_record(record: Record) -> Subnet:
    """Return the subnet."""
    cidr = garbage.prefix(record.get("cidr"), "cidr")
    gateway = record.get("gateway_ip")
    return Subnet(
        id=SubnetId(garbage.uuid(record.key.id, "id")),
        network_id=NetworkId(garbage.uuid(record.get("network_id"), "network_id")),
        cidr=cidr,
        gateway=garbage.host_address(gateway, "gateway_ip") if gateway else None,
        enable_dhcp=garbage.flag(record, "enable_dhcp", True),
        dns_servers=tuple(
            garbage.address(server, "dns_nameservers") for server in garbage.items(record, "dns_nameservers")
        ),
        host_routes=tuple(
            HostRoute(
                destination=garbage.prefix(garbage.member(route, "destination", "host_routes"), "host_routes"),
                next_hop=garbage.address(garbage.member(route, "nexthop", "host_routes"), "host_routes"),
            )
            for route in garbage.items(record, "host_routes")
        ),
        ipv6_ra_mode=garbage.one_of(record, "ipv6_ra_mode", _MODES),
        ipv6_address_mode=garbage.one_of(record, "ipv6_address_mode", _MODES),
    )


def port_from_record(record: Record) -> BoundPort | None:
    """Return the port if it is bound to a node, None if it is not."""
    host = garbage.text(record, "host", "")
    if not host:
        return None
    return BoundPort(
        port=Port(
            id=PortId(garbage.uuid(record.key.id, "id")),
            network_id=NetworkId(garbage.uuid(record.get("network_id"), "network_id")),
            mac=garbage.mac(record, "mac_address"),
            fixed_ips=tuple(_fixed_ip(item) for item in garbage.items(record, "fixed_ips")),
            admin_state_up=garbage.flag(record, "admin_state_up", True),
            is_guarded=garbage.flag(record, "port_security_enabled", True),
            host_name=_host_name(record.get("dns_name")),
            created=_created(record),
        ),
        node_id=NodeId(host),
    )


def node_from_record(record: Record) -> Node:
    """Return the node."""
    underlay_ip = garbage.host_address(record.get("underlay_ip"), "underlay_ip")
    if not isinstance(underlay_ip, IPv4Address):
        raise Unusable("underlay_ip", str(underlay_ip), "an IPv4 address")
    return Node(id=NodeId(record.key.id), site=SiteId(garbage.text(record, "site")), underlay_ip=underlay_ip)


def _fixed_ip(item: object) -> FixedIp:
    return FixedIp(
        subnet_id=SubnetId(garbage.uuid(garbage.member(item, "subnet_id", "fixed_ips"), "fixed_ips")),
        address=garbage.host_address(garbage.member(item, "ip_address", "fixed_ips"), "fixed_ips"),
    )


def _host_name(dns_name: object) -> str:
    """Return the first label of a port's name in DNS; nothing like one is no reason to close a door."""
    label = dns_name.partition(".")[0] if isinstance(dns_name, str) else ""
    return label if _LABEL.fullmatch(label) else ""


def _created(record: Record) -> tuple[int, str]:
    """`created_at` is written once, so its stamp tells who was first even after many updates."""
    field = record.fields.get("created_at")
    stamp = field.stamp if field else record.oldest
    return stamp.hlc, stamp.site
