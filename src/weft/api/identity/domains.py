"""/v3/domains."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weft.api.identity.http import caller, identity_of, json_body
from weft.api.identity.listing import listing, records_asked
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import Resource, Values, create_with, crud
from weft.commands.identity.domains import create_domain, delete_domain, update_domain
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import checked_body
from weft.wire.keystone.resources import DOMAIN


def _shown(record: Record) -> dict[str, Any]:
    return {
        "name": record.get("name"),
        "description": record.get("description") or "",
        "enabled": record.get("enabled"),
        "tags": list(record.get("tags") or ()),
        "options": dict(record.get("options") or {}),
    }


def _about(state: State, values: Values) -> About:
    """A domain lies in itself; a list asked for with a domain's token is about that domain."""
    return About(domain_ids=(values.get("id") or values.get("domain_id"),))


DOMAINS = Resource(
    kind="domain",
    plural="domains",
    spec=DOMAIN,
    shown=_shown,
    filters=("name", "enabled"),
    create=create_domain,
    update=update_domain,
    delete=delete_domain,
    about=_about,
    open_verbs=("update", "delete"),
)


async def index(request: Request) -> Response:
    """GET /v3/domains: a domain's own reader sees that one."""
    identity, who = identity_of(request), caller(request)
    enforce(who, "list_domains", About(domain_ids=(who.domain_id,)))
    base = identity.settings.identity_url
    records = records_asked(request, identity.store.state, "domain", DOMAINS.filters)
    rows = [DOMAINS.body(each, base) for each in records if who.domain_id in (None, each.key.id)]
    return listing(request, "domains", rows, filters=DOMAINS.filters)


async def create(request: Request) -> Response:
    """POST /v3/domains: `explicit_domain_id` gives it an ID that another cloud knows it by."""
    known, extra = checked_body(await json_body(request), DOMAIN, creating=True)
    id = known.pop("explicit_domain_id", None) or uuid.uuid4().hex
    return await create_with(request, DOMAINS, caller(request), id, {**known, **({"extra": extra} if extra else {})})


ROUTES = crud(DOMAINS, index=index, create=create)
