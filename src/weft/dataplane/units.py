"""Plan to kernel records, one unit at a time.

A unit is the smallest part of a plan that can change alone: one port with all its answers, one MAC, one
neighbour, one network's flood list. Each yields the records it needs, so that the cost of a change is that of
the units it touches, and a unit that fails waits alone. Pure: devices come in as an argument.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple

from weft.dataplane import records
from weft.dataplane.records import U32, FloodRecord, PortRecord, address_bytes, mac_bytes
from weft.dataplane.templates import dhcp4_frame, dhcp6_frame, dhcp6_lease, ra_frame
from weft.model import Address
from weft.plan import FdbTarget, LocalDevice, NodePlan, PlanStep, PortEntry, RemoteNode

# Leaf first: nothing refers to what is not there yet. Deletes go the other way round.
TABLES = (
    "node", "senders", "near_senders", "neighbours", "dhcp4", "dhcp6", "ra", "sources", "ports", "near_ports", "fdb",
    "flood",
)  # fmt: skip


class Device(NamedTuple):
    """A network device of this node."""

    ifindex: int
    is_veth: bool  # else a tap, or something alike


class Unit(NamedTuple):
    """Names a part of the plan: a table of `NodePlan` and a key in it."""

    table: str
    key: Any


class Record(NamedTuple):
    """One entry of one kernel table."""

    table: str
    key: bytes
    value: bytes


class Underlay(NamedTuple):
    """Where tunnels go; 0 = the device is not there."""

    ifindex: int
    vxlan_ifindex: int
    decap_typed: bool = True  # whether the kernel sets a packet's protocol when a header is taken off
    next_hops: Mapping[IPv4Address, IPv4Address] = {}  # by tunnel address, where there is exactly one


Devices = Mapping[str, Device]
PER_PORT = ("ports", "dhcp4", "dhcp6", "ra")  # plan tables keyed by device: one unit each, named after `ports`
_MISSING = object()
NODE_UNIT, SENDERS_UNIT = Unit("node", None), Unit("senders", None)


def all_units(plan: NodePlan) -> set[Unit]:
    """Return every unit of `plan`."""
    units = {NODE_UNIT, SENDERS_UNIT}
    for table in ("ports", "fdb", "neighbours", "flood"):
        units.update(Unit(table, key) for key in getattr(plan, table))
    return units


def changed_units(old: NodePlan, new: NodePlan, step: PlanStep | None = None) -> set[Unit]:
    """Return the units that differ, gone ones included. Costs what `step` touched, if it leads from `old` to `new`.

    Else everything is compared, which is cheap where both plans share their tables.
    """
    touched = step.touched if step is not None and step.since == old.revision else None

    def changed(table: str) -> set[Any]:
        before, after = getattr(old, table), getattr(new, table)
        if touched is None:
            return _changed_keys(before, after)
        return {key for key in touched.get(table, ()) if before.get(key) != after.get(key)}

    units = set()
    if old.tunnel_ip != new.tunnel_ip:
        units.add(NODE_UNIT)
    for table in ("fdb", "neighbours", "flood"):
        units.update(Unit(table, key) for key in changed(table))
    if any(unit.table == "flood" for unit in units):
        units.add(SENDERS_UNIT)
    for table in PER_PORT:
        units.update(Unit("ports", key) for key in changed(table))
    # a closed port closes the forwarding entries that lead to it
    closed = {unit.key for unit in units if unit.table == "ports" and _closed(old, unit.key) != _closed(new, unit.key)}
    return units | units_on_devices(new, closed)


def units_on_devices(plan: NodePlan, names: Iterable[str]) -> set[Unit]:
    """Return the units whose records name one of these devices."""
    wanted = frozenset(names)
    if not wanted:
        return set()
    units = {Unit("ports", name) for name in wanted & plan.ports.keys()}
    units.update(
        Unit("fdb", key)
        for key, target in plan.fdb.items()
        if isinstance(target, LocalDevice) and target.device in wanted
    )
    units.update(Unit("flood", vni) for vni, entry in plan.flood.items() if not wanted.isdisjoint(entry.devices))
    return units


def units_behind(plan: NodePlan, remotes: Collection[IPv4Address]) -> set[Unit]:
    """Return the units whose records say how to reach one of these nodes."""
    if not remotes:
        return set()
    return {
        Unit("fdb", key)
        for key, target in plan.fdb.items()
        if isinstance(target, RemoteNode) and target.tunnel_ip in remotes
    }


def remotes_of(plan: NodePlan) -> set[IPv4Address]:
    """Return the tunnel addresses of all nodes that share a network with us."""
    return {address for entry in plan.flood.values() for address in entry.tunnel_ips}


def records_of(unit: Unit, plan: NodePlan, devices: Devices, underlay: Underlay) -> list[Record]:
    """Return the records of `unit`; none if it is not in the plan or its device is missing.

    Raises ValueError if an entry cannot be expressed (a DHCP answer longer than its record).
    """
    return list(_ENCODERS[unit.table](unit.key, plan, devices, underlay))


def _node(_key: None, plan: NodePlan, _devices: Devices, underlay: Underlay) -> Iterator[Record]:
    tunnel_ip = plan.tunnel_ip or IPv4Address(0)
    flags = underlay.decap_typed * records.NODE_DECAP_TYPED
    value = records.NODE.pack(tunnel_ip.packed, underlay.ifindex, flags, underlay.vxlan_ifindex)
    yield Record("node", U32.pack(0), value)


def _senders(_key: None, plan: NodePlan, _devices: Devices, _underlay: Underlay) -> Iterator[Record]:
    """Nodes that may send us tunnelled frames: all that share a network with us."""
    slots = {}
    for address in sorted(remotes_of(plan)):
        slots[records.sender_slot(address)] = address.packed
        yield Record("senders", address.packed, U32.pack(1))
    for slot, packed in slots.items():
        yield Record("near_senders", slot, packed)


def _port(name: str, plan: NodePlan, devices: Devices, _underlay: Underlay) -> Iterator[Record]:
    entry, device = plan.ports.get(name), devices.get(name)
    if entry is None or device is None:
        return
    key = U32.pack(device.ifindex)
    if name in plan.dhcp4:
        yield Record("dhcp4", key, records.reply(dhcp4_frame(plan.dhcp4[name], entry.mac)))
    if name in plan.dhcp6:
        frame, lease = dhcp6_frame(plan.dhcp6[name], entry.mac), dhcp6_lease(plan.dhcp6[name])
        yield Record("dhcp6", key, records.reply(frame, lease))
    if name in plan.ra:
        yield Record("ra", key, records.reply(ra_frame(plan.ra[name])))
    record, further = port_record(entry)
    for address in further:
        yield Record("sources", records.ADDRESS_KEY.pack(device.ifindex, address_bytes(address)), U32.pack(1))
    yield Record("ports", key, record.pack())
    if device.ifindex < records.NEAR_PORTS:
        yield Record("near_ports", key, record.pack())


def port_record(entry: PortEntry) -> tuple[PortRecord, list[Address]]:
    """Return the port's record, and the addresses that do not fit in it."""
    v4: list[Address] = [address for address in entry.addresses if isinstance(address, IPv4Address)]
    v6: list[Address] = [address for address in entry.addresses if isinstance(address, IPv6Address)]
    further = [*v4[1:], *v6[1:]]
    mac = mac_bytes(entry.mac)
    record = PortRecord(
        vni=entry.vni,
        mtu_bytes=entry.mtu_bytes,
        mac=mac,
        flags=entry.enabled * records.PORT_ENABLED
        | bool(further) * records.PORT_MORE_SOURCES
        | (not entry.guarded) * records.PORT_UNGUARDED,
        ipv4=v4[0].packed if v4 else bytes(4),
        ipv6=v6[0].packed if v6 else bytes(16),
        link_local=records.link_local_of(mac),
    )
    return record, further


def _fdb(key: Any, plan: NodePlan, devices: Devices, underlay: Underlay) -> Iterator[Record]:
    target: FdbTarget | None = plan.fdb.get(key)
    if target is None:
        return
    packed = records.FDB_KEY.pack(key.vni, mac_bytes(key.mac))
    if not isinstance(target, LocalDevice):
        yield Record("fdb", packed, records.fdb_remote(target.tunnel_ip, underlay.next_hops.get(target.tunnel_ip)))
    elif device := devices.get(target.device):
        closed = _closed(plan, target.device)
        yield Record("fdb", packed, records.fdb_local(device.ifindex, is_veth=device.is_veth, is_closed=closed))


def _neighbour(key: Any, plan: NodePlan, _devices: Devices, _underlay: Underlay) -> Iterator[Record]:
    mac = plan.neighbours.get(key)
    if mac is not None:
        packed = records.ADDRESS_KEY.pack(key.vni, address_bytes(key.address))
        yield Record("neighbours", packed, records.NEIGHBOUR.pack(mac_bytes(mac)))


def _flood(vni: int, plan: NodePlan, devices: Devices, _underlay: Underlay) -> Iterator[Record]:
    entry = plan.flood.get(vni)
    if entry is None:
        return
    local = [devices[name].ifindex for name in entry.devices if name in devices and not _closed(plan, name)]
    record = FloodRecord(tuple(local[: records.FLOOD_LOCAL_MAX]), entry.tunnel_ips[: records.FLOOD_REMOTE_MAX])
    yield Record("flood", U32.pack(vni), record.pack())


_ENCODERS: Mapping[str, Callable[[Any, NodePlan, Devices, Underlay], Iterator[Record]]] = {
    "node": _node,
    "senders": _senders,
    "ports": _port,
    "fdb": _fdb,
    "neighbours": _neighbour,
    "flood": _flood,
}


def _closed(plan: NodePlan, device: str) -> bool:
    port = plan.ports.get(device)
    return port is not None and not port.enabled


def _changed_keys(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> set[Any]:
    """Return the keys whose values differ, and those that only one side has.

    Walks both side by side: a plan made from the one before keeps its order and its keys, and comparing
    identities is far cheaper than hashing every key. Where the orders part, the rest is looked up.
    """
    changed: set[Any] = set()
    if old is new:
        return changed
    olds, news = iter(old.items()), iter(new.items())
    was, now = next(olds, None), next(news, None)
    while was and now:
        if was[0] is now[0] or was[0] == now[0]:
            if was[1] is not now[1] and was[1] != now[1]:
                changed.add(was[0])
            was, now = next(olds, None), next(news, None)
        elif was[0] not in new:
            changed.add(was[0])
            was = next(olds, None)
        elif now[0] not in old:
            changed.add(now[0])
            now = next(news, None)
        else:
            return _looked_up(old, new)
    for rest, first in ((olds, was), (news, now)):
        if first:
            changed.add(first[0])
            changed.update(key for key, _value in rest)
    return changed


def _looked_up(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> set[Any]:
    changed = {key for key, value in new.items() if old.get(key, _MISSING) != value}
    changed.update(key for key in old if key not in new)
    return changed
