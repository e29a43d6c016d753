"""Subnets: create, update, delete."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.cidrs import PROVISIONAL_PREFIX, PrefixCutter, check_affinity
from weft.commands.addressing.subnet_segments import move, place_new
from weft.commands.auto_addresses import STEP_RECORDS, without_subnet
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import InvalidInput, SubnetNotFound
from weft.commands.l3.leaking import check_leak
from weft.commands.l3.protection import check_gateway_change
from weft.commands.networks import check_subnet_mtu, existing_network
from weft.commands.prefixes import (
    check_gateway_outside,
    check_pools,
    overlaps,
)
from weft.commands.subnet_checks import (
    check_dhcp_fits,
    check_gateway,
    check_ipv6_modes,
    check_options,
)
from weft.commands.subnet_shape import check_asked, shape_of, source_of
from weft.model import Prefix
from weft.store.granting import initial_grants
from weft.store.kinds import NETWORK, SUBNET
from weft.store.pools import live_sites, usable_addresses
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes
from weft.wire.neutron.addresses import read_prefix

Pools = list[dict[str, str]]


class CreateSubnet(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    network_id: str
    ip_version: int
    cidr: str | UnsetType | None = UNSET
    name: str = ""
    description: str = ""
    gateway_ip: str | UnsetType | None = UNSET  # None: no gateway
    enable_dhcp: bool = True
    allocation_pools: Pools | UnsetType = UNSET
    dns_nameservers: list[str] = []
    host_routes: list[dict[str, str]] = []
    ipv6_ra_mode: str | None = None
    ipv6_address_mode: str | None = None
    subnetpool_id: str | None = None
    prefixlen: int | UnsetType = UNSET
    use_default_subnetpool: bool = False
    service_types: list[str] = []
    dns_publish_fixed_ip: bool = False
    segment_id: str | None = None


class UpdateSubnet(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    gateway_ip: str | UnsetType | None = UNSET
    enable_dhcp: bool | UnsetType = UNSET
    allocation_pools: Pools | UnsetType = UNSET
    dns_nameservers: list[str] | UnsetType = UNSET
    host_routes: list[dict[str, str]] | UnsetType = UNSET
    service_types: list[str] | UnsetType = UNSET
    dns_publish_fixed_ip: bool | UnsetType = UNSET
    segment_id: str | UnsetType | None = UNSET
    leak_routes: bool | UnsetType = UNSET


def create_subnets(state: State, requests: Sequence[CreateSubnet], context: Context) -> Writes:
    """Return the writes that create all of `requests`, with the first grants of their addresses.

    Where machines form their own addresses, `add_auto_addresses` comes after.
    """
    cutter = PrefixCutter(state, context)
    writes: list[Write] = []
    segments: dict[Key, Write] = {}
    for request in requests:
        made = [write.values for write in writes if write.values["network_id"] == request.network_id]
        values = _create(state, request, made, cutter, context)
        placed = place_new(state, request.network_id, request.segment_id, request.service_types, made)
        segments.update((write.key, write) for write in placed)
        writes.append(Write(Key("fabric", SUBNET.name, context.new_id()), values, create=True))
    claims = tuple(cutter.claims)
    touched = [_touch(network_id) for network_id in dict.fromkeys(request.network_id for request in requests)]
    every = (*segments.values(), *cutter.locks.values(), *writes, *touched)
    return Writes(every, claims, actor=context.actor, verb="create subnet")


def update_subnet(state: State, subnet_id: str, request: UpdateSubnet, context: Context) -> Writes:
    """Return the writes that change what differs."""
    subnet = existing_subnet(state, subnet_id)
    values = changed_fields(subnet, request)
    prefix = read_prefix(subnet.get("cidr"))
    if values.get("enable_dhcp") is True:
        check_dhcp_fits(prefix)
    if values.get("enable_dhcp") is False and (subnet.get("ipv6_ra_mode") or subnet.get("ipv6_address_mode")):
        raise InvalidInput("Cannot disable enable_dhcp with ipv6 attributes set")
    if "gateway_ip" in values:
        check_gateway(prefix, values["gateway_ip"])
        check_gateway_change(state, subnet)
    check_options(subnet_id, prefix.version, values)
    if "allocation_pools" in values:
        check_pools(values["allocation_pools"], prefix)
    if "allocation_pools" in values or "gateway_ip" in values:
        pools = values.get("allocation_pools", subnet.get("allocation_pools"))
        check_gateway_outside(values.get("gateway_ip", subnet.get("gateway_ip")), pools)
    if values.get("leak_routes"):
        check_leak(state, subnet)
    placed = move(state, subnet, values["segment_id"]) if "segment_id" in values else []
    writes = (*placed, Write(subnet.key, values), _touch(subnet.get("network_id"))) if values else ()
    return Writes(writes, actor=context.actor, verb="update subnet")


def delete_subnet(state: State, subnet_id: str, context: Context) -> Writes:
    """Return the writes that delete the subnet, or the next step towards that if they are many.

    Self-made addresses go with it; one that was handed out keeps it. Raises SubnetNotFound, SubnetInUse.
    """
    subnet = existing_subnet(state, subnet_id)
    writes = without_subnet(state, subnet)
    if len(writes) <= STEP_RECORDS:
        writes += [Write(subnet.key, {DELETED: True}), _touch(subnet.get("network_id"))]
    return Writes(tuple(writes), actor=context.actor, verb="delete subnet")


def _touch(network_id: str) -> Write:
    """Return the write by which a change of its subnets shows in the network's revision; the same at every site."""
    return Write(Key("fabric", NETWORK.name, network_id), {"subnets_changed": True})


def existing_subnet(state: State, subnet_id: str) -> Record:
    """Return the live subnet. Raises SubnetNotFound."""
    subnet = state.get(SUBNET.name, subnet_id)
    if subnet is None:
        raise SubnetNotFound(subnet_id)
    return subnet


def _create(
    state: State, request: CreateSubnet, made: Sequence[Any], cutter: PrefixCutter, context: Context
) -> dict[str, Any]:
    source = source_of(request, cutter)
    check_asked(request, source)
    options = {"dns_nameservers": request.dns_nameservers, "host_routes": request.host_routes}
    check_options("new subnet", request.ip_version, options)
    check_ipv6_modes(
        request.ip_version,
        request.ipv6_ra_mode,
        request.ipv6_address_mode,
        read_prefix(request.cidr) if isinstance(request.cidr, str) else None,
        enable_dhcp=request.enable_dhcp,
    )
    network = existing_network(state, request.network_id)
    check_subnet_mtu(request.network_id, network.get("mtu"), request.ip_version)
    check_affinity(
        state, request.network_id, request.ip_version, source.subnetpool, made, delegated=source.is_delegated
    )
    shape = shape_of(request, source, cutter)
    _check_apart(state, request.network_id, shape.prefix, made)
    usable = usable_addresses(shape.prefix, shape.gateway, shape.pools)
    return {
        "project_id": request.project_id,
        "network_id": request.network_id,
        "name": request.name,
        "description": request.description,
        "ip_version": request.ip_version,
        "cidr": str(shape.prefix),
        "gateway_ip": shape.gateway,
        "enable_dhcp": request.enable_dhcp,
        "allocation_pools": shape.pools,
        **options,
        "ipv6_ra_mode": request.ipv6_ra_mode,
        "ipv6_address_mode": request.ipv6_address_mode,
        "subnetpool_id": source.subnetpool_id,
        "service_types": request.service_types,
        "dns_publish_fixed_ip": request.dns_publish_fixed_ip,
        "segment_id": request.segment_id,
        "leak_routes": False,
        "tags": [],
        "created_at": context.now,
        **initial_grants(shape.prefix, usable, live_sites(state), context.site),
    }


def _check_apart(state: State, network_id: str, prefix: Prefix, made: Sequence[Any]) -> None:
    """Raise InvalidInput if another subnet of the network, there or in this decision, has some of the addresses."""
    for other in [*state.referrers(NETWORK.name, network_id, SUBNET.name), *made]:
        cidr = other.get("cidr")
        if cidr != PROVISIONAL_PREFIX and overlaps(prefix, read_prefix(cidr)):
            raise InvalidInput(
                f"Requested subnet with cidr: {prefix} for network: {network_id} overlaps with another subnet"
            )
