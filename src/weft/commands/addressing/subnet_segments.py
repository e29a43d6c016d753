"""On which segment of its network a subnet may be. Source: neutron, db/ipam_backend_mixin.py, _validate_segment."""

from collections.abc import Iterable, Sequence
from typing import Any

from weft.commands.addressing.errors import (
    NetworkIdsDontMatch,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
)
from weft.commands.addressing.network_segments import segment_by_id, segments_of, write_segment
from weft.store.kinds import NETWORK, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write

ROUTED = "network:routed"  # subnets of this service type are on no segment, whatever the others are


def place_new(
    state: State, network_id: str, segment_id: str | None, service_types: Sequence[str], made: Iterable[Any]
) -> list[Write]:
    """Return the writes, if any, that put a new subnet on a segment. Raises SegmentNotFound and others."""
    writes = _record_of(state, network_id, segment_id)
    others = [*state.referrers(NETWORK.name, network_id, SUBNET.name), *made]
    places = {other.get("segment_id") for other in others if ROUTED not in (other.get("service_types") or ())}
    if ROUTED not in service_types:
        places.add(segment_id)
    if None in places and len(places) > 1:
        raise SubnetsNotAllAssociatedWithSegments(network_id)
    return writes


def move(state: State, subnet: Record, segment_id: str | None) -> list[Write]:
    """Return the writes, if any, that go with putting a subnet on a segment. Raises SegmentNotFound and others."""
    network_id = subnet.get("network_id")
    subnets = state.referrers(NETWORK.name, network_id, SUBNET.name)
    places = [other.get("segment_id") for other in subnets if ROUTED not in (other.get("service_types") or ())]
    if (None in places and len(set(places)) > 1) or len(places) > 1:
        raise SubnetsNotAllAssociatedWithSegments(network_id)
    if places and None not in places and segment_id not in places:
        raise SubnetSegmentAssociationChangeNotAllowed
    network = state.get(NETWORK.name, network_id)
    if network is not None and len(segments_of(state, network)) > 1:
        raise NoUpdateSubnetWhenMultipleSegmentsOnNetwork(network_id)
    return _record_of(state, network_id, segment_id)


def _record_of(state: State, network_id: str, segment_id: str | None) -> list[Write]:
    """Return the write that makes a record of the segment, if it is none yet: a subnet refers to it from now on."""
    if segment_id is None:
        return []
    segment, network = segment_by_id(state, segment_id)
    if network.key.id != network_id:
        raise NetworkIdsDontMatch(network_id, segment_id)
    return [] if segment.record is not None else [write_segment(segment, network_id, network.get("created_at"))]
