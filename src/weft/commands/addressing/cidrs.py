"""Where a new subnet's prefix comes from: as asked, or cut from a subnet pool.

Source: neutron, db/db_base_plugin_v2.py (_get_subnetpool_id) and ipam/subnet_alloc.py (SubnetAllocator).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import UnsetType

from weft.commands.addressing.errors import (
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    SubnetAllocationError,
    SubnetPoolQuotaExceeded,
)
from weft.commands.addressing.scoping import network_scope
from weft.commands.addressing.subnetpools import default_subnetpool, existing_subnetpool
from weft.commands.context import Context
from weft.commands.errors import BadRequest, SubnetPoolNotFound
from weft.store.cutting import cut_any, is_free, require_prefix
from weft.store.kinds import NETWORK, SUBNET, SUBNETPOOL
from weft.store.picking import NothingLeft
from weft.store.pools import pool_key, prefix_pool
from weft.store.prefixes import WIDTH
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Claim, Write
from weft.wire.neutron.addresses import read_prefix

PREFIX_DELEGATION = "prefix_delegation"  # a "pool" whose prefixes a router is told by its provider
PROVISIONAL_PREFIX = "::/64"  # what a subnet has until then
QUOTA_UNIT_LENGTH = {4: 32, 6: 64}


class PrefixCutter:
    """Cuts prefixes for one decision, never the same twice; `claims` and `locks` collect what goes with them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._cut: dict[str, list[tuple[str, str]]] = {}  # subnet pool → (project, prefix) cut in this decision
        self.claims: list[Claim] = []
        self.locks: dict[str, Write] = {}

    def pool_of(self, request: Any) -> Record | None:
        """Return the subnet pool that a request (CreateSubnet) names. Raises SubnetPoolNotFound, BadRequest."""
        if request.use_default_subnetpool:
            if request.subnetpool_id:
                raise BadRequest("subnets", "subnetpool_id and use_default_subnetpool cannot both be specified")
            version = read_prefix(request.cidr).version if isinstance(request.cidr, str) else request.ip_version
            subnetpool = default_subnetpool(self._state, version)
            if subnetpool is None:
                raise BadRequest("subnets", f"No default subnetpool found for IPv{version}")
            return subnetpool
        if request.subnetpool_id is None or request.subnetpool_id == PREFIX_DELEGATION:
            return None
        subnetpool = existing_subnetpool(self._state, request.subnetpool_id)
        if not self._context.sees(subnetpool):
            raise SubnetPoolNotFound(request.subnetpool_id)
        return subnetpool

    def cut(self, subnetpool: Record, request: Any) -> str:
        """Return the prefix of a new subnet. Raises SubnetAllocationError, NeedsTransfer and others."""
        if request.ip_version != subnetpool.get("ip_version"):
            raise BadRequest(
                "subnets",
                f"Cannot allocate IPv{request.ip_version} subnet from IPv{subnetpool.get('ip_version')} subnet pool",
            )
        cidr = _asked_for(request, subnetpool)
        length = read_prefix(cidr).prefixlen if cidr is not None else _length(request, subnetpool)
        _check_length(subnetpool, length)
        self._check_quota(subnetpool, request.project_id, length)
        pool = prefix_pool(self._state, subnetpool)
        cut = self._cut.setdefault(subnetpool.key.id, [])
        also_taken = [*(prefix for _, prefix in cut), *self._context.held(pool.name)]
        if cidr is None:
            try:
                cidr = cut_any(self._state, pool, self._context.site, length, also_taken)
            except NothingLeft:
                raise SubnetAllocationError(f"Insufficient prefix space to allocate subnet size /{length}") from None
        elif not is_free(self._state, pool, cidr, also_taken):
            raise SubnetAllocationError("Cannot allocate requested subnet from the available set of prefixes")
        else:
            require_prefix(pool, self._context.site, cidr)
        cut.append((request.project_id, cidr))
        self.claims.append(Claim(pool.name, cidr))
        self.locks[pool.name] = Write(pool_key(pool), {f"last.{self._context.site}": cidr})
        return cidr

    def _check_quota(self, subnetpool: Record, project_id: str, length: int) -> None:
        quota = subnetpool.get("default_quota")
        if not quota:
            return
        unit = QUOTA_UNIT_LENGTH[subnetpool.get("ip_version")]
        held = [
            subnet.get("cidr")
            for subnet in self._state.referrers(SUBNETPOOL.name, subnetpool.key.id, SUBNET.name)
            if subnet.get("project_id") == subnetpool.get("project_id")  # as Neutron: only what the pool's owner uses
        ]
        held += [cidr for owner, cidr in self._cut.get(subnetpool.key.id, ()) if owner == subnetpool.get("project_id")]
        used = sum(2.0 ** (unit - read_prefix(cidr).prefixlen) for cidr in held)
        if used + 2.0 ** (unit - length) > quota:
            raise SubnetPoolQuotaExceeded


def check_affinity(
    state: State, network_id: str, ip_version: int, subnetpool: Record | None, made: Sequence[Any], *, delegated: bool
) -> None:
    """Raise if a network's subnets would come from different pools, or lie in different address scopes."""
    scope_id = network_scope(state, network_id, ip_version)
    if scope_id is not None and (
        delegated or (subnetpool is not None and subnetpool.get("address_scope_id") != scope_id)
    ):
        raise NetworkAddressScopeAffinityError
    for other in [*state.referrers(NETWORK.name, network_id, SUBNET.name), *made]:
        if other.get("ip_version") != ip_version:
            continue
        other_id = other.get("subnetpool_id")
        if delegated:
            differs = other_id != PREFIX_DELEGATION
        elif subnetpool is not None:
            differs = other_id != subnetpool.key.id and scope_id is None
        else:
            differs = bool(other_id)
        if differs:
            raise NetworkSubnetPoolAffinityError


def check_prefix_delegation(request: Any) -> None:
    """Raise BadRequest unless the subnet (CreateSubnet) can get its prefix by delegation."""
    if request.ip_version != 6:
        raise BadRequest("subnets", "Prefix Delegation can only be used with IPv6 subnets.")
    for name, mode in (("RA", request.ipv6_ra_mode), ("Address", request.ipv6_address_mode)):
        if mode not in ("slaac", "dhcpv6-stateless"):
            raise BadRequest("subnets", f"IPv6 {name} Mode must be SLAAC or Stateless for Prefix Delegation.")


def _asked_for(request: Any, subnetpool: Record) -> str | None:
    """Return the very prefix asked for: by name, or by a gateway in it."""
    if isinstance(request.cidr, str):
        return request.cidr
    if not isinstance(request.gateway_ip, str):
        return None
    length = _length(request, subnetpool)
    if length > WIDTH[subnetpool.get("ip_version")]:
        return None  # refused as too long a prefix
    return str(read_prefix(f"{request.gateway_ip}/{length}"))


def _length(request: Any, subnetpool: Record) -> int:
    length = request.prefixlen
    return int(subnetpool.get("default_prefixlen")) if isinstance(length, UnsetType) else int(length)


def _check_length(subnetpool: Record, length: int) -> None:
    most, least = subnetpool.get("max_prefixlen"), subnetpool.get("min_prefixlen")
    if length > most:
        raise MaxPrefixSubnetAllocationError(length, most)
    if length < least:
        raise MinPrefixSubnetAllocationError(length, least)
