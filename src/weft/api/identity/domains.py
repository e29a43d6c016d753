"""/v3/domains: read only; a fabric has the default domain, and more when the need shows."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import Forbidden, admin, answer, caller, identity_of
from weft.api.identity.listing import listing
from weft.commands.identity.directory import require
from weft.store.records import Record


def domain_body(record: Record, base: str) -> dict[str, Any]:
    """Return a domain in Keystone's form."""
    return {
        "id": record.key.id,
        "name": record.get("name"),
        "description": record.get("description") or "",
        "enabled": record.get("enabled"),
        "options": {},
        "tags": [],
        "links": {"self": f"{base}/domains/{record.key.id}"},
    }


async def index(request: Request) -> Response:
    """GET /v3/domains."""
    admin(request, "identity:list_domains")
    return listing(request, "domain", domain_body, filters=("name", "enabled"))


async def show(request: Request) -> Response:
    """GET /v3/domains/{id}: administrators any, others that of their token or user."""
    identity = identity_of(request)
    who = caller(request)
    id = request.path_params["id"]
    user = identity.store.state.get("user", who.user_id)
    if not who.is_admin and not (user and user.get("domain_id") == id):
        raise Forbidden("identity:get_domain")
    return answer({"domain": domain_body(require(identity.store.state, "domain", id), identity.settings.identity_url)})


ROUTES = [Route("/v3/domains", index), Route("/v3/domains/{id}", show)]
