"""What every handler of the identity API shares, as one value."""

import time
from collections.abc import Callable

from weft.api.caller import Authenticate, Caller, Unauthenticated
from weft.api.identity.check import caller_of, open_token, roles_now
from weft.api.identity.passwords import Passwords
from weft.api.identity.throttle import FailedLogins
from weft.api.identity.tokens import Token, TokenBox
from weft.api.settings import ApiSettings
from weft.store.protocol import Store
from weft.store.records import Record


def wall_clock_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Identity:
    """The identity service of one weftd."""

    def __init__(self, store: Store, settings: ApiSettings, now_ms: Callable[[], int] = wall_clock_ms) -> None:
        self.store = store
        self.settings = settings
        self.now_ms = now_ms
        self.box = TokenBox(settings.fabric_secret)
        self.passwords = Passwords()
        self.failed_logins = FailedLogins()

    def open_token(self, text: str | None) -> tuple[Token, list[Record]]:
        """Return what a token says and its roles now. Raises Unauthenticated."""
        if not text:
            raise Unauthenticated
        return open_token(self.box, text, self.store.state, self.now_ms())

    def roles_now(self, token: Token) -> list[Record]:
        """Return the roles of a token that was just made. Raises Unauthenticated."""
        return roles_now(self.store.state, token)

    def authenticate(self, text: str | None) -> Caller:
        """Return who sends this token. Raises Unauthenticated."""
        return caller_of(*self.open_token(text))


def authenticator(store: Store, settings: ApiSettings, now_ms: Callable[[], int] = wall_clock_ms) -> Authenticate:
    """Return the check that the other APIs put every request's token through."""
    box = TokenBox(settings.fabric_secret)

    def authenticate(text: str | None) -> Caller:
        if not text:
            raise Unauthenticated
        return caller_of(*open_token(box, text, store.state, now_ms()))

    return authenticate
