"""Groups of users, and who is in them."""

import hashlib
from typing import Any

from weft.commands.identity.ask import Ask, changes, require_same_domain
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.names import free_name
from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class NotAMember(NotFound):
    """The user exists, the group too, but it is not in it."""

    code = "not_a_member"

    def __init__(self, group_id: str, user_id: str) -> None:
        super().__init__(f"User '{user_id}' not found in group '{group_id}'")


def create_group(ask: Ask, state: State) -> Writes:
    """Make a group. Raises NoSuchThing (the domain) and DuplicateName."""
    domain_id = ask.values["domain_id"]
    require(state, "domain", domain_id)
    values: dict[str, Any] = {"description": "", **ask.values}
    values["name"] = free_name(state, "group", ask.values["name"], domain_id, own_id=ask.id)
    return Writes((Write(Key("fabric", "group", ask.id), values, create=True),), actor=ask.actor, verb="create group")


def update_group(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing, CannotChange and DuplicateName."""
    group = require(state, "group", ask.id)
    require_same_domain(group, ask)
    values = changes(group, ask)
    if "name" in values:
        values["name"] = free_name(state, "group", values["name"], group.get("domain_id"), own_id=ask.id)
    return Writes((Write(group.key, values),), actor=ask.actor, verb="update group")


def delete_group(ask: Ask, state: State) -> Writes:
    """Delete the group: its members lose what they held through it, at once. Raises NoSuchThing."""
    return Writes(deletes(state, require(state, "group", ask.id)), actor=ask.actor, verb="delete group")


def membership_key(group_id: str, user_id: str) -> Key:
    """Return the key of the record that says so: adding twice at two sites merges without a conflict."""
    return Key("fabric", "membership", hashlib.sha256(f"{group_id}/{user_id}".encode()).hexdigest()[:32])


def add_member(group_id: str, user_id: str, state: State, *, actor: str) -> Writes:
    """Put a user into a group. Raises NoSuchThing."""
    require(state, "group", group_id)
    require(state, "user", user_id)
    values = {"group_id": group_id, "user_id": user_id, DELETED: False}
    return Writes((Write(membership_key(group_id, user_id), values),), actor=actor, verb="add user to group")


def remove_member(group_id: str, user_id: str, state: State, *, actor: str) -> Writes:
    """Take a user out of a group. Raises NoSuchThing and NotAMember."""
    require_member(group_id, user_id, state)
    write = Write(membership_key(group_id, user_id), {DELETED: True})
    return Writes((write,), actor=actor, verb="remove user from group")


def require_member(group_id: str, user_id: str, state: State) -> None:
    """Raise NoSuchThing or NotAMember unless the user is in the group."""
    require(state, "group", group_id)
    require(state, "user", user_id)
    if state.get("membership", membership_key(group_id, user_id).id) is None:
        raise NotAMember(group_id, user_id)
