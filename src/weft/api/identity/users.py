"""/v3/users."""

import uuid
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Unauthenticated
from weft.api.identity.http import BadBody, Forbidden, admin, answer, body_as, caller, given, identity_of, nothing
from weft.api.identity.listing import list_links, listing
from weft.api.identity.passwords import PASSWORD_BYTES_MAX
from weft.api.identity.projects import project_body
from weft.api.identity.service import Identity
from weft.commands.identity.directory import DEFAULT_DOMAIN, require, scopes_of
from weft.commands.identity.users import CreateUser, create_user, delete_user, update_user
from weft.store.execute import execute
from weft.store.records import Record
from weft.wire.keystone import PasswordChangeRequest, UserRequest


async def index(request: Request) -> Response:
    """GET /v3/users."""
    admin(request, "identity:list_users")
    return listing(request, "user", user_body, filters=("name", "domain_id", "enabled"))


async def show(request: Request) -> Response:
    """GET /v3/users/{id}: administrators any, others themselves."""
    identity, id = identity_of(request), _self_or_admin(request, "identity:get_user")
    return answer({"user": user_body(require(identity.store.state, "user", id), identity.settings.identity_url)})


async def create(request: Request) -> Response:
    """POST /v3/users."""
    identity, actor = identity_of(request), admin(request, "identity:create_user").actor
    fields = given((await body_as(request, UserRequest)).user)
    if "name" not in fields:
        raise BadBody("Invalid input for field 'user': 'name' is a required property.")
    user = CreateUser(
        id=uuid.uuid4().hex,
        name=fields["name"],
        domain_id=fields.get("domain_id") or DEFAULT_DOMAIN,
        password_hash=await _hash(identity, fields.get("password")),
        enabled=fields.get("enabled", True),
        email=fields.get("email"),
        description=fields.get("description") or "",
        default_project_id=fields.get("default_project_id"),
    )
    receipt = await execute(identity.store, lambda state, held: create_user(user, state, actor=actor))
    made = require(identity.store.state, "user", user.id)
    return answer({"user": user_body(made, identity.settings.identity_url)}, 201, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/users/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:update_user").actor
    id = request.path_params["id"]
    fields = given((await body_as(request, UserRequest)).user)
    home = require(identity.store.state, "user", id).get("domain_id")
    if fields.pop("domain_id", home) != home:
        raise BadBody("Invalid input for field 'domain_id': it cannot be changed.")
    if "password" in fields:
        fields["password_hash"] = await _hash(identity, fields.pop("password"))
    decide = partial(update_user, id, fields, now_ms=identity.now_ms(), actor=actor)
    receipt = await execute(identity.store, lambda state, held: decide(state))
    changed = require(identity.store.state, "user", id)
    return answer({"user": user_body(changed, identity.settings.identity_url)}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/users/{id}."""
    identity, actor = identity_of(request), admin(request, "identity:delete_user").actor
    id = request.path_params["id"]
    return nothing(await execute(identity.store, lambda state, held: delete_user(id, state, actor=actor)))


async def change_password(request: Request) -> Response:
    """POST /v3/users/{id}/password: the old password is the proof; no token is needed, as in Keystone."""
    identity, id = identity_of(request), request.path_params["id"]
    change = (await body_as(request, PasswordChangeRequest)).user
    user = identity.store.state.get("user", id)
    client = request.client.host if request.client else ""
    identity.failed_logins.check(id, client, identity.now_ms() / 1000)
    encoded = user.get("password_hash") if user else None
    if not await identity.passwords.is_right(encoded, _sane(change.original_password)):
        identity.failed_logins.failed(id, client, identity.now_ms() / 1000)
        raise Unauthenticated
    fields = {"password_hash": await _hash(identity, change.password)}
    decide = partial(update_user, id, fields, now_ms=identity.now_ms(), actor=f"user {id} project -")
    return nothing(await execute(identity.store, lambda state, held: decide(state)))


async def projects(request: Request) -> Response:
    """GET /v3/users/{id}/projects: those it holds a role in."""
    identity, id = identity_of(request), _self_or_admin(request, "identity:list_user_projects")
    state = identity.store.state
    require(state, "user", id)
    found = [state.get("project", scope.id) for scope in scopes_of(state, id) if scope.kind == "project"]
    held = [project for project in found if project is not None]
    return listing(request, "project", project_body, filters=("name", "domain_id", "enabled"), records=held)


async def groups(request: Request) -> Response:
    """GET /v3/users/{id}/groups: there are no groups yet."""
    _self_or_admin(request, "identity:list_groups_for_user")
    return answer({"groups": [], "links": list_links(request)})


def user_body(record: Record, base: str) -> dict[str, Any]:
    """Return a user in Keystone's form: never the hash."""
    body = {
        "id": record.key.id,
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "enabled": record.get("enabled"),
        "description": record.get("description") or "",
        "email": record.get("email"),
        "password_expires_at": None,
        "options": {},
        "links": {"self": f"{base}/users/{record.key.id}"},
    }
    if record.get("default_project_id"):
        body["default_project_id"] = record.get("default_project_id")
    return body


def _self_or_admin(request: Request, action: str) -> str:
    who, id = caller(request), str(request.path_params["id"])
    if not who.is_admin and who.user_id != id:
        raise Forbidden(action)
    return id


async def _hash(identity: Identity, password: str | None) -> str | None:
    return await identity.passwords.hash(_sane(password)) if password is not None else None


def _sane(password: str) -> str:
    if not password or len(password.encode()) > PASSWORD_BYTES_MAX:
        raise BadBody(f"Invalid input for field 'password': it must have 1 to {PASSWORD_BYTES_MAX} bytes.")
    return password


ROUTES = [
    Route("/v3/users", index, methods=["GET"]),
    Route("/v3/users", create, methods=["POST"]),
    Route("/v3/users/{id}", show, methods=["GET"]),
    Route("/v3/users/{id}", update, methods=["PATCH"]),
    Route("/v3/users/{id}", delete, methods=["DELETE"]),
    Route("/v3/users/{id}/password", change_password, methods=["POST"]),
    Route("/v3/users/{id}/projects", projects),
    Route("/v3/users/{id}/groups", groups),
]
