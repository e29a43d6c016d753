"""Domains: create, change, delete. One that is disabled takes all of its users and projects with it."""

from typing import Any

from weft.commands.identity.ask import Ask, changes, require_mutable
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.names import DuplicateName, free_name
from weft.model import Denied
from weft.store.protocol import State
from weft.store.records import Key
from weft.store.writes import Write, Writes


class DomainInUse(Denied):
    """It must be disabled first."""

    code = "domain_in_use"

    def __init__(self) -> None:
        super().__init__("Cannot delete a domain that is enabled, please disable it first.")


def create_domain(ask: Ask, state: State) -> Writes:
    """Make a domain. Raises DuplicateName, for a name or an ID that is taken."""
    if state.raw(Key("fabric", "domain", ask.id)) is not None:
        raise DuplicateName("domain", f"Duplicate ID, {ask.id}.")
    values: dict[str, Any] = {"description": "", "enabled": True, "tags": [], "options": {}, **ask.values}
    values["name"] = free_name(state, "domain", ask.values["name"], None, own_id=ask.id)
    write = Write(Key("fabric", "domain", ask.id), values, create=True)
    return Writes((write,), actor=ask.actor, verb="create domain")


def update_domain(ask: Ask, state: State) -> Writes:
    """Set some fields; disabling voids the tokens of its users and for its projects. Raises DuplicateName."""
    domain = require(state, "domain", ask.id)
    require_mutable(domain, ask, "update")
    values = changes(domain, ask)
    if "name" in values:
        values["name"] = free_name(state, "domain", values["name"], None, own_id=ask.id)
    if values.get("enabled") is False:
        values["tokens_valid_after_ms"] = ask.now_ms + 1
    return Writes((Write(domain.key, values),), actor=ask.actor, verb="update domain")


def delete_domain(ask: Ask, state: State) -> Writes:
    """Delete it with its users, groups, projects, roles and all that is about them. Raises DomainInUse, Immutable."""
    domain = require(state, "domain", ask.id)
    require_mutable(domain, ask, "delete")
    if domain.get("enabled"):
        raise DomainInUse
    return Writes(deletes(state, domain), actor=ask.actor, verb="delete domain")
