"""Which address scope a subnet pool and a network's subnets may be in."""

from collections.abc import Iterable, Sequence

from weft.commands.addressing.address_scopes import existing_address_scope
from weft.commands.addressing.errors import (
    AddressScopeNotFound,
    AddressScopePrefixConflict,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    NetworkAddressScopeAffinityError,
)
from weft.commands.context import Context
from weft.store.kinds import ADDRESS_SCOPE, NETWORK, SUBNET, SUBNETPOOL
from weft.store.prefixes import intervals_of, merged, touch
from weft.store.protocol import State
from weft.store.records import Record


def check_scope(
    state: State, scope_id: str | None, subnetpool_id: str, version: int, prefixes: Sequence[str], context: Context
) -> None:
    """Raise unless the subnet pool may be in the scope, with these prefixes. Source: _validate_address_scope_id."""
    if scope_id is None:
        return
    scope = existing_address_scope(state, scope_id)
    if not context.sees(scope):
        raise AddressScopeNotFound(scope_id)
    if scope.get("ip_version") != version:
        raise IllegalSubnetPoolIpVersionAssociationToAddressScope(subnetpool_id, scope_id, scope.get("ip_version"))
    _check_networks_whole(state, subnetpool_id, version)
    wanted = merged(intervals_of(prefixes))
    for other in state.referrers(ADDRESS_SCOPE.name, scope_id, SUBNETPOOL.name):
        if other.key.id != subnetpool_id and any(
            touch(wanted, interval) for interval in intervals_of(other.get("prefixes"))
        ):
            raise AddressScopePrefixConflict


def network_scope(state: State, network_id: str, ip_version: int) -> str | None:
    """Return the ID of the address scope that a network's subnets of one IP version lie in, if any."""
    return scopes_of(state, state.referrers(NETWORK.name, network_id, SUBNET.name)).get(ip_version)


def scopes_of(state: State, subnets: Iterable[Record]) -> dict[int, str]:
    """Return the IDs of the address scopes of a network with such subnets, by IP version."""
    scopes: dict[int, str] = {}
    for subnet in subnets:
        if subnetpool_id := subnet.get("subnetpool_id"):
            subnetpool = state.get(SUBNETPOOL.name, subnetpool_id)
            if subnetpool is not None and subnetpool.get("address_scope_id"):
                scopes[subnetpool.get("ip_version")] = subnetpool.get("address_scope_id")
    return scopes


def _check_networks_whole(state: State, subnetpool_id: str, version: int) -> None:
    """Raise NetworkAddressScopeAffinityError if a network has subnets of the pool and others of the same version."""
    networks = {subnet.get("network_id") for subnet in state.referrers(SUBNETPOOL.name, subnetpool_id, SUBNET.name)}
    for network_id in networks:
        for subnet in state.referrers(NETWORK.name, network_id, SUBNET.name):
            if subnet.get("ip_version") == version and subnet.get("subnetpool_id") != subnetpool_id:
                raise NetworkAddressScopeAffinityError
