"""Templates: the rules that a new group begins with. Source: neutron, extensions/security_groups_default_rules.py."""

import uuid
from collections.abc import Sequence
from typing import Any

from weft.commands.context import Context
from weft.commands.security.errors import (
    DefaultSecurityGroupRuleExists,
    DefaultSecurityGroupRuleNotFound,
)
from weft.commands.security.traffic import FIELDS, Traffic, checked_traffic, traffic_key
from weft.commands.seeds import seed_record
from weft.store.kinds import DEFAULT_SECURITY_GROUP_RULE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

PARENT = "PARENT"  # as remote_group_id: the group that gets the rule
_NAMESPACE = uuid.UUID("5b1f4d0e-7c57-4a0c-8f0c-0d0d9d3a6e11")  # random once; part of the format


class CreateDefaultRule(Traffic, frozen=True, kw_only=True):
    """A validated request."""

    used_in_default_sg: bool
    used_in_non_default_sg: bool
    description: str = ""
    project_id: str = ""  # taken and ignored, as by Neutron


def first_default_rules() -> list[Record]:
    """Return the templates that every fabric begins with, to be seeded: out to anywhere, in from the group itself."""
    records = []
    for ethertype in ("IPv4", "IPv6"):
        for direction, remote, in_others in (("egress", None, True), ("ingress", PARENT, False)):
            values = {
                **dict.fromkeys(FIELDS),
                "direction": direction,
                "ethertype": ethertype,
                "remote_group_id": remote,
                "description": f"Legacy default SG rule for {direction} traffic",
                "used_in_default_sg": True,
                "used_in_non_default_sg": in_others,
            }
            id = str(uuid.uuid5(_NAMESPACE, f"{direction} {ethertype}"))
            records.append(seed_record(DEFAULT_SECURITY_GROUP_RULE.name, id, values))
    return records


def templates_for(state: State, *, is_default: bool) -> list[dict[str, Any]]:
    """Return what the rules of a new group say, in an order that all sites share."""
    flag = "used_in_default_sg" if is_default else "used_in_non_default_sg"
    templates = sorted(state.of_kind(DEFAULT_SECURITY_GROUP_RULE.name), key=lambda one: one.key.id)
    return [{field: one.get(field) for field in FIELDS} for one in templates if one.get(flag)]


def create_default_rules(state: State, requests: Sequence[CreateDefaultRule], context: Context) -> Writes:
    """Return the writes that create the templates. Raises Invalid, DefaultSecurityGroupRuleExists.

    Neutron compares every new template with those for other than default groups only, so do we.
    """
    writes = []
    present = {
        traffic_key({field: one.get(field) for field in FIELDS}): one.key.id
        for one in state.of_kind(DEFAULT_SECURITY_GROUP_RULE.name)
        if one.get("used_in_non_default_sg")
    }
    for request in requests:
        values = checked_traffic(request)
        if (holder := present.get(traffic_key(values))) is not None:
            raise DefaultSecurityGroupRuleExists(holder)
        more = {
            "description": request.description,
            "used_in_default_sg": request.used_in_default_sg,
            "used_in_non_default_sg": request.used_in_non_default_sg,
        }
        key = Key("fabric", DEFAULT_SECURITY_GROUP_RULE.name, context.new_id())
        writes.append(Write(key, {**values, **more}, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create default security group rule")


def delete_default_rule(state: State, rule_id: str, context: Context) -> Writes:
    """Return the write that deletes a template. Raises DefaultSecurityGroupRuleNotFound."""
    rule = state.get(DEFAULT_SECURITY_GROUP_RULE.name, rule_id)
    if rule is None:
        raise DefaultSecurityGroupRuleNotFound(rule_id)
    write = Write(rule.key, {DELETED: True})
    return Writes((write,), actor=context.actor, verb="delete default security group rule")
