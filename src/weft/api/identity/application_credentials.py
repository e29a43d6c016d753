"""/v3/users/{user}/application_credentials: secrets are shown once, at creation, and kept as hashes."""

import secrets
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.check import Opened
from weft.api.identity.http import answer, execute_for, identity_of, json_body, nothing
from weft.api.identity.limited import is_limited
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, Forbidden, enforce
from weft.api.identity.roles import role_body
from weft.api.identity.times import iso_from_us, us_from_iso
from weft.api.identity.users import hashed
from weft.commands.identity.application_credentials import (
    BadApplicationCredential,
    RuleAsked,
    create_application_credential,
    delete_application_credential,
)
from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import NoSuchThing, named, require
from weft.commands.identity.holding import with_implied
from weft.model import NotFound
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import MALFORMED, BadBody, Spec, checked_body
from weft.wire.keystone.resources import ACCESS_RULE, APPLICATION_CREDENTIAL, ID, NAME

ROLE_REF = Spec(member="roles", fields={"id": ID, "name": NAME}, required=(), extra=False)
RULE = Spec(member="access_rules", fields=ACCESS_RULE, required=(), extra=False)


class NoSuchRole(NotFound):
    """Nobody has heard of a role that a credential should have."""

    code = "no_such_role"


SECRET_BYTES = 64  # as Keystone's own


async def index(request: Request) -> Response:
    """GET /v3/users/{user}/application_credentials: one's own; administrators anyone's."""
    identity, user_id = identity_of(request), request.path_params["user"]
    enforce(own_token(request).caller, "list_application_credentials", About(user_id=user_id))
    held = identity.store.state.lookup("application_credential", "user_id", user_id)
    return listing(request, "application_credentials", [_body(request, each) for each in held], filters=("name",))


async def show(request: Request) -> Response:
    """GET /v3/users/{user}/application_credentials/{id}."""
    found = _found(request, own_token(request), "get_application_credential")
    return answer({"application_credential": _body(request, found)})


async def create(request: Request) -> Response:
    """POST /v3/users/{user}/application_credentials: for oneself, in the token's project, with its roles or fewer."""
    identity, user_id, opened = identity_of(request), request.path_params["user"], own_token(request)
    who = opened.caller
    enforce(who, "create_application_credential", About(user_id=user_id))
    require_unrestricted(identity.store.state, opened)
    if who.project_id is None:
        raise Forbidden("identity:create_application_credential")
    known, _ = checked_body(await json_body(request), APPLICATION_CREDENTIAL, creating=True)
    secret = known.pop("secret", None) or secrets.token_urlsafe(SECRET_BYTES)
    rules = known.pop("access_rules", None)
    values: dict[str, Any] = {
        **{name: known[name] for name in ("name", "description") if name in known},
        "unrestricted": bool(known.get("unrestricted")),
        "user_id": user_id,
        "project_id": who.project_id,
        "secret_hash": await hashed(identity, secret),
        "role_ids": _role_ids(identity.store.state, known.get("roles"), opened),
        "expires_at_us": _expiry(known.get("expires_at"), identity.now_ms() * 1000),
    }
    ask = Ask(id=uuid.uuid4().hex, values=values, actor=who.actor, now_ms=identity.now_ms())
    asked = None if rules is None else tuple(_rule(rule) for rule in rules)
    receipt = await execute(identity.store, lambda state, held: create_application_credential(ask, asked, state))
    made = _body(request, require(identity.store.state, "application_credential", ask.id))
    return answer({"application_credential": {**made, "secret": secret}}, 201, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/users/{user}/application_credentials/{id}."""
    opened = own_token(request)
    found = _found(request, opened, "delete_application_credential")
    require_unrestricted(identity_of(request).store.state, opened)
    return nothing(await execute_for(request, opened.caller, delete_application_credential, found.key.id, {}))


def own_token(request: Request) -> Opened:
    """Return what the caller's token stands for. Raises Unauthenticated, and Forbidden for one made by a trust."""
    opened = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    if opened.token.trust_id:
        raise Forbidden("manage application credentials with a token issued via delegation")
    return opened


def require_unrestricted(state: State, opened: Opened) -> None:
    """Raise Forbidden for a token of an application credential that may make no others."""
    if not is_limited(opened.token):
        return
    credential = state.get("application_credential", opened.token.application_credential_id)
    if credential is None or not credential.get("unrestricted"):
        raise Forbidden(
            "Using method 'application_credential' is not allowed for managing additional application credentials."
        )


def _found(request: Request, opened: Opened, action: str) -> Record:
    state, id = identity_of(request).store.state, request.path_params["id"]
    found = state.get("application_credential", id)
    owner = found.get("user_id") if found else request.path_params["user"]  # not who the path says
    enforce(opened.caller, action, About(user_id=owner))
    if found is None:
        raise NoSuchThing("Application Credential", id)
    return found


def _role_ids(state: State, asked: Any, opened: Opened) -> list[str]:
    """Return the roles asked for and what they imply. Raises BadApplicationCredential unless the token has them."""
    own = [role.key.id for role in opened.roles]
    if not asked:
        return own
    found: dict[str, None] = {}
    for each in asked:
        given, _ = checked_body({"roles": each}, ROLE_REF, creating=True)
        role = state.get("role", given.get("id", "")) or named(state, "role", given.get("name", ""), None)
        if role is None:
            raise NoSuchRole(f"Role {given.get('id') or given.get('name')} is not defined")
        found |= dict.fromkeys(each.key.id for each in with_implied(state, role.key.id))
    if not set(found) <= set(own):
        raise BadApplicationCredential("Cannot create an application credential with unassigned role")
    return list(found)


def _rule(given: Any) -> RuleAsked:
    rule, _ = checked_body({"access_rules": given}, RULE, creating=True)
    if "id" not in rule and not {"path", "service", "method"} <= set(rule):
        raise BadApplicationCredential("an access rule has an id, or a service, a method and a path")
    return RuleAsked(**rule)


def _expiry(given: str | None, now_us: int) -> int | None:
    if not given:
        return None
    expires_at_us = us_from_iso(given)
    if expires_at_us <= now_us:
        raise BadBody(f"The 'expires_at' must not be before now.{MALFORMED}")
    return expires_at_us


def _body(request: Request, record: Record) -> dict[str, Any]:
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    expires_at_us, user_id = record.get("expires_at_us"), record.get("user_id")
    roles = [role for id in record.get("role_ids") or () if (role := state.get("role", id)) is not None]
    body = {
        "id": record.key.id,
        **{name: record.get(name) for name in ("name", "description", "project_id", "user_id")},
        "unrestricted": bool(record.get("unrestricted")),
        "expires_at": None if expires_at_us is None else iso_from_us(expires_at_us).rstrip("Z"),
        "roles": [{k: v for k, v in role_body(role, base).items() if k != "links"} for role in roles],
        "links": {"self": f"{base}/users/{user_id}/application_credentials/{record.key.id}"},
    }
    if (ids := record.get("access_rule_ids")) is not None:
        rules = [rule for id in ids if (rule := state.get("access_rule", id)) is not None]
        body["access_rules"] = [
            {"id": rule.key.id, **{name: rule.get(name) for name in ("service", "method", "path")}} for rule in rules
        ]
    return body


_PATH = "/v3/users/{user}/application_credentials"
ROUTES = [
    Route(_PATH, index, methods=["GET"]),
    Route(_PATH, create, methods=["POST"]),
    Route(_PATH + "/{id}", show, methods=["GET"]),
    Route(_PATH + "/{id}", delete, methods=["DELETE"]),
]
