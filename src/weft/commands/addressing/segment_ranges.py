"""Network segment ranges: create, update, delete. Source: neutron, services/network_segment_range/plugin.py."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.errors import (
    NetworkSegmentRangeDefaultReadOnly,
    NetworkSegmentRangeNetTypeNotSupported,
    NetworkSegmentRangeNotFound,
    NetworkSegmentRangeOverlaps,
    NetworkSegmentRangeReferencedByProject,
    NetworkTunnelRangeError,
    NetworkVlanRangeError,
)
from weft.commands.addressing.network_segments import segments_of
from weft.commands.addressing.ranges import LIMITS, ranges_of
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.store.kinds import NETWORK, NETWORK_SEGMENT_RANGE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

_SPACE = uuid.UUID("0f7e2f3c-7a0b-5d55-9a5e-3d6b1c1b8a11")  # any constant: it makes the default ranges' IDs ours
DEFAULTS = {str(uuid.uuid5(_SPACE, network_type)): network_type for network_type in ("geneve", "gre", "vlan", "vxlan")}


class CreateNetworkSegmentRange(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    minimum: int
    maximum: int
    project_id: str | None = None
    name: str = ""
    description: str = ""
    shared: bool = True
    network_type: str | UnsetType = UNSET
    physical_network: str | UnsetType = UNSET


class UpdateNetworkSegmentRange(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    minimum: int | UnsetType = UNSET
    maximum: int | UnsetType = UNSET


def create_segment_ranges(state: State, requests: Sequence[CreateNetworkSegmentRange], context: Context) -> Writes:
    """Return the writes that create all of `requests`."""
    writes: list[Write] = []
    for request in requests:
        values = _values(state, request, [dict(write.values) for write in writes], context)
        writes.append(Write(Key("fabric", NETWORK_SEGMENT_RANGE.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create network segment range")


def update_segment_range(state: State, id: str, request: UpdateNetworkSegmentRange, context: Context) -> Writes:
    """Return the write that changes what differs. Raises NetworkSegmentRangeReferencedByProject and others."""
    found = _existing(state, id)
    values = changed_fields(found, request)
    low, high = values.get("minimum", found.get("minimum")), values.get("maximum", found.get("maximum"))
    numbers = list(used_in(state, found))
    if any(not low <= number <= high for number in numbers):
        raise NetworkSegmentRangeReferencedByProject(id)
    of, where = found.get("network_type"), found.get("physical_network")
    _check_bounds(of, low, high)
    _check_apart(state, of, where, low, high, id, ())
    writes = (Write(found.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update network segment range")


def delete_segment_range(state: State, id: str, context: Context) -> Writes:
    """Return the write that deletes the range. Raises NetworkSegmentRangeReferencedByProject and others."""
    found = _existing(state, id)
    if used_in(state, found):
        raise NetworkSegmentRangeReferencedByProject(id)
    return Writes((Write(found.key, {DELETED: True}),), actor=context.actor, verb="delete network segment range")


def used_in(state: State, of: Record) -> dict[int, str]:
    """Return the numbers of a range that segments have → the projects of their networks. O(networks)."""
    low, high = of.get("minimum"), of.get("maximum")
    where = of.get("physical_network") or None
    return {
        number: network.get("project_id")
        for network, segment_type, place, number in _numbered(state)
        if segment_type == of.get("network_type") and place == where and low <= number <= high
    }


def _numbered(state: State) -> Iterator[tuple[Record, str, str | None, int]]:
    for network in state.of_kind(NETWORK.name):
        for segment in segments_of(state, network):
            if segment.segmentation_id is not None:
                yield network, segment.network_type, segment.physical_network, segment.segmentation_id


def _existing(state: State, id: str) -> Record:
    if id in DEFAULTS:
        raise NetworkSegmentRangeDefaultReadOnly(id)
    found = state.get(NETWORK_SEGMENT_RANGE.name, id)
    if found is None:
        raise NetworkSegmentRangeNotFound(id)
    return found


def _values(
    state: State, request: CreateNetworkSegmentRange, made: Sequence[Mapping[str, Any]], context: Context
) -> dict[str, Any]:
    of = request.network_type
    if isinstance(of, UnsetType):
        raise NetworkSegmentRangeNetTypeNotSupported("(none)")
    where = ""
    if of == "vlan":
        if not request.physical_network:
            raise BadRequest(
                "network_segment_range",
                "Network type vlan requires 'physical_network' to be specified while creating new range",
            )
        where = str(request.physical_network)
    _check_bounds(of, request.minimum, request.maximum)
    _check_apart(state, of, where, request.minimum, request.maximum, "", made)
    return {
        "project_id": None if request.shared else request.project_id,
        "name": request.name,
        "description": request.description,
        "default": False,
        "shared": request.shared,
        "network_type": of,
        "physical_network": where,
        "minimum": request.minimum,
        "maximum": request.maximum,
        "tags": [],
        "created_at": context.now,
    }


def _check_bounds(of: str, low: int, high: int) -> None:
    limit_low, limit_high = LIMITS[of]
    wrong = next((number for number in (low, high) if not limit_low <= number <= limit_high), None)
    if of == "vlan":
        if wrong is not None:
            raise NetworkVlanRangeError(low, high, f"{wrong} is not a valid VLAN tag")
        if high < low:
            raise NetworkVlanRangeError(low, high, "End of VLAN range is less than start of VLAN range")
        return
    if wrong is not None:
        raise NetworkTunnelRangeError(low, high, f"{wrong} is not a valid {of} identifier")
    if high < low:
        raise NetworkTunnelRangeError(low, high, "End of tunnel range is less than start of tunnel range")


def _check_apart(
    state: State, of: str, where: str, low: int, high: int, own_id: str, made: Sequence[Mapping[str, Any]]
) -> None:
    others = [(record.key.id, record.get("minimum"), record.get("maximum")) for record in ranges_of(state, of, where)]
    others += [
        ("(this request)", values["minimum"], values["maximum"])
        for values in made
        if (values["network_type"], values["physical_network"]) == (of, where)
    ]
    overlapping = [id for id, start, end in others if id != own_id and low <= end and start <= high]
    if overlapping:
        raise NetworkSegmentRangeOverlaps(overlapping)
