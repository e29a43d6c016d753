"""Application credentials: a user's rights in one project, or some of them, for a program to log in with."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import oldest, require
from weft.commands.identity.names import DuplicateName
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class BadApplicationCredential(Invalid):
    """It asks for what its user does not have, or for no time at all."""

    code = "bad_application_credential"

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid application credential: {detail}")


class AccessRuleInUse(Denied):
    """An application credential is limited by it: without it that one could do more."""

    code = "access_rule_in_use"


class RuleAsked(msgspec.Struct, frozen=True):
    """An access rule as a credential names it: an old one by ID, or a new one by what it says."""

    id: str = ""
    service: str = ""
    method: str = ""
    path: str = ""


def create_application_credential(ask: Ask, rules: tuple[RuleAsked, ...] | None, state: State) -> Writes:
    """Make one; `ask.values` are its fields but for the rules. Raises DuplicateName and BadApplicationCredential."""
    user_id, name = ask.values["user_id"], ask.values["name"]
    held = state.lookup("application_credential", "user_id", user_id)
    if oldest([each for each in held if each.get("name") == name]) is not None:
        raise DuplicateName("application_credential", "Duplicate entry found with name " + name)
    made = [_rule_write(rule, user_id, state) for rule in rules or ()]
    values: dict[str, Any] = {"description": None, "expires_at_us": None, "unrestricted": False, **ask.values}
    values["access_rule_ids"] = None if rules is None else list(dict.fromkeys(key.id for key, _ in made))
    new = {key: Write(key, values) for key, values in made if values is not None}
    write = Write(Key("fabric", "application_credential", ask.id), values, create=True)
    return Writes((*new.values(), write), actor=ask.actor, verb="create application credential")


def delete_application_credential(ask: Ask, state: State) -> Writes:
    """Delete it: its tokens are void wherever the news comes. Raises NoSuchThing."""
    write = Write(require(state, "application_credential", ask.id).key, {DELETED: True})
    return Writes((write,), actor=ask.actor, verb="delete application credential")


def delete_access_rule(ask: Ask, state: State) -> Writes:
    """Delete a rule that limits nothing any more. Raises NoSuchThing and AccessRuleInUse."""
    rule = require(state, "access_rule", ask.id)
    for each in state.lookup("application_credential", "user_id", rule.get("user_id")):
        if ask.id in (each.get("access_rule_ids") or ()):
            raise AccessRuleInUse(
                "You are not authorized to perform the requested action: "
                f"Cannot delete access rule {ask.id}, application credential {each.key.id} uses it."
            )
    return Writes((Write(rule.key, {DELETED: True}),), actor=ask.actor, verb="delete access rule")


def _rule_write(rule: RuleAsked, user_id: str, state: State) -> tuple[Key, Mapping[str, Any] | None]:
    """Return the rule's key, and what to write if it is new. Its ID follows from what it says."""
    if rule.id and not rule.path:
        found = state.get("access_rule", rule.id)
        if found is None or found.get("user_id") != user_id:
            raise BadApplicationCredential(f"Could not find Access Rule: {rule.id}.")
        return found.key, None
    said = f"{user_id}/{rule.service}/{rule.method}{rule.path}"
    key = Key("fabric", "access_rule", hashlib.sha256(said.encode()).hexdigest()[:32])
    values = {"user_id": user_id, "service": rule.service, "method": rule.method, "path": rule.path, DELETED: False}
    return key, None if state.get("access_rule", key.id) is not None else values
