"""Who is who: users, groups, projects, domains and roles looked up in the merged state.

Names are unique within a domain; should two sites have given one name at the same time, the older record
answers to it everywhere and the younger only to its ID (the store reports the pair as a conflict).
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import Record

DEFAULT_DOMAIN = "default"  # Keystone's, by ID
DEPTH_MAX = 32  # of a project tree we walk; two sites may move nothing, but records come from other people


class Scope(msgspec.Struct, frozen=True):
    """What a token or a role assignment is about."""

    kind: Literal["project", "domain", "system", "none"]
    id: str = ""  # of the project or domain; "all" for the system


UNSCOPED = Scope("none")
SYSTEM = Scope("system", "all")


class NoSuchThing(NotFound):
    """No user, project, role or whatever has that ID or name. The words are Keystone's."""

    code = "identity_not_found"

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        told = kind.replace("_", " ")
        super().__init__(
            f"Could not find {told} for {id}." if told.endswith("limit") else f"Could not find {told}: {id}."
        )


def require(state: State, kind: str, id: str) -> Record:
    """Return a user, project, role or domain. Raises NoSuchThing."""
    record = state.get(kind, id)
    if record is None:
        raise NoSuchThing(kind, id)
    return record


def domain_named(state: State, name: str) -> Record | None:
    """Return the oldest domain of that name."""
    return oldest(state.lookup("domain", "name", name))


def domain_like(state: State, name: str) -> Record | None:
    """Return the one domain of that name whatever the case of its letters; None if there are none, or several.

    Keystone's usual database looks at names so: there "default" logs in to the domain "Default".
    """
    found = [each for each in state.of_kind("domain") if str(each.get("name")).casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def named(state: State, kind: str, name: str, domain_id: str | None) -> Record | None:
    """Return the oldest user, group, project or role of that name in that domain (None: roles of no domain)."""
    return oldest([record for record in state.lookup(kind, "name", name) if record.get("domain_id") == domain_id])


def is_enabled(state: State, record: Record | None) -> bool:
    """Whether a user, project or domain, and the domain it lives in, may be used."""
    if record is None or record.get("enabled") is not True:
        return False
    return record.key.kind == "domain" or is_enabled(state, state.get("domain", record.get("domain_id", "")))


def ancestors(state: State, project: Record) -> list[Record]:
    """Return the projects above `project`, nearest first, without the domain."""
    above: list[Record] = []
    current: Record | None = project
    while current is not None and len(above) < DEPTH_MAX:
        current = state.get("project", current.get("parent_id") or "")
        if current is not None:
            above.append(current)
    return above


def children(state: State, project_id: str) -> list[Record]:
    """Return the projects right below, by name."""
    return sorted(state.lookup("project", "parent_id", project_id), key=lambda each: str(each.get("name")))


def descendants(state: State, project_id: str) -> list[Record]:
    """Return the projects below, those nearest first."""
    below: list[Record] = []
    layer = children(state, project_id)
    for _ in range(DEPTH_MAX):
        below += layer
        layer = [child for parent in layer for child in children(state, parent.key.id)]
    return below


def groups_of(state: State, user_id: str) -> list[Record]:
    """Return the groups a user is a member of."""
    found = [state.get("group", each.get("group_id", "")) for each in state.lookup("membership", "user_id", user_id)]
    return [group for group in found if group is not None]


def members_of(state: State, group_id: str) -> list[Record]:
    """Return the users in a group."""
    found = [state.get("user", each.get("user_id", "")) for each in state.lookup("membership", "group_id", group_id)]
    return [user for user in found if user is not None]


def oldest(records: Iterable[Record]) -> Record | None:
    """Return the record that keeps a name which several claim."""
    return min(records, key=lambda record: (record.oldest, record.key.id), default=None)
