"""Who is asking: what a request's token says, checked against the merged state.

Every API takes an `Authenticate` and calls it with the token header; it never waits, so a cut-off site
answers as quickly as a connected one. The built-in identity service makes one (`identity/tokens.py`).
"""

from collections.abc import Callable

import msgspec

from weft.model import Denied

AUTHENTICATION_REQUIRED = "The request you have made requires authentication."  # Keystone's words


class Caller(msgspec.Struct, frozen=True):
    """The user behind a request, with the roles it holds in the token's scope right now."""

    user_id: str
    project_id: str | None = None  # None: the token is unscoped or scoped to a domain
    domain_id: str | None = None
    roles: frozenset[str] = frozenset()  # names, lower case, implied ones included

    @property
    def is_admin(self) -> bool:
        """May see and change every project's things."""
        return "admin" in self.roles

    @property
    def actor(self) -> str:
        """How the journal names the caller (`Writes.actor`)."""
        return f"user {self.user_id} project {self.project_id or '-'}"


class Unauthenticated(Denied):
    """No token, or one that is malformed, expired, revoked, or whose user or project is gone or disabled."""

    code = "unauthenticated"

    def __init__(self, why: str = AUTHENTICATION_REQUIRED) -> None:
        super().__init__(why)


Authenticate = Callable[[str | None], Caller]  # the X-Auth-Token header → caller; raises Unauthenticated
