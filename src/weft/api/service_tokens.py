"""X-Service-Token: a service (Nova, Heat) passes on a user's request and says that it is the one who does.

As keystonemiddleware has it: the service's token must hold and have the role `service`; then the user's own token
may have run out while the service was at work, by no more than Keystone's `allow_expired_window`.
"""

from contextvars import ContextVar

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.api.caller import Authenticate, Caller, Unauthenticated
from weft.api.identity.check import ALLOW_EXPIRED_MS
from weft.api.identity.service import Identity

SERVICE_ROLE = "service"

_service_token: ContextVar[str] = ContextVar("weft_service_token", default="")


def with_service_tokens(app: ASGIApp) -> ASGIApp:
    """Return `app`, whose `authenticate` (below) will know of the service token."""

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = next((value for name, value in scope["headers"] if name == b"x-service-token"), b"")
            _service_token.set(found.decode("latin-1"))  # each time: what an earlier request said must not linger
        await app(scope, receive, send)

    return noting


def authenticator_for_services(identity: Identity) -> Authenticate:
    """Return the check that APIs put every request through which services pass on."""

    def authenticate(text: str | None) -> Caller:
        service_text = _service_token.get()
        if not service_text:
            return identity.authenticate(text)
        service = identity.authenticate(service_text)
        if SERVICE_ROLE not in service.roles:
            raise Unauthenticated
        caller = identity.open_token(text, expired_by_ms=ALLOW_EXPIRED_MS).caller
        return msgspec.structs.replace(caller, service_roles=service.roles)

    return authenticate
