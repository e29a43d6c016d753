"""Segments: create, update, delete. Source: neutron, services/segments/db.py and plugin.py."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.errors import SegmentInUse
from weft.commands.addressing.network_segments import (
    Segment,
    key_of,
    segment_by_id,
    segments_of,
    write_segment,
)
from weft.commands.addressing.segment_picker import SegmentPicker, check_segment
from weft.commands.context import Context
from weft.commands.errors import NetworkNotFound
from weft.store.kinds import NETWORK, SEGMENT, SUBNET
from weft.store.protocol import State
from weft.store.records import DELETED, Record
from weft.store.writes import Write, Writes


class CreateSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    network_id: str
    network_type: str
    project_id: str = ""
    physical_network: str | UnsetType = UNSET
    segmentation_id: int | UnsetType = UNSET
    name: str | None = None
    description: str = ""


class UpdateSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET


def create_segments(state: State, requests: Sequence[CreateSegment], context: Context) -> Writes:
    """Return the writes that add segments to networks.

    Raises NetworkNotFound, InvalidInput and what SegmentPicker.reserve raises.
    """
    picker = SegmentPicker(state, context)
    writes = [write for request in requests for write in _create(state, request, picker, context)]
    return Writes(tuple(writes), picker.claims, actor=context.actor, verb="create segment")


def update_segment(state: State, id: str, request: UpdateSegment, context: Context) -> Writes:
    """Return the write that changes what differs. Raises SegmentNotFound."""
    segment, network = segment_by_id(state, id)
    given = {name: value for name, value in msgspec.structs.asdict(request).items() if value is not UNSET}
    if segment.record is None:
        writes = (write_segment(segment, network.key.id, network.get("created_at"), given),) if given else ()
    else:
        values = {name: value for name, value in given.items() if segment.record.get(name) != value}
        writes = (Write(segment.record.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update segment")


def delete_segment(state: State, id: str, context: Context) -> Writes:
    """Return the writes that take a segment from its network. Raises SegmentNotFound, SegmentInUse."""
    segment, network = segment_by_id(state, id)
    subnets = sorted(subnet.key.id for subnet in state.referrers(SEGMENT.name, id, SUBNET.name))
    if subnets:
        reason = f"The segment is still associated with subnet(s) {', '.join(subnets)}"
        raise SegmentInUse(id, reason)
    if segment.record is None:  # a tombstone says that it was there
        gone = write_segment(segment, network.key.id, context.now, {DELETED: True})
    else:
        gone = Write(segment.record.key, {DELETED: True})
    left = [one for one in segments_of(state, network) if one.id != id]
    return Writes((gone, *_first_of(network, left)), actor=context.actor, verb="delete segment")


def number_of_network(network: Record, segment: Segment, number: int) -> list[Write]:
    """Return the writes that give a network's only segment another number."""
    key = key_of(segment.network_type, segment.physical_network, number)
    assert segment.record is not None, "only VLANs are numbered anew"
    return [
        Write(segment.record.key, {"segmentation_id": number, "key": key}),
        Write(network.key, {"segmentation_id": number}),
    ]


def _create(state: State, request: CreateSegment, picker: SegmentPicker, context: Context) -> list[Write]:
    asked = {
        "network_type": request.network_type,
        "physical_network": None if request.physical_network is UNSET else request.physical_network,
        "segmentation_id": None if request.segmentation_id is UNSET else request.segmentation_id,
    }
    network = state.get(NETWORK.name, request.network_id)
    if network is None:
        raise NetworkNotFound(request.network_id)
    check_segment(asked)
    present = segments_of(state, network)
    index = present[-1].place + 1 if present else 0
    segment = picker.reserve(asked, network.get("project_id"), context.new_id(), index)
    values = {"name": request.name, "description": request.description}
    first = [] if present else _first_of(network, [segment])
    return [write_segment(segment, network.key.id, context.now, values), *first]


def _first_of(network: Record, segments: Sequence[Segment]) -> list[Write]:
    """Return the write that makes the network say what its first segment is."""
    values: dict[str, Any] = {"network_type": None, "physical_network": None, "segmentation_id": None}
    if segments:
        first = segments[0]
        # A VXLAN network without a record of its segment would have one by itself, so this one says otherwise.
        is_recorded = first.network_type == "vxlan" and first.segmentation_id != network.get("vni")
        values["network_type"] = None if is_recorded else first.network_type
        values["physical_network"], values["segmentation_id"] = first.physical_network, first.segmentation_id
    values = {name: value for name, value in values.items() if network.get(name) != value}
    return [Write(network.key, values)] if values else []
