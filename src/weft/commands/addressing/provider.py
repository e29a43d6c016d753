"""A network's provider attributes: what they and `segments` say of a new network, and what may change of them.

Source: neutron, plugins/ml2/managers.py (_process_provider_create) and plugin.py (_update_provider_network_attributes).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from weft.commands.addressing.errors import SegmentsSetInConjunctionWithProviders
from weft.commands.addressing.network_segments import VXLAN, first_segment_id, segments_of, write_segment
from weft.commands.addressing.segment_picker import SegmentPicker, check_segment, check_segments
from weft.commands.addressing.segments import number_of_network
from weft.commands.context import Context
from weft.commands.errors import InvalidInput
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write

PROVIDER_FIELDS = ("network_type", "physical_network", "segmentation_id")


class Made(NamedTuple):
    """A new network's segments."""

    values: dict[str, Any]  # of the network's record
    types: list[str]
    writes: list[Write]  # of the segments' records


def network_segments(request: Any, network_id: str, picker: SegmentPicker, context: Context) -> Made:
    """Return the segments that a request (CreateNetwork) asks for, or the usual one.

    Raises InvalidInput, SegmentsSetInConjunctionWithProviders and what SegmentPicker.reserve raises.
    """
    given = {name: getattr(request, name) for name in PROVIDER_FIELDS}
    provider = {name: None if value is UNSET else value for name, value in given.items()}
    has_provider = any(value is not None and value != "" for value in provider.values())
    if has_provider and request.segments:
        raise SegmentsSetInConjunctionWithProviders
    asked = [provider] if has_provider else request.segments
    check_segments(asked)
    if not asked or (len(asked) == 1 and asked[0]["network_type"] == VXLAN):
        number = asked[0]["segmentation_id"] if asked else None
        vni = picker.any_vni(request.project_id) if number is None else picker.vnis.exactly(number)
        return Made({"vni": vni, "network_type": VXLAN}, [VXLAN], [])
    segments = [
        picker.reserve(one, request.project_id, first_segment_id(network_id) if index == 0 else context.new_id(), index)
        for index, one in enumerate(asked)
    ]
    first = segments[0]
    is_vxlan = first.network_type == VXLAN
    values = {
        "vni": first.segmentation_id if is_vxlan else picker.any_vni(request.project_id),
        "network_type": first.network_type,
        "physical_network": first.physical_network,
        "segmentation_id": first.segmentation_id,
    }
    writes = [write_segment(segment, network_id, context.now) for segment in segments]
    return Made(values, [segment.network_type for segment in segments], writes)


def renumbered(state: State, network: Record, asked: Mapping[str, Any], picker: SegmentPicker) -> list[Write]:
    """Return the writes that change provider attributes: a VLAN's number, and nothing else. Raises InvalidInput."""
    segments = segments_of(state, network)
    present = segments[0]._asdict() if len(segments) == 1 else dict.fromkeys(PROVIDER_FIELDS)
    for name in ("network_type", "physical_network"):
        if name in asked and (asked[name] or None) != present[name]:
            raise InvalidInput(
                "Plugin does not support updating the following provider network attributes: "
                "provider:physical_network, provider:network_type"
            )
    number = asked.get("segmentation_id")
    if not number or number == present["segmentation_id"]:
        return []
    if len(segments) > 1:
        raise InvalidInput(
            "Provider network attributes can be updated only in provider networks with a single segment."
        )
    if not segments or segments[0].network_type != "vlan":
        raise InvalidInput("Only VLAN type networks can be updated.")
    segment = segments[0]
    wanted = {"network_type": "vlan", "physical_network": segment.physical_network, "segmentation_id": number}
    check_segment(wanted)
    picker.reserve(wanted, network.get("project_id"), segment.id, segment.place)
    return number_of_network(network, segment, number)
