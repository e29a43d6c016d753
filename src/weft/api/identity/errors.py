"""Errors in Keystone's dialect: {"error": {"code", "title", "message"}}."""

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Unauthenticated
from weft.api.identity.http import BodyTooLarge, answer, identity_of
from weft.api.identity.throttle import Throttled
from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError

log = structlog.get_logger()

STATUS: tuple[tuple[type[WeftError], int], ...] = (  # the first that fits
    (Unauthenticated, 401),
    (Throttled, 429),
    (BodyTooLarge, 413),
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 400),
    (Unavailable, 503),
)


def error_body(status: int, message: str) -> dict[str, object]:
    """Return the body that keystoneauth and the clients above it read."""
    return {"error": {"code": status, "title": HTTPStatus(status).phrase, "message": message}}


async def on_weft_error(request: Request, err: Exception) -> Response:
    """Answer what was raised on purpose."""
    assert isinstance(err, WeftError)
    status = next((status for family, status in STATUS if isinstance(err, family)), 500)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = f'Keystone uri="{identity_of(request).settings.public_url}/identity"'
    if isinstance(err, Throttled):
        headers["Retry-After"] = str(round(err.retry_after_s + 0.5))
    return answer(error_body(status, str(err)), status, headers=headers)


async def on_http_error(request: Request, err: Exception) -> Response:
    """Answer what the router found wrong: no such URL, or not with this method."""
    assert isinstance(err, HTTPException)
    messages = {
        404: f"The resource could not be found: {request.url.path}",
        405: f"The method {request.method} is not allowed for {request.url.path}.",
    }
    return answer(error_body(err.status_code, messages.get(err.status_code, err.detail)), err.status_code)


async def on_surprise(request: Request, err: Exception) -> Response:
    """Answer what should not happen, without telling the client what it was."""
    log.error("request failed", path=request.url.path, method=request.method, exc_info=err)
    message = "An unexpected error prevented the server from fulfilling your request."
    return answer(error_body(500, message), 500)


async def on_gone(request: Request, err: Exception) -> Response:
    """Answer a client that is no longer there; nobody reads this."""
    return Response(status_code=400)
