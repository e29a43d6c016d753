"""Access rules of application credentials: tokens that are good for some requests only.

As keystonemiddleware has it (`auth_token`, validate_allowed_request): the service's type, the method and the path
must fit one of the rules; "{name}" and "*" stand for a segment, "**" for any number. What does not fit is a 401.
"""

import re
from functools import lru_cache

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.api.caller import AUTHENTICATION_REQUIRED, AccessRule, Authenticate
from weft.api.errors import unauthorized_body
from weft.model import WeftError
from weft.store.protocol import Store

_PART = re.compile(r"(?P<tag>{[^}]*})|(?P<tree>\*\*)|(?P<segment>\*)|(?P<literal>[^{}*]+)")


class AccessRules:
    """Wraps one service's API. Costs nothing while nobody has made an access rule."""

    def __init__(self, app: ASGIApp, service: str, store: Store, authenticate: Authenticate) -> None:
        self._app, self._service, self._store, self._authenticate = app, service, store, authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and self._store.state.of_kind("access_rule") and not self._is_allowed(scope):
            body = unauthorized_body(AUTHENTICATION_REQUIRED)
            await Response(body, 401, media_type="application/json")(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        token = next((value for name, value in scope["headers"] if name == b"x-auth-token"), b"")
        try:
            caller = self._authenticate(token.decode("latin-1"))
        except WeftError:
            return True  # whatever is wrong with it, the API behind says so in its own words
        rules = caller.access_rules
        if rules is None or caller.service_roles:
            return True  # a service passes on what began with a request that was allowed
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return any(fits(rule, self._service, scope["method"], path) for rule in rules)


def fits(rule: AccessRule, service: str, method: str, path: str) -> bool:
    """Whether a rule allows this request."""
    return rule.service == service and rule.method == method and _pattern(rule.path).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    parts = []
    for part in _PART.finditer(path):
        if part["literal"] is not None:
            parts.append(re.escape(part["literal"]))
        else:
            parts.append(".*" if part["tree"] is not None else "[^/]+")
    return re.compile("".join(parts))
