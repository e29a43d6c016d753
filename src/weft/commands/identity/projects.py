"""Projects: create, change, delete. They form a tree within a domain, as Keystone's do."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.commands.identity.assignments import assignments_about
from weft.commands.identity.directory import named, require
from weft.commands.identity.names import DuplicateName, checked_name
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

NAME_LENGTH_MAX = 64


class BadParent(Invalid):
    """The parent lives in another domain."""

    code = "bad_parent"


class HasChildren(Denied):
    """Only leaves of the tree may go. Keystone answers 403 too."""

    code = "project_has_children"


class CreateProject(msgspec.Struct, frozen=True):
    """A new project."""

    id: str
    name: str
    domain_id: str
    parent_id: str | None = None  # None: at the top of its domain
    description: str = ""
    enabled: bool = True
    tags: tuple[str, ...] = ()


def create_project(request: CreateProject, state: State, *, actor: str) -> Writes:
    """Raises Invalid, NoSuchThing (domain or parent) and DuplicateName."""
    require(state, "domain", request.domain_id)
    parent_id = request.parent_id or request.domain_id
    if parent_id != request.domain_id and require(state, "project", parent_id).get("domain_id") != request.domain_id:
        raise BadParent(f"project {parent_id} is not in domain {request.domain_id}")
    values = {
        "name": _free_name(state, request.name, request.domain_id, own_id=request.id),
        "domain_id": request.domain_id,
        "parent_id": parent_id,
        "description": request.description,
        "enabled": request.enabled,
        "is_domain": False,
        "tags": list(request.tags),
    }
    write = Write(Key("fabric", "project", request.id), values, create=True)
    return Writes((write,), actor=actor, verb="create project")


def update_project(id: str, changes: Mapping[str, Any], state: State, *, actor: str) -> Writes:
    """Set some fields. Raises Invalid, NoSuchThing and DuplicateName."""
    project = require(state, "project", id)
    values = dict(changes)
    if "name" in values:
        values["name"] = _free_name(state, values["name"], project.get("domain_id"), own_id=id)
    return Writes((Write(project.key, values),), actor=actor, verb="update project")


def delete_project(id: str, state: State, *, actor: str) -> Writes:
    """Delete the project and every role held in it; what it owns stays. Raises NoSuchThing and HasChildren."""
    project = require(state, "project", id)
    if any(each.get("parent_id") == id for each in state.of_kind("project")):
        raise HasChildren(f"Cannot delete project {id} since it is not a leaf in the hierarchy.")
    writes = (Write(project.key, {DELETED: True}), *assignments_about(state, "project", id))
    return Writes(writes, actor=actor, verb="delete project")


def _free_name(state: State, name: str, domain_id: str, *, own_id: str) -> str:
    holder = named(state, "project", checked_name(name, NAME_LENGTH_MAX), domain_id)
    if holder is not None and holder.key.id != own_id:
        details = f"it is not permitted to have two projects with the same name in the same domain : {name}"
        raise DuplicateName("project", details)
    return name
