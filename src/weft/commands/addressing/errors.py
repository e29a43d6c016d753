"""Why a command about address scopes or subnet pools refuses, in Neutron's words (neutron-lib, exceptions)."""

from weft.model import Conflict, Invalid, NotFound


class AddressScopeNotFound(NotFound):
    """No such address scope."""

    code = "address_scope_not_found"

    def __init__(self, address_scope_id: str) -> None:
        super().__init__(f"Address scope {address_scope_id} could not be found.")


class AddressScopeInUse(Conflict):
    """Subnet pools are still in the scope."""

    code = "address_scope_in_use"

    def __init__(self, address_scope_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on address scope {address_scope_id}. There are one or more subnet pools "
            "in use on the address scope."
        )


class AddressScopeUpdateError(Invalid):
    """The scope cannot become what is asked for."""

    code = "address_scope_update_error"

    def __init__(self, address_scope_id: str, reason: str) -> None:
        super().__init__(f"Unable to update address scope {address_scope_id} : {reason}.")


class AddressScopePrefixConflict(Conflict):
    """Two subnet pools of one scope share addresses."""

    code = "address_scope_prefix_conflict"

    def __init__(self) -> None:
        super().__init__(
            "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."
        )


class NetworkAddressScopeAffinityError(Invalid):
    """A network's subnets would lie in different scopes."""

    code = "network_address_scope_affinity_error"

    def __init__(self) -> None:
        super().__init__(
            "Subnets of the same address family hosted on the same network must all participate in the same "
            "address scope."
        )


class IllegalSubnetPoolAssociationToAddressScope(Invalid):
    """The scope is not the caller's to use."""

    code = "illegal_subnet_pool_association_to_address_scope"

    def __init__(self, subnetpool_id: str, address_scope_id: str) -> None:
        super().__init__(
            f"Illegal subnetpool association: subnetpool {subnetpool_id} cannot be associated with address scope "
            f"{address_scope_id}."
        )


class IllegalSubnetPoolIpVersionAssociationToAddressScope(Invalid):
    """The scope is of the other IP version."""

    code = "illegal_subnet_pool_ip_version_association_to_address_scope"

    def __init__(self, subnetpool_id: str, address_scope_id: str, ip_version: int) -> None:
        super().__init__(
            f"Illegal subnetpool association: subnetpool {subnetpool_id} cannot associate with address scope "
            f"{address_scope_id} because subnetpool ip_version is not {ip_version}."
        )


class EmptySubnetPoolPrefixList(Invalid):
    """A subnet pool has at least one prefix."""

    code = "empty_subnet_pool_prefix_list"

    def __init__(self) -> None:
        super().__init__("Empty subnet pool prefix list.")


class PrefixVersionMismatch(Invalid):
    """A subnet pool's prefixes are of one IP version."""

    code = "prefix_version_mismatch"

    def __init__(self) -> None:
        super().__init__("Cannot mix IPv4 and IPv6 prefixes in a subnet pool.")


class UnsupportedMinSubnetPoolPrefix(Invalid):
    """No subnet has such a prefix length."""

    code = "unsupported_min_subnet_pool_prefix"

    def __init__(self, prefix: int, version: int) -> None:
        super().__init__(f"Prefix '{prefix}' not supported in IPv{version} pool.")


class IllegalSubnetPoolPrefixBounds(Invalid):
    """The prefix lengths contradict each other."""

    code = "illegal_subnet_pool_prefix_bounds"

    def __init__(self, prefix_type: str, prefixlen: int, base_prefix_type: str, base_prefixlen: int) -> None:
        super().__init__(f"Illegal prefix bounds: {prefix_type}={prefixlen}, {base_prefix_type}={base_prefixlen}.")


class IllegalSubnetPoolPrefixUpdate(Invalid):
    """The prefixes cannot become what is asked for."""

    code = "illegal_subnet_pool_prefix_update"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Illegal update to prefixes: {reason}.")


class IllegalSubnetPoolUpdate(Invalid):
    """The subnet pool cannot become what is asked for."""

    code = "illegal_subnet_pool_update"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Illegal subnetpool update : {reason}.")


class SubnetPoolDeleteError(Invalid):
    """Subnets were cut from the pool."""

    code = "subnet_pool_delete_error"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Unable to delete subnet pool: {reason}.")


class SubnetAllocationError(Conflict):
    """The pool has no such prefix free. Neutron answers 500 here, for lack of a status of its own."""

    code = "subnet_allocation_error"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Failed to allocate subnet: {reason}.")


class MinPrefixSubnetAllocationError(Invalid):
    """The subnet would be larger than the pool lets it be."""

    code = "min_prefix_subnet_allocation_error"

    def __init__(self, prefixlen: int, min_prefixlen: int) -> None:
        super().__init__(
            f"Unable to allocate subnet with prefix length {prefixlen}, minimum allowed prefix is {min_prefixlen}."
        )


class MaxPrefixSubnetAllocationError(Invalid):
    """The subnet would be smaller than the pool lets it be."""

    code = "max_prefix_subnet_allocation_error"

    def __init__(self, prefixlen: int, max_prefixlen: int) -> None:
        super().__init__(
            f"Unable to allocate subnet with prefix length {prefixlen}, maximum allowed prefix is {max_prefixlen}."
        )


class SubnetPoolQuotaExceeded(Conflict):
    """The project has its share of the pool."""

    code = "subnet_pool_quota_exceeded"

    def __init__(self) -> None:
        super().__init__("Per-project subnet pool prefix quota exceeded.")


class NetworkSubnetPoolAffinityError(Invalid):
    """A network's subnets would come from different pools."""

    code = "network_subnet_pool_affinity_error"

    def __init__(self) -> None:
        super().__init__("Subnets hosted on the same network must be allocated from the same subnet pool.")


class SegmentNotFound(NotFound):
    """No such segment."""

    code = "segment_not_found"

    def __init__(self, segment_id: str) -> None:
        super().__init__(f"Segment {segment_id} could not be found.")


class SegmentInUse(Conflict):
    """Subnets are still on the segment."""

    code = "segment_in_use"

    def __init__(self, segment_id: str, reason: str) -> None:
        super().__init__(f"Segment '{segment_id}' cannot be deleted: {reason}.")


class SubnetsNotAllAssociatedWithSegments(Invalid):
    """Either all of a network's subnets are on segments, or none is."""

    code = "subnets_not_all_associated_with_segments"

    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"All of the subnets on network '{network_id}' must either all be associated with segments or all not "
            "associated with any segment."
        )


class SubnetSegmentAssociationChangeNotAllowed(Invalid):
    """A subnet stays on its segment."""

    code = "subnet_segment_association_change_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "A subnet that is already associated with a segment cannot have its segment association changed."
        )


class NoUpdateSubnetWhenMultipleSegmentsOnNetwork(Invalid):
    """On which of several segments the subnet has been all the time, nobody can tell."""

    code = "no_update_subnet_when_multiple_segments_on_network"

    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"The network '{network_id}' has multiple segments, it is only possible to associate an existing subnet "
            "with a segment on networks with a single segment."
        )


class NetworkIdsDontMatch(Invalid):
    """The segment is another network's."""

    code = "network_ids_dont_match"

    def __init__(self, subnet_network: str, segment_id: str) -> None:
        super().__init__(
            f"The subnet's network id, '{subnet_network}', doesn't match the network_id of segment '{segment_id}'"
        )


class SegmentsSetInConjunctionWithProviders(Invalid):
    """A network is described by segments or by provider attributes."""

    code = "segments_set_in_conjunction_with_providers"

    def __init__(self) -> None:
        super().__init__("Segments and provider values cannot both be set.")


class SegmentsContainDuplicateEntry(Invalid):
    """Two segments of one network are the same."""

    code = "segments_contain_duplicate_entry"

    def __init__(self) -> None:
        super().__init__("Duplicate segment entry in request.")


class FlatNetworkInUse(Conflict):
    """A physical network carries one flat network."""

    code = "flat_network_in_use"

    def __init__(self, physical_network: str) -> None:
        super().__init__(f"Unable to create the flat network. Physical network {physical_network} is in use.")


class VlanIdInUse(Conflict):
    """Another network has this VLAN."""

    code = "vlan_id_in_use"

    def __init__(self, vlan_id: int, physical_network: str) -> None:
        super().__init__(
            f"Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use."
        )


class NetworkSegmentRangeNotFound(NotFound):
    """No such range."""

    code = "network_segment_range_not_found"

    def __init__(self, range_id: str) -> None:
        super().__init__(f"Network Segment Range {range_id} could not be found.")


class NetworkSegmentRangeNetTypeNotSupported(Invalid):
    """Networks of this type have no numbers."""

    code = "network_segment_range_net_type_not_supported"

    def __init__(self, network_type: str) -> None:
        super().__init__(f"Network type {network_type} does not support network segment ranges.")


class NetworkSegmentRangeReferencedByProject(Conflict):
    """Networks have numbers out of the range."""

    code = "network_segment_range_referenced_by_project"

    def __init__(self, range_id: str) -> None:
        super().__init__(f"Network Segment Range {range_id} is referenced by one or more project networks.")


class NetworkSegmentRangeDefaultReadOnly(Invalid):
    """What there is without anybody's doing stays as it is."""

    code = "network_segment_range_default_read_only"

    def __init__(self, range_id: str) -> None:
        super().__init__(
            f"Network Segment Range {range_id} is a default segment range which could not be updated or deleted."
        )


class NetworkSegmentRangeOverlaps(Conflict):
    """Two ranges share numbers."""

    code = "network_segment_range_overlaps"

    def __init__(self, range_ids: list[str]) -> None:
        super().__init__(f"Network segment range overlaps with range(s) with id {', '.join(range_ids)}")


class NetworkVlanRangeError(Invalid):
    """No range of VLANs. Neutron answers 500 here, for lack of a status of its own."""

    code = "network_vlan_range_error"

    def __init__(self, minimum: int, maximum: int, error: str) -> None:
        super().__init__(f"Invalid network VLAN range: '{minimum}:{maximum}' - '{error}'.")


class NetworkTunnelRangeError(Invalid):
    """No range of tunnel IDs. Neutron answers 500 here, for lack of a status of its own."""

    code = "network_tunnel_range_error"

    def __init__(self, minimum: int, maximum: int, error: str) -> None:
        super().__init__(f"Invalid network tunnel range: '{minimum}:{maximum}' - {error}.")
