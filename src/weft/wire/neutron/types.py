"""The types that Neutron's attributes have. Texts are neutron-lib's (api/validators, api/converters)."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from weft.wire.neutron import addresses
from weft.wire.neutron.attributes import BadValue, Type, fine, unchanged

NAME_LENGTH = 255
DESCRIPTION_LENGTH = 255
TAG_LENGTH = 255
PROFILE_LENGTH = 4095  # Neutron's: ml2, models.py, BINDING_PROFILE_LEN
ZONE_HINTS_LENGTH = 255  # of the list as JSON; neutron-lib, db/constants.py, AZ_HINTS_DB_LEN
MAX_NUMBER = 1 << 63  # what records hold

_TRUE = {"1", "t", "true", "on", "y", "yes"}
_FALSE = {"0", "f", "false", "off", "n", "no"}
_UUID = re.compile(r"^[0-9a-f]{32}$")


# ---- text
def string_problem(value: Any, longest: int | None = None) -> str | None:
    """Say why `value` is no string, or too long a one."""
    if not isinstance(value, str):
        return f"'{value}' is not a valid string"
    if longest is not None and len(value) > longest:
        return f"'{value}' exceeds maximum length of {longest}"
    return None


def name_problem(value: Any) -> str | None:
    """Say why `value` is no name: printable text without blanks at its ends, as Neutron has it."""
    if problem := string_problem(value, NAME_LENGTH):
        return problem
    if value.isascii() and value.isprintable() and value == value.strip():
        return None
    blank_ends = value[:1].isspace() or value[-1:].isspace()
    if blank_ends or not all(_is_printable(char) for char in value):
        return f"'{value}' is not a valid string"
    return None


def not_empty_name_problem(value: Any) -> str | None:
    """Say why `value` is no name with something in it."""
    if (problem := string_problem(value)) is None and not value.strip():
        problem = f"'{value}' Blank strings are not permitted"
    return problem or name_problem(value)


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] != "C" and (category[0] != "Z" or category == "Zs")


def string(longest: int) -> Type:
    """Return the type of strings up to a length."""
    return Type({"type": "string", "maxLength": longest}, problem=lambda value: string_problem(value, longest))


def shown_string(longest: int) -> Type:
    """Return the type of strings up to a length, shown as null where there is none."""
    return Type({**string(longest).schema, "type": ["string", "null"]}, problem=string(longest).problem)


def one_of(values: Collection[Any]) -> Type:
    """Return the type of values out of a fixed set."""
    return Type(
        {"enum": list(values)}, problem=lambda value: None if value in values else f"{value} is not in valid_values"
    )


STRING = Type({"type": "string"}, problem=string_problem)
STRING_OR_NONE = Type({"type": ["string", "null"]}, problem=lambda v: None if v is None else string_problem(v, 255))
NAME = Type({"type": "string", "maxLength": NAME_LENGTH}, problem=name_problem)
NAME_NOT_EMPTY = Type({"type": "string", "minLength": 1, "maxLength": NAME_LENGTH}, problem=not_empty_name_problem)
NAME_OR_NONE = Type(
    {"type": ["string", "null"], "maxLength": NAME_LENGTH}, problem=lambda v: None if v is None else name_problem(v)
)
_COMMUNITY = re.compile(r"[a-zA-Z_.][a-zA-Z_.0-9]{0,231}$")


def _community_problem(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and _COMMUNITY.match(value)):
        return None
    return f"'{value}' is not a valid input"


COMMUNITY = Type({"type": ["string", "null"], "maxLength": 232}, problem=_community_problem)
DESCRIPTION = string(DESCRIPTION_LENGTH)


# ---- numbers and truth
def to_boolean(value: Any) -> bool:
    """Return what `value` says, in any of the spellings Neutron takes. Raises BadValue."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise BadValue(f"'{value}' cannot be converted to boolean")


def to_int(value: Any) -> int:
    """Return `value` as an integer. Raises BadValue."""
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        raise BadValue(f"'{value}' is not an integer") from None


def _mtu_problem(value: Any) -> str | None:
    return f"'{value}' should be non-negative" if value < 0 else None


def _range_problem(value: int, lowest: int, highest: int) -> str | None:
    if value < lowest:
        return f"'{value}' is too small - must be at least '{lowest}'"
    return f"'{value}' is too large - must be no larger than '{highest}'" if value > highest else None


def int_range(lowest: int, highest: int) -> Type:
    """Return the type of whole numbers between two, both included."""
    schema = {"type": "integer", "minimum": lowest, "maximum": highest}
    return Type(schema, to_int, lambda value: _range_problem(value, lowest, highest))


def optional_int_range(lowest: int, highest: int) -> Type:
    """Return the type of what is shown as null where it was left out. Nobody may give null."""
    of = int_range(lowest, highest)
    return Type({**of.schema, "type": ["integer", "null"]}, of.convert, of.problem)


BOOLEAN = Type({"type": "boolean"}, to_boolean)
BOOLEAN_OR_NONE = Type({"type": ["boolean", "null"]}, lambda value: None if value is None else to_boolean(value))
INTEGER = Type({"type": "integer"}, to_int)
SHOWN_INTEGER = Type({"type": ["integer", "null"]}, to_int)  # null where there is none
MTU = Type({"type": "integer", "minimum": 0}, to_int, _mtu_problem)
IP_VERSION = Type({"enum": [4, 6]}, to_int, lambda v: None if v in (4, 6) else f"{v} is not in valid_values")


# ---- identifiers
def uuid_problem(value: Any) -> str | None:
    """Say why `value` is no UUID; any spelling Python's uuid module takes is one, as in oslo.utils."""
    if isinstance(value, str):
        plain = value.lower().replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
        if _UUID.match(plain):
            return None
    return f"'{value}' is not a valid UUID"


UUID = Type({"type": "string", "format": "uuid"}, problem=uuid_problem)
UUID_OR_NONE = Type({"type": ["string", "null"]}, problem=lambda v: None if v is None else uuid_problem(v))


SUBNETPOOL_ID = Type(
    {"type": ["string", "null"]}, problem=lambda v: None if v in (None, "prefix_delegation") else uuid_problem(v)
)


def _subnet_ids_problem(fixed_ips: Any) -> str | None:
    return next((problem for ip in fixed_ips if "subnet_id" in ip if (problem := uuid_problem(ip["subnet_id"]))), None)


HOST = Type({"type": ["string", "null"], "maxLength": 255}, lambda v: v or "", lambda v: string_problem(v, 255))

# ---- addresses
IP_OR_NONE = Type({"type": ["string", "null"]}, addresses.canonical_ip, addresses.ip_or_none_problem)
CIDR = Type({"type": "string"}, addresses.canonical_prefix)
MAC_OR_NONE = Type(
    {"type": ["string", "null"]},
    addresses.canonical_mac,
    lambda value: None if value is None else addresses.mac_problem(value),
)
FIXED_IPS = Type(
    {
        "type": "array",
        "items": {"type": "object", "properties": {"subnet_id": {"type": "string"}, "ip_address": {"type": "string"}}},
    },
    addresses.canonical_fixed_ips,
    lambda value: addresses.fixed_ips_problem(value) or _subnet_ids_problem(value),
)
POOLS = Type(
    {"type": "array", "items": {"type": "object", "required": ["start", "end"]}},
    addresses.canonical_pools,
    addresses.pools_problem,
)
NAMESERVERS = Type(
    {"type": "array", "items": {"type": "string"}},
    lambda v: [] if v is None else [addresses.canonical_ip(host) for host in v] if isinstance(v, list) else v,
    addresses.nameservers_problem,
)
HOST_ROUTES = Type(
    {"type": "array", "items": {"type": "object", "required": ["destination", "nexthop"]}},
    addresses.canonical_routes,
    addresses.routes_problem,
)


# ---- lists and dictionaries
def list_problem(value: Any, item_problem: Callable[[Any], str | None]) -> str | None:
    """Say why `value` is no list of different, good items."""
    if not isinstance(value, list):
        return f"'{value}' is not a list"
    for position, item in enumerate(value):
        if item in value[:position]:
            return f"Duplicate items in the list: '{item}'"
        if problem := item_problem(item):
            return problem
    return None


def tags_problem(value: Any) -> str | None:
    """Say why `value` is no list of tags."""
    return list_problem(value, lambda tag: string_problem(tag, TAG_LENGTH))


def _profile_problem(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"'{value}' is not a dictionary"
    if len(json.dumps(value)) > PROFILE_LENGTH:
        return f"the value is too large, the limit is {PROFILE_LENGTH} characters of JSON"
    return _number_problem(value)


def _number_problem(value: Any) -> str | None:
    if isinstance(value, int) and not -MAX_NUMBER <= value < MAX_NUMBER:
        return f"'{value}' is out of range"
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((problem for one in inner if (problem := _number_problem(one))), None)


def _zones_not_too_many(value: Any) -> Any:
    """Refuse more availability zones than Neutron stores. Raises BadValue."""
    if isinstance(value, list) and STRINGS.problem(value) is None and len(json.dumps(value)) > ZONE_HINTS_LENGTH:
        raise BadValue("Too many availability_zone_hints specified")
    return value


TAGS = Type({"type": "array", "items": {"type": "string", "maxLength": TAG_LENGTH}}, problem=tags_problem)
UUIDS = Type({"type": "array", "items": {"type": "string"}}, problem=lambda v: list_problem(v, uuid_problem))
UUIDS_OR_NONE = Type(
    {"type": ["array", "null"], "items": {"type": "string"}}, lambda v: [] if v is None else v, UUIDS.problem
)
STRINGS = Type({"type": "array", "items": {"type": "string"}}, problem=lambda v: list_problem(v, string_problem))
PROFILE = Type({"type": ["object", "null"]}, lambda v: {} if v is None else v, _profile_problem)
OBJECT = Type({"type": "object"})
OBJECT_OR_NONE = Type({"type": ["object", "null"]})
ZONE_HINTS = Type({"type": "array", "items": {"type": "string"}}, _zones_not_too_many, STRINGS.problem)
ANY = Type({})


PREFIXES = Type(
    {"type": "array", "items": {"type": "string"}}, problem=lambda v: list_problem(v, addresses.subnet_problem)
)


def array(item: Mapping[str, Any]) -> Type:
    """Return the type of a list that is only shown."""
    return Type({"type": "array", "items": item}, unchanged, fine)
