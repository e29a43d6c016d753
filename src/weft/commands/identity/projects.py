"""Projects: create, change, delete. They form a tree within a domain, as Keystone's do."""

from typing import Any

from weft.commands.identity.ask import Ask, CannotChange, changes, require_mutable
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import ancestors, children, descendants, require
from weft.commands.identity.names import free_name
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import Key, Record
from weft.store.writes import Write, Writes

TREE_DEPTH_MAX = 5  # Keystone's [DEFAULT] max_project_tree_depth


class BadPlace(Invalid):
    """The project cannot stand there: no such domain or parent, or they do not go together."""

    code = "bad_place"


class TreeForbids(Denied):
    """What is above or below forbids it. Keystone answers 403 too."""

    code = "tree_forbids"


def create_project(ask: Ask, state: State) -> Writes:
    """Make a project. Raises BadPlace, TreeForbids and DuplicateName."""
    domain_id, parent_id = ask.values["domain_id"], ask.values.get("parent_id") or ask.values["domain_id"]
    if state.get("domain", domain_id) is None:
        raise BadPlace(f"Could not find domain: {domain_id}.")
    above = _above(state, parent_id, domain_id)
    values: dict[str, Any] = {"description": "", "enabled": True, "tags": [], "options": {}, **ask.values}
    values |= {"parent_id": parent_id, "is_domain": False}
    values["name"] = free_name(state, "project", ask.values["name"], domain_id, own_id=ask.id)
    if disabled := next((each for each in above if not each.get("enabled")), None):
        raise BadPlace(f"cannot create a project in a branch containing a disabled project: {disabled.key.id}")
    write = Write(Key("fabric", "project", ask.id), values, create=True)
    return Writes((write,), actor=ask.actor, verb="create project")


def update_project(ask: Ask, state: State) -> Writes:
    """Set some fields; disabling voids its tokens. Raises TreeForbids, CannotChange, DuplicateName and Immutable."""
    project = require(state, "project", ask.id)
    require_mutable(project, ask, "update")
    values = changes(project, ask)
    if values.get("parent_id", project.get("parent_id")) != project.get("parent_id"):
        raise TreeForbids("Update of `parent_id` is not allowed.")
    if values.pop("is_domain", False):
        raise CannotChange("Update of `is_domain` is not allowed.")
    if values.pop("domain_id", project.get("domain_id")) != project.get("domain_id"):
        raise CannotChange("Cannot change Domain ID")
    if "name" in values:
        values["name"] = free_name(state, "project", values["name"], project.get("domain_id"), own_id=ask.id)
    if values.get("enabled") is True and any(not each.get("enabled") for each in ancestors(state, project)):
        raise TreeForbids(f"Cannot enable project {ask.id} since it has disabled parents")
    if values.get("enabled") is False:
        if any(each.get("enabled") for each in descendants(state, ask.id)):
            raise TreeForbids(f"Cannot disable project {ask.id} since its subtree contains enabled projects.")
        values["tokens_valid_after_ms"] = ask.now_ms + 1
    return Writes((Write(project.key, values),), actor=ask.actor, verb="update project")


def delete_project(ask: Ask, state: State) -> Writes:
    """Delete the project and every role held in it; what it owns stays. Raises NoSuchThing, TreeForbids, Immutable."""
    project = require(state, "project", ask.id)
    require_mutable(project, ask, "delete")
    if children(state, ask.id):
        raise TreeForbids(
            f"Cannot delete the project {ask.id} since it is not a leaf in the hierarchy. "
            "Use the cascade option if you want to delete a whole subtree."
        )
    return Writes(deletes(state, project), actor=ask.actor, verb="delete project")


def _above(state: State, parent_id: str, domain_id: str) -> list[Record]:
    if parent_id == domain_id:
        return []
    parent = state.get("project", parent_id)
    if state.get("domain", parent_id) is not None:
        raise BadPlace(
            f"Cannot create project, the parent ({parent_id}) is acting as a domain, but this project's domain id "
            f"({domain_id}) does not match the parent's id."
        )
    if parent is None:
        raise BadPlace(f"Could not find project: {parent_id}.")
    if parent.get("domain_id") != domain_id:
        raise BadPlace(
            f"Cannot create project, since it specifies its domain_id {domain_id}, but specifies a parent in a "
            f"different domain ({parent.get('domain_id')})."
        )
    above = [parent, *ancestors(state, parent)]
    if len(above) >= TREE_DEPTH_MAX:
        raise TreeForbids(f"Max hierarchy depth reached for {parent_id} branch.")
    return above
