"""Neutron's API as an ASGI application: route, authenticate, answer, and turn refusals into Neutron's bodies.

Plain ASGI rather than a framework's router: there are a handful of paths, and each request saved 100 µs
is a tenth of what a port create may cost.
"""

import time
from urllib.parse import unquote

import msgspec
import structlog

from weft.api.caller import Authenticate, Caller, Unauthenticated
from weft.api.errors import (
    INTERNAL_ERROR,
    error_document,
    neutron_body,
    not_acceptable,
    not_allowed,
    nothing_here,
    status_of,
    unauthorized_body,
)
from weft.api.neutron.engine import Engine
from weft.api.neutron.extensions import list_extensions, show_extension
from weft.api.neutron.http import (
    ClientGone,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    base_url_of,
    headers_of,
    path_of,
    query_of,
    read_body,
    respond,
    takes_json,
)
from weft.api.neutron.policy import Policy
from weft.api.neutron.quotas import Quotas
from weft.api.neutron.resources import RESOURCES
from weft.api.neutron.routes import Routes
from weft.api.neutron.services.hosting import Hosting
from weft.api.neutron.services.topology import AutoAllocatedTopology
from weft.api.neutron.versions import show_resources, show_versions
from weft.model import WeftError
from weft.store.protocol import Store

log = structlog.get_logger(__name__)


def neutron_app(store: Store, authenticate: Authenticate, policy: Policy | None = None) -> "NeutronApp":
    """Return the application that serves `/` and `/v2.0` from `store`, under `policy` or Neutron's defaults."""
    return NeutronApp(store, authenticate, policy or Policy())


class NeutronApp:
    """See `neutron_app`."""

    def __init__(self, store: Store, authenticate: Authenticate, policy: Policy) -> None:
        self._store, self._authenticate, self._policy = store, authenticate, policy
        self._quotas = Quotas(store)
        self._topology = AutoAllocatedTopology(store)
        engines = [Engine(resource, store) for resource in RESOURCES]
        self._routes = Routes(engines)
        self._hosting = Hosting(store, engines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = headers_of(scope)
        base_url = base_url_of(scope, headers)
        try:
            response = await self._answer(scope, receive, headers, base_url)
        except Unauthenticated as err:
            keystone = f'Keystone uri="{base_url}/identity/v3"'.encode()
            response = Response(401, unauthorized_body(str(err)), ((b"www-authenticate", keystone),))
        except WeftError as err:
            response = Response(status_of(err), neutron_body(err))
        except ClientGone:
            return
        except Exception:
            log.exception("request failed", method=scope["method"], path=scope["path"])
            response = Response(500, error_document("HTTPInternalServerError", INTERNAL_ERROR))
        await respond(send, response)

    async def _answer(self, scope: Scope, receive: Receive, headers: dict[str, str], base_url: str) -> Response:
        path = path_of(scope)
        parts = [part for part in path.split("/") if part]
        if not parts:
            _only_get(scope["method"])
            return show_versions(base_url)
        caller = self._caller(headers)
        if parts[0] != "v2.0":
            raise nothing_here()
        if not takes_json(headers.get("accept")):
            raise not_acceptable()
        request = Request(
            method=scope["method"],
            parts=_decoded(scope, parts)[1:],
            query=query_of(scope),
            headers=headers,
            body=await read_body(receive),
            url=f"{base_url}{path}",
            base_url=base_url,
            caller=caller,
        )
        return await self._route(request)

    def _caller(self, headers: dict[str, str]) -> Caller:
        """Return who asks, with what it may do. Raises Unauthenticated."""
        caller = self._authenticate(headers.get("x-auth-token"))
        if "x-service-token" in headers:  # a service passes a user's request on, as Nova does
            service = self._authenticate(headers["x-service-token"])
            caller = msgspec.structs.replace(caller, service_roles=service.roles)
        return self._policy.with_rights(caller, time.monotonic())

    async def _route(self, request: Request) -> Response:
        parts = request.parts
        if not parts:
            _only_get(request.method)
            return show_resources(request.base_url)
        if self._hosting.serves(parts):
            return await self._hosting.serve(request)
        if found := self._routes.find(parts):
            engine, rest = found
            return await self._routes.serve(engine, request, rest)
        head = parts[0].removesuffix(".json")
        if head == "auto-allocated-topology":
            return await self._topology.serve(request, parts[1:])
        if head not in ("extensions", "quotas"):
            raise nothing_here()
        if head == "quotas":
            return await self._quotas.serve(request, parts[1:])
        _only_get(request.method)
        if len(parts) > 2:
            raise nothing_here()
        return list_extensions() if len(parts) == 1 else show_extension(parts[1].removesuffix(".json"))


def _only_get(method: str) -> None:
    if method != "GET":
        raise not_allowed()


def _decoded(scope: Scope, parts: list[str]) -> list[str]:
    """Return the path's parts, split before decoding, so that a tag may hold an encoded slash."""
    raw = scope.get("raw_path")
    if not raw or b"%" not in raw:
        return parts
    below = raw.decode("latin-1").partition("?")[0].removeprefix(scope.get("root_path", ""))
    return [unquote(part) for part in below.split("/") if part]
