"""Role assignments: who holds which role on which project, on which domain, or on the whole fabric."""

import hashlib

import msgspec

from weft.commands.identity.directory import SYSTEM, NoSuchThing, Scope
from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class Assignment(msgspec.Struct, frozen=True):
    """A user's role in a scope."""

    user_id: str
    scope: Scope
    role_id: str

    @property
    def key(self) -> Key:
        """Same three, same record: granting twice at two sites merges without a conflict."""
        return Key("fabric", "assignment", assignment_id(self.user_id, self.scope, self.role_id))


class NoSuchAssignment(NotFound):
    """The user does not hold the role there."""

    code = "assignment_not_found"

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(
            f"Could not find role assignment with role: {assignment.role_id}, user or group: {assignment.user_id}, "
            f"project, domain, or system: {assignment.scope.id}."
        )


def assignment_id(user_id: str, scope: Scope, role_id: str) -> str:
    """Return the ID of the record that says so."""
    return hashlib.sha256(f"{user_id}/{scope.kind}/{scope.id}/{role_id}".encode()).hexdigest()[:32]


def grant_role(assignment: Assignment, state: State, *, actor: str) -> Writes:
    """Give the role. Raises NoSuchThing for an unknown user, role, project or domain."""
    require_parts(assignment, state)
    scope = assignment.scope
    values = {
        "user_id": assignment.user_id,
        "role_id": assignment.role_id,
        "project_id": scope.id if scope.kind == "project" else None,
        "domain_id": scope.id if scope.kind == "domain" else None,
        "system": scope.id if scope == SYSTEM else None,
        DELETED: False,  # it may have been revoked before: the ID is that of its content
    }
    return Writes((Write(assignment.key, values),), actor=actor, verb="grant role")


def revoke_role(assignment: Assignment, state: State, *, actor: str) -> Writes:
    """Take the role away. Raises NoSuchAssignment."""
    if state.get("assignment", assignment.key.id) is None:
        raise NoSuchAssignment(assignment)
    return Writes((Write(assignment.key, {DELETED: True}),), actor=actor, verb="revoke role")


def require_parts(assignment: Assignment, state: State) -> None:
    """Raise NoSuchThing unless user, role and target exist."""
    parts = [("user", assignment.user_id), ("role", assignment.role_id)]
    if assignment.scope != SYSTEM:
        parts.append((assignment.scope.kind, assignment.scope.id))
    for kind, id in parts:
        if state.get(kind, id) is None:
            raise NoSuchThing(kind, id)


def assignments_about(state: State, kind: str, id: str) -> list[Write]:
    """Return the writes that delete every assignment of a user, project, domain or role that goes away."""
    if kind in ("user", "project", "role"):
        found = state.lookup("assignment", f"{kind}_id", id)
    else:
        found = [each for each in state.of_kind("assignment") if each.get(f"{kind}_id") == id]
    return [Write(record.key, {DELETED: True}) for record in found]
