"""/v3/groups/{id}/users: who is in a group."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.groups import GROUPS
from weft.api.identity.http import caller, identity_of, nothing
from weft.api.identity.listing import listing
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import found_for
from weft.api.identity.users import USERS
from weft.commands.identity.directory import members_of
from weft.commands.identity.groups import add_member, membership_key, remove_member, require_member
from weft.store.execute import execute


async def users(request: Request) -> Response:
    """GET /v3/groups/{id}/users: with a domain's token, those of that domain."""
    identity, who = identity_of(request), caller(request)
    found_for(request, GROUPS, who, "list", "list_users_in_group")
    base = identity.settings.identity_url
    members = members_of(identity.store.state, request.path_params["id"])
    seen = [each for each in members if who.domain_id in (None, each.get("domain_id"))]
    rows = [USERS.body(each, base) for each in seen]
    return listing(request, "users", rows, filters=("name", "domain_id", "enabled"))


async def add(request: Request) -> Response:
    """PUT /v3/groups/{id}/users/{user}: adding a member is fine and writes nothing."""
    identity, (group_id, user_id, who) = identity_of(request), _asked(request, "add_user_to_group")
    if identity.store.state.get("membership", membership_key(group_id, user_id).id) is not None:
        return nothing()
    receipt = await execute(identity.store, lambda state, held: add_member(group_id, user_id, state, actor=who.actor))
    return nothing(receipt)


async def check(request: Request) -> Response:
    """HEAD and GET /v3/groups/{id}/users/{user}: 204 if it is a member."""
    group_id, user_id, _ = _asked(request, "check_user_in_group")
    require_member(group_id, user_id, identity_of(request).store.state)
    return nothing()


async def remove(request: Request) -> Response:
    """DELETE /v3/groups/{id}/users/{user}."""
    identity, (group_id, user_id, who) = identity_of(request), _asked(request, "remove_user_from_group")
    receipt = await execute(
        identity.store, lambda state, held: remove_member(group_id, user_id, state, actor=who.actor)
    )
    return nothing(receipt)


def _asked(request: Request, action: str) -> tuple[str, str, Caller]:
    who, state = caller(request), identity_of(request).store.state
    group_id, user_id = request.path_params["id"], request.path_params["user"]
    concerned = [state.get("group", group_id), state.get("user", user_id)]
    domains = tuple(each.get("domain_id") if each else None for each in concerned)
    enforce(who, action, About(domain_ids=domains))
    return group_id, user_id, who


ROUTES = [
    Route("/v3/groups/{id}/users", users, methods=["GET"]),
    Route("/v3/groups/{id}/users/{user}", add, methods=["PUT"]),
    Route("/v3/groups/{id}/users/{user}", check, methods=["GET"]),
    Route("/v3/groups/{id}/users/{user}", remove, methods=["DELETE"]),
]
