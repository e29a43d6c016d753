"""`/v2.0/qos/rule-types`: which rules there are, and, for administrators, what they may say."""

from collections.abc import Collection, Sequence
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Match, Resource
from weft.commands.qos.errors import QosRuleTypeNotFound
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.qos.rules import DSCP_MARKS, NUMBER_MAX, RULE_TYPES, RuleType
from weft.wire.neutron.types import to_boolean

DRIVER = "weft"  # what Neutron calls the back end that carries a rule out
_BY_NAME = {of.name: of for of in RULE_TYPES}
_LISTED = tuple(made_record("qos_rule_type", of.name, {}) for of in RULE_TYPES)
_SHOWN = {of.name: made_record("qos_rule_type", of.name, {"in_detail": True}) for of in RULE_TYPES}


def _all_types(look: Look, asked: Asked) -> Collection[Record]:
    return _LISTED


def _find(state: State, name: str, parent_id: str) -> Record | None:
    return _SHOWN.get(name)


def _derive(record: Record, look: Look) -> dict[str, Any]:
    of = _BY_NAME[record.key.id]
    if not record.get("in_detail"):
        return {"type": of.name}
    drivers = [{"name": DRIVER, "supported_parameters": [_parameter(of, field) for field in of.fields]}]
    return {"type": of.name, "drivers": drivers}


def _parameter(of: RuleType, field: str) -> dict[str, Any]:
    if field == "direction":
        return {"parameter_name": field, "parameter_values": list(of.directions), "parameter_type": "choices"}
    if field == "dscp_mark":
        return {"parameter_name": field, "parameter_values": list(DSCP_MARKS), "parameter_type": "choices"}
    whole = {"start": 0, "end": NUMBER_MAX}
    return {"parameter_name": field, "parameter_values": whole, "parameter_type": "range"}


def _every_type(values: Sequence[str]) -> Match:
    """Answer `all_rules` and `all_supported`: every type that there is is supported."""
    for value in values:
        to_boolean(value)
    return lambda record: True


TYPES = Resource(
    name="rule_type",
    collection="rule_types",
    path="qos/rule-types",
    kind="qos_rule_type",
    verbs=frozenset({"list", "show"}),
    show_rule="admin_only",
    attributes=(
        Attribute(name="type", type=types.STRING, derived=True, filter=True),
        Attribute(name="drivers", type=types.array({"type": "object"}), derived=True),
    ),
    made=_all_types,
    find=_find,
    not_found=QosRuleTypeNotFound,
    derive=_derive,
    filters={"all_rules": _every_type, "all_supported": _every_type},
)
