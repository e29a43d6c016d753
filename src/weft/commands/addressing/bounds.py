"""What a subnet pool's prefixes and their lengths have to be. Source: neutron, ipam/subnet_alloc.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET

from weft.commands.addressing.errors import (
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolPrefixBounds,
    PrefixVersionMismatch,
    UnsupportedMinSubnetPoolPrefix,
)
from weft.store.prefixes import WIDTH, version_of

DEFAULT_MIN_PREFIXLEN = {4: 8, 6: 64}


def common_version(prefixes: Sequence[str]) -> int:
    """Return the IP version of all prefixes. Raises EmptySubnetPoolPrefixList, PrefixVersionMismatch."""
    if not prefixes:
        raise EmptySubnetPoolPrefixList
    versions = {version_of(prefix) for prefix in prefixes}
    if len(versions) > 1:
        raise PrefixVersionMismatch
    return versions.pop()


def prefix_lengths(version: int, given: Mapping[str, Any]) -> dict[str, int]:
    """Return min_, max_ and default_prefixlen: as given or usual. Raises if they do not go together."""
    least = _given(given, "min_prefixlen", DEFAULT_MIN_PREFIXLEN[version])
    most = _given(given, "max_prefixlen", WIDTH[version])
    usual = _given(given, "default_prefixlen", least)
    if least < 1:
        raise UnsupportedMinSubnetPoolPrefix(least, version)
    _check_order("min_prefixlen", least, "max_prefixlen", most, least <= most)
    _check_order("max_prefixlen", most, "ip_version_max", WIDTH[version], most <= WIDTH[version])
    _check_order("default_prefixlen", usual, "min_prefixlen", least, usual >= least)
    _check_order("default_prefixlen", usual, "max_prefixlen", most, usual <= most)
    return {"min_prefixlen": least, "max_prefixlen": most, "default_prefixlen": usual}


def _given(given: Mapping[str, Any], name: str, usual: int) -> int:
    value = given.get(name, UNSET)
    return usual if value is UNSET or value is None else int(value)


def _check_order(name: str, value: int, base_name: str, base: int, is_fine: bool) -> None:
    if not is_fine:
        raise IllegalSubnetPoolPrefixBounds(name, value, base_name, base)
