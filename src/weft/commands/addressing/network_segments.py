"""The segments of a network: those that records hold, and the one that a VXLAN network has by itself.

That first one costs no record until somebody names it or puts a subnet on it. Its ID is the network's with some bits
turned over, so that either leads to the other.
"""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from weft.commands.addressing.errors import SegmentNotFound
from weft.store.kinds import NETWORK, SEGMENT
from weft.store.protocol import State
from weft.store.records import Key, Record
from weft.store.writes import Write

VXLAN = "vxlan"
_TURNED_BITS = 0x5E60_0000_0000_0000  # in the last group of the UUID, away from version and variant


class Segment(NamedTuple):
    """What a segment is made of."""

    id: str
    network_type: str
    physical_network: str | None
    segmentation_id: int | None
    place: int  # among the network's, segment_index
    record: Record | None  # None: the first one, that nobody has written yet


def first_segment_id(network_id: str) -> str:
    """Return the ID of a network's first segment; of such an ID, the network's. Anything else comes back as it is."""
    try:
        return str(uuid.UUID(int=uuid.UUID(network_id).int ^ (_TURNED_BITS >> 16)))
    except ValueError:
        return network_id


def segments_of(state: State, network: Record) -> list[Segment]:
    """Return a network's segments, in order."""
    held = state.referrers(NETWORK.name, network.key.id, SEGMENT.name)
    own = _by_itself(network)
    if not held:
        return [own] if own is not None else []
    found = [segment_of(record) for record in held]
    if own is not None and all(segment.id != own.id for segment in found):
        found.append(own)
    return sorted(found, key=lambda segment: (segment.place, segment.id))


def segment_of(record: Record) -> Segment:
    """Return the segment that a record holds."""
    return Segment(
        record.key.id,
        record.get("network_type"),
        record.get("physical_network"),
        record.get("segmentation_id"),
        record.get("segment_index", 0),
        record,
    )


def segment_by_id(state: State, id: str) -> tuple[Segment, Record]:
    """Return a segment and its network. Raises SegmentNotFound."""
    record = state.get(SEGMENT.name, id)
    network = state.get(NETWORK.name, record.get("network_id") if record is not None else first_segment_id(id))
    if network is None:
        raise SegmentNotFound(id)
    if record is not None:
        return segment_of(record), network
    own = _by_itself(network)
    if own is None or own.id != id or state.raw(Key("fabric", SEGMENT.name, id)) is not None:
        raise SegmentNotFound(id)
    return own, network


def write_segment(segment: Segment, network_id: str, now: str, values: Mapping[str, Any] | None = None) -> Write:
    """Return the write that makes a record of a segment."""
    whole = {
        "network_id": network_id,
        "name": None,
        "description": None,
        "network_type": segment.network_type,
        "physical_network": segment.physical_network,
        "segmentation_id": segment.segmentation_id,
        "key": key_of(segment.network_type, segment.physical_network, segment.segmentation_id),
        "segment_index": segment.place,
        "created_at": now,
        **(values or {}),
    }
    return Write(Key("fabric", SEGMENT.name, segment.id), whole, create=True)


def key_of(network_type: str, physical_network: str | None, segmentation_id: int | None) -> str | None:
    """Return what no two segments may share; None: there is nothing to share."""
    parts = [part for part in (network_type, physical_network, segmentation_id) if part is not None]
    return ":".join(map(str, parts)) if len(parts) > 1 else None


def _by_itself(network: Record) -> Segment | None:
    """Return the segment that a network has without a record of it."""
    if network.get("network_type", VXLAN) != VXLAN:
        return None
    return Segment(first_segment_id(network.key.id), VXLAN, None, network.get("vni"), 0, None)
