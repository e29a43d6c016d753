"""A plan's tables as rows of plain JSON values, sorted: what `/weft/v1` and the CLI print."""

from ipaddress import IPv4Address, IPv6Address
from typing import Any

import msgspec

from weft.plan import TABLES, FdbKey, LocalDevice, NeighbourKey, NodePlan, RemoteNode

Row = dict[str, Any]


def plan_rows(plan: NodePlan) -> dict[str, list[Row]]:
    """Return every table of `plan`."""
    return {table: table_rows(plan, table) for table in TABLES}


def table_rows(plan: NodePlan, table: str) -> list[Row]:
    """Return one table, sorted by key; the key's fields come first in each row."""
    entries = getattr(plan, table)
    return [_row(table, key, entries[key]) for key in sorted(entries, key=_order)]


def _order(key: object) -> tuple[Any, ...]:
    match key:
        case FdbKey(vni, mac):
            return vni, mac
        case NeighbourKey(vni, address):
            return vni, address.version, int(address)
    return (key,)


def _row(table: str, key: Any, entry: Any) -> Row:
    row: Row
    match key:
        case FdbKey() | NeighbourKey():
            row = _fields(key)
        case int():
            row = {"vni": key}
        case _:
            row = {"device": key}
    match entry:
        case LocalDevice(device):
            return row | {"device": device, "tunnel_ip": None}
        case RemoteNode(tunnel_ip):
            return row | {"device": None, "tunnel_ip": str(tunnel_ip)}
        case str():
            return row | {"mac": entry}
    return row | _fields(entry)


def _fields(value: msgspec.Struct) -> Row:
    return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}


def _plain(value: Any) -> Any:
    """Return `value` as JSON can say it."""
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, IPv4Address | IPv6Address):
        return str(value)
    return value
