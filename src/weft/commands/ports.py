"""Ports: create, update, delete."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addresses import AddressPicker
from weft.commands.addressing.pvlan import PVLAN_FIELDS, place_in_pvlan
from weft.commands.bindings import complete_binding, mac_of_device, vif_type_of
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest, PortBound, PortInUse, PortNotFound
from weft.commands.fixed_ips import addresses_after_update, addresses_for_new_port
from weft.commands.l3.forwarding_checks import forwardings_to_lost_addresses
from weft.commands.l3.protection import check_device, check_port_change
from weft.commands.macs import MacPicker
from weft.commands.networks import existing_network
from weft.commands.port_attributes import changed_options, filled_pairs, new_options
from weft.commands.qos.policies import check_other_policy, check_policy
from weft.commands.security.protection import Protector, check_update, given
from weft.commands.tags import MAX_TAGS
from weft.store.kinds import PORT
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

PLAIN_FIELDS: dict[str, Any] = {  # rarely given, and stored only if they say something
    "dns_name": "",
    "dns_domain": "",
    "propagate_uplink_status": True,
    "numa_affinity_policy": None,
    "device_profile": None,
    "hints": None,
    "trusted": None,
}

Addresses = list[dict[str, Any]]


class CreatePort(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    network_id: str
    name: str = ""
    description: str = ""
    admin_state_up: bool = True
    mac_address: str | UnsetType | None = UNSET  # None: as if not given
    fixed_ips: Addresses | UnsetType = UNSET
    device_id: str = ""
    device_owner: str = ""
    host: str = ""
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    qos_policy_id: str | None = None
    port_security_enabled: bool | UnsetType = UNSET  # as the network has it
    allowed_address_pairs: list[Any] = []
    extra_dhcp_opts: list[Any] = []
    security_groups: list[str] | UnsetType = UNSET
    dns_name: str = ""
    dns_domain: str = ""
    propagate_uplink_status: bool = True
    numa_affinity_policy: str | None = None
    device_profile: str | None = None
    hints: dict[str, Any] | None = None
    trusted: bool | None = None
    pvlan_type: str | None = None
    pvlan_community: str | None = None
    tags: list[str] = []


class UpdatePort(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: str | UnsetType | None = UNSET  # None: make another one
    fixed_ips: Addresses | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    vnic_type: str | UnsetType = UNSET
    profile: dict[str, Any] | UnsetType = UNSET
    pvlan_type: str | UnsetType | None = UNSET
    pvlan_community: str | UnsetType | None = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: list[Any] | UnsetType = UNSET
    extra_dhcp_opts: list[Any] | UnsetType = UNSET
    security_groups: list[str] | UnsetType = UNSET
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    data_plane_status: str | UnsetType | None = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET
    numa_affinity_policy: str | UnsetType | None = UNSET
    hints: dict[str, Any] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET


def create_ports(state: State, requests: Sequence[CreatePort], context: Context) -> Writes:
    """Return the writes that create all of `requests`, with MACs and addresses of their own."""
    macs, addresses = MacPicker(state, context), AddressPicker(state, context)
    protector = Protector(state, context)
    writes = [new_port(state, request, macs, addresses, context, protector) for request in requests]
    claims = (*macs.claims, *addresses.claims)
    return Writes((*writes, *protector.writes), claims=claims, actor=context.actor, verb="create port")


def update_port(state: State, port_id: str, request: UpdatePort, context: Context) -> Writes:
    """Return the write that changes what differs."""
    port = existing_port(state, port_id)
    macs, picker = MacPicker(state, context), AddressPicker(state, context, port_id)
    values = changed_fields(port, request)
    if "vnic_type" in values and port.get("host"):
        raise PortInUse(port_id, port.get("network_id"), port.get("device_id", ""))
    check_other_policy(state, port, request.qos_policy_id, context)
    check_update(
        port,
        given(
            port_security_enabled=request.port_security_enabled,
            security_groups=request.security_groups,
            allowed_address_pairs=request.allowed_address_pairs,
        ),
    )
    if "security_groups" in values:
        values["security_groups"] = Protector(state, context).checked(
            values["security_groups"], port.get("project_id"), context.project_id
        )
        if sorted(values["security_groups"]) == sorted(port.get("security_groups", [])):
            del values["security_groups"]
    if "allowed_address_pairs" in values:
        values["allowed_address_pairs"] = filled_pairs(values["allowed_address_pairs"], port.get("mac_address"))
    if "extra_dhcp_opts" in values:
        present = port.get("extra_dhcp_opts", [])
        values["extra_dhcp_opts"] = changed_options(present, values["extra_dhcp_opts"], port_id)
    for field in ("allowed_address_pairs", "extra_dhcp_opts"):
        if field in values and values[field] == port.get(field, []):
            del values[field]
    if "mac_address" in values:
        asked, network_id = values["mac_address"], port.get("network_id")
        mac = macs.any(network_id) if asked is None else macs.exactly(network_id, asked)
        _check_mac_change(state, port, mac)
        values["mac_address"] = mac
    elif (device_mac := mac_of_device(port, values)) is not UNSET:
        network_id = port.get("network_id")
        values["mac_address"] = macs.any(network_id) if device_mac is None else macs.exactly(network_id, device_mac)
    if "fixed_ips" in values or "mac_address" in values:
        values["fixed_ips"] = addresses_after_update(
            state,
            port,
            values.get("fixed_ips", port.get("fixed_ips", [])),
            values.get("mac_address", port.get("mac_address")),
            values.get("device_owner", port.get("device_owner", "")),
            picker,
        )
        if _in_order(values["fixed_ips"]) == _in_order(port.get("fixed_ips", [])):
            del values["fixed_ips"]
    check_port_change(state, port, values, context)
    _place_in_pvlan(state, port, values, request)
    complete_binding(port, values, context)
    writes = (Write(port.key, values),) if values else ()
    if "fixed_ips" in values:
        kept = [ip["ip_address"] for ip in values["fixed_ips"]]
        writes = (*forwardings_to_lost_addresses(state, port, kept), *writes)
    claims = (*macs.claims, *picker.claims)
    return Writes(writes, claims=claims, actor=context.actor, verb="update port")


def delete_port(state: State, port_id: str, context: Context) -> Writes:
    """Return the write that deletes the port. Raises PortNotFound."""
    port = existing_port(state, port_id)
    return Writes((Write(port.key, {DELETED: True}),), actor=context.actor, verb="delete port")


def existing_port(state: State, port_id: str) -> Record:
    """Return the live port. Raises PortNotFound."""
    port = state.get(PORT.name, port_id)
    if port is None:
        raise PortNotFound(port_id)
    return port


def new_port(
    state: State,
    request: CreatePort,
    macs: MacPicker,
    addresses: AddressPicker,
    context: Context,
    protector: Protector | None = None,
) -> Write:
    """Return the write that creates one port; pickers and protector collect what goes with it."""
    network = existing_network(state, request.network_id)
    check_device(state, request.device_owner, request.device_id, request.project_id, context)
    check_policy(state, request.qos_policy_id, context)
    protection = (protector or Protector(state, context)).of_new_port(
        network,
        request.project_id,
        request.device_owner,
        request.port_security_enabled,
        request.security_groups,
        request.allowed_address_pairs,
    )
    if len(request.tags) > MAX_TAGS:
        raise BadRequest("ports", f"The number of tags exceed the per-resource limit of {MAX_TAGS}")
    if isinstance(request.mac_address, str):
        mac = macs.exactly(request.network_id, request.mac_address)
    else:
        mac = macs.any(request.network_id)
    port_id = context.new_id()
    wanted = None if isinstance(request.fixed_ips, UnsetType) else request.fixed_ips
    fixed_ips = addresses_for_new_port(state, request.network_id, wanted, mac, request.device_owner, addresses)
    values: dict[str, Any] = {
        "project_id": request.project_id,
        "network_id": request.network_id,
        "name": request.name,
        "description": request.description,
        "admin_state_up": request.admin_state_up,
        "mac_address": mac,
        "fixed_ips": fixed_ips,
        "device_id": request.device_id,
        "device_owner": request.device_owner,
        "host": request.host,
        "vnic_type": request.vnic_type,
        "profile": request.profile,
        "previous_hosts": [],
        "qos_policy_id": request.qos_policy_id,
        **protection,
        "allowed_address_pairs": filled_pairs(request.allowed_address_pairs, mac),
        "extra_dhcp_opts": new_options(request.extra_dhcp_opts, port_id),
        **{field: value for field, default in PLAIN_FIELDS.items() if (value := getattr(request, field)) != default},
        "tags": sorted(set(request.tags)),
        "created_at": context.now,
    }
    asked = {"pvlan_type": request.pvlan_type, "pvlan_community": request.pvlan_community}
    values.update(place_in_pvlan(network, port_id, values, asked))
    return Write(Key("fabric", PORT.name, port_id), values, create=True)


def _place_in_pvlan(state: State, port: Record, values: dict[str, Any], request: UpdatePort) -> None:
    """Replace what is asked of a port's place among private VLANs by what it comes to."""
    network = existing_network(state, port.get("network_id"))
    if not network.get("pvlan") and port.get("pvlan_type") is None and not values.keys() & set(PVLAN_FIELDS):
        return
    present = {name: values.get(name, port.get(name)) for name in ("device_owner", "port_security_enabled")}
    present.update({name: port.get(name) for name in PVLAN_FIELDS})
    asked = given(pvlan_type=request.pvlan_type, pvlan_community=request.pvlan_community)
    placed = place_in_pvlan(network, port.key.id, present, asked)
    for name in PVLAN_FIELDS:
        values.pop(name, None)
        if name in placed and placed[name] != port.get(name):
            values[name] = placed[name]


def _in_order(fixed_ips: Addresses) -> list[tuple[str, str]]:
    return sorted((ip["subnet_id"], ip["ip_address"]) for ip in fixed_ips)


def _check_mac_change(state: State, port: Record, mac: str) -> None:
    vif_type = vif_type_of(state, port.get("host", ""), port.get("vnic_type", "normal"))
    if vif_type not in ("unbound", "binding_failed"):
        raise PortBound(port.key.id, vif_type, port.get("mac_address"), mac)
