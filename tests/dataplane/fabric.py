"""Two nodes with an underlay between them and a workload each, the smallest fabric there is."""

import contextlib
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import msgspec

from tests.dataplane.netns import ip, namespaces
from weft.model import NodeId, PortId
from weft.plan import (
    Dhcp4Entry,
    FdbKey,
    FloodEntry,
    Ipv6Prefix,
    LocalDevice,
    NeighbourKey,
    NodePlan,
    PortEntry,
    RaEntry,
    RemoteNode,
)

VNI = 4242
MTU_BYTES = 1450
PIN_ROOT = Path("/sys/fs/bpf/weft-test")


class Workload(msgspec.Struct, frozen=True):
    """A port and the machine behind it, namespace `weft-t-<name>`."""

    name: str
    node: str
    mac: str
    addresses: tuple[IPv4Address | IPv6Address, ...]

    @property
    def device(self) -> str:
        return f"tap{self.name}"

    @property
    def namespace(self) -> str:
        return f"weft-t-{self.name}"


NODES = {"n1": IPv4Address("192.0.2.1"), "n2": IPv4Address("192.0.2.2")}


def workload(number: int, node: str) -> Workload:
    """Return workload `w<number>` with addresses made of its number."""
    addresses = (ip_address(f"10.0.0.{number}"), ip_address(f"2001:db8::{number:x}"))
    return Workload(name=f"w{number}", node=node, mac=f"fa:16:00:01:00:{number:02x}", addresses=addresses)


W1, W2, W3 = workload(1, "n1"), workload(2, "n2"), workload(3, "n1")
WORKLOADS = [W1, W2, W3]


def plan_for(node: str, workloads: list[Workload], revision: int = 1) -> NodePlan:
    """Return what the compiler would give for `node` of a fabric with these workloads on one network."""
    here = [item for item in workloads if item.node == node]
    away = {NODES[item.node] for item in workloads if item.node != node}
    return NodePlan(
        node_id=NodeId(node),
        revision=revision,
        tunnel_ip=NODES[node],
        ports={item.device: port_entry(item) for item in here},
        fdb={
            FdbKey(VNI, item.mac): LocalDevice(item.device) if item.node == node else RemoteNode(NODES[item.node])
            for item in workloads
        },
        neighbours={NeighbourKey(VNI, address): item.mac for item in workloads for address in item.addresses},
        flood={VNI: FloodEntry(tuple(sorted(item.device for item in here)), tuple(sorted(away)))},
        dhcp4={item.device: dhcp4_entry(item) for item in here},
        dhcp6={},
        ra={item.device: RA for item in here},
    )


def port_entry(item: Workload, *, enabled: bool = True) -> PortEntry:
    return PortEntry(item.device, PortId(f"port-{item.name}"), VNI, item.mac, MTU_BYTES, item.addresses, enabled)


def dhcp4_entry(item: Workload) -> Dhcp4Entry:
    (address,) = (address for address in item.addresses if isinstance(address, IPv4Address))
    return Dhcp4Entry(
        address=address,
        prefix_length=24,
        server=IPv4Address("10.0.0.254"),
        gateway=IPv4Address("10.0.0.254"),
        dns_servers=(IPv4Address("192.0.2.53"), IPv4Address("192.0.2.54")),
        routes=(("172.16.0.0/12", IPv4Address("10.0.0.7")),),
        mtu_bytes=MTU_BYTES,
        lease_s=86400,
        domain="example.org",
        host_name=f"host-{item.name}",
    )


RA = RaEntry(
    managed=False,
    other=True,
    router_lifetime_s=0,
    prefixes=(Ipv6Prefix("2001:db8::/64", autonomous=False),),
    dns_servers=(IPv6Address("2001:db8::53"),),
    mtu_bytes=MTU_BYTES,
)


@contextlib.contextmanager
def two_nodes(workloads: list[Workload]) -> Iterator[None]:
    """Build node namespaces weft-t-n1 and weft-t-n2 joined by a veth `ul`, and every workload's namespace."""
    names = [f"weft-t-{node}" for node in NODES] + [item.namespace for item in workloads]
    with namespaces(*names):
        ip("weft-t-n1", "link add ul mtu 9000 type veth peer name ul mtu 9000 netns weft-t-n2")
        for node, address in NODES.items():
            ip(f"weft-t-{node}", f"addr add {address}/24 dev ul", "link set ul up")
        for item in workloads:
            add_machine(item)
        yield


def add_machine(item: Workload, *, addressed: bool = True) -> None:
    """Plug the workload in: a veth from its namespace to its node, as the lab makes it."""
    ip(
        f"weft-t-{item.node}",
        f"link add {item.device} type veth peer name eth0 address {item.mac} netns {item.namespace}",
        f"link set {item.device} up",
    )
    prefix = {4: "/24", 6: "/64 nodad"}  # a test does not wait for DAD
    lines = [f"addr add {address}{prefix[address.version]} dev eth0" for address in item.addresses]
    ip(item.namespace, f"link set eth0 mtu {MTU_BYTES}", *(lines if addressed else ()), "link set eth0 up")
