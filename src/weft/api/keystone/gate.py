"""Before each request: find out who it is from, so that the APIs behind, which never wait, can just look.

What Keystone said is remembered for `token_cache_time` seconds (keystonemiddleware's option; 300 unless set), at
most until the token expires: a site that is cut off from Keystone goes on for those it knows, and a token revoked
there is honoured here for as long. The same request sent many times at once asks Keystone once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weft.api.caller import Authenticate, Caller, Unauthenticated
from weft.api.keystone.middleware import Asked, KeystoneMiddleware, Known, wall_clock_s
from weft.model import WeftError

REMEMBERED_MAX = 4096  # tokens
CACHE_TIME_S = 300  # keystonemiddleware's default for token_cache_time

_found: ContextVar[Caller | WeftError | None] = ContextVar("weft_caller", default=None)


class KeystoneGate:
    """Wraps the APIs that ask `authenticate`, and gives them the answer."""

    def __init__(self, options: Mapping[str, str | int | bool], *, now_s: Callable[[], float] = wall_clock_s) -> None:
        """Raises BadAuthtoken."""
        self._middleware = KeystoneMiddleware(options)
        self._cache_time_s = float(options.get("token_cache_time", CACHE_TIME_S))
        self._now_s = now_s
        self._known: OrderedDict[tuple[str, str], tuple[Known, float]] = OrderedDict()  # → until when
        self._asking: dict[Asked, asyncio.Task[Known]] = {}
        self.uri = str(options.get("www_authenticate_uri") or options.get("auth_url") or "")

    @property
    def authenticate(self) -> Authenticate:
        """The check that APIs behind this gate put every request through."""
        return authenticate

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return `app` behind this gate."""

        async def gate(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                found = await self._who(scope)
                _found.set(found)
                send = send if isinstance(found, Caller) else self._pointing_to_keystone(send)
            await app(scope, receive, send)

        return gate

    def close(self) -> None:
        """Let the threads go."""
        self._middleware.close()

    def _pointing_to_keystone(self, send: Send) -> Send:
        """Return `send` that tells who is turned away where to get a token."""
        where = (b"www-authenticate", f'Keystone uri="{self.uri}"'.encode("latin-1", "replace"))

        async def pointing(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                kept = [each for each in message.get("headers", ()) if each[0].lower() != where[0]]
                message["headers"] = [*kept, where]
            await send(message)

        return pointing

    async def _who(self, scope: Scope) -> Caller | WeftError | None:
        headers = dict(scope["headers"])
        token = headers.get(b"x-auth-token", b"").decode("latin-1").strip()
        if not token:
            return None
        service_token = headers.get(b"x-service-token", b"").decode("latin-1").strip()
        key = (token, service_token)
        known, until_s = self._known.get(key, (None, 0.0))
        if known is not None and self._now_s() < until_s:
            return known.caller
        try:
            known = await self._ask(key, Asked(scope["method"], scope["path"], token, service_token))
        except WeftError as err:
            return err
        return known.caller

    async def _ask(self, key: tuple[str, str], asked: Asked) -> Known:
        """Return what Keystone says, asked once however many want to know. Raises what it finds wrong."""
        asking = self._asking.get(asked)
        if asking is None:
            asking = self._asking[asked] = asyncio.create_task(self._middleware.ask(asked))
            asking.add_done_callback(lambda task: self._asking.pop(asked, None))
        known = await asyncio.shield(asking)
        if known.caller.access_rules is None:  # else the answer is for this very request alone
            self._known[key] = (known, min(self._now_s() + self._cache_time_s, known.expires_at_s))
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED_MAX:
                self._known.popitem(last=False)
        return known


def authenticate(text: str | None) -> Caller:
    """Return who the gate found behind this request. Raises what it found wrong."""
    found = _found.get()
    if not text or found is None:
        raise Unauthenticated
    if isinstance(found, WeftError):
        raise found
    return found
