"""Extra routes added and removed one by one, so that nobody needs to know the whole list. Source: as routes.py."""

from collections.abc import Callable
from typing import Any

from weft.commands.context import Context
from weft.commands.l3.draft import RouterDraft, existing_router
from weft.commands.l3.routers import finished
from weft.commands.l3.routes import Routes, set_routes, with_routes, without_routes
from weft.store.protocol import State
from weft.store.writes import Writes
from weft.wire.neutron.attributes import BadRequest
from weft.wire.neutron.types import HOST_ROUTES


def add_extraroutes(state: State, router_id: str, document: dict[str, Any], context: Context) -> tuple[Writes, None]:
    """Return the write that adds routes; those that are there stay. Raises InvalidRoutes, BadRequest."""
    return _changed(state, router_id, document, context, with_routes)


def remove_extraroutes(state: State, router_id: str, document: dict[str, Any], context: Context) -> tuple[Writes, None]:
    """Return the write that removes routes, as far as they are there."""
    return _changed(state, router_id, document, context, without_routes)


def _changed(
    state: State,
    router_id: str,
    document: dict[str, Any],
    context: Context,
    change: Callable[[Routes, Routes], Routes],
) -> tuple[Writes, None]:
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    set_routes(draft, change(draft.values.get("routes") or [], _named(document)))
    return finished(draft, "change routes"), None


def _named(document: dict[str, Any]) -> Routes:
    inner = document.get("router")
    if not isinstance(inner, dict) or "routes" not in inner:
        raise BadRequest("Unable to find 'routes' of 'router' in request body")
    routes: Routes = HOST_ROUTES.convert(inner["routes"])
    if problem := HOST_ROUTES.problem(routes):
        raise BadRequest(f"Invalid input for routes. Reason: {problem}.")
    return routes
