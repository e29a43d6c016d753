"""Reading and judging addresses, prefixes and MACs as Neutron does.

Texts are neutron-lib's (api/validators, api/converters). Canonical form is `str(ip_address(x))`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from weft.wire.neutron.attributes import BadValue

# A spelling of each kind that netaddr takes: six pairs, bare digits, dashes, Cisco's dots.
_MAC = re.compile(
    r"^(?:[0-9a-f]{1,2}([:-])(?:[0-9a-f]{1,2}\1){4}[0-9a-f]{1,2}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}|[0-9a-f]{12})$"
)
_FORBIDDEN_MACS = ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff")


@lru_cache(maxsize=8192)
def read_ip(text: str) -> IPv4Address | IPv6Address:
    """Return the address spelled by `text`; cached: parsing is dear. Raises ValueError."""
    if "%" in text:
        raise ValueError(f"{text!r} carries a zone")
    return ip_address(text)


@lru_cache(maxsize=2048)
def read_prefix(text: str) -> IPv4Network | IPv6Network:
    """Return the prefix spelled by `text`, host bits masked out. Raises ValueError."""
    return ip_network(text, strict=False)


def ip_problem(value: Any) -> str | None:
    """Say why `value` is no address."""
    try:
        if not isinstance(value, str):
            raise ValueError
        read_ip(value)
    except ValueError:
        plain = _without_leading_zeros(value)
        if plain:
            return f"'{value}' is not an accepted IP address, '{plain}' is recommended"
        return f"'{value}' is not a valid IP address"
    return None


def _without_leading_zeros(value: Any) -> str | None:
    """Return the address meant by "010.0.0.1": some read that octal, so nobody should be made to guess."""
    octets = value.split(".") if isinstance(value, str) else []
    if len(octets) != 4 or not all(octet.isdecimal() and octet.isascii() and int(octet) < 256 for octet in octets):
        return None
    return ".".join(str(int(octet)) for octet in octets)


def ip_or_none_problem(value: Any) -> str | None:
    """Say why `value` is neither an address nor null."""
    return None if value is None else ip_problem(value)


def canonical_ip(value: Any) -> Any:
    """Return an address in canonical form; anything else as it came, for the check to refuse."""
    try:
        return str(read_ip(value))
    except (ValueError, TypeError):
        return value


def canonical_prefix(value: Any) -> Any:
    """Return a prefix in canonical form, host bits masked out. Raises BadValue."""
    if value is None:
        return None
    try:
        if not isinstance(value, str) or "%" in value:
            raise ValueError
        return str(read_prefix(value))
    except ValueError:
        raise BadValue(f"{value} is not in a CIDR format") from None


def fixed_ips_problem(value: Any) -> str | None:
    """Say what is wrong with a list of a port's addresses; whether subnet IDs are such is not looked at here."""
    if not isinstance(value, list):
        return f"Invalid data format for fixed IP: '{value}'"
    seen: set[str] = set()
    for ip in value:
        if not isinstance(ip, dict):
            return f"Invalid data format for fixed IP: '{ip}'"
        if "ip_address" in ip:
            if problem := ip_problem(ip["ip_address"]):
                return problem
            if ip["ip_address"] in seen:
                return f"Duplicate IP address '{ip['ip_address']}'"
            seen.add(ip["ip_address"])
    return None


def canonical_fixed_ips(value: Any) -> Any:
    """Return a port's addresses in canonical form; what is none is left for the check."""
    if not isinstance(value, list):
        return value
    return [
        {**ip, "ip_address": canonical_ip(ip["ip_address"])} if isinstance(ip, dict) and "ip_address" in ip else ip
        for ip in value
    ]


def pools_problem(value: Any) -> str | None:
    """Say what is wrong with a list of allocation pools."""
    if not isinstance(value, list):
        return f"Invalid data format for IP pool: '{value}'"
    for pool in value:
        if problem := keys_problem(pool, ("start", "end")):
            return problem
        if problem := ip_problem(pool["start"]) or ip_problem(pool["end"]):
            return problem
    return None


def canonical_pools(value: Any) -> Any:
    """Return allocation pools with canonical addresses; null is none. Raises BadValue."""
    if value is None:
        return []
    try:
        return [{key: canonical_ip(address) for key, address in pool.items()} for pool in value]
    except (AttributeError, TypeError):
        raise BadValue("Invalid data format for allocation pools") from None


def nameservers_problem(value: Any) -> str | None:
    """Say what is wrong with a list of DNS servers."""
    if not isinstance(value, list):
        return f"Invalid data format for nameserver: '{value}'"
    for position, host in enumerate(value):
        if problem := ip_problem(host):
            return f"'{host}' is not a valid nameserver. {problem}"
        if host in value[:position]:
            return f"Duplicate nameserver '{host}'"
    return None


def routes_problem(value: Any) -> str | None:
    """Say what is wrong with a list of host routes."""
    if not isinstance(value, list):
        return f"Invalid data format for hostroute: '{value}'"
    for position, route in enumerate(value):
        if problem := keys_problem(route, ("destination", "nexthop")):
            return problem
        if problem := route_prefix_problem(route["destination"]) or ip_problem(route["nexthop"]):
            return problem
        if route in value[:position]:
            return f"Duplicate hostroute '{route}'"
    return None


def canonical_routes(value: Any) -> Any:
    """Return host routes in canonical form; null is none; what is no route is left for the check."""
    if not isinstance(value, list):
        return [] if value is None else value
    return [_canonical_route(route) for route in value]


def _canonical_route(route: Any) -> Any:
    if not isinstance(route, dict) or not {"destination", "nexthop"} <= route.keys():
        return route
    if route_prefix_problem(route["destination"]):
        return route
    return {
        **route,
        "destination": str(read_prefix(route["destination"])),
        "nexthop": canonical_ip(route["nexthop"]),
    }


def route_prefix_problem(value: Any) -> str | None:
    """Say why `value` is no destination of a route."""
    try:
        if not isinstance(value, str) or "/" not in value:
            raise ValueError
        prefix = ip_network(value, strict=True)
    except ValueError:
        return f"'{value}' is not a valid CIDR"
    return f"'{value}' is not a routable CIDR" if prefix.is_loopback else None


def subnet_problem(value: Any) -> str | None:
    """Say why `value` is no prefix; bits of a host in it are no matter."""
    try:
        if not isinstance(value, str) or "/" not in value or not value.rpartition("/")[2].isdecimal():
            raise ValueError
        read_prefix(value)
    except ValueError:
        return f"'{value}' is not a valid IP subnet"
    return None


def canonical_mac(value: Any) -> Any:
    """Return a MAC as six lower-case pairs; anything else as it came, for the check to refuse."""
    if not isinstance(value, str) or not _MAC.match(low := value.lower()):
        return value
    if ":" in low or "-" in low:
        return ":".join(f"{int(pair, 16):02x}" for pair in re.split("[:-]", low))
    digits = low.replace(".", "")
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def mac_problem(value: Any) -> str | None:
    """Say why `value` (canonical) is no MAC that a port can have."""
    if not isinstance(value, str) or not _MAC.match(value.lower()) or value in _FORBIDDEN_MACS:
        return f"'{value}' is not a valid MAC address"
    return None


def keys_problem(value: Any, expected: tuple[str, ...]) -> str | None:
    """Say why `value` is no dictionary with exactly these keys."""
    if not isinstance(value, Mapping):
        return f"Invalid input. '{value}' must be a dictionary with keys: {list(expected)}"
    if set(value) != set(expected):
        return (
            "Validation of dictionary's keys failed. "
            f"Expected keys: {_as_set(expected)} Provided keys: {_as_set(map(str, value))}"
        )
    return None


def _as_set(keys: Iterable[str]) -> str:
    """Return keys as Neutron prints a set, but always in the same order."""
    return "{" + ", ".join(map(repr, sorted(keys))) + "}" if (keys := list(keys)) else "set()"
