"""Requests in, JSON out: the small dialect that all of the identity API shares."""

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.service import Identity
from weft.model import Denied, Invalid
from weft.store.writes import Receipt

T = TypeVar("T")


class Forbidden(Denied):
    """The caller is known, but may not do this."""

    code = "forbidden"

    def __init__(self, action: str) -> None:
        super().__init__(f"You are not authorized to perform the requested action: {action}.")


class BadBody(Invalid):
    """The body is no JSON, or not what this call takes."""

    code = "bad_body"


def identity_of(request: Request) -> Identity:
    """Return the service that this request is for."""
    identity: Identity = request.app.state.identity
    return identity


def answer(data: Any, status: int = 200, *, receipt: Receipt | None = None, headers: dict[str, str] = {}) -> Response:  # noqa: B006
    """Return a JSON response; `receipt` names the write behind it."""
    extra = {"X-Weft-Receipt": receipt.id} if receipt else {}
    return Response(msgspec.json.encode(data), status, {**headers, **extra}, "application/json")


def nothing(receipt: Receipt | None = None) -> Response:
    """Return 204 No Content."""
    return Response(status_code=204, headers={"X-Weft-Receipt": receipt.id} if receipt else {})


async def body_as(request: Request, type: type[T]) -> T:
    """Return the request's body as a wire type. Raises BadBody, in words that name the member."""
    try:
        return msgspec.json.decode(await request.body(), type=type)
    except msgspec.ValidationError as err:
        raise BadBody(
            f"{err}. The server could not comply with the request since it is either malformed or otherwise "
            "incorrect. The client is assumed to be in error."
        ) from err
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise BadBody(f"Malformed JSON in request body: {err}") from err


def caller(request: Request) -> Caller:
    """Return who asks. Raises Unauthenticated."""
    return identity_of(request).authenticate(request.headers.get("X-Auth-Token"))


def admin(request: Request, action: str) -> Caller:
    """Return who asks, an administrator. `action` is Keystone's policy name. Raises Unauthenticated, Forbidden."""
    who = caller(request)
    if not who.is_admin:
        raise Forbidden(action)
    return who
