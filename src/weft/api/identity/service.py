"""What every handler of the identity API shares, as one value."""

import time
from collections.abc import Callable

from weft.api.caller import Authenticate, Caller
from weft.api.identity.check import Checker, Opened, require_seeded, roles_now
from weft.api.identity.passwords import Passwords
from weft.api.identity.sealing import Sealer
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
        self.checker = Checker(self.box, lambda: store.state, lambda: self.now_ms())
        self.sealer = Sealer(settings.fabric_secret)
        self.passwords = Passwords()
        self.failed_logins = FailedLogins()

    def open_token(self, text: str | None, *, expired_by_ms: int = 0) -> Opened:
        """Return what a token says and stands for now. Raises Unauthenticated, NotYetSeeded."""
        return self.checker.open(text, expired_by_ms=expired_by_ms)

    def roles_now(self, token: Token) -> list[Record]:
        """Return the roles of a token that was just made. Raises Unauthenticated."""
        return roles_now(self.store.state, token)

    def authenticate(self, text: str | None) -> Caller:
        """Return who sends this token. Raises Unauthenticated, NotYetSeeded."""
        return self.checker.open(text).caller

    def require_seeded(self) -> None:
        """Raise NotYetSeeded at a site's very first start, until it knows whom to let in."""
        require_seeded(self.store.state)


def authenticator(store: Store, settings: ApiSettings, now_ms: Callable[[], int] = wall_clock_ms) -> Authenticate:
    """Return the check that the other APIs put every request's token through."""
    return Identity(store, settings, now_ms).authenticate
