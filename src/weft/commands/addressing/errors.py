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
