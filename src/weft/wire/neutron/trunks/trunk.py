"""The trunk: `/v2.0/trunks`. Source: neutron-lib, api/definitions/trunk.py and api/validators (subports)."""

from typing import Any

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, TAGS

INHERIT = "inherit"  # segmentation as the subport's network has it


def subports_problem(value: Any) -> str | None:
    """Say what is wrong with a list of subports, in Neutron's words."""
    if not isinstance(value, list):
        return f"Invalid data format for subports: '{value}' is not a list"
    port_ids: set[str] = set()
    segmentations: list[tuple[Any, Any]] = []
    for subport in value:
        if not isinstance(subport, dict):
            return f"Invalid data format for subport: '{subport}' is not a dict"
        if problem := _port_problem(subport, port_ids):
            return problem
        port_ids.add(subport["port_id"])
        if subport.get("segmentation_type") == INHERIT:
            continue  # Neutron stops looking here; what follows would only be found in its database
        segmentation = subport.get("segmentation_type"), subport.get("segmentation_id")
        if (not segmentation[0] or segmentation[1] is None) and len(subport) > 1:
            return (
                f"Invalid subport details '{subport}': missing segmentation information. Must specify both "
                "segmentation_id and segmentation_type"
            )
        if segmentation[1] is not None and segmentation in segmentations:
            return f"Segmentation ID '{segmentation[1]}' for '{subport['port_id']}' is not unique"
        segmentations.append(segmentation)
    return None


def _port_problem(subport: dict[str, Any], seen: set[str]) -> str | None:
    if "port_id" not in subport:
        return "A valid port UUID must be specified"
    if types.uuid_problem(subport["port_id"]):
        return f"Invalid UUID for subport: '{subport['port_id']}'"
    if subport["port_id"] in seen:
        return f"Non unique UUID for subport: '{subport['port_id']}'"
    return None


SUBPORTS = Type(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["port_id"],
            "properties": {
                "port_id": {"type": "string", "format": "uuid"},
                "segmentation_type": {"enum": ["vlan", INHERIT]},
                "segmentation_id": {"type": "integer"},
            },
        },
    },
    problem=subports_problem,
)

TRUNK: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(name="admin_state_up", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    Attribute(
        name="port_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="port_id",
        about="The parent: what the machine is plugged into.",
    ),
    Attribute(
        name="sub_ports",
        type=SUBPORTS,
        default=[],
        post=True,
        derived=True,
        about="Changed by add_subports and remove_subports.",
    ),
    Attribute(name="status", type=types.STRING, derived=True, filter=True, sort=True),
    TAGS,
    *COMMON,
)
