"""Which roles a user holds where: its own and its groups' assignments, inherited and implied ones included.

Computed from the merged state whenever it is asked, never stored, so that taking away a membership, an
assignment or an implication works at once wherever the news has come.
"""

from collections.abc import Iterator

from weft.commands.identity.directory import SYSTEM, Scope, ancestors, descendants
from weft.store.protocol import State
from weft.store.records import Record


def scope_of(assignment: Record) -> Scope:
    """Return what an assignment is about."""
    if project_id := assignment.get("project_id"):
        return Scope("project", project_id)
    if domain_id := assignment.get("domain_id"):
        return Scope("domain", domain_id)
    return SYSTEM


def assignments_of(state: State, user_id: str) -> Iterator[Record]:
    """Yield the assignments of a user, and of the groups it is in."""
    yield from state.lookup("assignment", "user_id", user_id)
    for membership in state.lookup("membership", "user_id", user_id):
        group_id = membership.get("group_id", "")
        if state.get("group", group_id) is not None:
            yield from state.lookup("assignment", "group_id", group_id)


def assigned_roles(state: State, user_id: str, scope: Scope) -> list[Record]:
    """Return the roles a user holds in a scope, as a token shows them: by name, without those of a single domain."""
    sources = inherited_from(state, scope)
    roles: dict[str, Record] = {}
    for assignment in assignments_of(state, user_id):
        where = scope_of(assignment)
        if where in sources if assignment.get("inherited") else where == scope:
            for role in with_implied(state, assignment.get("role_id", "")):
                if role.get("domain_id") is None:
                    roles[role.key.id] = role
    return sorted(roles.values(), key=lambda role: str(role.get("name")))


def inherited_from(state: State, scope: Scope) -> set[Scope]:
    """Return the scopes whose inherited assignments hold here: the domain and the projects above a project."""
    project = state.get("project", scope.id) if scope.kind == "project" else None
    if project is None:
        return set()
    above = {Scope("project", each.key.id) for each in ancestors(state, project)}
    return {*above, Scope("domain", project.get("domain_id", ""))}


def reached_by(state: State, assignment: Record) -> list[Scope]:
    """Return the scopes in which an assignment holds: its own, or the projects below if it is inherited."""
    scope = scope_of(assignment)
    if not assignment.get("inherited"):
        return [scope]
    is_domain = scope.kind == "domain"
    below = state.lookup("project", "domain_id", scope.id) if is_domain else descendants(state, scope.id)
    return [Scope("project", each.key.id) for each in below]


def scopes_of(state: State, user_id: str) -> set[Scope]:
    """Return every scope in which a user holds a role."""
    return {scope for assignment in assignments_of(state, user_id) for scope in reached_by(state, assignment)}


def with_implied(state: State, role_id: str) -> list[Record]:
    """Return the role and all that it implies, each once, however the implications run; [] if it is gone."""
    found: dict[str, Record] = {}
    to_visit = [role_id]
    while to_visit:
        id = to_visit.pop()
        role = state.get("role", id)
        if role is not None and id not in found:
            found[id] = role
            to_visit += [each.get("implied_role_id", "") for each in implied_by(state, id)]
    return list(found.values())


def implied_by(state: State, role_id: str) -> list[Record]:
    """Return the `implied_role` records that begin at a role."""
    return list(state.lookup("implied_role", "prior_role_id", role_id))
