"""Plans as stable, sorted text: what operators, golden tests and bug reports share."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

import msgspec

from weft.plan import TABLES, FdbKey, FloodEntry, LocalDevice, NeighbourKey, NodePlan, PortEntry, RemoteNode


def plan_text(plan: NodePlan) -> str:
    """Return the whole plan, one line per entry."""
    lines = [f"plan {plan.node_id} revision {plan.revision}"]
    lines += [_line(table, key, entry) for table, key, entry in _entries(plan)]
    lines += sorted(f"fault {fault.subject}: {fault.reason}" for fault in plan.faults)
    return "\n".join(lines) + "\n"


def diff_text(old: NodePlan, new: NodePlan) -> str:
    """Return what turns `old` into `new`: lines that go start with "-", lines that come with "+"."""
    before, after = (plan_text(plan).splitlines()[1:] for plan in (old, new))
    gone, come = set(before) - set(after), set(after) - set(before)
    lines = [(line, "-") for line in gone] + [(line, "+") for line in come]
    # by table and key, so that the two halves of a changed entry stand together, the old one first
    lines.sort(key=lambda pair: (pair[0].partition(": ")[0], pair[1] == "+", pair[0]))
    head = f"plan {new.node_id} revision {old.revision} → {new.revision}"
    return "\n".join([head, *(f"{sign} {line}" for line, sign in lines)]) + "\n"


def _entries(plan: NodePlan) -> Iterator[tuple[str, Any, Any]]:
    yield "tunnel", "", plan.tunnel_ip
    for table in TABLES:
        entries = getattr(plan, table)
        for key in sorted(entries, key=_sort_key):
            yield table, key, entries[key]


def _sort_key(key: object) -> tuple[Any, ...]:
    if isinstance(key, NeighbourKey):
        return key.vni, key.address.version, int(key.address)
    if isinstance(key, FdbKey):
        return key.vni, key.mac
    return (key,)


def _line(table: str, key: Any, entry: Any) -> str:
    match table, entry:
        case "tunnel", None:
            return "tunnel none"
        case "tunnel", IPv4Address():
            return f"tunnel {entry}"
        case "ports", PortEntry():
            door = "open" if entry.enabled else "closed"
            what = f"vni={entry.vni} mac={entry.mac} mtu_bytes={entry.mtu_bytes} addresses={_value(entry.addresses)}"
            return f"ports {key}: {door} {entry.port_id} {what}{'' if entry.guarded else ' unguarded'}"
        case "fdb", LocalDevice(device):
            return f"fdb {key.vni} {key.mac}: device {device}"
        case "fdb", RemoteNode(tunnel_ip):
            return f"fdb {key.vni} {key.mac}: tunnel {tunnel_ip}"
        case "neighbours", _:
            return f"neighbours {key.vni} {key.address}: {entry}"
        case "flood", FloodEntry(devices, tunnel_ips):
            return f"flood {key}: devices={_value(devices)} tunnels={_value(tunnel_ips)}"
    fields = " ".join(f"{name}={_value(getattr(entry, name))}" for name in entry.__struct_fields__)
    return f"{table} {key}: {fields}"


def _value(value: Any) -> str:
    """Return a field on one line without blanks."""
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(_value(item) if not isinstance(item, tuple) else ">".join(map(_value, item)) for item in value)
    if isinstance(value, msgspec.Struct):
        return "/".join(_value(getattr(value, name)) for name in value.__struct_fields__)
    return str(value)
