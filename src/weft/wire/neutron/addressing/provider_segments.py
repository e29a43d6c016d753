"""The segments of a network as `segments` of its body lists them. Source: neutron-lib, multiprovidernet.py."""

from typing import Any

from weft.wire.neutron.attributes import BadRequest, Type
from weft.wire.neutron.types import string_problem, to_int

PREFIX = "provider:"
_NAMES = ("provider:network_type", "provider:physical_network", "provider:segmentation_id")
_LENGTHS = {"network_type": 32, "physical_network": 64}


def canonical_segments(value: Any) -> list[dict[str, Any]]:
    """Return segments with the names that records use; what was not given is None. Raises BadRequest, BadValue."""
    if not isinstance(value, list) or not all(isinstance(segment, dict) for segment in value):
        raise BadRequest(f"Invalid input for segments. Reason: '{value}' is not a list of dictionaries.")
    return [_canonical(segment) for segment in value]


def _canonical(segment: dict[str, Any]) -> dict[str, Any]:
    unknown = [str(name) for name in segment if name not in _NAMES]
    if unknown:
        raise BadRequest(f"Unrecognized attribute(s) '{', '.join(unknown)}'")
    found = {name.removeprefix(PREFIX): segment.get(name) for name in _NAMES}
    number = found["segmentation_id"]
    found["segmentation_id"] = None if number in (None, "") else to_int(number)
    for name, longest in _LENGTHS.items():
        if found[name] is not None and (problem := string_problem(found[name], longest)) is not None:
            raise BadRequest(f"Invalid input for segments. Reason: {problem}.")
        found[name] = found[name] or None
    return found


SEGMENTS = Type({"type": "array", "items": {"type": "object"}}, canonical_segments)
