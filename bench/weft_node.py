"""One node of the data-path benchmark: `weft_node.py NUMBER program|remove`, run in the node's namespace.

Intent → compiler → plan → Kernel.reconcile, as in weftd. Programs, maps and links are pinned, so they stay when
this program ends, as they do when weftd does.
"""

import sys
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from topologies import ENDS, MTU_BYTES, NETWORK_VNI, UNDERLAY
from weft.compiler import compile_plan
from weft.dataplane import Kernel, sweep
from weft.model import (
    BoundPort,
    FixedIp,
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

NETWORK, SUBNET = NetworkId("network"), SubnetId("subnet")


def intent() -> Intent:
    """Return one network with a port on each of two nodes."""
    ports = {
        PortId(end.port_id): BoundPort(
            Port(PortId(end.port_id), NETWORK, end.mac, (FixedIp(SUBNET, IPv4Address(end.ip)),)),
            NodeId(str(end.number)),
        )
        for end in ENDS
    }
    nodes = {
        NodeId(str(end.number)): Node(NodeId(str(end.number)), SiteId("bench"), IPv4Address(end.tunnel_ip))
        for end in ENDS
    }
    return Intent(
        revision=1,
        networks={NETWORK: Network(NETWORK, NETWORK_VNI, MTU_BYTES)},
        subnets={SUBNET: Subnet(SUBNET, NETWORK, IPv4Network("10.9.0.0/24"), None)},
        ports=ports,
        nodes=nodes,
    )


def main() -> None:
    """Program this node, or remove what was programmed. Exits with a message if a port is not ACTIVE."""
    number, verb = sys.argv[1:]
    pin_dir = Path("/sys/fs/bpf/weft-bench") / number
    if verb == "remove":
        sweep(pin_dir)
        return
    outcome = Kernel(pin_dir, UNDERLAY).reconcile(compile_plan(intent(), NodeId(number)))
    closed = {port: state for port, state in outcome.ports.items() if state.status != "ACTIVE"}
    if closed or outcome.faults:
        sys.exit(f"node {number}: {closed} {outcome.faults}")


if __name__ == "__main__":
    main()
