"""Roles: create, change, delete. Which role implies which is fixed, see `directory.IMPLIED_ROLES`."""

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


class CreateRole(msgspec.Struct, frozen=True):
    """A new role."""

    id: str
    name: str
    domain_id: str | None = None  # None: of the whole fabric
    description: str = ""


def create_role(request: CreateRole, state: State, *, actor: str) -> Writes:
    """Raises Invalid, NoSuchThing (the domain) and DuplicateName."""
    if request.domain_id is not None:
        require(state, "domain", request.domain_id)
    values = {
        "name": _free_name(state, request.name, request.domain_id, own_id=request.id),
        "domain_id": request.domain_id,
        "description": request.description,
    }
    return Writes((Write(Key("fabric", "role", request.id), values, create=True),), actor=actor, verb="create role")


def update_role(id: str, changes: Mapping[str, Any], state: State, *, actor: str) -> Writes:
    """Set some fields. Raises Invalid, NoSuchThing and DuplicateName."""
    role = require(state, "role", id)
    values = dict(changes)
    if "name" in values:
        values["name"] = _free_name(state, values["name"], role.get("domain_id"), own_id=id)
    return Writes((Write(role.key, values),), actor=actor, verb="update role")


def delete_role(id: str, state: State, *, actor: str) -> Writes:
    """Delete the role, and take it from everyone who holds it. Raises NoSuchThing."""
    role = require(state, "role", id)
    writes = (Write(role.key, {DELETED: True}), *assignments_about(state, "role", id))
    return Writes(writes, actor=actor, verb="delete role")


def _free_name(state: State, name: str, domain_id: str | None, *, own_id: str) -> str:
    holder = named(state, "role", checked_name(name, NAME_LENGTH_MAX), domain_id)
    if holder is not None and holder.key.id != own_id:
        raise DuplicateName("role", f"Duplicate entry found with name {name}")
    return name
