"""Users: create, change, delete. Passwords arrive here as hashes; the clear text never leaves the API's handler."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.commands.identity.assignments import assignments_about
from weft.commands.identity.directory import named, require
from weft.commands.identity.names import DuplicateName, checked_name
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

NAME_LENGTH_MAX = 255


class CreateUser(msgspec.Struct, frozen=True):
    """A new user."""

    id: str
    name: str
    domain_id: str
    password_hash: str | None = None  # None: cannot log in by password
    enabled: bool = True
    email: str | None = None
    description: str = ""
    default_project_id: str | None = None


def create_user(request: CreateUser, state: State, *, actor: str) -> Writes:
    """Raises Invalid, NoSuchThing (the domain) and DuplicateName."""
    require(state, "domain", request.domain_id)
    values = msgspec.structs.asdict(request)
    del values["id"]
    values["name"] = _free_name(state, request.name, request.domain_id, own_id=request.id)
    values["tokens_valid_after_ms"] = 0
    return Writes((Write(Key("fabric", "user", request.id), values, create=True),), actor=actor, verb="create user")


def update_user(id: str, changes: Mapping[str, Any], state: State, *, now_ms: int, actor: str) -> Writes:
    """Set some fields. A new password, and being disabled, void the tokens the user holds.

    Raises Invalid, NoSuchThing and DuplicateName.
    """
    user = require(state, "user", id)
    values = dict(changes)
    if "name" in values:
        values["name"] = _free_name(state, values["name"], user.get("domain_id"), own_id=id)
    if "password_hash" in values or values.get("enabled") is False:
        values["tokens_valid_after_ms"] = now_ms + 1  # tokens of this very millisecond too
    return Writes((Write(user.key, values),), actor=actor, verb="update user")


def delete_user(id: str, state: State, *, actor: str) -> Writes:
    """Delete the user and every role it holds. Raises NoSuchThing."""
    user = require(state, "user", id)
    writes = (Write(user.key, {DELETED: True}), *assignments_about(state, "user", id))
    return Writes(writes, actor=actor, verb="delete user")


def _free_name(state: State, name: str, domain_id: str, *, own_id: str) -> str:
    holder = named(state, "user", checked_name(name, NAME_LENGTH_MAX), domain_id)
    if holder is not None and holder.key.id != own_id:
        raise DuplicateName("user", f"Duplicate entry found with name {name} at domain ID {domain_id}")
    return name
