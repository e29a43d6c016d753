"""Two workloads that can reach each other, in the three ways that the data-path benchmark compares.

Each topology is a context manager that gives a `Pair` and takes everything away again. Namespaces are named
`weft-bench-<topology>-…`; MACs, addresses and MTUs are the same everywhere, so that only the way between differs.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NETWORK_VNI = 4711
UNDERLAY = "underlay"  # the node's device that carries tunnels
MTU_BYTES = 1450  # 1500 - 50 for VXLAN; the bare veth gets it too, so that segments are equally large
SYSCTLS = (
    "net.ipv4.tcp_congestion_control=reno",  # every kernel has it
    "net.ipv4.ip_local_port_range=2000 65000",  # connections per second must not run out of ports
    "net.ipv6.conf.all.disable_ipv6=1",  # no router solicitations between measurements
    "net.ipv6.conf.default.disable_ipv6=1",
)


@dataclass(frozen=True)
class End:
    """A workload and the node it lives on."""

    number: int

    @property
    def ip(self) -> str:
        """The workload's address."""
        return f"10.9.0.{self.number}"

    @property
    def mac(self) -> str:
        """The workload's MAC."""
        return f"02:00:00:00:0a:{self.number:02x}"

    @property
    def tunnel_ip(self) -> str:
        """The node's underlay address."""
        return f"172.31.0.{self.number}"

    @property
    def port_id(self) -> str:
        """The workload's port."""
        return f"bench-{self.number:05}"

    @property
    def tap(self) -> str:
        """The node's side of the workload's device."""
        return f"tap{self.port_id}"


ENDS = (End(1), End(2))


@dataclass(frozen=True)
class Pair:
    """Where to run client and server, and which address to dial."""

    client_netns: str
    server_netns: str
    server_ip: str


def run(command: Sequence[str], *, stdin: str | None = None) -> str:
    """Return what `command` prints. Raises RuntimeError with its complaint."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}\n{stdin or ''}")
    return done.stdout


def ip_batch(lines: Sequence[str], *, netns: str | None = None) -> None:
    """Do several `ip` commands at once."""
    run(["ip", *(["-n", netns] if netns else []), "-batch", "-"], stdin="\n".join(lines) + "\n")


def in_netns(netns: str, command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` in `netns`; unlike `ip netns exec` it keeps /sys and so the bpffs."""
    return ["nsenter", f"--net=/run/netns/{netns}", *command]


@contextlib.contextmanager
def namespaces(*names: str) -> Iterator[None]:
    """Make network namespaces, fresh ones, and remove them at the end."""
    present = {row["name"] for row in json.loads(run(["ip", "-j", "netns", "list"]) or "[]")}
    for name in present & set(names):  # left by a run that was killed
        run(["ip", "netns", "delete", name])
    try:
        for name in names:
            run(["ip", "netns", "add", name])
            run(["ip", "-n", name, "link", "set", "lo", "up"])
            run(in_netns(name, ["sysctl", "-qw", *SYSCTLS]))
        yield
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


@contextlib.contextmanager
def bare_veth() -> Iterator[Pair]:
    """One veth between the two workloads: the most that this machine can do."""
    workloads = [f"weft-bench-veth-w{end.number}" for end in ENDS]
    with namespaces(*workloads):
        here, there = ENDS
        ip_batch(
            [
                f"link add eth0 netns {workloads[0]} address {here.mac} mtu {MTU_BYTES} "
                f"type veth peer name eth0 netns {workloads[1]} address {there.mac} mtu {MTU_BYTES}"
            ]
        )
        for end, netns in zip(ENDS, workloads, strict=True):
            ip_batch([f"addr add {end.ip}/24 dev eth0", "link set eth0 up"], netns=netns)
        yield Pair(workloads[0], workloads[1], there.ip)


@contextlib.contextmanager
def two_nodes(name: str) -> Iterator[Pair]:
    """Two nodes joined by an underlay veth, a workload on each; what joins taps and underlay is up to the caller."""
    nodes = [node_netns(name, end) for end in ENDS]
    workloads = [f"weft-bench-{name}-w{end.number}" for end in ENDS]
    with namespaces(*nodes, *workloads):
        ip_batch([f"link add {UNDERLAY} netns {nodes[0]} type veth peer name {UNDERLAY} netns {nodes[1]}"])
        for end, other, node, workload in zip(ENDS, reversed(ENDS), nodes, workloads, strict=True):
            ip_batch(
                [
                    f"link add eth0 netns {workload} address {end.mac} mtu {MTU_BYTES} "
                    f"type veth peer name {end.tap} netns {node} mtu {MTU_BYTES}"
                ]
            )
            ip_batch(
                [f"addr add {end.tunnel_ip}/24 dev {UNDERLAY}", f"link set {UNDERLAY} up", f"link set {end.tap} up"],
                netns=node,
            )
            ip_batch(
                [
                    f"addr add {end.ip}/24 dev eth0",
                    "link set eth0 up",
                    f"neigh add {other.ip} lladdr {other.mac} dev eth0 nud permanent",
                ],
                netns=workload,
            )
        yield Pair(workloads[0], workloads[1], ENDS[1].ip)


@contextlib.contextmanager
def bridge_vxlan() -> Iterator[Pair]:
    """Linux bridge + kernel VXLAN with static forwarding entries: what Neutron's linuxbridge or FRR's EVPN build."""
    with two_nodes("bridge") as pair:
        for end, other in zip(ENDS, reversed(ENDS), strict=True):
            node = node_netns("bridge", end)
            ip_batch(
                [
                    f"link add vxlan0 type vxlan id {NETWORK_VNI} local {end.tunnel_ip} dstport 4789 nolearning",
                    f"link set vxlan0 mtu {MTU_BYTES} up",
                    "link add bridge0 type bridge",
                    "link set bridge0 up",
                    "link set vxlan0 master bridge0",
                    f"link set {end.tap} master bridge0",
                ],
                netns=node,
            )
            entries = ([other.mac, "self", "static"], [other.mac, "master", "static"], ["00:00:00:00:00:00"])
            for mac, *flags in entries:
                where = [] if "master" in flags else ["dst", other.tunnel_ip]
                run(["bridge", "-n", node, "fdb", "append", mac, "dev", "vxlan0", *where, *flags])
        yield pair


@contextlib.contextmanager
def weft() -> Iterator[Pair]:
    """Weft's own data plane: one plan per node, programmed by the very reconciler that weftd uses."""
    with two_nodes("weft") as pair, contextlib.ExitStack() as undo:
        for end in ENDS:
            driver = [sys.executable, str(Path(__file__).with_name("weft_node.py")), str(end.number)]
            undo.callback(subprocess.run, [*driver, "remove"], capture_output=True, check=False)
            run(in_netns(node_netns("weft", end), [*driver, "program"]))
        yield pair


def node_netns(name: str, end: End) -> str:
    """Return the namespace of a node of topology `name`."""
    return f"weft-bench-{name}-n{end.number}"
