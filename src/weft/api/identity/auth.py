"""/v3/auth: tokens, and what their holder may do with them."""

from collections.abc import Iterable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Unauthenticated
from weft.api.identity.catalog import catalog
from weft.api.identity.check import ALLOW_EXPIRED_MS, Opened
from weft.api.identity.domains import DOMAINS
from weft.api.identity.http import answer, body_as, caller, identity_of, nothing
from weft.api.identity.listing import is_set, list_links
from weft.api.identity.login import log_in
from weft.api.identity.policy import About, Forbidden, enforce
from weft.api.identity.projects import project_body
from weft.api.identity.throttle import client_of
from weft.api.identity.token_body import token_body
from weft.commands.identity.directory import is_enabled
from weft.commands.identity.holding import scopes_of
from weft.commands.identity.revocations import revoke_token
from weft.model import NotFound
from weft.store.execute import execute
from weft.store.records import Record
from weft.wire.keystone.auth import AuthRequest

log = structlog.get_logger()


class NoSuchToken(NotFound):
    """The token asked about holds no longer, or never did."""

    code = "token_not_found"

    def __init__(self) -> None:
        super().__init__("Failed to validate token")


async def issue(request: Request) -> Response:
    """POST /v3/auth/tokens: log in, or exchange a token for one of another scope."""
    identity = identity_of(request)
    asked = await body_as(request, AuthRequest)
    token = await log_in(identity, asked.auth, client_of(request))
    log.info("token issued", user=token.user_id, scope=token.scope.kind, target=token.scope.id, audit=token.audit_id)
    body = token_body(identity, token, identity.roles_now(token), with_catalog=not is_set(request, "nocatalog"))
    return answer(body, 201, headers={"X-Subject-Token": identity.box.seal(token), "Vary": "X-Auth-Token"})


async def show(request: Request) -> Response:
    """GET and HEAD /v3/auth/tokens: does this token hold, and for what?"""
    identity = identity_of(request)
    text, opened = _subject(request, "validate_token")
    body = token_body(identity, opened.token, opened.roles, with_catalog=not is_set(request, "nocatalog"))
    return answer(body, headers={"X-Subject-Token": text, "Vary": "X-Auth-Token"})


async def revoke(request: Request) -> Response:
    """DELETE /v3/auth/tokens: void from now on, at every site that hears of it."""
    identity, actor = identity_of(request), caller(request).actor
    _, opened = _subject(request, "revoke_token")
    token, now_ms = opened.token, identity.now_ms()
    receipt = await execute(
        identity.store,
        lambda state, held: revoke_token(token.audit_id, token.expires_at_ms, state, now_ms=now_ms, actor=actor),
    )
    return nothing(receipt)


async def own_projects(request: Request) -> Response:
    """GET /v3/auth/projects: those the caller can get a token for."""
    base = identity_of(request).settings.identity_url
    found = _reachable(request, "project")
    return answer({"projects": [project_body(each, base) for each in found], "links": list_links(request)})


async def own_domains(request: Request) -> Response:
    """GET /v3/auth/domains: likewise."""
    base = identity_of(request).settings.identity_url
    found = _reachable(request, "domain")
    return answer({"domains": [DOMAINS.body(each, base) for each in found], "links": list_links(request)})


async def own_system(request: Request) -> Response:
    """GET /v3/auth/system: whether the caller can get a token for the whole fabric."""
    identity = identity_of(request)
    who = caller(request)
    held = any(scope.kind == "system" for scope in scopes_of(identity.store.state, who.user_id))
    links = {"self": f"{identity.settings.identity_url}/auth/system"}
    return answer({"system": [{"all": True}] if held else [], "links": links})


async def own_catalog(request: Request) -> Response:
    """GET /v3/auth/catalog: the catalogue of the caller's project."""
    identity = identity_of(request)
    scope = identity.open_token(request.headers.get("X-Auth-Token")).token.scope
    if scope.kind != "project":
        raise Forbidden  # as in Keystone; the token itself tells it for every scope
    links = {"self": f"{identity.settings.identity_url}/auth/catalog"}
    return answer({"catalog": catalog(identity.store.state, identity.settings, scope), "links": links})


def _subject(request: Request, action: str) -> tuple[str, Opened]:
    """Return the token asked about. Its holder, administrators and services may ask.

    A service may ask for one that ran out while it worked on the request: `allow_expired`.
    """
    identity, who = identity_of(request), caller(request)
    text = request.headers.get("X-Subject-Token")
    is_service = "service" in who.roles
    if not text:
        raise NoSuchToken
    try:
        grace_ms = ALLOW_EXPIRED_MS if is_service and is_set(request, "allow_expired") else 0
        opened = identity.open_token(text, expired_by_ms=grace_ms)
    except Unauthenticated as err:
        raise NoSuchToken from err
    if not (is_service and action == "validate_token"):
        enforce(who, action, About(user_id=opened.token.user_id))
    return text, opened


def _reachable(request: Request, kind: str) -> list[Record]:
    state, who = identity_of(request).store.state, caller(request)
    found: Iterable[Record | None] = [
        state.get(kind, scope.id) for scope in scopes_of(state, who.user_id) if scope.kind == kind
    ]
    usable = [record for record in found if record is not None and is_enabled(state, record)]
    return sorted(usable, key=lambda record: record.key.id)


ROUTES = [
    Route("/v3/auth/tokens", issue, methods=["POST"]),
    Route("/v3/auth/tokens", show, methods=["GET", "HEAD"]),
    Route("/v3/auth/tokens", revoke, methods=["DELETE"]),
    Route("/v3/auth/projects", own_projects),
    Route("/v3/auth/domains", own_domains),
    Route("/v3/auth/system", own_system),
    Route("/v3/auth/catalog", own_catalog),
]
