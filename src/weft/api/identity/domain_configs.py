"""/v3/domains/{id}/config: options that a domain's administrator keeps; what they are where nobody says."""

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.http import answer, caller, identity_of, json_body, nothing
from weft.api.identity.policy import enforce
from weft.commands.identity.directory import DEFAULT_DOMAIN, require
from weft.commands.identity.domain_configs import (
    KIND,
    Config,
    InvalidDomainConfig,
    change_config,
    check_names,
    checked,
    merged,
    shown,
    without,
)
from weft.store.execute import execute
from weft.store.writes import Receipt
from weft.wire.keystone.domain_config import COMPLIANCE, DEFAULTS


async def show(request: Request) -> Response:
    """GET and HEAD /v3/domains/{id}/config[/{group}[/{option}]]: without passwords."""
    domain_id, group, option = _path(request)
    if group == "security_compliance":
        enforce(caller(request), "get_security_compliance_domain_config")
        return answer({"config": _compliance(request, domain_id, option)})
    enforce(caller(request), "get_domain_config")
    require(identity_of(request).store.state, "domain", domain_id)
    return answer({"config": shown(_config(request, domain_id), domain_id, group, option)})


async def put(request: Request) -> Response:
    """PUT /v3/domains/{id}/config: instead of any that is there."""
    enforce(caller(request), "create_domain_config")
    domain_id, given = await _asked(request)
    before = identity_of(request).store.state.get(KIND, domain_id)
    receipt = await _change(request, domain_id, lambda present: checked(given))
    config = {"config": shown(_config(request, domain_id), domain_id)}
    return answer(config, 201 if before is None else 200, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/domains/{id}/config[/{group}[/{option}]]."""
    enforce(caller(request), "update_domain_config")
    _, group, option = _path(request)
    domain_id, given = await _asked(request)
    receipt = await _change(request, domain_id, lambda present: merged(present, given, domain_id, group, option))
    return answer({"config": shown(_config(request, domain_id), domain_id)}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/domains/{id}/config[/{group}[/{option}]]."""
    enforce(caller(request), "delete_domain_config")
    domain_id, group, option = _path(request)
    state = identity_of(request).store.state
    require(state, "domain", domain_id)
    if state.get(KIND, domain_id) is None and not group:
        return nothing()
    return nothing(await _change(request, domain_id, lambda present: without(present, domain_id, group, option)))


async def default(request: Request) -> Response:
    """GET and HEAD /v3/domains/config[/{group}[/{option}]]/default."""
    enforce(caller(request), "get_domain_config_default")
    group, option = request.path_params.get("group", ""), request.path_params.get("option", "")
    check_names(group, option)
    if option and option not in DEFAULTS[group]:
        raise InvalidDomainConfig(f"Reading the default for option {option} in group {group} is not supported")
    config: Any = {group: DEFAULTS[group]} if group else DEFAULTS
    return answer({"config": {option: DEFAULTS[group][option]} if option else config})


def _path(request: Request) -> tuple[str, str, str]:
    params = request.path_params
    return params["domain"], params.get("group", ""), params.get("option", "")


async def _asked(request: Request) -> tuple[str, Any]:
    domain = require(identity_of(request).store.state, "domain", request.path_params["domain"])
    body = await json_body(request)
    return domain.key.id, body.get("config") if isinstance(body, dict) else None


def _open(request: Request, sealed: str | None) -> Config:
    return identity_of(request).sealer.open_object(sealed)  # type: ignore[return-value]  # what `checked` let in


def _config(request: Request, domain_id: str) -> Config:
    held = identity_of(request).store.state.get(KIND, domain_id)
    return _open(request, held.get("sealed_blob")) if held is not None else {}


async def _change(request: Request, domain_id: str, change: Callable[[Config], Config]) -> Receipt:
    identity, actor = identity_of(request), caller(request).actor

    def seal(config: Config) -> str:
        return identity.sealer.seal(msgspec.json.encode(config).decode())

    return await execute(
        identity.store,
        lambda state, held: change_config(
            domain_id, change, lambda sealed: _open(request, sealed), seal, state, actor=actor
        ),
    )


def _compliance(request: Request, domain_id: str, option: str) -> dict[str, Any]:
    if domain_id != DEFAULT_DOMAIN:
        raise InvalidDomainConfig(
            "Reading security compliance information for any domain other than the default domain is not allowed or "
            "supported."
        )
    if option and option not in COMPLIANCE:
        raise InvalidDomainConfig(
            "Reading security compliance values other than password_regex and password_regex_description is not "
            "allowed."
        )
    return {option: COMPLIANCE[option]} if option else {"security_compliance": COMPLIANCE}


_PATH = "/v3/domains/{domain}/config"
ROUTES = [
    Route("/v3/domains/config/default", default, methods=["GET"]),
    Route("/v3/domains/config/{group}/default", default, methods=["GET"]),
    Route("/v3/domains/config/{group}/{option}/default", default, methods=["GET"]),
    Route(_PATH, put, methods=["PUT"]),
]
for where in (_PATH, _PATH + "/{group}", _PATH + "/{group}/{option}"):
    ROUTES += [
        Route(where, show, methods=["GET"]),
        Route(where, update, methods=["PATCH"]),
        Route(where, delete, methods=["DELETE"]),
    ]
