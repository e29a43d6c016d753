"""Reading what a rule says as Neutron does: protocols, ports, prefixes. Texts: neutron, extensions/securitygroup.py."""

from ipaddress import ip_interface
from typing import Any

from weft.model import Invalid
from weft.wire.neutron.attributes import Type

# neutron-lib, constants.py, IP_PROTOCOL_MAP, in its order: error texts print it
PROTOCOL_NUMBERS = {
    "ah": 51, "dccp": 33, "egp": 8, "esp": 50, "gre": 47, "hopopt": 0, "icmp": 1, "igmp": 2, "ip": 0, "ipip": 4,
    "ipv6-encap": 41, "ipv6-frag": 44, "ipv6-icmp": 58, "icmpv6": 58, "ipv6-nonxt": 59, "ipv6-opts": 60,
    "ipv6-route": 43, "ospf": 89, "pgm": 113, "rsvp": 46, "sctp": 132, "tcp": 6, "udp": 17, "udplite": 136,
    "vrrp": 112,
}  # fmt: skip
ANY_PROTOCOL = (None, "any")
ETHERTYPES = ("IPv4", "IPv6")
MAX_PORT = 65535


class SecurityGroupRuleInvalidProtocol(Invalid):
    """No such protocol."""

    code = "security_group_rule_invalid_protocol"

    def __init__(self, protocol: Any) -> None:
        names = (*ANY_PROTOCOL, *PROTOCOL_NUMBERS)
        super().__init__(
            f"Security group rule protocol {protocol} not supported. Only protocol values {names} and integer "
            "representations [0 to 255] are supported."
        )


class SecurityGroupRuleInvalidEtherType(Invalid):
    """Neither IPv4 nor IPv6."""

    code = "security_group_rule_invalid_ether_type"

    def __init__(self, ethertype: Any) -> None:
        super().__init__(
            f"Security group rule for ethertype '{ethertype}' not supported. Allowed values are {list(ETHERTYPES)}."
        )


class SecurityGroupInvalidPortValue(Invalid):
    """Not a port number."""

    code = "security_group_invalid_port_value"

    def __init__(self, port: Any) -> None:
        super().__init__(f"Invalid value for port {port}")


class InvalidCIDR(Invalid):
    """Not a prefix."""

    code = "invalid_cidr"

    def __init__(self, value: Any) -> None:
        super().__init__(f"Invalid CIDR {value} given as IP prefix.")


def to_protocol(value: Any) -> str | None:
    """Return a protocol as its lower-case name or its number, as it came; None is any. Raises Invalid."""
    if value is None or value == "any":
        return None
    try:
        number = int(value)
    except (ValueError, TypeError):
        if isinstance(value, str) and value.lower() in PROTOCOL_NUMBERS:
            return value.lower()
        raise SecurityGroupRuleInvalidProtocol(value) from None
    if not 0 <= number <= 255:
        raise SecurityGroupRuleInvalidProtocol(value)
    return str(value)


def to_ethertype(value: Any) -> str:
    """Return "IPv4" or "IPv6", whatever its case was. Raises Invalid."""
    for ethertype in ETHERTYPES:
        if isinstance(value, str) and value.lower() == ethertype.lower():
            return ethertype
    raise SecurityGroupRuleInvalidEtherType(value)


def to_port(value: Any) -> int | None:
    """Return a port number, or an ICMP type or code, which come in the same place. Raises Invalid."""
    if value is None:
        return None
    try:
        number = int(value)
    except (ValueError, TypeError):
        raise SecurityGroupInvalidPortValue(value) from None
    if not 0 <= number <= MAX_PORT:
        raise SecurityGroupInvalidPortValue(value)
    return number


def to_remote_prefix(value: Any) -> str | None:
    """Return an address or prefix with its length, host bits kept: "10.0.0.5/24". Raises InvalidCIDR."""
    if not value:
        return None
    try:
        if not isinstance(value, str) or "%" in value:
            raise ValueError
        return str(ip_interface(value.strip()))
    except ValueError:
        raise InvalidCIDR(value) from None


def prefix_problem(value: Any) -> str | None:
    """Say why `value` is no prefix; host bits may be set. Source: neutron-lib, api/validators, validate_subnet."""
    try:
        if not isinstance(value, str) or "/" not in value or "%" in value:
            raise ValueError
        interface = ip_interface(value)
        if interface.version == 4 and str(interface) != value:
            raise ValueError
    except ValueError:
        return f"'{value}' is not a valid IP subnet"
    return None


DIRECTION = Type(
    {"enum": ["ingress", "egress"]},
    problem=lambda value: None if value in ("ingress", "egress") else f"{value} is not in valid_values",
)
ETHERTYPE = Type({"enum": list(ETHERTYPES)}, to_ethertype)
PROTOCOL = Type({"type": ["string", "integer", "null"]}, to_protocol)
PORT_NUMBER = Type({"type": ["integer", "null"], "minimum": 0, "maximum": MAX_PORT}, to_port)
REMOTE_PREFIX = Type({"type": ["string", "null"]}, to_remote_prefix)
ANYTHING = Type({"type": ["string", "null"]}, lambda value: value or None)  # an ID that is looked up as it is
