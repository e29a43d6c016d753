"""Metering labels and rules: create, delete. Source: neutron, services/metering/metering_plugin.py."""

from collections.abc import Sequence
from ipaddress import ip_interface
from typing import Any

import msgspec

from weft.commands.context import Context
from weft.commands.observing.errors import (
    Invalid,
    MeteringLabelNotFound,
    MeteringLabelRuleNotFound,
    MeteringLabelRuleOverlaps,
)
from weft.commands.prefixes import overlaps
from weft.store.kinds.observing import METERING_LABEL, METERING_LABEL_RULE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

PREFIXES = ("remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix")


class CreateMeteringLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    name: str = ""
    description: str = ""
    shared: bool = False


class CreateMeteringLabelRule(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    metering_label_id: str
    direction: str
    excluded: bool = False
    remote_ip_prefix: str | None = None
    source_ip_prefix: str | None = None
    destination_ip_prefix: str | None = None


def create_labels(state: State, requests: Sequence[CreateMeteringLabel], context: Context) -> Writes:
    """Return the writes that create all of `requests`."""
    writes = [
        Write(Key("fabric", METERING_LABEL.name, context.new_id()), msgspec.structs.asdict(request), create=True)
        for request in requests
    ]
    return Writes(tuple(writes), actor=context.actor, verb="create metering label")


def delete_label(state: State, label_id: str, context: Context) -> Writes:
    """Return the writes that delete the label and its rules. Raises MeteringLabelNotFound."""
    label = _existing_label(state, label_id)
    rules = state.referrers(METERING_LABEL.name, label_id, METERING_LABEL_RULE.name)
    writes = [Write(record.key, {DELETED: True}) for record in (*rules, label)]
    return Writes(tuple(writes), actor=context.actor, verb="delete metering label")


def create_rules(state: State, requests: Sequence[CreateMeteringLabelRule], context: Context) -> Writes:
    """Return the writes that create all of `requests`.

    Raises Invalid, MeteringLabelNotFound, MeteringLabelRuleOverlaps.
    """
    writes: list[Write] = []
    for request in requests:
        prefixes = _prefixes(request)
        _check_apart(state, request, [write.values for write in writes])
        _existing_label(state, request.metering_label_id)
        values = {**msgspec.structs.asdict(request), **prefixes}
        writes.append(Write(Key("fabric", METERING_LABEL_RULE.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create metering label rule")


def delete_rule(state: State, rule_id: str, context: Context) -> Writes:
    """Return the write that deletes the rule. Raises MeteringLabelRuleNotFound."""
    rule = state.get(METERING_LABEL_RULE.name, rule_id)
    if rule is None:
        raise MeteringLabelRuleNotFound(rule_id)
    return Writes((Write(rule.key, {DELETED: True}),), actor=context.actor, verb="delete metering label rule")


def _existing_label(state: State, label_id: str) -> Record:
    label = state.get(METERING_LABEL.name, label_id)
    if label is None:
        raise MeteringLabelNotFound(label_id)
    return label


def _prefixes(request: CreateMeteringLabelRule) -> dict[str, str | None]:
    """Return the prefixes as they are kept: with their length, and with host bits as they came."""
    found: dict[str, str | None] = {}
    for field in PREFIXES:
        given = getattr(request, field)
        try:
            found[field] = str(ip_interface(given)) if given else None
        except ValueError as err:
            raise Invalid(f"{field}: {given} is invalid [{err}].") from None
    if found["remote_ip_prefix"] and (found["source_ip_prefix"] or found["destination_ip_prefix"]):
        raise Invalid(
            "Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'."
        )
    if not any(found.values()):
        raise Invalid(
            "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or "
            "'destination_ip_prefix'."
        )
    return found


def _check_apart(state: State, request: CreateMeteringLabelRule, made: Sequence[Any]) -> None:
    """Raise MeteringLabelRuleOverlaps; only remote prefixes are compared, as in Neutron."""
    wanted = request.remote_ip_prefix
    if not wanted:
        return
    network = ip_interface(wanted).network
    others = state.lookup(METERING_LABEL_RULE.name, "metering_label_id", request.metering_label_id)
    for other in (*others, *made):
        same = all(
            other.get(field) == getattr(request, field) for field in ("metering_label_id", "direction", "excluded")
        )
        prefix = other.get("remote_ip_prefix")
        if same and prefix and overlaps(network, ip_interface(prefix).network):
            raise MeteringLabelRuleOverlaps(wanted)
