"""QoS policies: create, update, delete. Source: neutron, services/qos/qos_plugin.py and objects/qos/policy.py."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.qos.errors import (
    PolicyRemoveAuthorizationError,
    QoSPolicyDefaultAlreadyExists,
    QosPolicyInUse,
    QosPolicyNotFound,
)
from weft.commands.sharing.entries import share
from weft.commands.sharing.everyone import set_shared
from weft.store.kinds.qos import KINDS, QOS_POLICY
from weft.store.paths import referring_paths
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

_RULES = frozenset(kind.name for kind in KINDS if kind is not QOS_POLICY)


class CreatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    name: str = ""
    description: str = ""
    shared: bool = False
    is_default: bool = False


class UpdatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


def create_policies(state: State, requests: Sequence[CreatePolicy], context: Context) -> Writes:
    """Return the writes that create all of `requests`. Raises QoSPolicyDefaultAlreadyExists."""
    writes = []
    for request in requests:
        if request.is_default and default_policy(state, request.project_id) is not None:
            raise QoSPolicyDefaultAlreadyExists(request.project_id)
        values = {**msgspec.structs.asdict(request), "tags": [], "created_at": context.now}
        is_shared, id = values.pop("shared"), context.new_id()
        writes.append(Write(Key("fabric", QOS_POLICY.name, id), values, create=True))
        if is_shared:
            writes.append(share(QOS_POLICY.name, id, request.project_id, context))
    return Writes(tuple(writes), actor=context.actor, verb="create QoS policy")


def update_policy(state: State, policy_id: str, request: UpdatePolicy, context: Context) -> Writes:
    """Return the writes that change what differs.

    Raises QosPolicyNotFound, QoSPolicyDefaultAlreadyExists, RbacPolicyInUse.
    """
    policy = existing_policy(state, policy_id)
    values: dict[str, Any] = changed_fields(policy, request)
    shared = values.pop("shared", None)
    if values.get("is_default") and default_policy(state, policy.get("project_id", "")) is not None:
        raise QoSPolicyDefaultAlreadyExists(policy.get("project_id"))
    writes = [Write(policy.key, values)] if values else []
    writes += set_shared(state, policy, shared, context) if shared is not None else []
    return Writes(tuple(writes), actor=context.actor, verb="update QoS policy")


def delete_policy(state: State, policy_id: str, context: Context) -> Writes:
    """Return the writes that delete the policy and its rules. Raises QosPolicyNotFound, QosPolicyInUse."""
    policy = existing_policy(state, policy_id)
    rules: list[Key] = []
    for kind in dict.fromkeys(kind for kind, _ in referring_paths(QOS_POLICY.name)):
        held = sorted(record.key for record in state.referrers(QOS_POLICY.name, policy_id, kind))
        if held and kind not in _RULES:
            raise QosPolicyInUse(policy_id, kind, held[0].id)
        rules += held
    deletes = tuple(Write(key, {DELETED: True}) for key in (*rules, policy.key))
    return Writes(deletes, actor=context.actor, verb="delete QoS policy")


def existing_policy(state: State, policy_id: str) -> Record:
    """Return the live policy. Raises QosPolicyNotFound."""
    policy = state.get(QOS_POLICY.name, policy_id)
    if policy is None:
        raise QosPolicyNotFound(policy_id)
    return policy


def check_policy(state: State, policy_id: str | None, context: Context) -> None:
    """Raise QosPolicyNotFound if there is no such policy, or none that the caller may use."""
    if policy_id is None:
        return
    policy = existing_policy(state, policy_id)
    if not context.sees(policy):
        raise QosPolicyNotFound(policy_id)


def check_other_policy(state: State, held: Record, asked: str | UnsetType | None, context: Context) -> None:
    """Raise unless the caller may put `held` (a port or a network) under the policy `asked`, or under none.

    A policy that an administrator put it under, and that is not shared with the caller, stays.
    Raises PolicyRemoveAuthorizationError, QosPolicyNotFound. Source: neutron, core_extensions/qos.py.
    """
    if isinstance(asked, UnsetType):
        return
    present = state.get(QOS_POLICY.name, held.get("qos_policy_id") or "")
    if present is not None and not context.sees(present):
        raise PolicyRemoveAuthorizationError(present.key.id)
    check_policy(state, asked, context)


def policy_for_network(state: State, project_id: str, asked: str | UnsetType | None, context: Context) -> str | None:
    """Return what a new network is held to: what was asked for, or the project's default. Raises QosPolicyNotFound."""
    if isinstance(asked, UnsetType):
        default = default_policy(state, project_id)
        return default.key.id if default is not None else None
    check_policy(state, asked, context)
    return asked


def default_policy(state: State, project_id: str) -> Record | None:
    """Return what networks of the project are held to unless they say otherwise; the oldest, should sites differ."""
    found = [policy for policy in state.lookup(QOS_POLICY.name, "project_id", project_id) if policy.get("is_default")]
    return min(found, key=lambda policy: (policy.oldest, policy.key), default=None)
