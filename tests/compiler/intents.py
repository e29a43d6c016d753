"""Small intents for tests: short names in, nouns out."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from hypothesis import strategies as st

from weft.model import (
    BoundPort,
    FixedIp,
    HostRoute,
    Intent,
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

LONDON, PARIS, ROME = NodeId("london"), NodeId("paris"), NodeId("rome")
NODES = [Node(node_id, SiteId("s"), IPv4Address(f"192.0.2.{n}")) for n, node_id in enumerate((LONDON, PARIS, ROME), 1)]


def network(name: str = "blue", vni: int = 100, **more: Any) -> Network:
    return Network(NetworkId(name), vni, more.pop("mtu_bytes", 1450), **more)


def subnet(name: str = "blue4", network: str = "blue", cidr: str = "10.0.0.0/24", **more: Any) -> Subnet:
    gateway = more.pop("gateway", str(ip_network(cidr)[1]))
    dns_servers = tuple(ip_address(server) for server in more.pop("dns", ()))
    routes = tuple(HostRoute(ip_network(to), ip_address(via)) for to, via in more.pop("routes", ()))
    return Subnet(
        SubnetId(name),
        NetworkId(network),
        ip_network(cidr),
        ip_address(gateway) if gateway else None,
        dns_servers=dns_servers,
        host_routes=routes,
        **more,
    )


def port(name: str, node: NodeId = LONDON, number: int | None = None, **more: Any) -> BoundPort:
    """A bound port; `number` (default: from the name) makes its MAC and addresses."""
    number = ord(name[0]) - ord("a") + 10 if number is None else number
    addresses = more.pop("addresses", (("blue4", f"10.0.0.{number}"),))
    return BoundPort(
        Port(
            PortId(name + "0000000-0000-0000-0000-000000000000"),
            NetworkId(more.pop("network", "blue")),
            more.pop("mac", f"fa:16:00:00:00:{number:02x}"),
            tuple(FixedIp(SubnetId(subnet_id), ip_address(address)) for subnet_id, address in addresses),
            **more,
        ),
        node,
    )


def intent(*things: Any, revision: int = 1, nodes: list[Node] = NODES) -> Intent:
    """An intent that holds these networks, subnets and ports, and the three nodes."""
    return Intent(
        revision=revision,
        networks={thing.id: thing for thing in things if isinstance(thing, Network)},
        subnets={thing.id: thing for thing in things if isinstance(thing, Subnet)},
        ports={thing.port.id: thing for thing in things if isinstance(thing, BoundPort)},
        nodes={node.id: node for node in nodes},
    )


# ---- what nobody thought of: few names, so that objects collide

_networks = st.builds(
    network,
    name=st.sampled_from(["blue", "red"]),
    vni=st.sampled_from([100, 200]),
    mtu_bytes=st.sampled_from([1450, 8950]),
    admin_state_up=st.booleans(),
    created=st.tuples(st.integers(0, 2), st.sampled_from("ab")),
)
_subnets = st.one_of(
    st.builds(
        subnet,
        name=st.sampled_from(["blue4", "red4"]),
        network=st.sampled_from(["blue", "red"]),
        cidr=st.sampled_from(["10.0.0.0/24", "10.0.0.0/29"]),
        gateway=st.sampled_from(["10.0.0.1", None]),
        enable_dhcp=st.booleans(),
        dns=st.sampled_from([(), ("10.0.0.2", "2001:db8::53")]),
        routes=st.sampled_from([(), (("10.9.0.0/16", "10.0.0.9"),)]),
    ),
    st.builds(
        subnet,
        name=st.sampled_from(["blue6", "red6"]),
        network=st.sampled_from(["blue", "red"]),
        cidr=st.just("2001:db8::/64"),
        enable_dhcp=st.booleans(),
        ipv6_ra_mode=st.sampled_from([None, "slaac", "dhcpv6-stateful", "dhcpv6-stateless"]),
        ipv6_address_mode=st.sampled_from([None, "slaac", "dhcpv6-stateful", "dhcpv6-stateless"]),
    ),
)
_ports = st.builds(
    port,
    name=st.sampled_from("abcd"),
    node=st.sampled_from([LONDON, LONDON, PARIS, ROME]),
    number=st.integers(3, 9),
    network=st.sampled_from(["blue", "red"]),
    addresses=st.lists(
        st.sampled_from(
            [("blue4", "10.0.0.3"), ("blue4", "10.0.0.9"), ("red4", "10.0.0.3"), ("blue6", "2001:db8::3"),
             ("red6", "2001:db8::4")]
        ),
        max_size=3, unique=True,
    ).map(tuple),
    admin_state_up=st.sampled_from([True, True, False]),
    created=st.tuples(st.integers(0, 2), st.sampled_from("ab")),
)  # fmt: skip
_nodes = st.lists(
    st.sampled_from(
        [*NODES, Node(PARIS, SiteId("s"), IPv4Address("192.0.2.9")), Node(ROME, SiteId("s"), IPv4Address("192.0.2.1"))]
    ),
    min_size=1,
)  # fmt: skip


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """Any intent, complete or not."""
    things = draw(st.lists(st.one_of(_networks, _subnets, _ports, _ports), max_size=14))
    return intent(*things, nodes=draw(_nodes))
