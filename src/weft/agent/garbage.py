"""Reading fields of records that anyone may have written: a newer version, a broken disk, an enemy.

Every function returns a value that is what its name says, or raises Unusable with a sentence that names the
field. Nothing here trusts a type.
"""

import re
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Any
from uuid import UUID

from weft.model import Address, Invalid, Prefix
from weft.store.records import Record

LONGEST_LIST = 64  # addresses, servers or routes of one thing; far beyond what DHCP can carry
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


class Unusable(Invalid):
    """A record's field cannot be what it ought to be."""

    code = "unusable_record"

    def __init__(self, field: str, value: object, wanted: str) -> None:
        super().__init__(f"{field} is {_shorten(value)}, not {wanted}")


def text(record: Record, field: str, default: str | None = None) -> str:
    """Return a string field."""
    value = record.get(field, default)
    if not isinstance(value, str):
        raise Unusable(field, value, "a string")
    return value


def flag(record: Record, field: str, default: bool) -> bool:
    """Return a boolean field."""
    value = record.get(field, default)
    if not isinstance(value, bool):
        raise Unusable(field, value, "true or false")
    return value


def number(record: Record, field: str, low: int, high: int, default: int | None = None) -> int:
    """Return an integer field between `low` and `high`, both included."""
    value = record.get(field, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Unusable(field, value, f"a number from {low} to {high}")
    return value


def one_of(record: Record, field: str, choices: tuple[str, ...]) -> Any:
    """Return a field that is absent (None) or one of `choices`."""
    value = record.get(field)
    if value is None or value in choices:
        return value
    raise Unusable(field, value, " or ".join(choices))


def uuid(value: object, field: str) -> str:
    """Return an ID in Neutron's form: device names are made of it."""
    try:
        if isinstance(value, str) and str(UUID(value)) == value:
            return value
    except ValueError:
        pass
    raise Unusable(field, value, "a UUID")


def mac(record: Record, field: str) -> str:
    """Return the MAC of one machine: neither a group's nor all zeros."""
    value = record.get(field)
    if not isinstance(value, str) or not _MAC.fullmatch(value) or int(value[:2], 16) & 1 or not value.strip("0:"):
        raise Unusable(field, value, "the MAC address of one machine")
    return value


def address(value: object, field: str) -> Address:
    """Return an address; zone IDs are refused."""
    try:
        if isinstance(value, str):
            found = ip_address(value)
            if isinstance(found, IPv4Address) or found.scope_id is None:
                return found
    except ValueError:
        pass
    raise Unusable(field, value, "an IP address")


def host_address(value: object, field: str) -> Address:
    """Return an address that one machine can have."""
    found = address(value, field)
    if found.is_multicast or found.is_unspecified or found.is_loopback or found == IPv4Address("255.255.255.255"):
        raise Unusable(field, value, "the address of one machine")
    return found


def prefix(value: object, field: str) -> Prefix:
    """Return a prefix without host bits."""
    try:
        if isinstance(value, str):
            found = ip_network(value)
            if isinstance(found, IPv4Network) or "%" not in value:
                return found
    except ValueError:
        pass
    raise Unusable(field, value, "a prefix")


def items(record: Record, field: str) -> list[Any]:
    """Return a list field; absent means empty."""
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > LONGEST_LIST:
        raise Unusable(field, value, f"a list of at most {LONGEST_LIST}")
    return list(value)


def member(item: object, name: str, field: str) -> Any:
    """Return a member of an object in a list."""
    if not isinstance(item, dict) or name not in item:
        raise Unusable(field, item, f"an object with {name!r}")
    return item[name]


def _shorten(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
