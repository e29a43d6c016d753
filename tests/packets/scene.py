"""The scene of the packet tests: node n1 with w1 (it sends), w3 (a tap) and w4 (closed); w2 lives on n2."""

import msgspec
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw

from tests.dataplane.fabric import NODES, VNI, Workload, plan_for, port_entry, workload
from tests.packets.harness import SENDING
from weft.dataplane.units import Device, Underlay
from weft.plan import Dhcp6Entry, NodePlan

W1, W2, W3, W4 = workload(1, "n1"), workload(2, "n2"), workload(3, "n1"), workload(4, "n1")
WORKLOADS = [W1, W2, W3, W4]
DEVICES = {"tapw1": Device(SENDING, True), "tapw3": Device(903, False), "tapw4": Device(904, True)}
UNDERLAY = Underlay(ifindex=900, vxlan_ifindex=901)
BROADCAST = "ff:ff:ff:ff:ff:ff"
NOBODY_MAC = "fa:16:00:99:99:99"
W1_LINK_LOCAL, W2_LINK_LOCAL = "fe80::f816:ff:fe01:1", "fe80::f816:ff:fe01:2"


def bench_plan() -> NodePlan:
    """Return the plan of n1, with w4 closed and DHCPv6 for w1."""
    plan = plan_for("n1", WORKLOADS)
    return msgspec.structs.replace(
        plan,
        ports=dict(plan.ports) | {W4.device: port_entry(W4, enabled=False)},
        dhcp6={W1.device: Dhcp6Entry(W1.addresses[1], (W2.addresses[1],), lease_s=3600, domain="example.org")},
    )


def v4(item: Workload) -> str:
    return str(item.addresses[0])


def v6(item: Workload) -> str:
    return str(item.addresses[1])


def eth(to: str = W2.mac, source: str = W1.mac) -> Packet:
    return Ether(src=source, dst=to)


def ipv4(**fields: object) -> Packet:
    """Return a good IPv4 header from w1 to w2, or what `fields` make of it."""
    return IP(**({"src": v4(W1), "dst": v4(W2)} | fields))


def ipv6(**fields: object) -> Packet:
    """Return a good IPv6 header from w1 to w2, or what `fields` make of it."""
    return IPv6(**({"src": v6(W1), "dst": v6(W2)} | fields))


def tunnelled(inner: Packet | bytes, vni: int = VNI, vxlan_flags: int = 8, **outer: object) -> Packet:
    """Return a VXLAN packet from n2 to n1, or what `outer` makes of it."""
    ip = IP(**({"src": str(NODES["n2"]), "dst": str(NODES["n1"]), "flags": "DF"} | outer))
    inner = inner if isinstance(inner, Packet) else Raw(inner)
    return Ether() / ip / UDP(sport=50000, dport=4789, chksum=0) / VXLAN(vni=vni, flags=vxlan_flags) / inner
