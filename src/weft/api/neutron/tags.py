"""`…/{id}/tags` and `…/{id}/tags/{tag}` of every resource. Source: neutron, extensions/tagging.py."""

import msgspec

from weft.api.errors import not_allowed, nothing_here
from weft.api.neutron import policy
from weft.api.neutron.bodies import read_json
from weft.api.neutron.conditions import receipt_header
from weft.api.neutron.engine import Engine
from weft.api.neutron.http import Request, Response
from weft.commands.context import Context
from weft.commands.errors import InvalidInput, TagNotFound
from weft.commands.tags import add_tags, remove_tag, replace_tags
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.types import TAG_LENGTH, string_problem, tags_problem


async def serve_tags(
    engine: Engine, request: Request, id: str, rest: list[str], parent: Record | None = None
) -> Response:
    """Answer a request on an object's tags; `rest` is the path after `tags`."""
    record = engine.finder.visible(id, request.caller, parent)
    if len(rest) > 1:
        raise nothing_here()
    target = engine.permission.target(record, parent=parent)
    if request.method in ("GET", "HEAD"):
        policy.enforce(request.caller, f"get_{engine.resource.name}:tags", target)
        return _show(record, rest)
    verb = {"PUT": "update", "POST": "create", "DELETE": "delete"}.get(request.method)
    if verb is None or (rest and verb == "create"):
        raise not_allowed()
    name, key_id = engine.resource.name, record.key.id
    policy.enforce(request.caller, f"{verb}_{name}:tags", target)
    tags = _read_tags(request, rest) if verb != "delete" else []
    tag = _checked(rest[0]) if rest else None

    def decide(state: State, context: Context) -> Writes:
        current = state.get(engine.resource.record_kind, key_id)
        if current is None:
            raise engine.resource.not_found(id)
        if verb == "delete":
            return replace_tags(current, [], context) if tag is None else remove_tag(current, tag, context)
        if verb == "create" or tag is not None:
            return add_tags(current, tags, context)
        return replace_tags(current, tags, context)

    receipt = await engine.execute(request.caller, decide, request, key_id)
    if verb == "delete":
        return Response(204, headers=receipt_header(receipt))
    if tag is not None:
        return Response(201, b"null", receipt_header(receipt))  # as Neutron does
    return Response(200, msgspec.json.encode({"tags": tags}), receipt_header(receipt))


def _show(record: Record, rest: list[str]) -> Response:
    tags = record.get("tags", [])
    if not rest:
        return Response(200, msgspec.json.encode({"tags": tags}))
    if _checked(rest[0]) not in tags:
        raise TagNotFound(rest[0])
    return Response(204)


def _read_tags(request: Request, rest: list[str]) -> list[str]:
    if rest:
        return [_checked(rest[0])]
    document = read_json(request.body)
    if "tags" not in document:
        raise InvalidInput("Invalid tags body")
    if problem := tags_problem(document["tags"]):
        raise InvalidInput(problem)
    tags: list[str] = document["tags"]
    return tags


def _checked(tag: str) -> str:
    if problem := string_problem(tag, TAG_LENGTH):
        raise InvalidInput(problem)
    return tag
