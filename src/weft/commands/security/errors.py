"""Why a command about security groups refuses, in Neutron's words (extensions/securitygroup.py and its neighbours)."""

from collections.abc import Sequence

from weft.model import Conflict, Invalid, NotFound
from weft.wire.neutron.security.values import PROTOCOL_NUMBERS

PORT_PROTOCOLS = ("dccp", "sctp", "tcp", "udp", "udplite")
PORT_PROTOCOL_NUMBERS = frozenset(PROTOCOL_NUMBERS[name] for name in PORT_PROTOCOLS)


# ---- not there
class SecurityGroupRuleNotFound(NotFound):
    """No such rule."""

    code = "security_group_rule_not_found"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Security group rule {rule_id} does not exist")


class DefaultSecurityGroupRuleNotFound(NotFound):
    """No such template."""

    code = "default_security_group_rule_not_found"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Default Security Group rule {rule_id} does not exist")


class AddressGroupNotFound(NotFound):
    """No such address group."""

    code = "address_group_not_found"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"Address group {group_id} could not be found.")


class AddressesNotFound(NotFound):
    """These are not in the address group."""

    code = "addresses_not_found"

    def __init__(self, addresses: Sequence[str], group_id: str) -> None:
        super().__init__(f"Addresses {list(addresses)} not found in the address group {group_id}.")


class SecurityGroupDefaultStatefulnessNotFound(NotFound):
    """No such setting."""

    code = "security_group_default_statefulness_not_found"

    def __init__(self, id: str) -> None:
        super().__init__(f"Security group default statefulness {id} could not be found.")


# ---- makes no sense
class SecurityGroupInvalidPortRange(Invalid):
    """One end is missing, or the range is upside down."""

    code = "security_group_invalid_port_range"

    def __init__(self) -> None:
        super().__init__("For TCP/UDP protocols, port_range_min must be <= port_range_max")


class SecurityGroupInvalidProtocolForPort(Invalid):
    """The protocol has no ports."""

    code = "security_group_invalid_protocol_for_port"

    def __init__(self, protocol: int | None) -> None:
        names = ", ".join(name.upper() for name in PORT_PROTOCOLS)
        super().__init__(f"Ports cannot be specified for protocol {protocol}. Ports are only supported for {names}.")


class SecurityGroupInvalidIcmpValue(Invalid):
    """An ICMP type or code beyond a byte."""

    code = "security_group_invalid_icmp_value"

    def __init__(self, field: str, attribute: str, value: int) -> None:
        super().__init__(f"Invalid value for ICMP {field} ({attribute}) {value}. It must be 0 to 255.")


class SecurityGroupMissingIcmpType(Invalid):
    """A code without a type."""

    code = "security_group_missing_icmp_type"

    def __init__(self, value: int) -> None:
        super().__init__(f"ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing.")


class SecurityGroupProtocolRequiredWithPorts(Invalid):
    """Ports of which protocol?"""

    code = "security_group_protocol_required_with_ports"

    def __init__(self) -> None:
        super().__init__("Must also specify protocol if port range is given.")


class SecurityGroupEthertypeConflictWithProtocol(Invalid):
    """A protocol of IPv6 in a rule for IPv4."""

    code = "security_group_ethertype_conflict_with_protocol"

    def __init__(self, ethertype: str, protocol: str) -> None:
        super().__init__(f"Invalid ethertype {ethertype} for protocol {protocol}.")


class SecurityGroupRuleParameterConflict(Invalid):
    """A prefix of the other IP version."""

    code = "security_group_rule_parameter_conflict"

    def __init__(self, ethertype: str, cidr: str) -> None:
        super().__init__(f"Conflicting value ethertype {ethertype} for CIDR {cidr}")


class SecurityGroupMultipleRemoteEntites(Invalid):  # Neutron's spelling
    """More than one answer to "from where"."""

    code = "security_group_multiple_remote_entites"

    def __init__(self) -> None:
        super().__init__("Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.")


class SecurityGroupNotSingleGroupRules(Invalid):
    """A bulk of rules for several groups."""

    code = "security_group_not_single_group_rules"

    def __init__(self) -> None:
        super().__init__("Only allowed to update rules for one security profile at a time")


class SecurityGroupRulesNotSingleProject(Invalid):
    """A bulk of rules of several projects."""

    code = "security_group_rules_not_single_project"

    def __init__(self) -> None:
        super().__init__("Multiple project_ids in bulk security group rule create not allowed")


class AddrFormatError(Invalid):
    """Not a prefix (the type is netaddr's, which Neutron lets through)."""

    code = "addr_format_error"

    def __init__(self, value: object) -> None:
        super().__init__(f"invalid IPNetwork {value}")


class AddressesAlreadyExist(Invalid):
    """These are in the address group already."""

    code = "addresses_already_exist"

    def __init__(self, addresses: Sequence[str], group_id: str) -> None:
        super().__init__(f"Addresses {list(addresses)} already exist in the address group {group_id}.")


# ---- makes sense, but not now
class SecurityGroupInUse(Conflict):
    """Ports have the group."""

    code = "security_group_in_use"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"Security Group {group_id} in use.")


class SecurityGroupCannotRemoveDefault(Conflict):
    """A project's default group is not its own to remove."""

    code = "security_group_cannot_remove_default"

    def __init__(self) -> None:
        super().__init__("Insufficient rights for removing default security group.")


class SecurityGroupCannotUpdateDefault(Conflict):
    """The default group keeps its name."""

    code = "security_group_cannot_update_default"

    def __init__(self) -> None:
        super().__init__("Updating default security group not allowed.")


class SecurityGroupDefaultAlreadyExists(Conflict):
    """The name is the default group's."""

    code = "security_group_default_already_exists"

    def __init__(self) -> None:
        super().__init__("Default security group already exists.")


class SecurityGroupRuleExists(Conflict):
    """The group has this rule."""

    code = "security_group_rule_exists"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Security group rule already exists. Rule id is {rule_id}.")


class DuplicateSecurityGroupRuleInPost(Conflict):
    """A bulk holds one rule twice."""

    code = "duplicate_security_group_rule_in_post"

    def __init__(self) -> None:
        super().__init__("Duplicate Security Group Rule in POST.")


class DefaultSecurityGroupRuleExists(Conflict):
    """There is this template."""

    code = "default_security_group_rule_exists"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Default Security group rule already exists. Rule id is {rule_id}.")


class SecurityGroupConflict(Conflict):
    """Groups that do not go together."""

    code = "security_group_conflict"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Error {reason} while attempting the operation.")


class SecurityGroupDefaultStatefulnessAlreadyExists(Conflict):
    """The project, or the cloud, has such a setting."""

    code = "security_group_default_statefulness_already_exists"

    def __init__(self, project_id: str | None) -> None:
        super().__init__(
            f"A security group default statefulness setting already exists for project '{project_id or 'system-wide'}'."
        )


class AddressGroupInUse(Conflict):
    """Rules name the address group."""

    code = "address_group_in_use"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"Address group {group_id} is in use on one or more security group rules.")


class PortSecurityPortHasSecurityGroup(Conflict):
    """Port security cannot be given up while the port has groups."""

    code = "port_security_port_has_security_group"

    def __init__(self) -> None:
        super().__init__(
            "Port has security group associated. Cannot disable port security or IP address until security group "
            "is removed."
        )


class PortSecurityAndIPRequiredForSecurityGroups(Invalid):
    """Groups on a port without port security."""

    code = "port_security_and_ip_required_for_security_groups"

    def __init__(self) -> None:
        super().__init__(
            "Port security must be enabled and port must have an IP address in order to use security groups."
        )


class AddressPairAndPortSecurityRequired(Conflict):
    """Address pairs on a port without port security."""

    code = "address_pair_and_port_security_required"

    def __init__(self) -> None:
        super().__init__("Port Security must be enabled in order to have allowed address pairs on a port.")
