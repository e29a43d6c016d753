"""Limits that services look up: a default for everyone, and what a project or domain has instead.

Weft's own quotas are Neutron's (`/v2.0/quotas`); these are for the services beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.commands.identity.ask import Ask, changes
from weft.commands.identity.directory import require
from weft.commands.identity.names import DuplicateName
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

ABOUT = ("service_id", "region_id", "resource_name")  # what a limit is on
WHOSE = (*ABOUT, "project_id", "domain_id")


class BadLimit(Invalid):
    """It is of nobody, or on what no service has."""

    code = "bad_limit"


class NoDefault(Denied):
    """There is no registered limit that this one would replace."""

    code = "no_default"

    def __init__(self) -> None:
        super().__init__("Unable to create a limit that has no corresponding registered limit.")


class DefaultInUse(Denied):
    """Projects or domains have limits of their own instead of it."""

    code = "default_in_use"

    def __init__(self, id: str) -> None:
        super().__init__(
            f"Unable to update or delete registered limit {id} because there are project limits associated with it."
        )


def create_registered_limits(asks: Sequence[Ask], services: Iterable[str], state: State) -> Writes:
    """Make defaults, all or none; `services` are those of the catalogue. Raises DuplicateName and BadLimit."""
    writes: list[Write] = []
    known = set(services)
    for ask in asks:
        if ask.values["service_id"] not in known:
            raise BadLimit(f"Could not find service: {ask.values['service_id']}.")
        _require_new("registered_limit", ask.values, ABOUT, state, writes)
        values = {"region_id": None, "description": None, **ask.values}
        writes.append(Write(Key("fabric", "registered_limit", ask.id), values, create=True))
    return Writes(tuple(writes), actor=asks[0].actor, verb="create registered limits")


def create_limits(asks: Sequence[Ask], state: State) -> Writes:
    """Make limits, all or none. Raises NoDefault, BadLimit, NoSuchThing and DuplicateName."""
    writes: list[Write] = []
    for ask in asks:
        owners = [kind for kind in ("project", "domain") if ask.values.get(f"{kind}_id")]
        if len(owners) != 1:
            raise BadLimit("Specify a domain or project, and not both")
        require(state, owners[0], ask.values[f"{owners[0]}_id"])
        if not any(_same(each, ask.values, ABOUT) for each in state.of_kind("registered_limit")):
            raise NoDefault
        _require_new("limit", ask.values, WHOSE, state, writes)
        values = {"region_id": None, "description": None, "project_id": None, "domain_id": None, **ask.values}
        writes.append(Write(Key("fabric", "limit", ask.id), values, create=True))
    return Writes(tuple(writes), actor=asks[0].actor, verb="create limits")


def update_registered_limit(ask: Ask, state: State) -> Writes:
    """Set some fields of a default that nobody has replaced. Raises NoSuchThing and DefaultInUse."""
    record = _unused(ask, state)
    return Writes((Write(record.key, changes(record, ask)),), actor=ask.actor, verb="update registered limit")


def delete_registered_limit(ask: Ask, state: State) -> Writes:
    """Delete a default that nobody has replaced. Raises NoSuchThing and DefaultInUse."""
    return Writes((Write(_unused(ask, state).key, {DELETED: True}),), actor=ask.actor, verb="delete registered limit")


def update_limit(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing."""
    record = require(state, "limit", ask.id)
    return Writes((Write(record.key, changes(record, ask)),), actor=ask.actor, verb="update limit")


def delete_limit(ask: Ask, state: State) -> Writes:
    """Delete it: the default holds again. Raises NoSuchThing."""
    return Writes((Write(require(state, "limit", ask.id).key, {DELETED: True}),), actor=ask.actor, verb="delete limit")


def _unused(ask: Ask, state: State) -> Record:
    record = require(state, "registered_limit", ask.id)
    own = {name: record.get(name) for name in ABOUT}
    if any(_same(each, own, ABOUT) for each in state.of_kind("limit")):
        raise DefaultInUse(ask.id)
    return record


def _require_new(kind: str, values: Mapping[str, Any], by: Sequence[str], state: State, made: Sequence[Write]) -> None:
    held = any(_same(each, values, by) for each in state.of_kind(kind))
    if held or any(all(each.values.get(name) == values.get(name) for name in by) for each in made):
        raise DuplicateName(kind, "Duplicate entry")


def _same(record: Record, values: Mapping[str, Any], by: Sequence[str]) -> bool:
    return all(record.get(name) == values.get(name) for name in by)
