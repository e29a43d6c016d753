"""All that the fabric is asked to be, as one value: the compiler's only input.

An `Intent` may name things it does not hold (a port whose network has not arrived yet): state comes in
any order. The compiler answers gaps with a closed door and a `Fault`, see docs/design/0003-intent-to-kernel.md.
"""

from collections.abc import Mapping

import msgspec

from weft.model.ids import NetworkId, NodeId, PortId, SubnetId
from weft.model.nouns import BoundPort, Network, Node, Subnet


class Intent(msgspec.Struct, frozen=True):
    """Snapshot of intent at one revision of one node's view. Treat the mappings as read-only."""

    revision: int  # grows by one per absorbed batch; local to this process
    networks: Mapping[NetworkId, Network]
    subnets: Mapping[SubnetId, Subnet]
    ports: Mapping[PortId, BoundPort]
    nodes: Mapping[NodeId, Node]


class IntentChange(msgspec.Struct, frozen=True):
    """What became of some objects between two revisions: the new value, or None if it is gone."""

    revision: int  # of the intent that holds the change
    networks: Mapping[NetworkId, Network | None] = {}
    subnets: Mapping[SubnetId, Subnet | None] = {}
    ports: Mapping[PortId, BoundPort | None] = {}
    nodes: Mapping[NodeId, Node | None] = {}
