"""PUT, HEAD and DELETE on two things that belong together: written once, however often it is said."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.http import identity_of, nothing
from weft.commands.identity.joins import NotJoined, is_joined, join, part
from weft.store.execute import execute
from weft.store.records import Key


async def joined(request: Request, who: Caller, key: Key, values: Mapping[str, Any]) -> Response:
    """Join them and answer 204; what is joined already is not written again."""
    store = identity_of(request).store
    if is_joined(key, values, store.state):
        return nothing()
    return nothing(await execute(store, lambda state, held: join(key, values, actor=who.actor)))


async def parted(request: Request, who: Caller, key: Key, *, told: str) -> Response:
    """Part them and answer 204. Raises NotJoined, which says `told`."""
    store = identity_of(request).store
    return nothing(await execute(store, lambda state, held: part(key, state, told=told, actor=who.actor)))


def require_joined(request: Request, key: Key, *, told: str) -> None:
    """Raise NotJoined, which says `told`, unless they are joined."""
    if identity_of(request).store.state.get(key.kind, key.id) is None:
        raise NotJoined(told)
