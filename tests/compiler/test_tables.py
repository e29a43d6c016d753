"""What each table of London's plan holds: every case is a sentence."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import msgspec
import pytest

from tests.compiler.intents import LONDON, NODES, PARIS, ROME, intent, network, port, subnet
from weft.compiler import compile_plan
from weft.compiler.neighbours import link_local
from weft.model import Node, NodeId, SiteId
from weft.plan import FdbKey, FloodEntry, Ipv6Prefix, LocalDevice, NeighbourKey, NodePlan, RemoteNode

A, B = port("a"), port("b", PARIS)
BLUE = (network(), subnet())
PARIS_IP, ROME_IP = IPv4Address("192.0.2.2"), IPv4Address("192.0.2.3")
MAC_A, MAC_B = A.port.mac, B.port.mac


def plan(*things: Any, **more: Any) -> NodePlan:
    return compile_plan(intent(*things, **more), LONDON)


FDB = [
    ("a network without a port here is left out", [*BLUE, B], {}),
    ("a local port sits behind its device", [*BLUE, A], {MAC_A: LocalDevice(A.device)}),
    ("a remote one behind the tunnel", [*BLUE, A, B], {MAC_A: LocalDevice(A.device), MAC_B: RemoteNode(PARIS_IP)}),
    ("a port that is down cannot be reached", [*BLUE, port("a", admin_state_up=False)], {}),
    ("nor one of a network that is down", [network(admin_state_up=False), subnet(), A, B], {}),
    ("nor one whose network has not arrived", [subnet(), A, B], {}),
    (
        "of two with one MAC the older can",
        [*BLUE, A, port("c", PARIS, 10, created=(-1, ""))],
        {MAC_A: RemoteNode(PARIS_IP)},
    ),
]


@pytest.mark.parametrize(("why", "things", "expected"), FDB, ids=[case[0] for case in FDB])
def test_fdb(why: str, things: list[Any], expected: dict[str, Any]) -> None:
    assert plan(*things).fdb == {FdbKey(100, mac): target for mac, target in expected.items()}


FLOOD = [
    ("nobody here, nothing heard", [*BLUE, B], None),
    (
        "one copy per device and per node",
        [*BLUE, A, B, port("c", PARIS), port("d", ROME)],
        ((A.device,), (PARIS_IP, ROME_IP)),
    ),
    ("a closed door hears nothing", [*BLUE, port("a", admin_state_up=False), B], None),
    ("nor is sent to", [*BLUE, A, port("b", PARIS, admin_state_up=False)], ((A.device,), ())),
]


@pytest.mark.parametrize(("why", "things", "expected"), FLOOD, ids=[case[0] for case in FLOOD])
def test_flood(why: str, things: list[Any], expected: tuple[Any, Any] | None) -> None:
    assert plan(*things).flood == ({100: FloodEntry(*expected)} if expected else {})


def test_neighbours_hold_addresses_and_for_ipv6_the_link_local_one() -> None:
    both = port("a", addresses=(("blue4", "10.0.0.10"), ("blue6", "2001:db8::a")))
    found = plan(*BLUE, subnet("blue6", cidr="2001:db8::/64"), both).neighbours
    expected = ["10.0.0.10", "2001:db8::a", "fe80::f816:ff:fe00:a"]
    assert found == {NeighbourKey(100, ip_address(address)): both.port.mac for address in expected}
    assert link_local("fa:16:00:00:00:0a") == IPv6Address("fe80::f816:ff:fe00:a")


FAULTS = [
    ("nothing is wrong", [*BLUE, A, B], {}, None),
    ("no network", [subnet(), A], {}, "port a… network blue has not arrived: port closed"),
    ("no subnet", [network(), A], {}, "port a… subnet blue4 has not arrived: 10.0.0.10 is not usable"),
    (
        "outside",
        [network(), subnet(cidr="10.9.0.0/24"), A],
        {},
        "port a… 10.0.0.10 lies outside 10.9.0.0/24 of its subnet blue4",
    ),
    (
        "no node",
        [*BLUE, A, port("b", NodeId("oslo"))],
        {},
        "node oslo its node record has not arrived: no tunnel to it",
    ),
    (
        "we are unknown",
        [*BLUE, A, B],
        {"nodes": NODES[1:]},
        "node london our own node record has not arrived: no tunnels",
    ),
    (
        "a double",
        [*BLUE, A, B],
        {"nodes": [NODES[0], Node(PARIS, SiteId("s"), NODES[0].underlay_ip)]},
        "node paris claims our own tunnel address 192.0.2.1: no tunnel to it",
    ),
    (
        "two take one VNI",
        [*BLUE, A, network("red", created=(-1, ""))],
        {},
        "network blue VNI 100 is already that of the older network red: network closed",
    ),
    ("down is no fault", [*BLUE, port("a", admin_state_up=False)], {}, None),
]


@pytest.mark.parametrize(("why", "things", "more", "expected"), FAULTS, ids=[case[0] for case in FAULTS])
def test_faults(why: str, things: list[Any], more: dict[str, Any], expected: str | None) -> None:
    found = [f"{fault.subject} {fault.reason}" for fault in plan(*things, **more).faults]
    full = expected.replace("a…", A.port.id) if expected else None
    assert found == ([full] if full else [])


def test_of_two_that_claim_one_address_the_younger_is_closed_and_named() -> None:
    old, young = port("b", PARIS, addresses=(("blue4", "10.0.0.10"),), created=(1, "")), port("a", created=(2, ""))
    made = plan(*BLUE, old, young)
    assert not made.ports[young.device].enabled
    (fault,) = made.faults
    assert fault.reason == f"10.0.0.10 is already that of the older port {old.port.id}: port closed"
    assert compile_plan(intent(*BLUE, old, young), PARIS).ports[old.device].enabled


def test_dhcp4_tells_all_that_the_subnet_says() -> None:
    told = subnet(dns=("10.0.0.2", "2001:db8::53"), routes=(("10.9.0.0/16", "10.0.0.9"),))
    entry = plan(network(mtu_bytes=8950), told, A).dhcp4[A.device]
    assert msgspec.structs.asdict(entry) == {
        "address": IPv4Address("10.0.0.10"),
        "prefix_length": 24,
        "server": IPv4Address("10.0.0.1"),
        "gateway": IPv4Address("10.0.0.1"),
        "dns_servers": (IPv4Address("10.0.0.2"),),
        # RFC 3442: clients that take these routes ignore the router option, so the default one is among them
        "routes": (("10.9.0.0/16", IPv4Address("10.0.0.9")), ("0.0.0.0/0", IPv4Address("10.0.0.1"))),
        "mtu_bytes": 8950,
        "lease_s": 86400,
        "domain": "weft.internal",
        "host_name": "host-10-0-0-10",
    }


def test_dhcp4_calls_a_machine_by_its_name() -> None:
    named = port("a", host_name="web")
    assert plan(network(), subnet(), named).dhcp4[named.device].host_name == "web"


def test_dhcp4_without_gateway_answers_from_an_address_nobody_takes() -> None:
    entry = plan(network(), subnet(gateway=None), A).dhcp4[A.device]
    assert (str(entry.server), entry.gateway, entry.routes) == ("169.254.0.1", None, ())


@pytest.mark.parametrize(
    ("why", "things"),
    [
        ("a subnet without DHCP", [network(), subnet(enable_dhcp=False), A]),
        ("a closed port", [*BLUE, port("a", admin_state_up=False)]),
        ("a remote port", [*BLUE, B]),
    ],
)
def test_no_dhcp4_for(why: str, things: list[Any]) -> None:
    assert plan(*things).dhcp4 == {}


IPV6 = [  # ra mode, address mode → (managed, other, autonomous), DHCPv6 address
    ("slaac", "slaac", (False, False, True), ...),
    ("dhcpv6-stateless", "dhcpv6-stateless", (False, True, True), None),
    ("dhcpv6-stateful", "dhcpv6-stateful", (True, False, False), "2001:db8::a"),
    (None, "dhcpv6-stateful", None, "2001:db8::a"),
    (None, "slaac", None, ...),
    ("slaac", None, (False, False, True), ...),
    (None, None, None, "2001:db8::a"),
]


@pytest.mark.parametrize(("ra_mode", "address_mode", "ra", "dhcp6"), IPV6)
def test_ipv6_modes_mean_what_they_mean_in_neutron(ra_mode: Any, address_mode: Any, ra: Any, dhcp6: Any) -> None:
    v6 = subnet(
        "blue6", cidr="2001:db8::/64", ipv6_ra_mode=ra_mode, ipv6_address_mode=address_mode, dns=("2001:db8::53",)
    )
    bound = port("a", addresses=(("blue6", "2001:db8::a"),))
    made = plan(network(), v6, bound)
    entry = made.ra.get(bound.device)
    if ra is None:
        assert entry is None
    else:
        assert entry is not None
        assert (entry.managed, entry.other) == ra[:2]
        assert entry.prefixes == (Ipv6Prefix("2001:db8::/64", autonomous=ra[2]),)
        assert (entry.router_lifetime_s, entry.mtu_bytes) == (0, 1450)  # a gateway_ip alone is no router
        assert entry.dns_servers == (IPv6Address("2001:db8::53"),)
    answer = made.dhcp6.get(bound.device)
    if dhcp6 is ...:
        assert answer is None
    else:
        assert answer is not None
        assert answer.address == (ip_address(dhcp6) if dhcp6 else None)
