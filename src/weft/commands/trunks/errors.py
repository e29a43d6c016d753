"""Why a trunk is refused, in Neutron's words. Source: neutron, services/trunk/exceptions.py."""

from weft.model import Conflict, NotFound


class TrunkNotFound(NotFound):
    """No such trunk."""

    code = "trunk_not_found"

    def __init__(self, trunk_id: str) -> None:
        super().__init__(f"Trunk {trunk_id} could not be found.")


class SubPortNotFound(NotFound):
    """The trunk does not carry this port."""

    code = "sub_port_not_found"

    def __init__(self, port_id: str, trunk_id: str) -> None:
        super().__init__(f"SubPort {port_id} on trunk {trunk_id} could not be found.")


class TrunkPortInUse(Conflict):
    """The port is a subport already."""

    code = "trunk_port_in_use"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is in use by another trunk.")


class ParentPortInUse(Conflict):
    """The port is a trunk's parent already, or bound."""

    code = "parent_port_in_use"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is currently in use and is not eligible for use as a parent port.")


class PortInUse(Conflict):
    """The port is some device's."""

    code = "port_in_use"

    def __init__(self, port_id: str, network_id: str, device_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id} for network {network_id}. Port already has an attached "
            f"device {device_id}."
        )


class DuplicateSubPort(Conflict):
    """Another subport of the trunk has this VLAN."""

    code = "duplicate_sub_port"

    def __init__(self, segmentation_type: str, segmentation_id: int, trunk_id: str) -> None:
        super().__init__(
            f"segmentation_type {segmentation_type} and segmentation_id {segmentation_id} already in use on trunk "
            f"{trunk_id}."
        )


class SubPortMtuGreaterThanTrunkPortMtu(Conflict):
    """What the subport's network sends would not fit through the parent."""

    code = "sub_port_mtu_greater_than_trunk_port_mtu"

    def __init__(self, port_id: str, port_mtu: int, parent_id: str, parent_mtu: int) -> None:
        super().__init__(
            f"MTU {port_mtu} of subport {port_id} cannot be greater than MTU {parent_mtu} of trunk {parent_id}."
        )


class PortInUseAsTrunkParent(Conflict):
    """A trunk needs the port."""

    code = "port_in_use_as_trunk_parent"

    def __init__(self, port_id: str, trunk_id: str) -> None:
        super().__init__(f"Port {port_id} is currently a parent port for trunk {trunk_id}.")


class PortInUseAsSubPort(Conflict):
    """A trunk carries the port."""

    code = "port_in_use_as_sub_port"

    def __init__(self, port_id: str, trunk_id: str) -> None:
        super().__init__(f"Port {port_id} is currently a subport for trunk {trunk_id}.")


class TrunkInUse(Conflict):
    """The parent is bound: a machine uses the trunk."""

    code = "trunk_in_use"

    def __init__(self, trunk_id: str) -> None:
        super().__init__(f"Trunk {trunk_id} is currently in use.")


class TrunkDisabled(Conflict):
    """An administratively down trunk is not changed."""

    code = "trunk_disabled"

    def __init__(self, trunk_id: str) -> None:
        super().__init__(f"Trunk {trunk_id} is currently disabled.")
