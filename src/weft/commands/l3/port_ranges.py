"""Ranges of ports, as port forwardings write them: "80:80", "8000:8010"."""

from collections.abc import Iterable, Mapping
from typing import Any

from weft.commands.errors import BadRequest

Ports = tuple[int, int]


def text_of(ports: str | None, port: int | None) -> str:
    """Return a range as it is kept; a single port is the range of just that. Raises BadRequest if neither is given."""
    if ports is None and port is None:
        raise BadRequest("port_forwarding", "Invalid port value, the port value must be a value between 1 and 65535.")
    first, last = read_ports(ports or str(port))
    return f"{first}:{last}"


def read_ports(text: str) -> Ports:
    """Return the first and last port of a range."""
    first, _, last = text.partition(":")
    return int(first), int(last or first)


def check_relation(external: str, internal: str) -> None:
    """Raise BadRequest unless there are as many ports inside as outside, or one."""
    (first, last), (low, high) = read_ports(external), read_ports(internal)
    if high > low and high - low != last - first:
        raise BadRequest(
            "port_forwarding",
            "Invalid ranges of internal and/or external ports. The relation between internal and external ports must "
            "be N-N or 1-N",
        )


def check_apart(field: str, values: Mapping[str, Any], others: Iterable[Any]) -> None:
    """Raise BadRequest if `values` has a port in its `field` that another has there."""
    first, last = read_ports(values[field])
    for other in others:
        taken = str(other.get(field))
        low, high = read_ports(taken)
        if first <= high and low <= last:
            raise BadRequest(
                "port_forwarding",
                f"There is a port collision with the {field}. The following ranges collide: {taken} and "
                f"{values[field]}",
            )
