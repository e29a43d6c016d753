"""Roles: create, change, delete, and which of them implies which other."""

import hashlib
from typing import Any

from weft.commands.identity.ask import Ask, changes, require_mutable, require_same_domain
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.names import free_name
from weft.model import Denied, NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

NEVER_IMPLIED = "admin"  # Keystone's [assignment] prohibited_implied_role


class CannotBeImplied(Denied):
    """Nobody becomes administrator by way of another role; and no role of all implies one of a single domain."""

    code = "cannot_be_implied"

    def __init__(self, role_id: str) -> None:
        super().__init__(f"{role_id} cannot be an implied roles.")


class NotImplied(NotFound):
    """The one role does not imply the other."""

    code = "not_implied"

    def __init__(self, prior_id: str, implied_id: str) -> None:
        super().__init__(f"{prior_id} does not imply {implied_id}.")


def create_role(ask: Ask, state: State) -> Writes:
    """Make a role. Raises NoSuchThing (the domain) and DuplicateName."""
    domain_id = ask.values.get("domain_id")
    if domain_id is not None:
        require(state, "domain", domain_id)
    values: dict[str, Any] = {"description": None, "domain_id": None, "options": {}, **ask.values}
    values["name"] = free_name(state, "role", ask.values["name"], domain_id, own_id=ask.id)
    return Writes((Write(Key("fabric", "role", ask.id), values, create=True),), actor=ask.actor, verb="create role")


def update_role(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing, Immutable, CannotChange and DuplicateName."""
    role = require(state, "role", ask.id)
    require_mutable(role, ask, "update")
    require_same_domain(role, ask)
    values = changes(role, ask)
    if "name" in values:
        values["name"] = free_name(state, "role", values["name"], role.get("domain_id"), own_id=ask.id)
    return Writes((Write(role.key, values),), actor=ask.actor, verb="update role")


def delete_role(ask: Ask, state: State) -> Writes:
    """Delete the role, and take it from everyone who holds it. Raises NoSuchThing and Immutable."""
    role = require(state, "role", ask.id)
    require_mutable(role, ask, "delete")
    return Writes(deletes(state, role), actor=ask.actor, verb="delete role")


def implication_key(prior_id: str, implied_id: str) -> Key:
    """Return the key of the record that says so."""
    return Key("fabric", "implied_role", hashlib.sha256(f"{prior_id}/{implied_id}".encode()).hexdigest()[:32])


def imply_role(prior_id: str, implied_id: str, state: State, *, actor: str) -> Writes:
    """Let who has the one role have the other. Raises NoSuchThing and CannotBeImplied."""
    prior, implied = require(state, "role", prior_id), require(state, "role", implied_id)
    is_of_domain = prior.get("domain_id") is None and implied.get("domain_id") is not None
    if implied.get("name") == NEVER_IMPLIED or is_of_domain:
        raise CannotBeImplied(implied_id)
    values = {"prior_role_id": prior_id, "implied_role_id": implied_id, DELETED: False}
    return Writes((Write(implication_key(prior_id, implied_id), values),), actor=actor, verb="imply role")


def imply_no_more(prior_id: str, implied_id: str, state: State, *, actor: str) -> Writes:
    """End an implication. Raises NotImplied."""
    require_implied(prior_id, implied_id, state)
    write = Write(implication_key(prior_id, implied_id), {DELETED: True})
    return Writes((write,), actor=actor, verb="imply role no more")


def require_implied(prior_id: str, implied_id: str, state: State) -> None:
    """Raise NoSuchThing for unknown roles, NotImplied unless the one implies the other."""
    require(state, "role", prior_id)
    require(state, "role", implied_id)
    if state.get("implied_role", implication_key(prior_id, implied_id).id) is None:
        raise NotImplied(prior_id, implied_id)
