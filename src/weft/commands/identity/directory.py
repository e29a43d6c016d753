"""Who is who: users, projects, domains and roles looked up in the merged state.

Names are unique within a domain; should two sites have given one name at the same time, the older record
answers to it everywhere and the younger only to its ID (the store reports the pair as a conflict).
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import Record

DEFAULT_DOMAIN = "default"  # Keystone's, by ID

# Keystone's prior roles since 2023.1: who has the left one has those on the right.
IMPLIED_ROLES = {"admin": ("manager",), "manager": ("member",), "member": ("reader",)}


class Scope(msgspec.Struct, frozen=True):
    """What a token or a role assignment is about."""

    kind: Literal["project", "domain", "system", "none"]
    id: str = ""  # of the project or domain; "all" for the system


UNSCOPED = Scope("none")
SYSTEM = Scope("system", "all")


class NoSuchThing(NotFound):
    """No user, project, role or domain has that ID or name. The words are Keystone's."""

    code = "identity_not_found"

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        super().__init__(f"Could not find {kind}: {id}.")


def require(state: State, kind: str, id: str) -> Record:
    """Return a user, project, role or domain. Raises NoSuchThing."""
    record = state.get(kind, id)
    if record is None:
        raise NoSuchThing(kind, id)
    return record


def domain_named(state: State, name: str) -> Record | None:
    """Return the oldest domain of that name."""
    return _oldest([domain for domain in state.of_kind("domain") if domain.get("name") == name])


def named(state: State, kind: str, name: str, domain_id: str | None) -> Record | None:
    """Return the oldest user, project or role ("kind") of that name in that domain (None: roles of no domain)."""
    return _oldest([record for record in state.lookup(kind, "name", name) if record.get("domain_id") == domain_id])


def is_enabled(state: State, record: Record | None) -> bool:
    """Whether a user, project or domain, and the domain it lives in, may be used."""
    if record is None or record.get("enabled") is not True:
        return False
    return record.key.kind == "domain" or is_enabled(state, state.get("domain", record.get("domain_id", "")))


def scope_of(assignment: Record) -> Scope:
    """Return what an assignment is about."""
    if project_id := assignment.get("project_id"):
        return Scope("project", project_id)
    if domain_id := assignment.get("domain_id"):
        return Scope("domain", domain_id)
    return SYSTEM


def assigned_roles(state: State, user_id: str, scope: Scope) -> list[Record]:
    """Return the roles a user holds in a scope, implied ones included, sorted by name."""
    roles: dict[str, Record] = {}
    for assignment in state.lookup("assignment", "user_id", user_id):
        if scope_of(assignment) == scope and (role := state.get("role", assignment.get("role_id", ""))) is not None:
            for each in _with_implied(state, role):
                roles[each.key.id] = each
    return sorted(roles.values(), key=lambda role: str(role.get("name")))


def scopes_of(state: State, user_id: str) -> set[Scope]:
    """Return every scope in which a user holds a role."""
    return {scope_of(assignment) for assignment in state.lookup("assignment", "user_id", user_id)}


def _with_implied(state: State, role: Record) -> Iterator[Record]:
    yield role
    if role.get("domain_id") is not None:
        return  # a domain's own role called "admin" implies nothing
    for name in IMPLIED_ROLES.get(str(role.get("name")), ()):
        implied = named(state, "role", name, None)
        if implied is not None:
            yield from _with_implied(state, implied)


def _oldest(records: list[Record]) -> Record | None:
    return min(records, key=lambda record: (record.oldest, record.key.id), default=None)
