"""A subnet's service types: for ports of which owners its addresses are. Texts: neutron-lib, api/validators."""

from typing import Any

from weft.model import Invalid
from weft.wire.neutron.attributes import BadRequest, Type

# Neutron's own list ends in the letters of "compute:", each for itself; so does ours.
PREFIXES = ("network:", "neutron:", *"compute:")


class InvalidInputSubnetServiceType(Invalid):
    """A service type is no string."""

    code = "invalid_input_subnet_service_type"

    def __init__(self, service_type: Any) -> None:
        super().__init__(f"Subnet service type {service_type} is not a string.")


class InvalidSubnetServiceType(Invalid):
    """A service type is nothing that owns ports."""

    code = "invalid_subnet_service_type"

    def __init__(self, service_type: str) -> None:
        super().__init__(f"Subnet service type {service_type} does not correspond to a valid device owner.")


def canonical_service_types(value: Any) -> list[str]:
    """Return the service types, each once. Raises BadRequest and the errors above."""
    if not value:
        return []
    if not isinstance(value, list):
        raise BadRequest("Subnet service types must be a list.")
    for service_type in value:
        if not isinstance(service_type, str):
            raise InvalidInputSubnetServiceType(service_type)
        if not service_type.startswith(PREFIXES):
            raise InvalidSubnetServiceType(service_type)
    return list(dict.fromkeys(value))


SERVICE_TYPES = Type({"type": ["array", "null"], "items": {"type": "string"}}, canonical_service_types)
