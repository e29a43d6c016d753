"""Why a command refuses, in Neutron's words.

Classes carry the names that Neutron's error bodies carry as "type" (neutron-lib, exceptions; neutron,
ipam/exceptions), so that clients which match on them keep working. `api/errors.py` turns family into status.
"""

from weft.model import Conflict, Invalid, NotFound, Unavailable


# ---- not there, or none of the caller's business
class NetworkNotFound(NotFound):
    """No such network."""

    code = "network_not_found"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"Network {network_id} could not be found.")


class SubnetNotFound(NotFound):
    """No such subnet."""

    code = "subnet_not_found"

    def __init__(self, subnet_id: str) -> None:
        super().__init__(f"Subnet {subnet_id} could not be found.")


class PortNotFound(NotFound):
    """No such port."""

    code = "port_not_found"

    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} could not be found.")


class SubnetPoolNotFound(NotFound):
    """No such subnet pool: this cloud has none yet."""

    code = "subnet_pool_not_found"

    def __init__(self, subnetpool_id: str) -> None:
        super().__init__(f"Subnet pool {subnetpool_id} could not be found.")


class SecurityGroupNotFound(NotFound):
    """No such security group, or none that the project may use."""

    code = "security_group_not_found"

    def __init__(self, group_id: str) -> None:
        super().__init__(f"Security group {group_id} does not exist")


class TagNotFound(NotFound):
    """The object does not carry this tag."""

    code = "tag_not_found"

    def __init__(self, tag: str) -> None:
        super().__init__(f"Tag {tag} could not be found.")


# ---- makes no sense
class InvalidInput(Invalid):
    """The values contradict each other or what they refer to."""

    code = "invalid_input"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid input for operation: {reason}.")


class BadRequest(Invalid):
    """The request cannot be served as it stands (Neutron: "Bad … request")."""

    code = "bad_request"

    def __init__(self, resource: str, reason: str) -> None:
        super().__init__(f"Bad {resource} request: {reason}.")


class InvalidIpForNetwork(Invalid):
    """The address is in none of the network's subnets."""

    code = "invalid_ip_for_network"

    def __init__(self, address: str) -> None:
        super().__init__(f"IP address {address} is not a valid IP for any of the subnets on the specified network.")


class InvalidIpForSubnet(Invalid):
    """The address is outside the subnet, or its network or broadcast address."""

    code = "invalid_ip_for_subnet"

    def __init__(self, address: str) -> None:
        super().__init__(f"IP address {address} is not a valid IP for the specified subnet.")


class AllocationOnAutoAddressSubnet(Invalid):
    """Machines on this subnet form their own addresses; another cannot be given out."""

    code = "allocation_on_auto_address_subnet"

    def __init__(self, address: str, subnet_id: str) -> None:
        super().__init__(
            f"IPv6 address {address} cannot be directly assigned to a port on subnet {subnet_id} as the "
            "subnet is configured for automatic addresses"
        )


class InvalidAllocationPool(Invalid):
    """The pool is upside down or of the other IP version."""

    code = "invalid_allocation_pool"

    def __init__(self, pool: str) -> None:
        super().__init__(f"The allocation pool {pool} is not valid.")


class OutOfBoundsAllocationPool(Invalid):
    """The pool reaches beyond the subnet."""

    code = "out_of_bounds_allocation_pool"

    def __init__(self, pool: str, cidr: str) -> None:
        super().__init__(f"The allocation pool {pool} spans beyond the subnet cidr {cidr}.")


class DNSNameServersExhausted(Invalid):
    """More DNS servers than a subnet takes."""

    code = "dns_name_servers_exhausted"

    def __init__(self, subnet_id: str, limit: int) -> None:
        super().__init__(
            f"Unable to complete operation for {subnet_id}. The number of DNS nameservers exceeds the limit {limit}."
        )


class HostRoutesExhausted(Invalid):
    """More host routes than a subnet takes."""

    code = "host_routes_exhausted"

    def __init__(self, subnet_id: str, limit: int) -> None:
        super().__init__(
            f"Unable to complete operation for {subnet_id}. The number of host routes exceeds the limit {limit}."
        )


class QuotaMissingTenant(Invalid):
    """The token is of no project."""

    code = "quota_missing_tenant"

    def __init__(self) -> None:
        super().__init__("Tenant-id was missing from quota request.")


# ---- makes sense, but not now
class NetworkInUse(Conflict):
    """Ports are still on the network."""

    code = "network_in_use"

    def __init__(self, network_id: str, port_ids: list[str]) -> None:
        super().__init__(
            f"Unable to complete operation on network {network_id}. There are one or more ports still in use on "
            f"the network, id for these ports is: {','.join(port_ids)}."
        )


class SubnetInUse(Conflict):
    """Ports still have addresses of the subnet."""

    code = "subnet_in_use"

    def __init__(
        self, subnet_id: str, reason: str = "One or more ports have an IP allocation from this subnet"
    ) -> None:
        super().__init__(f"Unable to complete operation on subnet {subnet_id}: {reason}.")


class IpAddressAlreadyAllocated(Conflict):
    """Another port has this address of the subnet."""

    code = "ip_address_already_allocated"

    def __init__(self, address: str, subnet_id: str) -> None:
        super().__init__(f"IP address {address} already allocated in subnet {subnet_id}")


class MacAddressInUse(Conflict):
    """Another port of the network has this MAC."""

    code = "mac_address_in_use"

    def __init__(self, network_id: str, mac: str) -> None:
        super().__init__(f"Unable to complete operation for network {network_id}. The mac address {mac} is in use.")


class NeutronDbObjectDuplicateEntry(Conflict):
    """Two of what there can be one of. Neutron lets the words of its database through."""

    code = "neutron_db_object_duplicate_entry"

    def __init__(self, kind: str, attributes: tuple[str, ...], values: str) -> None:
        super().__init__(
            f"Failed to create a duplicate {kind}: for attribute(s) {list(attributes)} with value(s) {values}"
        )


class PortInUse(Conflict):
    """A bound port keeps what kind of card it is."""

    code = "port_in_use"

    def __init__(self, port_id: str, network_id: str, device_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id} for network {network_id}. Port already has an attached "
            f"device {device_id}."
        )


class PortBindingNotFound(NotFound):
    """The port has no binding on that host."""

    code = "port_binding_not_found"

    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} for host {host} could not be found.")


class PortBindingAlreadyActive(Conflict):
    """The port is plugged in there."""

    code = "port_binding_already_active"

    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} is already active.")


class PortBindingAlreadyExists(Conflict):
    """The port has a binding there."""

    code = "port_binding_already_exists"

    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} already exists.")


class PortBindingError(Conflict):
    """There is no node of ours there, or it cannot plug in such a card (Neutron answers 500)."""

    code = "port_binding_error"

    def __init__(self, port_id: str, host: str) -> None:
        super().__init__(f"Binding for port {port_id} on host {host} could not be created or updated.")


class PortBound(Conflict):
    """A bound port keeps its MAC."""

    code = "port_bound"

    def __init__(self, port_id: str, vif_type: str, old_mac: str, new_mac: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id}, port is already bound, port type: {vif_type}, "
            f"old_mac {old_mac}, new_mac {new_mac}."
        )


class IpAddressGenerationFailure(Conflict):
    """No free address is left in any subnet that would do."""

    code = "ip_address_generation_failure"

    def __init__(self, network_id: str) -> None:
        super().__init__(f"No more IP addresses available on network {network_id}.")


class IpAddressGenerationFailureNoMatchingSubnet(Conflict):
    """The network's subnets serve ports of other owners."""

    code = "ip_address_generation_failure_no_matching_subnet"

    def __init__(self, network_id: str, service_type: str) -> None:
        super().__init__(
            f"No valid service subnet for the given device owner, network {network_id}, service type {service_type}."
        )


class IpamValueInvalid(Conflict):
    """A value that was filled in makes no sense here."""

    code = "ipam_value_invalid"


class OverlappingAllocationPools(Conflict):
    """Two pools of one subnet share addresses."""

    code = "overlapping_allocation_pools"

    def __init__(self, pool_1: str, pool_2: str, cidr: str) -> None:
        super().__init__(f"Found overlapping allocation pools: {pool_1} {pool_2} for subnet {cidr}.")


class GatewayConflictWithAllocationPools(Conflict):
    """The gateway's address lies in a pool."""

    code = "gateway_conflict_with_allocation_pools"

    def __init__(self, address: str, pool: str) -> None:
        super().__init__(f"Gateway ip {address} conflicts with allocation pool {pool}.")


class InvalidSharedSetting(Conflict):
    """Others use the network: it cannot be made private."""

    code = "invalid_shared_setting"

    def __init__(self, name: str) -> None:
        super().__init__(f"Unable to reconfigure sharing settings for network {name}. Multiple projects are using it.")


class NetworkMTUSubnetConflict(Conflict):
    """The network's MTU is less than what IP needs."""

    code = "network_mtu_subnet_conflict"

    def __init__(self, network_id: str, mtu: int) -> None:
        super().__init__(f"MTU of {network_id} is not valid, subnet requires a minimum of {mtu}")


class TunnelIdInUse(Conflict):
    """Another network has this VNI."""

    code = "tunnel_id_in_use"

    def __init__(self, vni: int) -> None:
        super().__init__(f"Unable to create the network. The tunnel ID {vni} is in use.")


class NoNetworkAvailable(Unavailable):
    """No VNI is left."""

    code = "no_network_available"

    def __init__(self) -> None:
        super().__init__("Unable to create the network. No project network is available for allocation.")


class RevisionNumberConstraintFailed(Conflict):
    """The object has changed since the caller looked at it (If-Match)."""

    code = "revision_number_constraint_failed"

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(f"Constrained to {expected}, but current revision is {current}")
