"""What answers under /identity where an operator's own Keystone is the identity service."""

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


def elsewhere(uri: str) -> ASGIApp:
    """Return an application that tells everyone where Keystone is."""
    message = f"Identity is not served here. Keystone is at {uri}."
    body = msgspec.json.encode({"error": {"code": 404, "title": "Not Found", "message": message}})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await Response(body, 404, media_type="application/json")(scope, receive, send)

    return app
