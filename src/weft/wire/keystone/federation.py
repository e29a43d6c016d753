"""What the bodies of OS-FEDERATION may hold. Source: keystone 30, federation/schema.py and federation/utils.py."""

from typing import Any

from weft.wire.keystone.fields import Field, Spec
from weft.wire.keystone.resources import FLAG, TEXT, URL

_REMOTE_ID = Field(length_max=64)
_NAMED = Field(length_min=1, length_max=64)

IDENTITY_PROVIDER = Spec(
    member="identity_provider",
    fields={"enabled": FLAG, "description": TEXT, "domain_id": Field(length_max=64, nullable=True, fixed=True),
            "authorization_ttl": Field(type="integer", nullable=True, minimum=0),
            "remote_ids": Field(type="array", nullable=True, items=_REMOTE_ID, distinct=True)},
    required=(),
    extra=False,
)  # fmt: skip
PROTOCOL = Spec(
    member="protocol",
    fields={"mapping_id": _NAMED, "remote_id_attribute": Field(length_max=64, nullable=True)},
    required=("mapping_id",),
    extra=False,
)
MAPPING = Spec(
    member="mapping",
    fields={"rules": Field(type="array", items=Field(type="object")), "schema_version": Field(length_max=5)},
    required=("rules",),
    extra=False,
)
SERVICE_PROVIDER = Spec(
    member="service_provider",
    fields={"auth_url": URL, "sp_url": URL, "description": TEXT, "enabled": FLAG, "relay_state_prefix": TEXT},
    required=("auth_url", "sp_url"),
    extra=False,
    empty_change=False,
)

SCHEMA_VERSIONS = ("1.0", "2.0", "3.0")
_LOCAL = frozenset({"user", "projects", "projects_json", "group", "groups", "group_ids", "domain"})
_TESTS = ("any_one_of", "not_any_of", "blacklist", "whitelist")


def rules_problem(rules: list[Any]) -> str | None:
    """Say why these are no rules of a mapping: from what an identity provider asserts to who that is here."""
    if not rules:
        return "[] is too short"
    for rule in rules:
        if set(rule) != {"local", "remote"}:
            return f"{rule!s:.200} should have local and remote, and nothing else"
        local, remote = rule["local"], rule["remote"]
        if not _are_objects(local) or not _are_objects(remote):
            return f"{rule!s:.200} should be made of lists of objects"
        if not remote:
            return "[] is too short"
        if problem := next((found for found in map(_local_problem, local) if found), None):
            return problem
        if problem := next((found for found in map(_remote_problem, remote) if found), None):
            return problem
    return None


def _are_objects(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(each, dict) for each in values)


def _local_problem(local: dict[str, Any]) -> str | None:
    strangers = sorted(set(local) - _LOCAL)
    return f"Additional properties are not allowed ({strangers[0][:64]!r} was unexpected)" if strangers else None


def _remote_problem(remote: dict[str, Any]) -> str | None:
    tests = [name for name in _TESTS if name in remote]
    is_one = isinstance(remote.get("type"), str) and len(tests) <= 1 and isinstance(remote.get("regex", False), bool)
    allowed = {"type", *tests, *(("regex",) if tests else ())}
    if not is_one or set(remote) != allowed & set(remote) or any(not isinstance(remote[name], list) for name in tests):
        return f"{remote!s:.200} is not valid under any of the given schemas"
    return None
