"""Networks: create, update, delete."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.network_segments import segments_of
from weft.commands.addressing.provider import PROVIDER_FIELDS, network_segments, renumbered
from weft.commands.addressing.pvlan import check_network
from weft.commands.addressing.segment_picker import SegmentPicker, largest_mtu
from weft.commands.auto_addresses import SELF_DELETING_OWNERS
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import (
    BadRequest,
    InvalidInput,
    InvalidSharedSetting,
    NetworkInUse,
    NetworkMTUSubnetConflict,
    NetworkNotFound,
)
from weft.commands.l3.protection import check_not_external, idle_floating_ips
from weft.commands.qos.policies import check_other_policy, policy_for_network
from weft.commands.services.default_network import check_only_default
from weft.commands.services.zones import check_zones
from weft.commands.sharing.entries import (
    ACCESS_EXTERNAL,
    ACCESS_SHARED,
    EVERYONE,
    entries_on,
    entry_for,
    is_external,
    reshared,
    share,
    unshare,
)
from weft.store.kinds import NETWORK, PORT, SEGMENT, SUBNET
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

STEP_FLOATING_IPS = 400  # each is two records, and a commit takes 1,000
IPV4_MIN_MTU_BYTES = 68  # RFC 791
IPV6_MIN_MTU_BYTES = 1280  # RFC 8200, section 5


class CreateNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    name: str = ""
    description: str = ""
    admin_state_up: bool = True
    shared: bool = False
    external: bool = False
    mtu: int = 0  # 0: the most that fits
    network_type: str | UnsetType = UNSET
    physical_network: str | UnsetType | None = UNSET
    segmentation_id: int | UnsetType = UNSET
    segments: list[dict[str, Any]] = []
    vlan_transparent: bool = False
    qinq: bool = False
    pvlan: bool = False
    ha: bool = False  # what an HA router's own network would be told by
    qos_policy_id: str | UnsetType | None = UNSET
    port_security_enabled: bool = True
    availability_zone_hints: list[str] = []
    is_default: bool = False
    dns_domain: str = ""


class UpdateNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    external: bool | UnsetType = UNSET
    mtu: int | UnsetType = UNSET
    network_type: str | UnsetType = UNSET
    physical_network: str | UnsetType | None = UNSET
    segmentation_id: int | UnsetType = UNSET
    segments: list[dict[str, Any]] | UnsetType = UNSET  # as in Neutron, without effect
    pvlan: bool | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET


def create_networks(state: State, requests: Sequence[CreateNetwork], context: Context) -> Writes:
    """Return the writes that create all of `requests`, each with a VNI of its own.

    Raises InvalidInput, TunnelIdInUse, VlanIdInUse, FlatNetworkInUse, NoNetworkAvailable, NeedsTransfer.
    """
    picker = SegmentPicker(state, context)
    writes = tuple(write for request in requests for write in _create(state, request, picker, context))
    return Writes(writes, claims=picker.claims, actor=context.actor, verb="create network")


def update_network(state: State, network_id: str, request: UpdateNetwork, context: Context) -> Writes:
    """Return the writes that change what differs.

    Raises NetworkNotFound, InvalidInput, InvalidSharedSetting, ExternalNetworkInUse.
    """
    network = existing_network(state, network_id)
    values = changed_fields(network, request)
    shared, external = values.pop("shared", UNSET), values.pop("external", UNSET)
    if values.get("is_default") is True:
        if request.external is True or is_external(state, network_id):
            check_only_default(state, network_id)
        else:
            del values["is_default"]  # only an external network can be the default
    values.pop("segments", None)
    is_secured = values.get("port_security_enabled", network.get("port_security_enabled", True))
    check_network(network_id, pvlan=values.get("pvlan") is True, port_security_enabled=is_secured)
    asked = {name: values.pop(name) for name in PROVIDER_FIELDS if name in values}
    picker = SegmentPicker(state, context)
    numbered = renumbered(state, network, asked, picker) if asked else []
    check_other_policy(state, network, request.qos_policy_id, context)
    if "mtu" in values:
        types = [segment.network_type for segment in segments_of(state, network)]
        values["mtu"] = _mtu(values["mtu"], types)
        _check_mtu(state, network, values["mtu"])
    entries = [
        *(_set_shared(state, network, shared, context) if isinstance(shared, bool) else ()),
        *(_set_external(state, network, external, context) if isinstance(external, bool) else ()),
    ]
    if entries:
        values.update(reshared(context))
    for one in [one for one in numbered if one.key == network.key]:
        values.update(one.values)
        numbered.remove(one)
    writes = [*([Write(network.key, values)] if values else ()), *entries, *numbered]
    return Writes(tuple(writes), picker.claims, actor=context.actor, verb="update network")


def delete_network(state: State, network_id: str, context: Context) -> Writes:
    """Return the writes that delete the network, its subnets and floating IPs that lead nowhere, in steps if many.

    Raises NetworkNotFound, NetworkInUse.
    """
    network = existing_network(state, network_id)
    idle = idle_floating_ips(state, network_id)
    ports = {port.key.id: port.key for port in state.referrers(NETWORK.name, network_id, PORT.name)}
    going = [ports.pop(holder) for one in idle if (holder := one.get("floating_port_id")) in ports]
    for port in state.referrers(NETWORK.name, network_id, PORT.name):
        if port.get("device_owner") in SELF_DELETING_OWNERS and port.key.id in ports:
            going.append(ports.pop(port.key.id))
    if ports:
        raise NetworkInUse(network_id, sorted(ports))
    if len(idle) > STEP_FLOATING_IPS:
        first = idle[:STEP_FLOATING_IPS]
        keys = [key for key in going if key.id in {one.get("floating_port_id") for one in first}]
        keys += [one.key for one in first]
    else:
        subnets = state.referrers(NETWORK.name, network_id, SUBNET.name)
        segments = state.referrers(NETWORK.name, network_id, SEGMENT.name)
        parts = sorted(part.key for part in (*subnets, *segments))
        keys = [*going, *(one.key for one in idle), *parts, network.key]
    return Writes(tuple(Write(key, {DELETED: True}) for key in keys), actor=context.actor, verb="delete network")


def existing_network(state: State, network_id: str) -> Record:
    """Return the live network. Raises NetworkNotFound."""
    network = state.get(NETWORK.name, network_id)
    if network is None:
        raise NetworkNotFound(network_id)
    return network


def _create(state: State, request: CreateNetwork, picker: SegmentPicker, context: Context) -> list[Write]:
    if request.vlan_transparent and request.qinq:
        reason = "Attributes 'vlan_transparent' and 'qinq' can not be set to True for the same network."
        raise BadRequest("network", reason)
    check_zones(state, request.availability_zone_hints)
    if request.is_default:
        check_only_default(state, None)
    id = context.new_id()
    made = network_segments(request, id, picker, context)
    values: dict[str, Any] = {
        "project_id": request.project_id,
        "name": request.name,
        "description": request.description,
        "admin_state_up": request.admin_state_up,
        "mtu": _mtu(request.mtu, made.types),
        **made.values,
        "port_security_enabled": request.port_security_enabled,
        "availability_zone_hints": request.availability_zone_hints,
        "is_default": request.is_default and request.external,
        "dns_domain": request.dns_domain,
        "qos_policy_id": policy_for_network(state, request.project_id, request.qos_policy_id, context),
        "tags": [],
        "created_at": context.now,
    }
    check_network(id, pvlan=request.pvlan, port_security_enabled=request.port_security_enabled)
    values.update({name: True for name in ("vlan_transparent", "qinq", "pvlan") if getattr(request, name)})
    writes = [Write(Key("fabric", NETWORK.name, id), values, create=True), *made.writes]
    if request.shared:
        writes.append(share(NETWORK.name, id, request.project_id, context))
    if request.external:
        writes.append(share(NETWORK.name, id, request.project_id, context, action=ACCESS_EXTERNAL))
    return writes


def _mtu(wanted: int, network_types: Sequence[str]) -> int:
    largest = largest_mtu(network_types)
    if wanted > largest:
        raise InvalidInput(f"Requested MTU is too big, maximum is {largest}")
    return wanted or largest


def _check_mtu(state: State, network: Record, mtu: int) -> None:
    for subnet in state.referrers(NETWORK.name, network.key.id, SUBNET.name):
        check_subnet_mtu(network.key.id, mtu, subnet.get("ip_version"))


def check_subnet_mtu(network_id: str, mtu: int, ip_version: int) -> None:
    """Raise NetworkMTUSubnetConflict if packets of `ip_version` do not fit a network of `mtu`."""
    if mtu < IPV4_MIN_MTU_BYTES:
        raise NetworkMTUSubnetConflict(network_id, IPV4_MIN_MTU_BYTES)
    if ip_version == 6 and mtu < IPV6_MIN_MTU_BYTES:
        raise NetworkMTUSubnetConflict(network_id, IPV6_MIN_MTU_BYTES)


def _set_shared(state: State, network: Record, shared: bool, context: Context) -> list[Write]:
    """Return the write that opens the network to everyone, or takes that back. Raises InvalidSharedSetting."""
    id, owner = network.key.id, network.get("project_id")
    entry = entry_for(state, id, ACCESS_SHARED, EVERYONE)
    if shared:
        return [] if entry is not None else [share(NETWORK.name, id, owner, context)]
    if entry is None:
        return []
    named = {other.get("target_project") for other in entries_on(state, id, ACCESS_SHARED)} - {EVERYONE}
    used = [
        *(port for port in state.referrers(NETWORK.name, id, PORT.name) if not _is_the_networks(port)),
        *state.referrers(NETWORK.name, id, SUBNET.name),
    ]
    if {user.get("project_id") for user in used} - named - {owner}:
        raise InvalidSharedSetting(network.get("name") or id)
    return [unshare(entry)]


def _is_the_networks(port: Record) -> bool:
    return str(port.get("device_owner", "")).startswith("network:")


def _set_external(state: State, network: Record, external: bool, context: Context) -> list[Write]:
    """Return the writes that make the network external, for everyone, or no longer so. Raises ExternalNetworkInUse."""
    id = network.key.id
    entries = entries_on(state, id, ACCESS_EXTERNAL)
    if external:
        return [] if entries else [share(NETWORK.name, id, network.get("project_id"), context, action=ACCESS_EXTERNAL)]
    if entries:
        check_not_external(state, id)
    return [unshare(entry) for entry in entries]
