"""Who holds what where, as a list: stored assignments, or what they come to for each user ("effective")."""

from collections.abc import Iterator

import msgspec

from weft.commands.identity.assignments import Assignment
from weft.commands.identity.directory import Scope, descendants
from weft.commands.identity.holding import reached_by, scope_of, with_implied
from weft.store.protocol import State
from weft.store.records import Record


class Held(msgspec.Struct, frozen=True):
    """One line of the answer, and what it follows from if that is another assignment."""

    what: Assignment  # who holds what where
    source: Assignment  # the assignment that is stored


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; None: any."""

    user_id: str | None = None
    group_id: str | None = None
    role_id: str | None = None
    scope: Scope | None = None
    inherited: bool | None = None
    effective: bool = False
    subtree: bool = False  # of the project that `scope` names


def assignments_held(state: State, asked: Inquiry) -> list[Held]:
    """Return what is asked for, in a stable order."""
    scopes = _scopes(state, asked)
    found: dict[Assignment, Held] = {}
    for record in _candidates(state, asked):
        for held in _effective(state, record) if asked.effective else [_as_stored(record)]:
            if _fits(held, asked, scopes):
                found.setdefault(held.what, held)
    return sorted(found.values(), key=lambda held: (held.what.actor_id, *msgspec.structs.astuple(held.what.scope)))


def _candidates(state: State, asked: Inquiry) -> Iterator[Record]:
    if asked.group_id is not None:
        yield from state.lookup("assignment", "group_id", asked.group_id)
    elif asked.user_id is not None:
        yield from state.lookup("assignment", "user_id", asked.user_id)
        for membership in state.lookup("membership", "user_id", asked.user_id) if asked.effective else ():
            yield from state.lookup("assignment", "group_id", membership.get("group_id"))
    elif asked.scope is not None and not asked.effective and not asked.subtree and asked.scope.kind != "system":
        yield from state.lookup("assignment", f"{asked.scope.kind}_id", asked.scope.id)
    else:
        yield from state.of_kind("assignment")


def _as_stored(record: Record) -> Held:
    actor = "group" if record.get("group_id") else "user"
    what = Assignment(
        record.get(f"{actor}_id") or "",
        scope_of(record),
        record.get("role_id", ""),
        actor=actor,  # type: ignore[arg-type]  # one of two words
        inherited=bool(record.get("inherited")),
    )
    return Held(what, what)


def _effective(state: State, record: Record) -> Iterator[Held]:
    """Yield it for every user, every scope and every role that it comes to."""
    source = _as_stored(record).what
    users = [source.actor_id]
    if source.actor == "group":
        users = [each.get("user_id", "") for each in state.lookup("membership", "group_id", source.actor_id)]
    for scope in reached_by(state, record):
        for role in with_implied(state, source.role_id):
            for user_id in users if role.get("domain_id") is None else ():
                yield Held(Assignment(user_id, scope, role.key.id), source)


def _scopes(state: State, asked: Inquiry) -> set[Scope] | None:
    if asked.scope is None:
        return None
    below = descendants(state, asked.scope.id) if asked.subtree else []
    return {asked.scope, *(Scope("project", each.key.id) for each in below)}


def _fits(held: Held, asked: Inquiry, scopes: set[Scope] | None) -> bool:
    what = held.what
    return (
        asked.user_id in (None, what.actor_id if what.actor == "user" else "")
        and asked.group_id in (None, what.actor_id if what.actor == "group" else "")
        and asked.role_id in (None, what.role_id)
        and (scopes is None or what.scope in scopes)
        and asked.inherited in (None, held.source.inherited)
    )
