"""From the store's changes to changes of the intent.

Tolerant by design: state comes in any order, from peers of any version, and a record that cannot become
intent closes its own door with a `Fault` and nobody else's.
"""

from collections.abc import Callable, Collection, Iterable

from weft.agent.garbage import Unusable
from weft.agent.nouns_from_records import network_from_record, node_from_record, port_from_record, subnet_from_record
from weft.model import BoundPort, IntentChange, Network, Node, NodeId, Subnet
from weft.plan import Fault
from weft.store.protocol import Change
from weft.store.records import Key, Record

Noun = Network | Subnet | BoundPort | Node

_READERS: dict[str, tuple[str, Callable[[Record], Noun | None]]] = {
    "network": ("networks", network_from_record),
    "subnet": ("subnets", subnet_from_record),
    "port": ("ports", port_from_record),
    "node": ("nodes", node_from_record),
}


class View:
    """What this process made of the records so far: counts revisions, remembers the unusable ones."""

    def __init__(self, node_id: NodeId) -> None:
        self.revision = 0
        self._node_id = node_id
        self._unusable: dict[Key, tuple[Record, Fault]] = {}

    def absorb(self, changes: Iterable[Change]) -> IntentChange | None:
        """Return what a batch changes in the intent, or None if nothing a node acts on is in it."""
        found: dict[str, dict[str, Noun | None]] = {"networks": {}, "subnets": {}, "ports": {}, "nodes": {}}
        for change in changes:
            if change.key.kind not in _READERS:
                continue
            table, read = _READERS[change.key.kind]
            self._unusable.pop(change.key, None)
            found[table][change.key.id] = self._read(change.after, read) if change.after else None
        if not any(found.values()):
            return None
        self.revision += 1
        return IntentChange(revision=self.revision, **found)  # type: ignore[arg-type]  # one table per reader

    def faults(self, network_ids: Collection[str]) -> frozenset[Fault]:
        """Return the unusable records that matter to a node which hosts ports of these networks."""
        return frozenset(fault for record, fault in self._unusable.values() if self._matters(record, network_ids))

    def _read(self, record: Record, read: Callable[[Record], Noun | None]) -> Noun | None:
        try:
            return read(record)
        except Unusable as err:
            fault = Fault(f"{record.key.kind} {record.key.id}", f"its record cannot be used: {err}")
            self._unusable[record.key] = (record, fault)
            return None

    def _matters(self, record: Record, network_ids: Collection[str]) -> bool:
        match record.key.kind:
            case "port":
                return bool(record.get("host") == self._node_id)
            case "network":
                return record.key.id in network_ids
            case "subnet":
                network_id = record.get("network_id")
                return isinstance(network_id, str) and network_id in network_ids
        return True  # a node: whoever has a tunnel to it
