"""Role assignments: who holds which role on which project, on which domain, or on the whole fabric."""

import hashlib
from typing import Literal

import msgspec

from weft.commands.identity.directory import SYSTEM, Scope, require
from weft.model import Denied, NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class Assignment(msgspec.Struct, frozen=True):
    """A user's or group's role in a scope, or in the projects below it."""

    actor_id: str
    scope: Scope
    role_id: str
    actor: Literal["user", "group"] = "user"
    inherited: bool = False  # holds in the projects below, not in the scope itself (OS-INHERIT)

    @property
    def key(self) -> Key:
        """Same parts, same record: granting twice at two sites merges without a conflict."""
        return Key("fabric", "assignment", _id_of(self))


class NoSuchAssignment(NotFound):
    """The user or group does not hold the role there."""

    code = "assignment_not_found"

    def __init__(self, assignment: Assignment) -> None:
        target = "system" if assignment.scope == SYSTEM else assignment.scope.id
        super().__init__(
            f"Could not find role assignment with role: {assignment.role_id}, user or group: {assignment.actor_id}, "
            f"project, domain, or system: {target}."
        )


class RoleOfAnotherDomain(Denied):
    """A domain's own role is given on projects of that domain only."""

    code = "role_of_another_domain"


def assignment_id(user_id: str, scope: Scope, role_id: str) -> str:
    """Return the ID of the record that says so."""
    return Assignment(user_id, scope, role_id).key.id


def grant_role(assignment: Assignment, state: State, *, actor: str) -> Writes:
    """Give the role. Raises NoSuchThing for whatever is unknown, and RoleOfAnotherDomain."""
    require_parts(assignment, state)
    scope = assignment.scope
    home = state.get("role", assignment.role_id).get("domain_id")  # type: ignore[union-attr]  # just required
    if home is not None and scope.kind == "project" and home != _domain_of(state, scope):
        raise RoleOfAnotherDomain(
            f"Project {scope.id} must be in the same domain as the role {assignment.role_id} being assigned."
        )
    values = {
        "user_id": assignment.actor_id if assignment.actor == "user" else None,
        "group_id": assignment.actor_id if assignment.actor == "group" else None,
        "role_id": assignment.role_id,
        "project_id": scope.id if scope.kind == "project" else None,
        "domain_id": scope.id if scope.kind == "domain" else None,
        "system": scope.id if scope == SYSTEM else None,
        "inherited": assignment.inherited,
        DELETED: False,  # it may have been revoked before: the ID is that of its content
    }
    return Writes((Write(assignment.key, values),), actor=actor, verb="grant role")


def revoke_role(assignment: Assignment, state: State, *, actor: str) -> Writes:
    """Take the role away. Raises NoSuchAssignment."""
    if state.get("assignment", assignment.key.id) is None:
        raise NoSuchAssignment(assignment)
    return Writes((Write(assignment.key, {DELETED: True}),), actor=actor, verb="revoke role")


def require_parts(assignment: Assignment, state: State) -> None:
    """Raise NoSuchThing unless actor, role and target exist."""
    require(state, assignment.actor, assignment.actor_id)
    require(state, "role", assignment.role_id)
    if assignment.scope != SYSTEM:
        require(state, assignment.scope.kind, assignment.scope.id)


def _id_of(assignment: Assignment) -> str:
    scope = assignment.scope
    # Without its two later members this is what every fabric's first records were named by.
    parts = [assignment.actor_id, scope.kind, scope.id, assignment.role_id]
    parts += [assignment.actor] if assignment.actor != "user" else []
    parts += ["inherited"] if assignment.inherited else []
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


def _domain_of(state: State, scope: Scope) -> str | None:
    project = state.get("project", scope.id)
    return str(project.get("domain_id")) if project else None
