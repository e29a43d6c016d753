"""Requests in, JSON out: the small dialect that all of the identity API shares."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.service import Identity
from weft.commands.identity.ask import Ask
from weft.model import Invalid
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.writes import Receipt, Writes
from weft.wire.keystone.fields import MALFORMED, BadBody

T = TypeVar("T")
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$([\w.]*?)\.?(\w+)`)?")

BODY_BYTES_MAX = 112 * 1024  # Keystone's [oslo_middleware] max_request_body_size


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
        raise BadBody(f"{_MISSING.sub(_expecting, str(err))}.{MALFORMED}") from err
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:  # the last: nested absurdly deep
        raise BadBody(f"Malformed JSON in request body: {err}") from err


async def delete_for(
    request: Request, who: Caller, command: Callable[[Ask, State], Writes], kind: str, id: str
) -> Response:
    """Delete a thing with all that is about it, however much that is, and answer 204."""
    receipt = await execute_for(request, who, command, id, {})
    while identity_of(request).store.state.get(kind, id) is not None:
        receipt = await execute_for(request, who, command, id, {})
    return nothing(receipt)


def _expecting(missing: re.Match[str]) -> str:
    """Return Keystone's words for a member that is not there."""
    return f"Expecting to find {missing[1]} in {missing[3] or 'request body'}"


async def json_body(request: Request) -> Any:
    """Return the request's body, whatever it is, as plain values. Raises BadBody and BodyTooLarge."""
    return await body_as(request, Any)


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
    return bytes(body)


def caller(request: Request) -> Caller:
    """Return who asks. Raises Unauthenticated."""
    return identity_of(request).authenticate(request.headers.get("X-Auth-Token"))


async def execute_for(
    request: Request, who: Caller, command: Callable[[Ask, State], Writes], id: str, values: Mapping[str, Any]
) -> Receipt:
    """Decide and commit what `who` asks of the thing `id`; return the receipt."""
    identity = identity_of(request)
    ask = Ask(id=id, values=values, actor=who.actor, now_ms=identity.now_ms())
    return await execute(identity.store, lambda state, held: command(ask, state))


def _receipt_header(receipt: Receipt | None) -> dict[str, str]:
    return {"X-Weft-Receipt": receipt.id} if receipt else {}
