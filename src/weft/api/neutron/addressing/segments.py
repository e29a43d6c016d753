"""`/v2.0/segments`, described."""

from collections.abc import Collection

from weft.api.neutron.made import Asked
from weft.api.neutron.resource import Look, Resource
from weft.commands.addressing.errors import SegmentNotFound
from weft.commands.addressing.network_segments import Segment, segment_by_id, segments_of
from weft.commands.addressing.segments import (
    CreateSegment,
    UpdateSegment,
    create_segments,
    delete_segment,
    update_segment,
)
from weft.store.protocol import State
from weft.store.records import Field, Key, Record
from weft.wire.neutron.addressing.segment import SEGMENT


def _every_segment(look: Look, asked: Asked) -> Collection[Record]:
    state = look.state
    if "id" in asked.equal:
        found = [_find(state, id, "") for id in asked.equal["id"]]
        return [record for record in found if record is not None]
    if "network_id" in asked.equal:
        named = [state.get("network", id) for id in asked.equal["network_id"]]
        networks = [network for network in named if network is not None]
    else:
        networks = list(state.of_kind("network"))
    return [_record(segment, network) for network in networks for segment in segments_of(state, network)]


def _find(state: State, id: str, parent_id: str) -> Record | None:
    try:
        return _record(*segment_by_id(state, id))
    except SegmentNotFound:
        return None


def _record(segment: Segment, network: Record) -> Record:
    """Return the segment's record; of the one that a network has by itself, what it would be."""
    if segment.record is not None:
        return segment.record
    stamp = network.oldest
    values = {**segment._asdict(), "network_id": network.key.id, "name": None, "description": None}
    values["created_at"] = network.get("created_at")
    fields = {name: Field(value, stamp) for name, value in values.items() if name not in ("id", "record", "place")}
    return Record(Key("fabric", "segment", segment.id), fields, {})


SEGMENTS = Resource(
    name="segment",
    collection="segments",
    bulk=False,
    find=_find,
    made=_every_segment,
    attributes=SEGMENT,
    create_request=CreateSegment,
    update_request=UpdateSegment,
    create=create_segments,
    update=update_segment,
    delete=delete_segment,
    not_found=SegmentNotFound,
)
