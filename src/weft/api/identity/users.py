"""/v3/users."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller, Unauthenticated
from weft.api.identity.groups import GROUPS
from weft.api.identity.http import body_as, caller, execute_for, identity_of, nothing
from weft.api.identity.listing import listing
from weft.api.identity.passwords import PASSWORD_BYTES_MAX
from weft.api.identity.policy import About
from weft.api.identity.projects import project_body
from weft.api.identity.resource import Resource, Values, crud, found_for
from weft.api.identity.service import Identity
from weft.api.identity.throttle import client_of
from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import groups_of
from weft.commands.identity.holding import scopes_of
from weft.commands.identity.users import create_user, delete_user, update_user, void_tokens
from weft.model import Denied
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.auth import PasswordChangeRequest
from weft.wire.keystone.fields import BadBody, is_text
from weft.wire.keystone.resources import USER


class PasswordLocked(Denied):
    """Its option `lock_password` is set: only an administrator may change it."""

    code = "password_locked"


def _shown(record: Record) -> dict[str, Any]:
    body = {
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "enabled": record.get("enabled"),
        "password_expires_at": None,
        "options": dict(record.get("options") or {}),
    }
    optional = ("email", "description", "default_project_id")  # shown if set: Keystone does not know them else
    return {**body, **{name: record.get(name) for name in optional if record.get(name) is not None}}


def _about(state: State, values: Values) -> About:
    return About(domain_ids=(values.get("domain_id"),), user_id=values.get("id"))


async def _prepare(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    """A password becomes its hash; null means that there is none."""
    if "password" in values:
        values["password_hash"] = await hashed(identity_of(request), values.pop("password"))
    return values


USERS = Resource(
    kind="user",
    plural="users",
    spec=USER,
    shown=_shown,
    filters=("name", "domain_id", "enabled"),
    create=create_user,
    update=update_user,
    delete=delete_user,
    about=_about,
    prepare=_prepare,
    of_domain=True,
)


async def change_password(request: Request) -> Response:
    """POST /v3/users/{id}/password: the old password is the proof; no token is needed, as in Keystone."""
    identity, id = identity_of(request), request.path_params["id"]
    change = (await body_as(request, PasswordChangeRequest)).user
    _require_sane(change.original_password)
    user, client = identity.store.state.get("user", id), client_of(request)
    identity.require_seeded()
    identity.failed_logins.check(id, client, identity.now_ms() / 1000)
    encoded = user.get("password_hash") if user else None
    if not await identity.passwords.is_right(encoded, change.original_password):
        identity.failed_logins.failed(id, client, identity.now_ms() / 1000)
        raise Unauthenticated
    assert user is not None  # nobody has no right password
    if (user.get("options") or {}).get("lock_password"):
        raise PasswordLocked("Password validation error: You cannot change your password at this time.")
    values = {"password_hash": await hashed(identity, change.password)}
    ask = Ask(id=id, values=values, actor=f"user {id} project -", now_ms=identity.now_ms())
    return nothing(await execute(identity.store, lambda state, held: update_user(ask, state)))


async def revoke_tokens(request: Request) -> Response:
    """DELETE /v3/users/{id}/tokens: void all that the user holds."""
    who = caller(request)
    found_for(request, USERS, who, "revoke", "revoke_tokens_for_user")
    return nothing(await execute_for(request, who, void_tokens, request.path_params["id"], {}))


async def projects(request: Request) -> Response:
    """GET /v3/users/{id}/projects: those it holds a role in, through groups and inheritance too."""
    identity, id = identity_of(request), request.path_params["id"]
    found_for(request, USERS, caller(request), "list", "list_user_projects")
    state, base = identity.store.state, identity.settings.identity_url
    found = [state.get("project", scope.id) for scope in scopes_of(state, id) if scope.kind == "project"]
    rows = [project_body(project, base) for project in found if project is not None]
    return listing(request, "projects", rows, filters=("name", "domain_id", "enabled"))


async def groups(request: Request) -> Response:
    """GET /v3/users/{id}/groups."""
    identity, who, id = identity_of(request), caller(request), request.path_params["id"]
    found_for(request, USERS, who, "list", "list_groups_for_user")
    base = identity.settings.identity_url
    found = [each for each in groups_of(identity.store.state, id) if who.domain_id in (None, each.get("domain_id"))]
    return listing(
        request,
        "groups",
        [{**GROUPS.body(each, base), "membership_expires_at": None} for each in found],
        filters=("name",),
    )


async def hashed(identity: Identity, password: str | None) -> str | None:
    """Return what to store of a password. Raises BadBody for one that is too long, TooManyLogins."""
    if password is None:
        return None
    return await identity.passwords.hash(_require_sane(password))


def _require_sane(password: str) -> str:
    if not password or not is_text(password) or len(password.encode()) > PASSWORD_BYTES_MAX:
        raise BadBody(f"Invalid input for field/attribute password. It must have 1 to {PASSWORD_BYTES_MAX} bytes.")
    return password


ROUTES = [
    *crud(USERS),
    Route("/v3/users/{id}/password", change_password, methods=["POST"]),
    Route("/v3/users/{id}/tokens", revoke_tokens, methods=["DELETE"]),
    Route("/v3/users/{id}/projects", projects, methods=["GET"]),
    Route("/v3/users/{id}/groups", groups, methods=["GET"]),
]
