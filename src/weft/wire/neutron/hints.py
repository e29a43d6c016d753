"""Hints for what plugs a port in. Source: neutron-lib, api/definitions/port_hints.py."""

from typing import Any

from weft.wire.neutron.attributes import Type

_TX_STEERING = ("thread", "hash")
_PATH = ("openvswitch", "other_config", "tx-steering")  # the one thing that can be hinted at


def hints_problem(value: Any) -> str | None:
    """Say why `value` is neither null nor `{"openvswitch": {"other_config": {"tx-steering": …}}}`."""
    if value is None:
        return None
    for key in _PATH:
        if not isinstance(value, dict):
            return f"'{value}' is not a dictionary"
        if unknown := [name for name in value if name != key]:
            return f"Unexpected keys supplied: {', '.join(unknown)}"
        if key not in value:
            return None
        value = value[key]
    return None if value in _TX_STEERING else f"{value} is not in valid_values"


HINTS = Type({"type": ["object", "null"]}, problem=hints_problem)
