"""keystonemiddleware's `auth_token`, asked about one request at a time, in a thread of its own.

The middleware is WSGI and waits for Keystone with blocking sockets. It is run whole (service tokens, access rules,
expiry, its options under their own names, its memcached if one is configured) around a last application that
only keeps the headers which it sets; everything an operator knows of `[keystone_authtoken]` holds.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import msgspec
import structlog

from weft.api.caller import AccessRule, Caller, Unauthenticated
from weft.model import Invalid, Unavailable

log = structlog.get_logger()

THREADS = 8
QUEUE_MAX = 256  # requests that wait for Keystone; beyond, 503
GROUP = "keystone_authtoken"
SERVICE_TYPE = "network"  # what access rules of application credentials are looked at for


class KeystoneUnavailable(Unavailable):
    """Keystone does not answer, so nobody can be let in who is not known already."""

    code = "keystone_unavailable"

    def __init__(self, why: str = "The Keystone service is temporarily unavailable.") -> None:
        super().__init__(why)


class BadAuthtoken(Invalid):
    """[keystone_authtoken] cannot be used; the message says why."""

    code = "bad_authtoken"


class Asked(msgspec.Struct, frozen=True):
    """The parts of a request that decide who it is from."""

    method: str
    path: str
    token: str
    service_token: str = ""


class Known(msgspec.Struct, frozen=True):
    """Who a token is for, and until when."""

    caller: Caller
    expires_at_s: float  # wall clock


class KeystoneMiddleware:
    """Asks Keystone who is behind a request."""

    def __init__(self, options: Mapping[str, str | int | bool]) -> None:
        """Read `[keystone_authtoken]`. Raises BadAuthtoken; Keystone itself need not answer yet."""
        self._protocol = _protocol(options)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="keystone")
        self._waiting = 0

    async def ask(self, asked: Asked) -> Known:
        """Return who it is. Raises Unauthenticated and KeystoneUnavailable."""
        if self._waiting >= QUEUE_MAX:
            raise KeystoneUnavailable(f"{self._waiting} requests are waiting for Keystone")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, asked)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, asked: Asked) -> Known:
        environ = _environ(asked)
        status: list[str] = []

        def start_response(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], None]:
            status.append(line)
            return lambda data: None

        try:
            body = b"".join(self._protocol(environ, start_response))
        except Exception as err:  # whatever the network, the catalogue or Keystone's answer made of it
            log.error("cannot ask keystone", error=str(err))
            raise KeystoneUnavailable from err
        if status[0].startswith("200"):
            return known_from(json.loads(body))
        if status[0].startswith("401"):
            raise Unauthenticated
        raise KeystoneUnavailable


def known_from(environ: Mapping[str, Any]) -> Known:
    """Return what the middleware's headers say. Source: oslo.context, RequestContext.from_environ."""
    token = environ["token"]
    told = {name: value or None for name, value in environ["headers"].items()}
    credential = token.get("application_credential") or {}
    rules = credential.get("access_rules")
    caller = Caller(
        user_id=told.get("HTTP_X_USER_ID") or "",
        project_id=told.get("HTTP_X_PROJECT_ID"),
        domain_id=told.get("HTTP_X_DOMAIN_ID"),
        roles=_names(told.get("HTTP_X_ROLES")),
        system_scope=told.get("HTTP_OPENSTACK_SYSTEM_SCOPE"),
        user_domain_id=told.get("HTTP_X_USER_DOMAIN_ID"),
        project_domain_id=told.get("HTTP_X_PROJECT_DOMAIN_ID"),
        is_admin_project=(told.get("HTTP_X_IS_ADMIN_PROJECT") or "true").lower() == "true",
        service_roles=_names(told.get("HTTP_X_SERVICE_ROLES")),
        access_rules=None if rules is None else tuple(_rule(rule) for rule in rules),
    )
    return Known(caller, _seconds(token["expires_at"]))


def _protocol(options: Mapping[str, str | int | bool]) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    try:
        from keystoneauth1 import loading  # only those who have a Keystone pay for these
        from keystoneauth1.exceptions import ClientException
        from keystonemiddleware.auth_token import AUTH_TOKEN_OPTS, AuthProtocol
        from keystonemiddleware.exceptions import ConfigurationError
        from oslo_config import cfg
    except ImportError as err:
        raise BadAuthtoken(f"[keystone_authtoken] needs `pip install weft[keystone]`: {err}") from err
    config = cfg.ConfigOpts()
    config([], project="weft")
    given = {"service_type": SERVICE_TYPE, **options, "delay_auth_decision": False}  # a refusal is told from no answer
    if "memcached_servers" not in given:
        given["token_cache_time"] = -1  # off: `gate.py` remembers, and bounds what it remembers
    try:
        for group, known in AUTH_TOKEN_OPTS:
            config.register_opts(known, group=group)
        if "auth_type" in given:
            config.register_opts(loading.get_auth_plugin_conf_options(str(given["auth_type"])), group=GROUP)
        for name, value in given.items():
            config.set_override(name, value, group=GROUP)
        protocol = AuthProtocol(_told, {"oslo_config_config": config})
    except (ConfigurationError, cfg.Error, ClientException, ValueError) as err:
        raise BadAuthtoken(f"[keystone_authtoken]: {err}") from err
    return protocol  # type: ignore[no-any-return]


def _told(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The last application: answers with what the middleware found out."""
    start_response("200 OK", [("Content-Type", "application/json")])
    headers = {name: value for name, value in environ.items() if name.startswith("HTTP_") and isinstance(value, str)}
    token = environ["keystone.token_info"]["token"]
    return [json.dumps({"headers": headers, "token": token}).encode()]


def _environ(asked: Asked) -> dict[str, Any]:
    environ = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": asked.path,
        "QUERY_STRING": "",
        "SERVER_NAME": "weft",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "HTTP_X_AUTH_TOKEN": asked.token,
    }
    return {**environ, **({"HTTP_X_SERVICE_TOKEN": asked.service_token} if asked.service_token else {})}


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in (text or "").split(",") if name.strip())


def _rule(rule: Mapping[str, Any]) -> AccessRule:
    return AccessRule(str(rule.get("service")), str(rule.get("method")), str(rule.get("path")))


def _seconds(text: str) -> float:
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def wall_clock_s() -> float:
    """Return the time in seconds since 1970."""
    return time.time()
