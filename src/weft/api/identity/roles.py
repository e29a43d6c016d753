"""/v3/roles."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weft.api.identity.http import caller, identity_of
from weft.api.identity.listing import listing, records_asked
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import Resource, Values, crud
from weft.commands.identity.roles import create_role, delete_role, update_role
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.resources import ROLE


def _shown(record: Record) -> dict[str, Any]:
    body = {name: record.get(name) for name in ("name", "domain_id")}
    return {**body, "description": record.get("description") or None, "options": dict(record.get("options") or {})}


def _about(state: State, values: Values) -> About:
    return About(role_name=values.get("name"), role_domain_id=values.get("domain_id"))


def _action(verb: str, kind: str, values: Values) -> str:
    return f"{verb}_domain_role" if values.get("domain_id") else f"{verb}_role"


ROLES = Resource(
    kind="role",
    plural="roles",
    spec=ROLE,
    shown=_shown,
    filters=("name",),
    create=create_role,
    update=update_role,
    delete=delete_role,
    about=_about,
    action_of=_action,
    open_verbs=("get", "update", "delete"),
)


def role_body(record: Record, base: str) -> dict[str, Any]:
    """Return a role in Keystone's form."""
    return ROLES.body(record, base)


async def index(request: Request) -> Response:
    """GET /v3/roles: those of the whole fabric, unless a domain is named."""
    identity, domain_id = identity_of(request), request.query_params.get("domain_id")
    enforce(caller(request), "list_domain_roles" if domain_id else "list_roles")
    records = records_asked(request, identity.store.state, "role", ("name",))
    base = identity.settings.identity_url
    rows = [role_body(each, base) for each in records if each.get("domain_id") == domain_id]
    return listing(request, "roles", rows, filters=("name",))


ROUTES = crud(ROLES, index=index)
