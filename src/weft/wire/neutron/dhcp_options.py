"""Further DHCP options of a port. Source: neutron-lib, api/definitions/extra_dhcp_opt.py."""

from typing import Any

from weft.wire.neutron.attributes import BadValue, Type
from weft.wire.neutron.types import string_problem, to_int

NAME_LENGTH, VALUE_LENGTH = 64, 255
_REQUIRED = {"opt_name", "opt_value"}
_KNOWN = {*_REQUIRED, "ip_version"}
MAY_BE_BLANK = ("router", "classless-static-route")


def read_options(value: Any) -> Any:
    """Return the options, their IP version a number. Raises BadValue for what matches no form that is taken."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadValue(f"'{value}' is not a list")
    for position, option in enumerate(value):
        if option in value[:position]:
            raise BadValue(f"Duplicate items in the list: '{option}'")
    return [_read(option) for option in value]


def _read(option: Any) -> dict[str, Any]:
    if isinstance(option, dict) and {"opt_name", "opt_value"} <= option.keys() <= {
        "opt_name",
        "opt_value",
        "ip_version",
    }:
        name, value = option["opt_name"], option["opt_value"]
        try:
            version = to_int(option.get("ip_version", 4))
        except BadValue:
            version = 0
        if version in (4, 6) and (_is_blankable(name, value) or _is_plain(name, value)):
            return {"opt_name": name, "opt_value": value, "ip_version": version}
    raise BadValue(f"No valid key specs matched for: {option}")


def _is_blankable(name: Any, value: Any) -> bool:
    return name in MAY_BE_BLANK and (value is None or string_problem(value, VALUE_LENGTH) is None)


def _is_plain(name: Any, value: Any) -> bool:
    return _is_line(name, NAME_LENGTH) and (value is None or _is_line(value, VALUE_LENGTH))


def _is_line(value: Any, longest: int) -> bool:
    return string_problem(value, longest) is None and bool(value.strip()) and len(value.splitlines()) == 1


DHCP_OPTIONS = Type(
    {
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "required": ["opt_name", "opt_value"],
            "properties": {
                "opt_name": {"type": "string", "maxLength": NAME_LENGTH},
                "opt_value": {"type": ["string", "null"], "maxLength": VALUE_LENGTH},
                "ip_version": {"enum": [4, 6]},
            },
        },
    },
    read_options,
)
