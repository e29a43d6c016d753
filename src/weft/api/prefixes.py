"""Which application answers: decided by how the path begins."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


def without_slash(app: ASGIApp) -> ASGIApp:
    """Return `app` asked for "/v3/users" by those who write "/v3/users/" too; a bare "/" or "/v3/" stays."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        bare = path.rstrip("/")
        is_below = bare.count("/") > scope.get("root_path", "").count("/") + 1
        await app({**scope, "path": bare} if bare != path and is_below else scope, receive, send)

    return asked


class Prefixes:
    """Hands a request to the application its path begins with.

    Starlette's Mount would do, but redirects "/identity" to "/identity/", and its regular expressions cost
    every Neutron request some microseconds.
    """

    def __init__(self, apps: Mapping[str, ASGIApp], *, otherwise: ASGIApp) -> None:
        self._apps, self._otherwise = apps, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = scope.get("path", "")
        for prefix, app in self._apps.items():
            if path == prefix or path.startswith(prefix + "/"):
                path = prefix + "/" if path == prefix else path
                await app({**scope, "path": path, "root_path": scope.get("root_path", "") + prefix}, receive, send)
                return
        await self._otherwise(scope, receive, send)
