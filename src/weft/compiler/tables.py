"""The tables of a plan while they change: entries come and go, snapshots stay as they were."""

from collections import Counter
from ipaddress import IPv4Address

from weft.compiler.port_part import PortPart
from weft.model import NodeId
from weft.plan import TABLES, Fault, FloodEntry, NodePlan


class Tables:
    """Mutable twin of a `NodePlan`. A snapshot copies only the tables that changed since the last one."""

    def __init__(self) -> None:
        self._tables: dict[str, dict] = {name: {} for name in TABLES}  # type: ignore[type-arg]
        self._frozen: dict[str, dict] = {}  # type: ignore[type-arg]
        self._touched: dict[str, set[object]] = {}
        self._faults: Counter[Fault] = Counter()  # several ports may miss the same thing

    def add(self, part: PortPart) -> None:
        """Enter what a port adds."""
        if part.entry:
            device = part.entry.device
            self._put("ports", device, part.entry)
            for name, value in (("dhcp4", part.dhcp4), ("dhcp6", part.dhcp6), ("ra", part.ra)):
                if value is not None:
                    self._put(name, device, value)
        if part.fdb:
            self._put("fdb", *part.fdb)
        for key in part.neighbours:
            self._put("neighbours", key, part.mac)
        self._faults.update(part.faults)

    def remove(self, part: PortPart) -> None:
        """Strike what `add` entered."""
        if part.entry:
            device = part.entry.device
            self._strike("ports", device)
            for name, value in (("dhcp4", part.dhcp4), ("dhcp6", part.dhcp6), ("ra", part.ra)):
                if value is not None:
                    self._strike(name, device)
        if part.fdb:
            self._strike("fdb", part.fdb[0])
        for key in part.neighbours:
            self._strike("neighbours", key)
        for fault in part.faults:
            self._faults[fault] -= 1
            if not self._faults[fault]:
                del self._faults[fault]

    def set_flood(self, vni: int, entry: FloodEntry | None) -> None:
        """Enter a network's flood entry, or strike it."""
        if self._tables["flood"].get(vni) == entry:
            return
        if entry is None:
            self._strike("flood", vni)
        else:
            self._put("flood", vni, entry)

    def plan(self, node_id: NodeId, revision: int, tunnel_ip: IPv4Address | None) -> NodePlan:
        """Return a snapshot."""
        for name, table in self._tables.items():
            if name not in self._frozen:
                self._frozen[name] = dict(table)
        return NodePlan(
            node_id=node_id, revision=revision, tunnel_ip=tunnel_ip, faults=frozenset(self._faults), **self._frozen
        )

    def take_touched(self) -> dict[str, set[object]]:
        """Return, by table, the keys written or struck since the last call; some may hold what they held."""
        touched, self._touched = self._touched, {}
        return touched

    def _put(self, name: str, key: object, value: object) -> None:
        self._tables[name][key] = value
        self._touch(name, key)

    def _strike(self, name: str, key: object) -> None:
        del self._tables[name][key]
        self._touch(name, key)

    def _touch(self, name: str, key: object) -> None:
        self._frozen.pop(name, None)
        self._touched.setdefault(name, set()).add(key)
