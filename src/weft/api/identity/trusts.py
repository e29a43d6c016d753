"""/v3/OS-TRUST/trusts: one user lets another act in its name. Not handed on: a token made by a trust makes none."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.check import Opened, usable_roles
from weft.api.identity.http import answer, execute_for, identity_of, json_body, nothing
from weft.api.identity.limited import is_limited
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, Forbidden, enforce
from weft.api.identity.roles import role_body
from weft.api.identity.times import iso_from_us, us_from_iso
from weft.commands.identity.directory import NoSuchThing, Scope, named, require
from weft.commands.identity.trusts import BadTrust, create_trust, delete_trust
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import MALFORMED, Spec, checked_body
from weft.wire.keystone.resources import ID, NAME, TRUST

ROLE_REF = Spec(member="roles", fields={"id": ID, "name": NAME}, required=())


async def index(request: Request) -> Response:
    """GET /v3/OS-TRUST/trusts: those one gave, those one was given, or for administrators all."""
    who, state, params = _undelegated(request).caller, identity_of(request).store.state, request.query_params
    side = next((name for name in ("trustor_user_id", "trustee_user_id") if name in params), "")
    enforce(who, "list_trusts_of_user" if side else "list_trusts", About(user_id=params.get(side)))
    found = state.lookup("trust", side, params[side]) if side else state.of_kind("trust")
    rows = [_body(request, each, with_roles=False) for each in found]
    return listing(request, "trusts", rows, filters=("trustor_user_id", "trustee_user_id"))


async def show(request: Request) -> Response:
    """GET /v3/OS-TRUST/trusts/{id}."""
    return answer({"trust": _body(request, _found(request, "get_trust"))})


async def create(request: Request) -> Response:
    """POST /v3/OS-TRUST/trusts: for oneself as trustor, of roles one has."""
    identity, opened = identity_of(request), _undelegated(request)
    known, _ = checked_body(await json_body(request), TRUST, creating=True)
    enforce(opened.caller, "create_trust", About(user_id=known["trustor_user_id"]))
    require(identity.store.state, "user", known["trustee_user_id"])
    if known.get("project_id") and not known.get("roles"):
        raise Forbidden("At least one role should be specified")
    if known.get("allow_redelegation"):
        raise BadTrust("Invalid input for field/attribute allow_redelegation. Redelegation is not supported here.")
    fields = ("trustor_user_id", "trustee_user_id", "project_id", "impersonation", "remaining_uses")
    values: dict[str, Any] = {name: known.get(name) for name in fields}
    values["role_ids"] = _role_ids(identity.store.state, known)
    values["expires_at_us"] = _expiry(known.get("expires_at"), identity.now_ms() * 1000)
    id = uuid.uuid4().hex
    receipt = await execute_for(request, opened.caller, create_trust, id, values)
    return answer({"trust": _body(request, require(identity.store.state, "trust", id))}, 201, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/OS-TRUST/trusts/{id}: by who gave it."""
    opened = _undelegated(request)
    found = _trust(request)
    enforce(opened.caller, "delete_trust", About(user_id=found.get("trustor_user_id")))
    return nothing(await execute_for(request, opened.caller, delete_trust, found.key.id, {}))


async def roles(request: Request) -> Response:
    """GET /v3/OS-TRUST/trusts/{id}/roles."""
    return listing(request, "roles", _body(request, _found(request, "get_trust"))["roles"], filters=())


async def role(request: Request) -> Response:
    """GET and HEAD /v3/OS-TRUST/trusts/{id}/roles/{role}."""
    wanted = request.path_params["role"]
    for each in _body(request, _found(request, "get_trust"))["roles"]:
        if each["id"] == wanted:
            return answer({"role": each})
    raise NoSuchThing("role", wanted)


def _undelegated(request: Request) -> Opened:
    opened = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    if is_limited(opened.token):
        raise Forbidden("Delegated tokens cannot manage trusts.")
    return opened


def _trust(request: Request) -> Record:
    trust = require(identity_of(request).store.state, "trust", request.path_params["id"])
    if trust.get("remaining_uses") == 0:
        raise NoSuchThing("trust", trust.key.id)
    return trust


def _found(request: Request, action: str) -> Record:
    """Return the trust to either side, and to who sees all."""
    opened = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    trust = _trust(request)
    sides = [trust.get("trustor_user_id"), trust.get("trustee_user_id")]
    own = opened.caller.user_id
    enforce(opened.caller, action, About(user_id=own if own in sides else sides[0]))
    return trust


def _role_ids(state: State, known: dict[str, Any]) -> list[str]:
    """Return the roles to lend. Raises NoSuchThing for one that the trustor does not hold there."""
    held = usable_roles(state, known["trustor_user_id"], Scope("project", known.get("project_id") or ""))
    ids = []
    for each in known.get("roles") or ():
        given, _ = checked_body({"roles": each}, ROLE_REF, creating=True)
        found = state.get("role", given.get("id", "")) or named(state, "role", given.get("name", ""), None)
        if found is None or found.key.id not in [role.key.id for role in held]:
            raise NoSuchThing("role", str(given.get("id") or given.get("name")))
        ids.append(found.key.id)
    return ids


def _expiry(given: str | None, now_us: int) -> int | None:
    expires_at_us = us_from_iso(given) if given else None
    if expires_at_us is not None and expires_at_us <= now_us:
        raise BadTrust(f"The 'expires_at' must not be before now.{MALFORMED}")
    return expires_at_us


def _body(request: Request, record: Record, *, with_roles: bool = True) -> dict[str, Any]:
    identity = identity_of(request)
    state, base = identity.store.state, identity.settings.identity_url
    expires_at_us, url = record.get("expires_at_us"), f"{base}/OS-TRUST/trusts/{record.key.id}"
    fields = ("trustor_user_id", "trustee_user_id", "project_id", "impersonation", "remaining_uses")
    body = {
        "id": record.key.id,
        **{name: record.get(name) for name in fields},
        "expires_at": None if expires_at_us is None else iso_from_us(expires_at_us),
        "deleted_at": None,
        "redelegation_count": 0,
        "redelegated_trust_id": None,
        "links": {"self": url},
    }
    if with_roles:
        found = [state.get("role", id) for id in record.get("role_ids") or ()]
        body["roles"] = [role_body(each, base) for each in found if each is not None]
        body["roles_links"] = {"self": f"{url}/roles", "next": None, "previous": None}
    return body


_PATH = "/v3/OS-TRUST/trusts"
ROUTES = [
    Route(_PATH, index, methods=["GET"]),
    Route(_PATH, create, methods=["POST"]),
    Route(_PATH + "/{id}", show, methods=["GET"]),
    Route(_PATH + "/{id}", delete, methods=["DELETE"]),
    Route(_PATH + "/{id}/roles", roles, methods=["GET"]),
    Route(_PATH + "/{id}/roles/{role}", role, methods=["GET"]),
]
