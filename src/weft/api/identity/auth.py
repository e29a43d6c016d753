"""/v3/auth: tokens, and what their holder may do with them."""

from datetime import UTC, datetime
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Unauthenticated
from weft.api.identity.catalog import catalog
from weft.api.identity.domains import domain_body
from weft.api.identity.http import Forbidden, answer, body_as, identity_of, nothing
from weft.api.identity.login import log_in
from weft.api.identity.projects import project_body
from weft.api.identity.service import Identity
from weft.api.identity.tokens import Token
from weft.commands.identity.directory import is_enabled, scopes_of
from weft.commands.identity.revocations import revoke_token
from weft.model import NotFound
from weft.store.execute import execute
from weft.store.records import Record
from weft.wire.keystone import AuthRequest

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
    client = request.client.host if request.client else ""
    token = await log_in(identity, asked.auth, client)
    log.info("token issued", user=token.user_id, scope=token.scope.kind, target=token.scope.id, audit=token.audit_id)
    body = token_body(identity, token, identity.roles_now(token), with_catalog="nocatalog" not in request.query_params)
    return answer(body, 201, headers={"X-Subject-Token": identity.box.seal(token), "Vary": "X-Auth-Token"})


async def show(request: Request) -> Response:
    """GET and HEAD /v3/auth/tokens: does this token hold, and for what?"""
    identity = identity_of(request)
    text, token, roles = _subject(request, "identity:validate_token")
    body = token_body(identity, token, roles, with_catalog="nocatalog" not in request.query_params)
    return answer(body, headers={"X-Subject-Token": text, "Vary": "X-Auth-Token"})


async def revoke(request: Request) -> Response:
    """DELETE /v3/auth/tokens: void from now on, at every site that hears of it."""
    identity = identity_of(request)
    _, token, _ = _subject(request, "identity:revoke_token")
    actor = identity.authenticate(request.headers.get("X-Auth-Token")).actor
    now_ms = identity.now_ms()
    receipt = await execute(
        identity.store,
        lambda state, held: revoke_token(token.audit_id, token.expires_at_ms, state, now_ms=now_ms, actor=actor),
    )
    return nothing(receipt)


async def own_projects(request: Request) -> Response:
    """GET /v3/auth/projects: those the caller can get a token for."""
    token, _ = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    found = _reachable(request, token.user_id, "project")
    base = identity_of(request).settings.identity_url
    links = {"self": f"{base}/auth/projects", "previous": None, "next": None}
    return answer({"projects": [project_body(each, base) for each in found], "links": links})


async def own_domains(request: Request) -> Response:
    """GET /v3/auth/domains: likewise."""
    token, _ = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    found = _reachable(request, token.user_id, "domain")
    base = identity_of(request).settings.identity_url
    links = {"self": f"{base}/auth/domains", "previous": None, "next": None}
    return answer({"domains": [domain_body(each, base) for each in found], "links": links})


async def own_system(request: Request) -> Response:
    """GET /v3/auth/system: whether the caller can get a token for the whole fabric."""
    token, _ = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    held = any(scope.kind == "system" for scope in scopes_of(identity_of(request).store.state, token.user_id))
    base = identity_of(request).settings.identity_url
    return answer({"system": [{"all": True}] if held else [], "links": {"self": f"{base}/auth/system"}})


async def own_catalog(request: Request) -> Response:
    """GET /v3/auth/catalog: the catalogue of the caller's scope."""
    identity = identity_of(request)
    token, _ = identity.open_token(request.headers.get("X-Auth-Token"))
    if token.scope.kind == "none":
        raise Forbidden("identity:get_auth_catalog")
    links = {"self": f"{identity.settings.identity_url}/auth/catalog", "previous": None, "next": None}
    return answer({"catalog": catalog(identity.store.state, identity.settings), "links": links})


def token_body(identity: Identity, token: Token, roles: list[Record], *, with_catalog: bool) -> dict[str, Any]:
    """Return {"token": …} as Keystone gives it."""
    state = identity.store.state
    user = state.get("user", token.user_id)
    assert user is not None  # the token was checked
    body: dict[str, Any] = {
        "methods": list(token.methods),
        "user": {**_named(user), "domain": _domain(identity, user), "password_expires_at": None},
        "audit_ids": list(token.audit_ids),
        "issued_at": iso_time(token.issued_at_ms),
        "expires_at": iso_time(token.expires_at_ms),
    }
    if token.scope.kind != "none":
        body["roles"] = [_named(role) for role in roles]
        if with_catalog:
            body["catalog"] = catalog(state, identity.settings)
    if token.scope.kind == "project" and (project := state.get("project", token.scope.id)) is not None:
        body["project"] = {**_named(project), "domain": _domain(identity, project)}
        body["is_domain"] = False
    elif token.scope.kind == "domain" and (domain := state.get("domain", token.scope.id)) is not None:
        body["domain"] = _named(domain)
    elif token.scope.kind == "system":
        body["system"] = {"all": True}
    return {"token": body}


def iso_time(ms: int) -> str:
    """Return Keystone's spelling of a time."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _subject(request: Request, action: str) -> tuple[str, Token, list[Record]]:
    """Return the token asked about. Its holder, administrators and services may ask."""
    identity = identity_of(request)
    own = request.headers.get("X-Auth-Token")
    caller = identity.authenticate(own)
    text = request.headers.get("X-Subject-Token")
    if not text:
        raise NoSuchToken
    try:
        token, roles = identity.open_token(text)
    except Unauthenticated as err:
        raise NoSuchToken from err
    if not (caller.is_admin or "service" in caller.roles or token.user_id == caller.user_id):
        raise Forbidden(action)
    return text, token, roles


def _reachable(request: Request, user_id: str, kind: str) -> list[Record]:
    state = identity_of(request).store.state
    found = [state.get(kind, scope.id) for scope in scopes_of(state, user_id) if scope.kind == kind]
    usable = [record for record in found if record is not None and is_enabled(state, record)]
    return sorted(usable, key=lambda record: record.key.id)


def _named(record: Record) -> dict[str, Any]:
    return {"id": record.key.id, "name": record.get("name")}


def _domain(identity: Identity, record: Record) -> dict[str, Any]:
    domain = identity.store.state.get("domain", record.get("domain_id", ""))
    return _named(domain) if domain else {"id": record.get("domain_id"), "name": None}


ROUTES = [
    Route("/v3/auth/tokens", issue, methods=["POST"]),
    Route("/v3/auth/tokens", show, methods=["GET", "HEAD"]),
    Route("/v3/auth/tokens", revoke, methods=["DELETE"]),
    Route("/v3/auth/projects", own_projects),
    Route("/v3/auth/domains", own_domains),
    Route("/v3/auth/system", own_system),
    Route("/v3/auth/catalog", own_catalog),
]
