"""Requests in, JSON out: the small dialect that all of the identity API shares."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.service import Identity
from weft.model import Denied, Invalid
from weft.store.writes import Receipt

T = TypeVar("T")

BODY_BYTES_MAX = 112 * 1024  # Keystone's [oslo_middleware] max_request_body_size


class Forbidden(Denied):
    """The caller is known, but may not do this."""

    code = "forbidden"

    def __init__(self, action: str) -> None:
        super().__init__(f"You are not authorized to perform the requested action: {action}.")


class BadBody(Invalid):
    """The body is no JSON, or not what this call takes."""

    code = "bad_body"


class BodyTooLarge(Invalid):
    """Nobody needs that much to say who they are."""

    code = "body_too_large"

    def __init__(self) -> None:
        super().__init__(f"Request is too large: the limit is {BODY_BYTES_MAX} bytes.")


def identity_of(request: Request) -> Identity:
    """Return the service that this request is for."""
    identity: Identity = request.app.state.identity
    return identity


def answer(
    data: Any, status: int = 200, *, receipt: Receipt | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON response; `receipt` names the write behind it."""
    every = {**(headers or {}), **_receipt_header(receipt)}
    return Response(msgspec.json.encode(data), status, every, "application/json")


def nothing(receipt: Receipt | None = None) -> Response:
    """Return 204 No Content."""
    return Response(status_code=204, headers=_receipt_header(receipt))


async def body_as(request: Request, type: type[T]) -> T:
    """Return the request's body as a wire type. Raises BadBody, in words that name the member, or BodyTooLarge."""
    try:
        return msgspec.json.decode(await _read(request), type=type)
    except msgspec.ValidationError as err:
        raise BadBody(
            f"{err}. The server could not comply with the request since it is either malformed or otherwise "
            "incorrect. The client is assumed to be in error."
        ) from err
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:  # the last: nested absurdly deep
        raise BadBody(f"Malformed JSON in request body: {err}") from err


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
    return bytes(body)


def given(spec: msgspec.Struct) -> dict[str, Any]:
    """Return the members that the client sent."""
    return {name: value for name, value in msgspec.structs.asdict(spec).items() if value is not msgspec.UNSET}


def caller(request: Request) -> Caller:
    """Return who asks. Raises Unauthenticated."""
    return identity_of(request).authenticate(request.headers.get("X-Auth-Token"))


def admin(request: Request, action: str) -> Caller:
    """Return who asks, an administrator. `action` is Keystone's policy name. Raises Unauthenticated, Forbidden."""
    who = caller(request)
    if not who.is_admin:
        raise Forbidden(action)
    return who


def _receipt_header(receipt: Receipt | None) -> dict[str, str]:
    return {"X-Weft-Receipt": receipt.id} if receipt else {}
