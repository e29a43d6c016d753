"""Transport protocols and their ports. Source: neutron-lib, api/validators and api/converters."""

from typing import Any

from weft.wire.neutron.attributes import BadValue, Type
from weft.wire.neutron.types import to_int

MAX_PORT = 65535
PROTOCOLS = ("dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp")  # neutron-lib: IPTABLES_PROTOCOL_MAP


def _port_problem(value: Any) -> str | None:
    if value is None:
        return None
    try:
        number = to_int(value)
    except BadValue:
        return f"'{value}' is not an integer"
    if number < 1:
        return f"'{value}' is too small - must be at least '1'"
    return f"'{value}' is too large - must be no larger than '{MAX_PORT}'" if number > MAX_PORT else None


def _lenient_int(value: Any) -> Any:
    """Return a port's number; what is none is left for the check."""
    try:
        return value if value is None else to_int(value)
    except BadValue:
        return value


def _range_problem(value: Any) -> str | None:
    if value is None:
        return None
    ports = str(value).split(":")
    if len(ports) > 2 or not all(ports):
        return "Port range must be two integers separated by a colon"
    for port in ports:
        if not (port.isascii() and port.isdecimal() and int(port) <= MAX_PORT):
            return f"Invalid port: {port}"
        if int(port) < 1:
            return f"Invalid port: {port}, the port must be in the range [1, {MAX_PORT}]"
    if int(ports[0]) > int(ports[-1]):
        return "First port in a port range must be lower than the second port"
    return None


def _protocol(value: Any) -> Any:
    """Return a protocol as it came if there is one of that name or number. Raises BadValue."""
    if not isinstance(value, str):
        raise BadValue(f"Input value {value} must be string type")
    if value.lower() not in PROTOCOLS and not (value.isascii() and value.isdecimal() and int(value) < 256):
        raise BadValue(
            f"IP protocol '{value}' is not supported. Only protocol names and their integer representation (0 to 255) "
            "are supported"
        )
    return value


PORT = Type({"type": "integer", "minimum": 1, "maximum": MAX_PORT}, to_int, _port_problem)
PORT_OR_NONE = Type({"type": ["integer", "null"], "minimum": 1, "maximum": MAX_PORT}, _lenient_int, _port_problem)
PORT_RANGE = Type(
    {"type": ["string", "null"], "examples": ["80", "8000:8010"]},
    lambda value: value if value is None else str(value),
    _range_problem,
)
PROTOCOL = Type(
    {"enum": list(PROTOCOLS)},
    _protocol,
    lambda value: None if value in PROTOCOLS else f"{value} is not in valid_values",
)
