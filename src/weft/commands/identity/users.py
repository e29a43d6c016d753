"""Users: create, change, delete. Passwords arrive here as hashes; the clear text never leaves the API's handler."""

from typing import Any

from weft.commands.identity.ask import Ask, changes, require_same_domain
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.names import free_name
from weft.model import Invalid
from weft.store.protocol import State
from weft.store.records import Key
from weft.store.writes import Write, Writes

UNSUPPORTED_OPTIONS = ("multi_factor_auth_enabled", "multi_factor_auth_rules")


class BadUserOption(Invalid):
    """An option that would promise more safety than there is."""

    code = "bad_user_option"


def create_user(ask: Ask, state: State) -> Writes:
    """Make a user. Raises NoSuchThing (the domain), BadUserOption and DuplicateName."""
    domain_id = ask.values["domain_id"]
    require(state, "domain", domain_id)
    values: dict[str, Any] = {
        "password_hash": None,  # cannot log in by password
        "enabled": True,
        "email": None,
        "description": None,
        "default_project_id": None,
        "options": {},
        **_checked(ask.values),
        "tokens_valid_after_ms": 0,
    }
    values["name"] = free_name(state, "user", ask.values["name"], domain_id, own_id=ask.id)
    return Writes((Write(Key("fabric", "user", ask.id), values, create=True),), actor=ask.actor, verb="create user")


def update_user(ask: Ask, state: State) -> Writes:
    """Set some fields. A new password, and being disabled, void the tokens the user holds.

    Raises Invalid, NoSuchThing, BadUserOption and DuplicateName.
    """
    user = require(state, "user", ask.id)
    require_same_domain(user, ask)
    values = changes(user, ask)
    _checked(values)
    if "name" in values:
        values["name"] = free_name(state, "user", values["name"], user.get("domain_id"), own_id=ask.id)
    if "password_hash" in values or values.get("enabled") is False:
        values["tokens_valid_after_ms"] = ask.now_ms + 1  # tokens of this very millisecond too
    return Writes((Write(user.key, values),), actor=ask.actor, verb="update user")


def void_tokens(ask: Ask, state: State) -> Writes:
    """Void every token the user holds. Raises NoSuchThing."""
    user = require(state, "user", ask.id)
    write = Write(user.key, {"tokens_valid_after_ms": ask.now_ms + 1})
    return Writes((write,), actor=ask.actor, verb="revoke tokens of user")


def delete_user(ask: Ask, state: State) -> Writes:
    """Delete the user with its roles, memberships and credentials. Raises NoSuchThing."""
    return Writes(deletes(state, require(state, "user", ask.id)), actor=ask.actor, verb="delete user")


def _checked(values: Any) -> Any:
    for name in UNSUPPORTED_OPTIONS:
        if (values.get("options") or {}).get(name):
            raise BadUserOption(f"Invalid input for field/attribute options: {name} is not supported here.")
    return values
