"""DNS names as Neutron takes them. Source and texts: neutron-lib, api/validators/dns.py."""

import re
from typing import Any

from weft.model.dns import DNS_DOMAIN as DOMAIN
from weft.wire.neutron.attributes import BadValue, Type
from weft.wire.neutron.types import string_problem

FQDN_LENGTH = 255
# A label, or a word in place of one that the asker's name or ID will take (dns-integration-domain-keywords).
_LABEL = re.compile(r"^([a-zA-Z0-9-]{1,63}|<(project_id|project_name|user_name|user_id)>)$")


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


def port_name_problem(value: Any) -> str | None:
    """Say why `value` is no port's name: relative, or full and in the fabric's domain."""
    if not value or (problem := format_problem(value)):
        return problem if value else None
    if not value.endswith("."):
        length, above = len(value), len(DOMAIN) + 1
        if length + above <= FQDN_LENGTH:
            return None
        return (
            f"The dns_name passed is a PQDN and its size is '{length}'. The dns_domain option in neutron.conf is set "
            f"to {DOMAIN}, with a length of '{above}'. When the two are concatenated to form a FQDN (with a '.' at the "
            f"end), the resulting length exceeds the maximum size of '{FQDN_LENGTH}'"
        )
    if value.endswith(f".{DOMAIN}") and len(value) > len(DOMAIN) + 1:
        return None
    return (
        "The dns_name passed is a FQDN. Its higher level labels must be equal to the dns_domain option in "
        f"neutron.conf, that has been set to '{DOMAIN}'. It must also include one or more valid DNS labels to the left "
        f"of '{DOMAIN}'"
    )


_SCHEMA = {"type": "string", "maxLength": FQDN_LENGTH}
RELATIVE_DNS_NAME = Type(_SCHEMA, lower, relative_problem)
DNS_DOMAIN = Type(_SCHEMA, lower, domain_problem)
PORT_DNS_NAME = Type(_SCHEMA, lower, port_name_problem)
