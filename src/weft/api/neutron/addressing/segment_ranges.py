"""`/v2.0/network-segment-ranges`, described."""

from collections.abc import Collection
from itertools import islice
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Resource
from weft.commands.addressing.errors import NetworkSegmentRangeNotFound
from weft.commands.addressing.ranges import DEFAULT_PHYSICAL_NETWORK, LIMITS
from weft.commands.addressing.segment_ranges import (
    DEFAULTS,
    CreateNetworkSegmentRange,
    UpdateNetworkSegmentRange,
    create_segment_ranges,
    delete_segment_range,
    update_segment_range,
    used_in,
)
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.addressing.network_segment_range import NETWORK_SEGMENT_RANGE

AVAILABLE_MAX = 4096  # as many as a physical network has VLANs: of 16 million tunnel IDs nobody wants the list


def _every_range(look: Look, asked: Asked) -> Collection[Record]:
    return [*look.state.of_kind("network_segment_range"), *_DEFAULTS.values()]


def _find(state: State, id: str, parent_id: str) -> Record | None:
    return _DEFAULTS.get(id) or state.get("network_segment_range", id)


def _default(id: str, network_type: str) -> Record:
    low, high = LIMITS[network_type]
    values = {
        "default": True,
        "created_at": "1970-01-01T00:00:00Z",
        "shared": True,
        "project_id": None,
        "network_type": network_type,
        "physical_network": DEFAULT_PHYSICAL_NETWORK if network_type == "vlan" else "",
        "minimum": low,
        "maximum": high,
    }
    return made_record("network_segment_range", id, values)


def _derive(record: Record, look: Look) -> dict[str, Any]:
    used = used_in(look.state, record)
    free = (number for number in range(record.get("minimum"), record.get("maximum") + 1) if number not in used)
    return {
        "used": {str(number): used[number] for number in sorted(used)},
        "available": list(islice(free, AVAILABLE_MAX)),
    }


_DEFAULTS = {id: _default(id, network_type) for id, network_type in DEFAULTS.items()}

NETWORK_SEGMENT_RANGES = Resource(
    name="network_segment_range",
    collection="network_segment_ranges",
    path="network-segment-ranges",
    find=_find,
    made=_every_range,
    attributes=NETWORK_SEGMENT_RANGE,
    create_request=CreateNetworkSegmentRange,
    update_request=UpdateNetworkSegmentRange,
    create=create_segment_ranges,
    update=update_segment_range,
    delete=delete_segment_range,
    not_found=NetworkSegmentRangeNotFound,
    derive=_derive,
)
