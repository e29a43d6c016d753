"""A new subnet's prefix, gateway and allocation pools: as asked, cut from a subnet pool, or the usual.

Source: neutron, db/db_base_plugin_v2.py (_create_subnet_precommit) and db/ipam_pluggable_backend.py (allocate_subnet).
"""

from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from weft.commands.addressing.cidrs import (
    PREFIX_DELEGATION,
    PROVISIONAL_PREFIX,
    PrefixCutter,
    check_prefix_delegation,
)
from weft.commands.errors import BadRequest
from weft.commands.prefixes import check_gateway_outside, check_pools, default_gateway, default_pools, text_of
from weft.commands.subnet_checks import check_default_gateway, check_gateway, check_prefix, check_version
from weft.model import Prefix
from weft.store.records import Record
from weft.wire.neutron.addresses import read_prefix


class Source(NamedTuple):
    """Where a subnet's prefix is to come from."""

    subnetpool: Record | None
    subnetpool_id: str | None
    is_delegated: bool  # its prefix is learnt later


class Shape(NamedTuple):
    """What follows from it."""

    prefix: Prefix
    gateway: str | None
    pools: list[dict[str, str]]


def source_of(request: Any, cutter: PrefixCutter) -> Source:
    """Return where the prefix of a request (CreateSubnet) comes from. Raises BadRequest and others."""
    has_cidr = isinstance(request.cidr, str)
    if has_cidr and request.prefixlen is not UNSET:
        raise BadRequest("subnets", "cidr and prefixlen must not be supplied together")
    subnetpool = cutter.pool_of(request)
    is_delegated = request.subnetpool_id == PREFIX_DELEGATION and not has_cidr
    if subnetpool is None and request.subnetpool_id is None and not has_cidr:
        raise BadRequest("subnets", "a subnetpool must be specified in the absence of a cidr")
    if (subnetpool is not None or is_delegated) and not has_cidr and _has_pools(request):
        raise BadRequest("subnets", "allocation_pools allowed only for specific subnet requests.")
    if is_delegated:
        check_prefix_delegation(request)
        return Source(None, PREFIX_DELEGATION, True)
    return Source(subnetpool, subnetpool.key.id if subnetpool is not None else None, False)


def check_asked(request: Any, source: Source) -> None:
    """Raise InvalidInput if the prefix and gateway asked for cannot be a subnet's."""
    if isinstance(request.cidr, str):
        check_version(request.ip_version, request.cidr, "cidr")
        check_prefix(read_prefix(request.cidr), enable_dhcp=request.enable_dhcp)
        if not isinstance(request.gateway_ip, UnsetType):
            check_gateway(read_prefix(request.cidr), request.gateway_ip)
    elif isinstance(request.gateway_ip, str):
        check_version(request.ip_version, request.gateway_ip, "gateway_ip")


def shape_of(request: Any, source: Source, cutter: PrefixCutter) -> Shape:
    """Return prefix, gateway and pools, cutting the prefix if it comes from a subnet pool."""
    if source.is_delegated:
        cidr = PROVISIONAL_PREFIX
    elif source.subnetpool is not None:
        cidr = cutter.cut(source.subnetpool, request)
    else:
        cidr = request.cidr
    prefix = read_prefix(cidr)
    gateway: str | None
    if not isinstance(request.gateway_ip, UnsetType):
        gateway = request.gateway_ip
        check_default_gateway(prefix, gateway)
    elif source.subnetpool is not None and not isinstance(request.cidr, str):
        gateway = text_of(prefix.version, int(prefix.network_address) + 1)  # in IPv6 too: so Neutron cuts
    else:
        gateway = default_gateway(prefix)
        check_default_gateway(prefix, gateway)
    return Shape(prefix, gateway, _pools(request, prefix, gateway))


def _pools(request: Any, prefix: Prefix, gateway: str | None) -> list[dict[str, str]]:
    if not _has_pools(request):
        return default_pools(prefix, gateway)
    pools: list[dict[str, str]] = request.allocation_pools
    check_pools(pools, prefix)
    check_gateway_outside(gateway, pools)
    return pools


def _has_pools(request: Any) -> bool:
    return not isinstance(request.allocation_pools, UnsetType) and bool(request.allocation_pools)
