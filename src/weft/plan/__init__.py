"""What one node's kernel should hold: the contract between compiler and data plane."""

from weft.plan.entries import (
    Dhcp4Entry,
    Dhcp6Entry,
    Fault,
    FdbKey,
    FdbTarget,
    FloodEntry,
    Ipv6Prefix,
    LocalDevice,
    NeighbourKey,
    PortEntry,
    RaEntry,
    RemoteNode,
)
from weft.plan.node_plan import TABLES, NodePlan, PlanStep

__all__ = [
    "TABLES",
    "Dhcp4Entry",
    "Dhcp6Entry",
    "Fault",
    "FdbKey",
    "FdbTarget",
    "FloodEntry",
    "Ipv6Prefix",
    "LocalDevice",
    "NeighbourKey",
    "NodePlan",
    "PlanStep",
    "PortEntry",
    "RaEntry",
    "RemoteNode",
]
