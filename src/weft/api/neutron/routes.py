"""From a path to what serves it: collections, their members, and what members have: parts, tags, actions."""

from collections.abc import Iterable, Sequence

from weft.api.errors import not_allowed, nothing_here
from weft.api.neutron.engine import Engine
from weft.api.neutron.http import Request, Response
from weft.api.neutron.tags import serve_tags
from weft.store.records import Record


class Routes:
    """The collections below `/v2.0`."""

    def __init__(self, engines: Iterable[Engine]) -> None:
        self._tops: dict[tuple[str, ...], Engine] = {}
        self._tagged: dict[str, Engine] = {}
        self._parts: dict[tuple[str, str], Engine] = {}  # (parent's name, path)
        for engine in engines:
            resource = engine.resource
            if resource.parent is None:
                self._tops[tuple(_plain(part) for part in resource.url_path.split("/"))] = engine
                self._tagged[resource.collection] = engine
            else:
                self._parts[resource.parent.name, resource.url_path] = engine

    def find(self, parts: Sequence[str]) -> tuple[Engine, Sequence[str]] | None:
        """Return the collection that a path begins with, and the rest of the path.

        Hyphens and underscores are one, as in Neutron (pecan_wsgi/controllers/root.py).
        """
        for length in (1, 2):
            head = (*map(_plain, parts[: length - 1]), *map(_last, parts[length - 1 : length]))
            if engine := self._tops.get(head):
                return engine, parts[length:]
        # Neutron serves tags below the bare name of the collection: /policies/{id}/tags, /security_groups/{id}/tags.
        if len(parts) > 2 and parts[2].removesuffix(".json") == "tags" and (engine := self._tagged.get(parts[0])):
            return engine, parts[1:]
        return None

    async def serve(
        self, engine: Engine, request: Request, rest: Sequence[str], parent: Record | None = None
    ) -> Response:
        """Answer a request on a collection or below. Raises HttpProblem (404, 405)."""
        if not rest:
            return await _serve_collection(engine, request, parent)
        id, below = rest[0].removesuffix(".json"), rest[1:]
        if not below:
            return await _serve_member(engine, request, id, parent)
        name = below[0].removesuffix(".json")
        if (part := self._parts.get((engine.resource.name, name))) is not None:
            if request.method == "POST":
                part.permission.refuse_by_roles(request.caller)
            whole = engine.finder.visible(id, request.caller, parent)
            return await self.serve(part, request, below[1:], whole)
        if name in engine.resource.actions and len(below) == 1:
            return await engine.act(request, id, name, parent)
        if name == "tags" and "tags" in engine.resource.by_name:
            return await serve_tags(engine, request, id, list(below[1:]), parent)
        raise nothing_here()


def _plain(part: str) -> str:
    return part.replace("-", "_")


def _last(part: str) -> str:
    return _plain(part.removesuffix(".json"))


async def _serve_collection(engine: Engine, request: Request, parent: Record | None) -> Response:
    if request.method == "GET":
        return await engine.list_all(request, parent)
    if request.method == "POST":
        return await engine.create(request, parent)
    raise not_allowed()


async def _serve_member(engine: Engine, request: Request, id: str, parent: Record | None) -> Response:
    if request.method == "GET":
        return engine.show(request, id, parent)
    if request.method == "PUT":
        return await engine.update(request, id, parent)
    if request.method == "DELETE":
        return await engine.delete(request, id, parent)
    raise not_allowed()
