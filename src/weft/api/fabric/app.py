"""/weft/v1 as an ASGI application: routes and guards made from the operations' descriptions."""

from collections.abc import Awaitable, Callable

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import weft
from weft.api.caller import Authenticate, Unauthenticated
from weft.api.errors import status_of
from weft.api.fabric import history, inquiry, inventory, limits
from weft.api.fabric.operation import Operation
from weft.api.settings import ApiSettings
from weft.model import WeftError
from weft.store.protocol import Store
from weft.wire.fabric import Error, ErrorBody

log = structlog.get_logger()

OPERATIONS: tuple[Operation, ...] = (
    *inventory.OPERATIONS,
    *inquiry.OPERATIONS,
    *history.OPERATIONS,
    *limits.OPERATIONS,
)

_encode = msgspec.json.Encoder().encode


def fabric_app(store: Store, settings: ApiSettings, authenticate: Authenticate) -> Starlette:
    """Return the application, to be mounted at /weft/v1."""

    def endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            view = await operation.handler(operation.checked(request, store, authenticate))
            return Response(_encode(view), media_type="application/json")

        return answer

    async def document(request: Request) -> Response:
        from weft.api.openapi import openapi_document  # only when asked for: it is large, and rarely wanted

        return Response(_encode(openapi_document(settings.public_url)), media_type="application/json")

    async def root(request: Request) -> Response:
        here = settings.public_url.rstrip("/") + "/weft/v1"
        body = {
            # The form in which OpenStack clients look for versions (`openstack versions show`).
            "version": {"id": "v1.0", "status": "CURRENT", "links": [{"rel": "self", "href": here + "/"}]},
            "release": weft.__version__,
            "openapi": here + "/openapi.json",
            "paths": sorted({operation.path for operation in OPERATIONS}),
        }
        return Response(_encode(body), media_type="application/json")

    return Starlette(
        routes=[
            Route("/", root),
            Route("/openapi.json", document),
            *(Route(each.path, endpoint(each), methods=[each.method]) for each in OPERATIONS),
        ],
        exception_handlers={WeftError: _on_weft_error, HTTPException: _on_http_error, Exception: _on_surprise},
    )


async def _on_weft_error(request: Request, err: Exception) -> Response:
    assert isinstance(err, WeftError)
    headers = {"WWW-Authenticate": 'Keystone uri="/identity"'} if isinstance(err, Unauthenticated) else None
    return _error(status_of(err), ErrorBody(err.code, str(err), err.hint), headers)


async def _on_http_error(request: Request, err: Exception) -> Response:
    assert isinstance(err, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(err.status_code, "http_error")
    hint = "GET /weft/v1 lists what there is" if err.status_code == 404 else None
    return _error(err.status_code, ErrorBody(code, f"{err.detail}: {request.method} {request.url.path}", hint))


async def _on_surprise(request: Request, err: Exception) -> Response:
    log.error("request failed", path=request.url.path, method=request.method, exc_info=err)
    return _error(500, ErrorBody("internal", "an unexpected error, see weftd's log", None))


def _error(status: int, body: ErrorBody, headers: dict[str, str] | None = None) -> Response:
    return Response(_encode(Error(body)), status, headers, "application/json")
