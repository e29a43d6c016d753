"""Security groups: create, update, delete. Source: neutron, db/securitygroups_db.py."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import SecurityGroupNotFound
from weft.commands.quotas.checking import within_quota
from weft.commands.security.default_group import DEFAULT_NAME
from weft.commands.security.default_rules import templates_for
from weft.commands.security.errors import (
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupInUse,
)
from weft.commands.security.rules import rules_from_templates
from weft.commands.security.statefulness import default_stateful
from weft.store.kinds import PORT, SECURITY_GROUP, SECURITY_GROUP_RULE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

MAX_DELETED_AT_ONCE = 500  # rules: a commit holds 1000 records


class CreateGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    name: str = ""
    description: str = ""
    stateful: bool | UnsetType = UNSET


class UpdateGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


def create_groups(state: State, requests: Sequence[CreateGroup], context: Context) -> Writes:
    """Return the writes that create the groups, with the rules that the templates say.

    Raises SecurityGroupDefaultAlreadyExists, OverQuota (of groups' rules), NeedsTransfer.
    """
    templates = templates_for(state, is_default=False)
    made = [write for request in requests for write in _create(state, request, templates, context)]
    writes = Writes(tuple(made), actor=context.actor, verb="create security group")
    rules = Counter(one.values["project_id"] for one in made if one.key.kind == SECURITY_GROUP_RULE.name)
    return within_quota(state, SECURITY_GROUP_RULE.name, rules, writes, context, {})


def update_group(state: State, group_id: str, request: UpdateGroup, context: Context) -> Writes:
    """Return the write that changes what differs.

    Raises SecurityGroupNotFound, SecurityGroupInUse (stateful, while ports have it), SecurityGroupCannotUpdateDefault,
    SecurityGroupDefaultAlreadyExists.
    """
    _check_name(request.name)
    group = existing_group(state, group_id)
    values = changed_fields(group, request)
    if "stateful" in values and ports_with(state, group_id):
        raise SecurityGroupInUse(group_id)
    if group.get("name") == DEFAULT_NAME and request.name is not UNSET:
        raise SecurityGroupCannotUpdateDefault
    writes = (Write(group.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update security group")


def delete_group(state: State, group_id: str, context: Context) -> Writes:
    """Return the writes that delete the group, its rules and those that name it as the other end.

    More rules than one commit takes go in steps, the group with the last. Raises SecurityGroupNotFound,
    SecurityGroupInUse, SecurityGroupCannotRemoveDefault.
    """
    group = existing_group(state, group_id)
    if ports_with(state, group_id):
        raise SecurityGroupInUse(group_id)
    if group.get("name") == DEFAULT_NAME and not context.is_admin:
        raise SecurityGroupCannotRemoveDefault
    rules = state.referrers(SECURITY_GROUP.name, group_id, SECURITY_GROUP_RULE.name)
    keys = sorted(rule.key for rule in rules)
    if len(keys) > MAX_DELETED_AT_ONCE:
        keys = keys[:MAX_DELETED_AT_ONCE]
    else:
        keys.append(group.key)
    writes = tuple(Write(key, {DELETED: True}) for key in keys)
    return Writes(writes, actor=context.actor, verb="delete security group")


def existing_group(state: State, group_id: str) -> Record:
    """Return the live group. Raises SecurityGroupNotFound."""
    group = state.get(SECURITY_GROUP.name, group_id)
    if group is None:
        raise SecurityGroupNotFound(group_id)
    return group


def ports_with(state: State, group_id: str) -> bool:
    """Tell whether any port has the group."""
    return bool(state.lookup_ids(PORT.name, "security_groups[]", group_id))


def _create(state: State, request: CreateGroup, templates: list[dict[str, Any]], context: Context) -> list[Write]:
    _check_name(request.name)
    group_id = context.new_id()
    stateful = request.stateful
    values = {
        "project_id": request.project_id,
        "name": request.name,
        "description": request.description,
        "stateful": default_stateful(state, request.project_id) if stateful is UNSET else stateful,
        "tags": [],
        "created_at": context.now,
    }
    rules = rules_from_templates(templates, group_id, request.project_id)
    writes = [Write(key, said, create=True) for key, said in rules.items()]
    return [Write(Key("fabric", SECURITY_GROUP.name, group_id), values, create=True), *writes]


def _check_name(name: str | UnsetType) -> None:
    if not isinstance(name, UnsetType) and name.lower() == DEFAULT_NAME:
        raise SecurityGroupDefaultAlreadyExists
