"""Why a metering label, its rule or a log is refused, in Neutron's words.

Source: neutron-lib, exceptions/metering.py; neutron, services/logapi/common/exceptions.py.
"""

from weft import model
from weft.model import Conflict, NotFound


class MeteringLabelNotFound(NotFound):
    """No such label."""

    code = "metering_label_not_found"

    def __init__(self, label_id: str) -> None:
        super().__init__(f"Metering label '{label_id}' does not exist.")


class MeteringLabelRuleNotFound(NotFound):
    """No such rule."""

    code = "metering_label_rule_not_found"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Metering label rule '{rule_id}' does not exist.")


class MeteringLabelRuleOverlaps(Conflict):
    """Another rule of the label counts some of it."""

    code = "metering_label_rule_overlaps"

    def __init__(self, prefix: str) -> None:
        super().__init__(f"Metering label rule with remote_ip_prefix '{prefix}' overlaps another.")


class Invalid(model.Invalid):
    """A metering rule without a prefix, or with prefixes that make no sense (Neutron calls it just this)."""

    code = "invalid_metering_rule"


class LogResourceNotFound(NotFound):
    """No such log."""

    code = "log_resource_not_found"

    def __init__(self, log_id: str) -> None:
        super().__init__(f"Log resource {log_id} could not be found.")


class InvalidLogResourceType(model.Invalid):
    """Nothing of this type is logged."""

    code = "invalid_log_resource_type"

    def __init__(self, resource_type: str) -> None:
        super().__init__(f"Invalid log resource_type: {resource_type}.")


class ResourceNotFound(NotFound):
    """No such security group."""

    code = "resource_not_found"

    def __init__(self, resource_id: str) -> None:
        super().__init__(f"Resource {resource_id} could not be found.")


class TargetResourceNotFound(NotFound):
    """No such port."""

    code = "target_resource_not_found"

    def __init__(self, target_id: str) -> None:
        super().__init__(f"Target resource {target_id} could not be found.")


class LoggingTypeNotSupported(Conflict):
    """What plugs into the port is out of our sight."""

    code = "logging_type_not_supported"

    def __init__(self, log_type: str, port_id: str) -> None:
        super().__init__(f"Logging type {log_type} is not supported on port {port_id}.")


class InvalidResourceConstraint(model.Invalid):
    """The port is not in the group."""

    code = "invalid_resource_constraint"

    def __init__(self, resource_id: str, target_id: str) -> None:
        super().__init__(
            f"Invalid resource constraint between resource (security_group {resource_id}) and target resource "
            f"(port {target_id})."
        )
