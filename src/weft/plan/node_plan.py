"""The complete contents of one node's tables: what the compiler gives and the data plane takes."""

from collections.abc import Collection, Mapping
from ipaddress import IPv4Address
from typing import Any

import msgspec

from weft.model import NodeId
from weft.plan.entries import (
    Dhcp4Entry,
    Dhcp6Entry,
    Fault,
    FdbKey,
    FdbTarget,
    FloodEntry,
    NeighbourKey,
    PortEntry,
    RaEntry,
)


class NodePlan(msgspec.Struct, frozen=True):
    """Everything node `node_id` should have programmed. Treat the mappings as read-only.

    Applying it takes no judgement, and applying it twice changes nothing. `revision` orders the plans
    of one process: a data plane at 40 ignores 39.
    """

    node_id: NodeId
    revision: int
    tunnel_ip: IPv4Address | None  # our own end; None while our node record has not arrived: no tunnels
    ports: Mapping[str, PortEntry]  # by device
    fdb: Mapping[FdbKey, FdbTarget]
    neighbours: Mapping[NeighbourKey, str]  # MAC
    flood: Mapping[int, FloodEntry]  # by VNI
    dhcp4: Mapping[str, Dhcp4Entry]  # by device
    dhcp6: Mapping[str, Dhcp6Entry]  # by device
    ra: Mapping[str, RaEntry]  # by device
    faults: frozenset[Fault] = frozenset()


class PlanStep(msgspec.Struct, frozen=True):
    """Where to look for what a plan changes: it spares a comparison of tables that differ in one entry."""

    since: int  # revision of the plan before
    touched: Mapping[str, Collection[Any]]  # by table: every key that may differ from that plan's


TABLES = ("ports", "fdb", "neighbours", "flood", "dhcp4", "dhcp6", "ra")  # in the order they are written
