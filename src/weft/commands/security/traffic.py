"""What a rule says: put in canonical form, judged, and compared. Source: neutron, db/securitygroups_db.py."""

from collections.abc import Mapping
from ipaddress import ip_interface
from typing import Any

import msgspec

from weft.commands.security.errors import (
    PORT_PROTOCOL_NUMBERS,
    SecurityGroupEthertypeConflictWithProtocol,
    SecurityGroupInvalidIcmpValue,
    SecurityGroupInvalidPortRange,
    SecurityGroupInvalidProtocolForPort,
    SecurityGroupMissingIcmpType,
    SecurityGroupMultipleRemoteEntites,
    SecurityGroupProtocolRequiredWithPorts,
    SecurityGroupRuleParameterConflict,
)
from weft.wire.neutron.security.values import PROTOCOL_NUMBERS, SecurityGroupInvalidPortValue

ICMP, IPV6_ICMP = PROTOCOL_NUMBERS["icmp"], PROTOCOL_NUMBERS["ipv6-icmp"]
PORT_RANGE_MIN, PORT_RANGE_MAX = 1, 65535
_IPV6_ONLY = frozenset(
    word
    for name in ("ipv6-encap", "ipv6-frag", "ipv6-icmp", "icmpv6", "ipv6-nonxt", "ipv6-opts", "ipv6-route")
    for word in (name, str(PROTOCOL_NUMBERS[name]))
)
_EVERYWHERE = (None, "0.0.0.0/0", "::/0")

Key = tuple[Any, ...]


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a rule that says which traffic it is about; field names as in the record."""

    direction: str
    ethertype: str = "IPv4"
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None


FIELDS = Traffic.__struct_fields__


def checked_traffic(wanted: Traffic) -> dict[str, Any]:
    """Return the values to store. Raises one of the Invalid of errors.py, in the order in which Neutron looks."""
    values = {field: getattr(wanted, field) for field in FIELDS}
    if wanted.ethertype == "IPv6" and wanted.protocol in ("icmp", "icmpv6"):
        values["protocol"] = "ipv6-icmp"
    elif wanted.ethertype == "IPv6" and wanted.protocol == str(ICMP):
        values["protocol"] = str(IPV6_ICMP)
    if (wanted.port_range_min, wanted.port_range_max) == (PORT_RANGE_MIN, PORT_RANGE_MAX):
        values["port_range_min"] = values["port_range_max"] = None  # every port: no need to look at it
    _check_ports(values["protocol"], values["port_range_min"], values["port_range_max"])
    prefix = wanted.remote_ip_prefix
    if prefix and wanted.ethertype != f"IPv{ip_interface(prefix).version}":
        raise SecurityGroupRuleParameterConflict(wanted.ethertype, prefix)
    if values["protocol"] in _IPV6_ONLY and wanted.ethertype == "IPv4":
        raise SecurityGroupEthertypeConflictWithProtocol(wanted.ethertype, values["protocol"])
    if sum(map(bool, (prefix, wanted.remote_group_id, wanted.remote_address_group_id))) > 1:
        raise SecurityGroupMultipleRemoteEntites
    return values


def traffic_key(values: Mapping[str, Any]) -> Key:
    """Return what two rules have in common if and only if they say the same."""
    protocol = values.get("protocol")
    prefix = values.get("remote_ip_prefix")
    return (
        values.get("direction"),
        values.get("ethertype"),
        None if protocol is None else _number_there(protocol, values.get("ethertype")),
        values.get("port_range_min"),
        values.get("port_range_max"),
        None if prefix in _EVERYWHERE else prefix,
        values.get("remote_group_id"),
        values.get("remote_address_group_id"),
    )


def protocol_number(protocol: str) -> int:
    """Return a protocol's number, given its name or number."""
    number = PROTOCOL_NUMBERS.get(protocol)
    return int(protocol) if number is None else number


def _number_there(protocol: str, ethertype: str | None) -> int:
    number = protocol_number(protocol)
    return IPV6_ICMP if ethertype == "IPv6" and number == ICMP else number


def _check_ports(protocol: str | None, low: int | None, high: int | None) -> None:
    if low is None and high is None:
        return
    if not protocol:
        raise SecurityGroupProtocolRequiredWithPorts
    number = protocol_number(protocol)
    if number in PORT_PROTOCOL_NUMBERS:
        if low == 0 or high == 0:
            raise SecurityGroupInvalidPortValue(0)
        if low is None or high is None or low > high:
            raise SecurityGroupInvalidPortRange
    elif number in (ICMP, IPV6_ICMP):
        for attribute, field, value in (("port_range_min", "type", low), ("port_range_max", "code", high)):
            if value is not None and value > 255:
                raise SecurityGroupInvalidIcmpValue(field, attribute, value)
        if low is None and high is not None:
            raise SecurityGroupMissingIcmpType(high)
    else:
        raise SecurityGroupInvalidProtocolForPort(number)
