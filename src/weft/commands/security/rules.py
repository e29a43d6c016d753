"""Security group rules: create, delete. Source: neutron, db/securitygroups_db.py.

A rule's ID follows from its group and what it says. Two sites that make the same rule while they cannot see
each other make one record, and a group never holds a rule twice.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from weft.commands.context import Context
from weft.commands.errors import SecurityGroupNotFound
from weft.commands.security.default_rules import PARENT
from weft.commands.security.errors import (
    AddressGroupNotFound,
    DuplicateSecurityGroupRuleInPost,
    SecurityGroupNotSingleGroupRules,
    SecurityGroupRuleExists,
    SecurityGroupRuleNotFound,
    SecurityGroupRulesNotSingleProject,
)
from weft.commands.security.traffic import Traffic, checked_traffic, traffic_key
from weft.commands.security.usable import is_usable
from weft.store.kinds import ADDRESS_GROUP, SECURITY_GROUP, SECURITY_GROUP_RULE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

_NAMESPACE = uuid.UUID("3f0c8d5a-96d1-4e53-b2f4-6b6f8e0c2a47")  # random once; part of the format


class CreateRule(Traffic, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    security_group_id: str
    description: str | None = ""


def create_rules(state: State, requests: Sequence[CreateRule], context: Context) -> Writes:
    """Return the writes that create all of `requests`, which are for one group.

    Raises one of the Invalid of errors.py, SecurityGroupNotFound, AddressGroupNotFound, SecurityGroupRuleExists,
    DuplicateSecurityGroupRuleInPost.
    """
    if len({request.security_group_id for request in requests}) > 1:
        raise SecurityGroupNotSingleGroupRules
    if len({request.project_id for request in requests}) > 1:
        raise SecurityGroupRulesNotSingleProject
    checked = [_checked(state, request, context) for request in requests]
    keys = {_rule_key(values) for values in checked}
    if len(keys) < len(checked):
        raise DuplicateSecurityGroupRuleInPost
    writes = []
    for values in checked:
        key = _rule_key(values)
        if state.get(SECURITY_GROUP_RULE.name, key.id) is not None:
            raise SecurityGroupRuleExists(key.id)
        writes.append(_rule_write(state, key, values))
    group = state.get(SECURITY_GROUP.name, requests[0].security_group_id)
    assert group is not None  # it was looked at
    return Writes((*writes, touch(group)), actor=context.actor, verb="create security group rule")


def delete_rule(state: State, rule_id: str, context: Context) -> Writes:
    """Return the writes that delete the rule. Raises SecurityGroupRuleNotFound."""
    rule = state.get(SECURITY_GROUP_RULE.name, rule_id)
    if rule is None:
        raise SecurityGroupRuleNotFound(rule_id)
    group = state.get(SECURITY_GROUP.name, rule.get("security_group_id"))
    writes = (Write(rule.key, {DELETED: True}), *((touch(group),) if group is not None else ()))
    return Writes(writes, actor=context.actor, verb="delete security group rule")


def rules_from_templates(
    templates: Sequence[Mapping[str, Any]], group_id: str, project_id: str
) -> dict[Key, dict[str, Any]]:
    """Return the rules of a new group: key → values. Templates that say the same give one rule."""
    rules = {}
    for template in templates:
        values = {**template, "project_id": project_id, "security_group_id": group_id, "description": None}
        if values["remote_group_id"] == PARENT:
            values["remote_group_id"] = group_id
        rules[_rule_key(values)] = values
    return rules


def rules_of(state: State, group_id: str) -> list[Record]:
    """Return a group's rules."""
    found = state.lookup(SECURITY_GROUP_RULE.name, "security_group_id", group_id)
    return sorted(found, key=lambda rule: rule.key.id)


def touch(group: Record) -> Write:
    """Return the write by which a change of its rules shows in the group's revision; it says the same at every site."""
    return Write(group.key, {"rules_changed": True})


def _checked(state: State, request: CreateRule, context: Context) -> dict[str, Any]:
    values = checked_traffic(request)
    for group_id in (values["remote_group_id"], request.security_group_id):
        if group_id:
            group = state.get(SECURITY_GROUP.name, group_id)
            if group is None or not is_usable(state, group, request.project_id, context):
                raise SecurityGroupNotFound(group_id)
    if addresses := values["remote_address_group_id"]:
        found = state.get(ADDRESS_GROUP.name, addresses)
        if found is None or not is_usable(state, found, request.project_id, context):
            raise AddressGroupNotFound(addresses)
    more = {"project_id": request.project_id, "security_group_id": request.security_group_id}
    return {**values, **more, "description": request.description}


def _rule_key(values: Mapping[str, Any]) -> Key:
    said = "/".join("" if part is None else str(part) for part in traffic_key(values))
    id = str(uuid.uuid5(_NAMESPACE, f"{values['security_group_id']}/{said}"))
    return Key("fabric", SECURITY_GROUP_RULE.name, id)


def _rule_write(state: State, key: Key, values: dict[str, Any]) -> Write:
    if state.raw(key) is None:
        return Write(key, values, create=True)
    return Write(key, {**values, DELETED: False})  # there was such a rule once
