"""DNS names as Neutron takes them. Source and texts: neutron-lib, api/validators/dns.py."""

import re
from typing import Any

from weft.wire.neutron.attributes import BadValue, Type
from weft.wire.neutron.types import string_problem

FQDN_LENGTH = 255
_LABEL = re.compile(r"^([a-zA-Z0-9-]{1,63})$")


def lower(value: Any) -> Any:
    """Return a name in lower case: DNS knows no other. Raises BadValue."""
    if not isinstance(value, str):
        raise BadValue(f"Input value {value} must be string type")
    return value.lower()


def format_problem(value: str) -> str | None:
    """Say why `value` is neither a relative nor a full name. RFC 952, RFC 1123, section 2.1."""
    reason = _format_reason(value) if value else None
    return f"'{value}' not a valid PQDN or FQDN. Reason: {reason}" if reason else None


def _format_reason(value: str) -> str | None:
    trimmed = value.removesuffix(".")
    if len(trimmed) > FQDN_LENGTH:
        return f"'{trimmed}' exceeds the {FQDN_LENGTH} character FQDN limit"
    labels = trimmed.split(".")
    for label in labels:
        if not label:
            return "Encountered an empty component"
        if label.startswith("-") or label.endswith("-"):
            return f"Name '{label}' must not start or end with a hyphen"
        if not _LABEL.match(label):
            told = "must be 1-63 characters long, each of which can only be alphanumeric or a hyphen"
            return f"Name '{label}' {told}"
    if len(labels) > 1 and re.match(r"^[0-9]+$", labels[-1]):
        return f"TLD '{labels[-1]}' must not be all numeric"
    return None


def relative_problem(value: Any) -> str | None:
    """Say why `value` is no name to be put before a domain."""
    if (problem := string_problem(value)) or not value:
        return problem
    if value.endswith("."):
        return f"'{value}' is a FQDN. It should be a relative domain name"
    if problem := format_problem(value):
        return problem
    if len(value) > FQDN_LENGTH - 3:
        return (
            f"'{value}' contains {len(value)} characters. Adding a domain name will cause it to exceed the maximum "
            f"length of a FQDN of '{FQDN_LENGTH}'"
        )
    return None


def domain_problem(value: Any) -> str | None:
    """Say why `value` is no domain, which ends with a dot."""
    if (problem := string_problem(value)) or not value:
        return problem
    if not value.endswith("."):
        return f"'{value}' is not a FQDN"
    if problem := format_problem(value):
        return problem
    if len(value) > FQDN_LENGTH - 2:
        return (
            f"'{value}' contains {len(value)} characters. Adding a sub-domain will cause it to exceed the maximum "
            f"length of a FQDN of '{FQDN_LENGTH}'"
        )
    return None


_SCHEMA = {"type": "string", "maxLength": FQDN_LENGTH}
RELATIVE_DNS_NAME = Type(_SCHEMA, lower, relative_problem)
DNS_DOMAIN = Type(_SCHEMA, lower, domain_problem)
