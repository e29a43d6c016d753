"""Trusts: what one user lets another do in its name, in one project, with some of its roles."""

from typing import Any

from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import require
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class BadTrust(Invalid):
    """The trust makes no sense: no role, or a limit that contradicts another."""

    code = "bad_trust"


class TrustUsedUp(Denied):
    """It was good for so many logins, and they are over."""

    code = "trust_used_up"

    def __init__(self, id: str) -> None:
        super().__init__(f"No remaining uses for trust: {id}.")


def create_trust(ask: Ask, state: State) -> Writes:
    """Make a trust. Raises NoSuchThing (either user, the project)."""
    for kind, field in (("user", "trustor_user_id"), ("user", "trustee_user_id"), ("project", "project_id")):
        if ask.values.get(field) is not None:
            require(state, kind, ask.values[field])
    values: dict[str, Any] = {"expires_at_us": None, "remaining_uses": None, "project_id": None, **ask.values}
    return Writes((Write(Key("fabric", "trust", ask.id), values, create=True),), actor=ask.actor, verb="create trust")


def use_trust(ask: Ask, state: State) -> Writes:
    """Count one use. Two sites that are cut off from each other may each spend the last one. Raises TrustUsedUp."""
    trust = require(state, "trust", ask.id)
    left = trust.get("remaining_uses")
    if left is not None and left < 1:
        raise TrustUsedUp(ask.id)
    writes = (Write(trust.key, {"remaining_uses": left - 1}),) if left is not None else ()
    return Writes(writes, actor=ask.actor, verb="use trust")


def delete_trust(ask: Ask, state: State) -> Writes:
    """Delete it: its tokens are void wherever the news comes. Raises NoSuchThing."""
    write = Write(require(state, "trust", ask.id).key, {DELETED: True})
    return Writes((write,), actor=ask.actor, verb="delete trust")
