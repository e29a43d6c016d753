"""The specification read aloud: what the data plane must do with a packet, without a kernel."""

import struct
from ipaddress import IPv4Address, IPv6Address

import pytest

from tests.compiler.intents import LONDON, PARIS, ROME, intent, network, port, subnet
from tests.packets.frames import ether, ipv4, ipv6, mac, udp
from weft.compiler import compile_plan
from weft.dataplane.reference import UNDERLAY, Model

A, B, FAR = port("a", number=3), port("b", number=4), port("c", PARIS, number=5)
MAC_A, MAC_B, MAC_FAR = "fa:16:00:00:00:03", "fa:16:00:00:00:04", "fa:16:00:00:00:05"
THINGS = [network(), subnet(), A, B, FAR, port("d", ROME, number=6)]
MODEL = Model(compile_plan(intent(*THINGS), LONDON))
OWN, PARIS_IP = IPv4Address("192.0.2.1").packed, IPv4Address("192.0.2.2").packed
NOBODY = "fa:16:00:00:00:99"


def v4(text: str) -> bytes:
    return IPv4Address(text).packed


def datagram(source: str = "10.0.0.3", to: str = "10.0.0.5", payload: bytes = b"hello") -> bytes:
    return ipv4(v4(source), v4(to), 17, udp(1000, 2000, payload))


def tunnelled(frame: bytes, vni: int = 100, sender: bytes = PARIS_IP, to: bytes = OWN) -> bytes:
    vxlan = struct.pack("!II", 0x08000000, vni << 8) + frame
    return ether("02:00:00:00:00:01", "02:00:00:00:00:02", 0x0800, ipv4(sender, to, 17, udp(50000, 4789, vxlan)))


def arp(target: str, source: str = "10.0.0.3", op: int = 1) -> bytes:
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac(MAC_A) + v4(source) + bytes(6) + v4(target)
    return ether("ff:ff:ff:ff:ff:ff", MAC_A, 0x0806, body)


def test_a_frame_for_a_neighbour_here_goes_to_its_device_unchanged() -> None:
    frame = ether(MAC_B, MAC_A, 0x0800, datagram())
    result = MODEL.from_port(A.device, frame)
    assert (result.verdict, result.packets) == ("forwarded", ((B.device, frame),))


def test_a_frame_for_a_neighbour_elsewhere_goes_into_the_tunnel_and_out_of_it_unchanged() -> None:
    frame = ether(MAC_FAR, MAC_A, 0x0800, datagram())
    (packet,) = MODEL.from_port(A.device, frame).packets
    assert packet.device == UNDERLAY
    assert packet.frame[26:34] == OWN + PARIS_IP
    assert packet.frame[42:50] == struct.pack("!II", 0x08000000, 100 << 8)
    paris = Model(compile_plan(intent(*THINGS), PARIS))
    assert paris.from_underlay(packet.frame).packets == ((FAR.device, frame),)


def test_broadcast_is_copied_to_each_device_and_each_node_once() -> None:
    result = MODEL.from_port(A.device, ether("ff:ff:ff:ff:ff:ff", MAC_A, 0x0800, datagram(to="10.0.0.255")))
    assert result.verdict == "flooded"
    assert [packet.device for packet in result.packets] == [B.device, UNDERLAY, UNDERLAY]


def test_what_came_out_of_a_tunnel_never_enters_one() -> None:
    result = MODEL.from_underlay(tunnelled(ether("ff:ff:ff:ff:ff:ff", MAC_FAR, 0x0800, datagram("10.0.0.5"))))
    assert [packet.device for packet in result.packets] == [A.device, B.device]
    assert MODEL.from_underlay(tunnelled(ether(MAC_FAR, NOBODY, 0x0800, datagram()))).reason == "not_here"


def test_arp_is_answered_here_for_all_of_the_network() -> None:
    result = MODEL.from_port(A.device, arp("10.0.0.5"))
    assert result.verdict == "answered"
    ((device, frame),) = result.packets
    assert device == A.device
    assert frame[:12] == mac(MAC_A) + mac(MAC_FAR)
    assert frame[20:42] == struct.pack("!H", 2) + mac(MAC_FAR) + v4("10.0.0.5") + mac(MAC_A) + v4("10.0.0.3")


DROPS = [
    ("a device nobody planned", "tapnothing", ether(MAC_B, MAC_A, 0x0800, datagram()), "no_port"),
    ("another's MAC", A.device, ether(MAC_B, MAC_FAR, 0x0800, datagram()), "spoofed_mac"),
    ("another's address", A.device, ether(MAC_B, MAC_A, 0x0800, datagram("10.0.0.4")), "spoofed_ipv4"),
    (
        "an address of another family",
        A.device,
        ether(MAC_B, MAC_A, 0x86DD, ipv6(IPv6Address("2001:db8::3").packed, bytes(16), 59, b"")),
        "spoofed_ipv6",
    ),
    ("a MAC nobody has", A.device, ether(NOBODY, MAC_A, 0x0800, datagram()), "unknown_mac"),
    ("itself", A.device, ether(MAC_A, MAC_A, 0x0800, datagram()), "hairpin"),
    ("more than the MTU", A.device, ether(MAC_B, MAC_A, 0x0800, datagram(payload=bytes(1423))), "too_big"),
    ("a VLAN tag", A.device, ether(MAC_B, MAC_A, 0x8100, bytes(60)), "vlan_tagged"),
    ("spanning tree", A.device, ether("01:80:c2:00:00:00", MAC_A, 0x0800, datagram()), "reserved_mac"),
    ("neither ARP nor IP", A.device, ether(MAC_B, MAC_A, 0x88CC, bytes(60)), "ethertype"),
    ("less than it promises", A.device, ether(MAC_B, MAC_A, 0x0800, datagram())[:-1], "truncated"),
    ("ARP for nobody", A.device, arp("10.0.0.200"), "arp_unknown"),
    ("ARP in another's name", A.device, arp("10.0.0.5", "10.0.0.4"), "spoofed_arp"),
    ("an announcement", A.device, arp("10.0.0.3"), "arp_unsolicited"),
    (
        "DHCP served by a workload",
        A.device,
        ether(MAC_B, MAC_A, 0x0800, ipv4(v4("10.0.0.3"), v4("10.0.0.4"), 17, udp(67, 68, b""))),
        "rogue_dhcp",
    ),
]


@pytest.mark.parametrize(("why", "device", "frame", "reason"), DROPS, ids=[case[0] for case in DROPS])
def test_a_workload_may_not_send(why: str, device: str, frame: bytes, reason: str) -> None:
    result = MODEL.from_port(device, frame)
    assert (result.verdict, result.reason, result.packets) == ("dropped", reason, ())


INNER = ether(MAC_A, MAC_FAR, 0x0800, datagram("10.0.0.5", "10.0.0.3"))
FROM_TUNNELS = [
    ("for us", tunnelled(INNER), None),
    ("from a stranger", tunnelled(INNER, sender=v4("203.0.113.9")), "unknown_sender"),
    ("for a network that is not here", tunnelled(INNER, vni=101), "unknown_vni"),
    ("for nobody", tunnelled(ether(NOBODY, MAC_FAR, 0x0800, datagram())), "unknown_mac"),
    ("cut short", tunnelled(INNER)[:70], "truncated"),
]


@pytest.mark.parametrize(("why", "packet", "reason"), FROM_TUNNELS, ids=[case[0] for case in FROM_TUNNELS])
def test_a_tunnel_brings_a_frame(why: str, packet: bytes, reason: str | None) -> None:
    assert MODEL.from_underlay(packet).reason == reason


def test_other_traffic_of_the_underlay_is_the_hosts() -> None:
    for packet in (tunnelled(INNER, to=PARIS_IP), tunnelled(INNER)[:30], arp("192.0.2.1"), b""):
        assert MODEL.from_underlay(packet).verdict == "passed"


def test_without_a_tunnel_address_of_our_own_broadcast_stays_here() -> None:
    model = Model(compile_plan(intent(*THINGS, nodes=[]), LONDON))
    result = model.from_port(A.device, ether("ff:ff:ff:ff:ff:ff", MAC_A, 0x0800, datagram()))
    assert [packet.device for packet in result.packets] == [B.device]
    assert model.from_port(A.device, ether(MAC_FAR, MAC_A, 0x0800, datagram())).reason == "unknown_mac"
