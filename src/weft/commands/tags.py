"""Tags: short words on any resource, replaced as a whole."""

from weft.commands.context import Context
from weft.commands.errors import BadRequest, TagNotFound
from weft.store.records import Record
from weft.store.writes import Write, Writes

MAX_TAGS = 50


def replace_tags(record: Record, tags: list[str], context: Context) -> Writes:
    """Return the write that makes `tags` (without repeats) the record's tags. Raises BadRequest."""
    wanted = sorted(set(tags))
    if len(wanted) > MAX_TAGS:
        raise BadRequest(record.key.kind + "s", f"The number of tags exceed the per-resource limit of {MAX_TAGS}")
    writes = (Write(record.key, {"tags": wanted}),) if wanted != record.get("tags", []) else ()
    return Writes(writes, actor=context.actor, verb=f"tag {record.key.kind}")


def add_tags(record: Record, tags: list[str], context: Context) -> Writes:
    """Return the write that adds `tags`. Raises BadRequest."""
    return replace_tags(record, [*record.get("tags", []), *tags], context)


def remove_tag(record: Record, tag: str, context: Context) -> Writes:
    """Return the write that removes `tag`. Raises TagNotFound."""
    present = record.get("tags", [])
    if tag not in present:
        raise TagNotFound(tag)
    return replace_tags(record, [other for other in present if other != tag], context)
