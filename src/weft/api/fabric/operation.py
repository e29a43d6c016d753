"""An operation of /weft/v1 as data: routed, guarded and described (OpenAPI) from one place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
from starlette.requests import Request

from weft.api.caller import Authenticate, Caller, Unauthenticated
from weft.model import Denied, Invalid
from weft.store.protocol import Store


class NotAdmin(Denied):
    """Only administrators may ask this."""

    code = "not_admin"
    hint = "use a token with the role admin"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is for administrators")


class BadQuery(Invalid):
    """A query parameter is not what it should be."""

    code = "bad_query"


class BadBody(Invalid):
    """The body is not what this operation takes."""

    code = "bad_body"


Body = TypeVar("Body", bound=msgspec.Struct)


@dataclass(frozen=True)
class Query:
    """A query parameter."""

    name: str
    type: Literal["string", "integer", "number", "boolean"]
    about: str


@dataclass(frozen=True)
class Asked:
    """One request, checked."""

    request: Request
    store: Store
    caller: Caller | None  # None: nobody in particular, which only `anyone` operations allow

    @property
    def is_admin(self) -> bool:
        """The caller may see everything."""
        return self.caller is not None and self.caller.is_admin

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def text(self, name: str) -> str | None:
        """Return a query parameter, None if it was not given."""
        return self.request.query_params.get(name) or None

    def flag(self, name: str) -> bool:
        """Return whether `?name`, `?name=true` or the like was given."""
        value = self.request.query_params.get(name)
        return value is not None and value.lower() not in ("0", "false", "no")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
        """Return a whole number. Raises BadQuery."""
        text = self.text(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or not least <= int(text[:17]) <= most:
            raise BadQuery(f"{name} is {text!r}, must be a whole number from {least} to {most}")
        return int(text)

    async def body(self, type: type[Body]) -> Body:
        """Return the request's body. Raises BadBody."""
        data = b""
        async for chunk in self.request.stream():
            data += chunk
            if len(data) > BODY_BYTES_MAX:
                raise BadBody(f"the body is too large: the limit is {BODY_BYTES_MAX} bytes")
        try:
            return msgspec.json.decode(data, type=type)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as err:
            raise BadBody(f"{self.request.url.path}: {err}") from err

    def seconds(self, name: str, default: float, *, most: float) -> float:
        """Return a time span. Raises BadQuery."""
        text = self.text(name)
        try:
            value = default if text is None else float(text)
        except ValueError:
            value = -1
        if not 0 <= value <= most:
            raise BadQuery(f"{name} is {text!r}, must be a number of seconds from 0 to {most:g}")
        return value


BODY_BYTES_MAX = 1 << 16

Handler = Callable[[Asked], Awaitable[msgspec.Struct]]


@dataclass(frozen=True)
class Operation:
    """GET `path`, or another method that takes a body."""

    path: str  # below /weft/v1
    handler: Handler
    answer: type[msgspec.Struct]
    who: Literal["anyone", "users", "administrators"] = "administrators"
    query: tuple[Query, ...] = ()
    method: Literal["GET", "PUT"] = "GET"
    body: type[msgspec.Struct] | None = None

    def checked(self, request: Request, store: Store, authenticate: Authenticate) -> Asked:
        """Return the request, if its sender may make it. Raises Unauthenticated, NotAdmin and BadQuery."""
        token = request.headers.get("X-Auth-Token")
        try:
            caller = authenticate(token)
        except Unauthenticated:
            if self.who != "anyone":
                raise
            caller = None
        asked = Asked(request, store, caller)
        if self.who == "administrators" and not asked.is_admin:
            raise NotAdmin(request.url.path)
        known = {query.name for query in self.query}
        if unknown := sorted(set(request.query_params) - known):
            allowed = ", ".join(sorted(known)) or "none"
            raise BadQuery(f"unknown query parameter {unknown[0]!r} (known: {allowed})")
        return asked
