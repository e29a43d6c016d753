"""The rules of QoS policies, one pair of functions for all types.

Source: neutron, services/qos/qos_plugin.py and objects/qos/qos_policy_validator.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.qos.errors import QosRuleNotFound, QoSRuleParameterConflict, QoSRulesConflict
from weft.commands.qos.policies import existing_policy
from weft.store.kinds.qos import QOS_POLICY
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes
from weft.wire.neutron.qos.rules import ANY, EGRESS, RULE_TYPES, RuleType

MINIMUM, LIMIT = "minimum_bandwidth", "bandwidth_limit"


def create_request(of: RuleType) -> type[msgspec.Struct]:
    """Return the type of a validated request for a rule."""
    fields: list[Any] = [("qos_policy_id", str), (of.required, int)]
    if of.burst:
        fields.append((of.burst, int, 0))
    if of.directions:
        fields.append(("direction", str, EGRESS))
    return _struct(f"Create_{of.name}", fields)


def update_request(of: RuleType) -> type[msgspec.Struct]:
    """Return the type of a validated change. UNSET: leave alone."""
    return _struct(f"Update_{of.name}", [(field, Any, UNSET) for field in of.fields])


def _struct(name: str, fields: list[Any]) -> type[msgspec.Struct]:
    return msgspec.defstruct(name, fields, frozen=True, kw_only=True)


def create_rules(of: RuleType, state: State, requests: Sequence[Any], context: Context) -> Writes:
    """Return the writes that add `requests` to their policies.

    Raises QosPolicyNotFound, QoSRulesConflict, QoSRuleParameterConflict.
    """
    writes = []
    for request in requests:
        policy = existing_policy(state, request.qos_policy_id)
        values = {field: getattr(request, field) for field in of.fields}
        _check(state, of, policy.key.id, "", values, values)
        values |= {"qos_policy_id": policy.key.id, "project_id": policy.get("project_id"), "created_at": context.now}
        writes.append(Write(Key("fabric", of.kind, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb=f"create {of.name} rule")


def update_rule(of: RuleType, state: State, rule_id: str, request: Any, context: Context) -> Writes:
    """Return the write that changes what differs. Raises as `create_rules`, and QosRuleNotFound."""
    rule = _existing(of, state, rule_id)
    values = changed_fields(rule, request)
    whole = {field: values.get(field, rule.get(field)) for field in of.fields}
    _check(state, of, rule.get("qos_policy_id"), rule_id, whole, values)
    writes = (Write(rule.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb=f"update {of.name} rule")


def delete_rule(of: RuleType, state: State, rule_id: str, context: Context) -> Writes:
    """Return the write that deletes the rule. Raises QosRuleNotFound."""
    rule = _existing(of, state, rule_id)
    return Writes((Write(rule.key, {DELETED: True}),), actor=context.actor, verb=f"delete {of.name} rule")


def rules_of(state: State, policy_id: str) -> Iterator[tuple[RuleType, Record]]:
    """Yield a policy's rules, by type and then by age."""
    for of in RULE_TYPES:
        found = state.referrers(QOS_POLICY.name, policy_id, of.kind)
        for rule in sorted(found, key=lambda rule: (rule.get("created_at", ""), rule.key)):
            yield of, rule


def _existing(of: RuleType, state: State, rule_id: str) -> Record:
    rule = state.get(of.kind, rule_id)
    if rule is None:
        raise QosRuleNotFound(rule_id)
    return rule


def _check(
    state: State, of: RuleType, policy_id: str, rule_id: str, whole: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """Hold a rule against the others of its policy, as it would be (`whole`) and what is new of it (`given`)."""
    others = [(other, rule) for other, rule in rules_of(state, policy_id) if rule.key.id != rule_id]
    for other, rule in others:
        if other.directions and rule.get("direction") != whole.get("direction"):
            continue
        _check_bandwidth(other, rule, of, policy_id, given)
    for other, rule in others:
        if other is not of:
            continue
        if of.name == "minimum_packet_rate" and (rule.get("direction") == ANY) != (whole["direction"] == ANY):
            raise QoSRuleParameterConflict(whole["direction"], policy_id, of.name, rule.get("direction"))
        if rule.get("direction") == whole.get("direction"):
            raise QoSRulesConflict(of.name, rule.key.id, policy_id)


def _check_bandwidth(other: RuleType, rule: Record, of: RuleType, policy_id: str, given: Mapping[str, Any]) -> None:
    """No minimum above a limit, no limit below a minimum."""
    if other.name == MINIMUM and of.name == LIMIT:
        limit = given.get("max_kbps")
        if limit is not None and rule.get("min_kbps", 0) > limit:
            raise QoSRuleParameterConflict(limit, policy_id, other.name, rule.get("min_kbps"))
    if other.name == LIMIT and of.name == MINIMUM:
        minimum = given.get("min_kbps")
        if minimum is not None and rule.get("max_kbps", 0) < minimum:
            raise QoSRuleParameterConflict(minimum, policy_id, other.name, rule.get("max_kbps"))
