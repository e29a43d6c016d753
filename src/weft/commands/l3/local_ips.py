"""Local IPs: an address that leads to another port on each node, and the ports it leads to.

Source: neutron, db/local_ip_db.py.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest, NetworkNotFound
from weft.commands.fixed_ips import subnets_of
from weft.commands.l3.draft import Pickers
from weft.commands.l3.errors import ServicePortInUse
from weft.commands.l3.further_errors import (
    LocalIPAssociationNotFound,
    LocalIPInUse,
    LocalIPNoIP,
    LocalIPNoRequestedIP,
    LocalIPNotFound,
    LocalIPPortOrNetworkRequired,
    LocalIPRequestedIPNotFound,
    NeutronDbObjectDuplicateEntry,
)
from weft.commands.ports import CreatePort, new_port
from weft.store.kinds import NETWORK, PORT
from weft.store.kinds.l3 import LOCAL_IP, LOCAL_IP_ASSOCIATION
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

OWNER = "network:local_ip"  # the device_owner of the port that holds the address


class CreateLocalIP(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    name: str = ""
    description: str = ""
    local_port_id: str | UnsetType = UNSET
    network_id: str | UnsetType = UNSET
    local_ip_address: str | UnsetType | None = UNSET
    ip_mode: str = "translate"


class UpdateLocalIP(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class AssociatePort(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request to let a port use a local IP."""

    local_ip_id: str
    fixed_port_id: str
    fixed_ip: str | None = None
    project_id: str | None = None  # may be named; an association is its local IP's


# ---- local IPs
def create_local_ips(state: State, requests: Sequence[CreateLocalIP], context: Context) -> Writes:
    """Return the writes that create all of `requests`, each with a port that holds its address if none is named."""
    pickers = Pickers.for_decision(state, context)
    writes = [write for request in requests for write in _create(state, request, pickers, context)]
    return Writes(tuple(writes), claims=pickers.claims, actor=context.actor, verb="create local ip")


def update_local_ip(state: State, local_ip_id: str, request: UpdateLocalIP, context: Context) -> Writes:
    """Return the write that changes what differs. Raises LocalIPNotFound."""
    local_ip = _existing(state, local_ip_id)
    values = changed_fields(local_ip, request)
    return Writes((Write(local_ip.key, values),) if values else (), actor=context.actor, verb="update local ip")


def delete_local_ip(state: State, local_ip_id: str, context: Context) -> Writes:
    """Return the writes that delete the local IP and the port made for it. Raises LocalIPNotFound, LocalIPInUse."""
    local_ip = _existing(state, local_ip_id)
    if state.referrers(LOCAL_IP.name, local_ip_id, LOCAL_IP_ASSOCIATION.name):
        raise LocalIPInUse(local_ip_id)
    port = state.get(PORT.name, local_ip.get("local_port_id"))
    keys = [local_ip.key]
    if port is not None and port.get("device_owner") == OWNER:
        keys.append(port.key)
    return Writes(tuple(Write(key, {DELETED: True}) for key in keys), actor=context.actor, verb="delete local ip")


# ---- the ports that use one
def associate_ports(state: State, requests: Sequence[AssociatePort], context: Context) -> Writes:
    """Return the writes that let ports use a local IP.

    Raises BadRequest, LocalIPNoIP, LocalIPNoRequestedIP, LocalIPRequestedIPNotFound, NeutronDbObjectDuplicateEntry.
    """
    writes: dict[str, Write] = {}
    for request in requests:
        _existing(state, request.local_ip_id)
        port = _own_port(state, request.fixed_port_id, context, "local_ip_port_association")
        address = _address_of(port, request.fixed_ip)
        id = _association_id(request.local_ip_id, port.key.id)
        if id in writes or state.get(LOCAL_IP_ASSOCIATION.name, id) is not None:
            raise NeutronDbObjectDuplicateEntry(
                "LocalIPAssociation", ["local_ip_id", "fixed_port_id"], f"{request.local_ip_id}-{port.key.id}"
            )
        # It may have been so before: the ID is that of its content.
        values = {
            "local_ip_id": request.local_ip_id,
            "fixed_port_id": port.key.id,
            "fixed_ip": address,
            DELETED: False,
        }
        writes[id] = Write(Key("fabric", LOCAL_IP_ASSOCIATION.name, id), values)
    return Writes(tuple(writes.values()), actor=context.actor, verb="associate local ip")


def part_port(state: State, association_id: str, context: Context) -> Writes:
    """Return the write that ends a port's use of a local IP; nothing if that was done meanwhile."""
    association = state.get(LOCAL_IP_ASSOCIATION.name, association_id)
    writes = (Write(association.key, {DELETED: True}),) if association is not None else ()
    return Writes(writes, actor=context.actor, verb="part local ip")


def existing_association(state: State, port_id: str, local_ip_id: str) -> Record:
    """Return the record that says that a port uses a local IP. Raises LocalIPAssociationNotFound."""
    association = state.get(LOCAL_IP_ASSOCIATION.name, _association_id(local_ip_id, port_id))
    if association is None:
        raise LocalIPAssociationNotFound(local_ip_id, port_id)
    return association


# ---- what happens to ports
def keep_local_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Refuse to delete a port that holds a local IP's address. Raises ServicePortInUse."""
    if state.referrers(PORT.name, port.key.id, LOCAL_IP.name):
        raise ServicePortInUse(port.key.id, "still referenced by Local IPs")
    return ()


def associations_go_with_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Return the writes that end a deleted port's use of local IPs."""
    found = state.lookup(LOCAL_IP_ASSOCIATION.name, "fixed_port_id", port.key.id)
    return [Write(one.key, {DELETED: True}) for one in sorted(found, key=lambda one: one.key.id)]


def _create(state: State, request: CreateLocalIP, pickers: Pickers, context: Context) -> list[Write]:
    id = context.new_id()
    asked = request.local_ip_address if isinstance(request.local_ip_address, str) else None
    holder: list[Write] = []
    if isinstance(request.local_port_id, str):
        port = _own_port(state, request.local_port_id, context, "local_ip")
        port_id, network_id, address = port.key.id, port.get("network_id"), _address_of(port, asked)
    elif isinstance(request.network_id, str):
        holder = [_holder(state, request, request.network_id, asked, id, pickers, context)]
        port_id, network_id = holder[0].key.id, request.network_id
        address = next(ip["ip_address"] for ip in holder[0].values["fixed_ips"] if asked in (None, ip["ip_address"]))
    else:
        raise LocalIPPortOrNetworkRequired
    values: dict[str, Any] = {
        "project_id": request.project_id,
        "name": request.name,
        "description": request.description,
        "local_port_id": port_id,
        "network_id": network_id,
        "local_ip_address": address,
        "ip_mode": request.ip_mode,
        "created_at": context.now,
    }
    return [Write(Key("fabric", LOCAL_IP.name, id), values, create=True), *holder]


def _holder(
    state: State,
    request: CreateLocalIP,
    network_id: str,
    asked: str | None,
    id: str,
    pickers: Pickers,
    context: Context,
) -> Write:
    """Return the port that is to hold the address."""
    network = state.get(NETWORK.name, network_id)
    if network is None or not context.sees(network):
        raise NetworkNotFound(network_id)
    if not any(subnet.get("ip_version") == 4 for subnet in subnets_of(state, network_id)):
        raise BadRequest("local_ip", f"Network {network_id} does not contain any IPv4 subnet")
    port = CreatePort(
        project_id=request.project_id,
        network_id=network_id,
        fixed_ips=[{"ip_address": asked}] if asked else UNSET,
        device_id=id,
        device_owner=OWNER,
        security_groups=[],
    )
    return new_port(state, port, pickers.macs, pickers.addresses, context)


def _existing(state: State, local_ip_id: str) -> Record:
    local_ip = state.get(LOCAL_IP.name, local_ip_id)
    if local_ip is None:
        raise LocalIPNotFound(local_ip_id)
    return local_ip


def _own_port(state: State, port_id: str, context: Context, resource: str) -> Record:
    port = state.get(PORT.name, port_id)
    if port is None or not context.sees(port):
        raise BadRequest(resource, f"Port {port_id} not found")
    return port


def _address_of(port: Record, asked: str | None) -> str:
    """Return the port's address that is asked for, or its only one."""
    addresses = [ip["ip_address"] for ip in port.get("fixed_ips", ())]
    if not addresses:
        raise LocalIPNoIP(port.key.id)
    if asked is not None and asked not in addresses:
        raise LocalIPRequestedIPNotFound(port.key.id, asked)
    if asked is None and len(addresses) > 1:
        raise LocalIPNoRequestedIP(port.key.id)
    return asked or str(addresses[0])


def _association_id(local_ip_id: str, port_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"weft:local_ip/{local_ip_id}/{port_id}"))
