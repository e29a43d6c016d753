"""Floating IPs: create, update, delete. Source: neutron, db/l3_db.py.

Each has a port on the external network that holds its address, so addresses come from the same delegated
blocks as every port's: two sites never hand out one twice.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest, NetworkNotFound
from weft.commands.fixed_ips import subnets_of
from weft.commands.l3.association import Association, Wish, association
from weft.commands.l3.draft import Pickers
from weft.commands.l3.errors import ExternalIpAddressExhausted, FloatingIPNotFound
from weft.commands.l3.forwarding_checks import check_no_forwarding_to, check_not_forwarding
from weft.commands.l3.owners import FLOATINGIP as OWNER
from weft.commands.ports import CreatePort, new_port
from weft.commands.qos.policies import check_policy
from weft.commands.sharing.entries import is_external
from weft.store.kinds import FLOATINGIP, NETWORK, PORT
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write, Writes


class CreateFloatingIP(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    floating_network_id: str
    description: str = ""
    subnet_id: str | None = None
    floating_ip_address: str | None = None
    port_id: str | None = None
    fixed_ip_address: str | None = None
    router_id: str | None = None
    qos_policy_id: str | None = None
    dns_name: str = ""
    dns_domain: str = ""


class UpdateFloatingIP(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    description: str | UnsetType = UNSET
    port_id: str | UnsetType | None = UNSET
    fixed_ip_address: str | UnsetType | None = UNSET
    router_id: str | UnsetType | None = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


def create_floatingips(state: State, requests: Sequence[CreateFloatingIP], context: Context) -> Writes:
    """Return the writes that create all of `requests`, each with the port that holds its address."""
    pickers = Pickers.for_decision(state, context)
    writes = tuple(write for request in requests for write in _create(state, request, pickers, context))
    led = _claims(writes)
    if len(led) > len(set(led)):
        raise BadRequest("floatingip", "Several of these floating IPs would lead to one fixed IP")
    return Writes(writes, claims=(*pickers.claims, *led), actor=context.actor, verb="create floating ip")


def update_floatingip(state: State, floatingip_id: str, request: UpdateFloatingIP, context: Context) -> Writes:
    """Return the write that changes what differs, above all which port it leads to."""
    floating_ip = existing_floatingip(state, floatingip_id)
    values = changed_fields(floating_ip, request)
    check_policy(state, values.get("qos_policy_id"), context)
    for name in Association._fields:
        values.pop(name, None)
    found = _associated_anew(state, floating_ip, request, context)
    if isinstance(request.port_id, str):
        check_not_forwarding(state, floatingip_id)
    if found is not None and found != current_association(floating_ip):
        values.update(found.fields())
    writes = (Write(floating_ip.key, values),) if values else ()
    before = current_association(floating_ip)
    leads_elsewhere = found is not None and found[:2] != before[:2]  # else the lock on the address is ours already
    claims = _claims(writes, floating_ip.get("floating_network_id")) if leads_elsewhere else ()
    return Writes(writes, claims=claims, actor=context.actor, verb="update floating ip")


def delete_floatingip(state: State, floatingip_id: str, context: Context) -> Writes:
    """Return the writes that delete the floating IP and the port that holds its address."""
    floating_ip = existing_floatingip(state, floatingip_id)
    return Writes(tuple(gone(state, floating_ip)), actor=context.actor, verb="delete floating ip")


def gone(state: State, floating_ip: Record) -> list[Write]:
    """Return the writes that delete a floating IP and its port."""
    port = state.get(PORT.name, floating_ip.get("floating_port_id") or "")
    keys = [floating_ip.key] if port is None else [port.key, floating_ip.key]
    return [Write(key, {DELETED: True}) for key in keys]


def existing_floatingip(state: State, floatingip_id: str) -> Record:
    """Return the live floating IP. Raises FloatingIPNotFound."""
    floating_ip = state.get(FLOATINGIP.name, floatingip_id)
    if floating_ip is None:
        raise FloatingIPNotFound(floatingip_id)
    return floating_ip


def current_association(floating_ip: Record) -> Association:
    """Return where a floating IP leads, as its record says."""
    return Association(*(floating_ip.get(name) for name in Association._fields))


def _claims(writes: Sequence[Write], network_id: str = "") -> tuple[Claim, ...]:
    """Keep processes of one site from leading two floating IPs of a network to one address."""
    return tuple(
        Claim(
            f"floatingip.{network_id or write.values['floating_network_id']}",
            f"{write.values['port_id']}/{write.values['fixed_ip_address']}",
        )
        for write in writes
        if write.key.kind == FLOATINGIP.name and write.values.get("port_id")
    )


def _create(state: State, request: CreateFloatingIP, pickers: Pickers, context: Context) -> tuple[Write, Write]:
    network_id = request.floating_network_id
    network = state.get(NETWORK.name, network_id)
    if network is None or not context.sees(network):
        raise NetworkNotFound(network_id)
    if not is_external(state, network_id):
        raise BadRequest("floatingip", f"Network {network_id} is not a valid external network")
    if not any(subnet.get("ip_version") == 4 for subnet in subnets_of(state, network_id)):
        raise BadRequest("floatingip", f"Network {network_id} does not contain any IPv4 subnet")
    check_policy(state, request.qos_policy_id, context)
    id = context.new_id()
    port = _holder(state, request, id, pickers, context)
    v4 = [ip["ip_address"] for ip in port.values["fixed_ips"] if ":" not in ip["ip_address"]]
    if not v4:
        raise ExternalIpAddressExhausted(network_id)
    values: dict[str, Any] = {
        "project_id": request.project_id,
        "description": request.description,
        "floating_network_id": network_id,
        "floating_ip_address": v4[0],
        "floating_port_id": port.key.id,
        **_first_association(state, request, id, v4[0], context).fields(),
        "qos_policy_id": request.qos_policy_id,
        "dns_name": request.dns_name,
        "dns_domain": request.dns_domain,
        "tags": [],
        "created_at": context.now,
    }
    return port, Write(Key("fabric", FLOATINGIP.name, id), values, create=True)


def _holder(state: State, request: CreateFloatingIP, id: str, pickers: Pickers, context: Context) -> Write:
    """Return the port that holds the address: nobody's own, so that its project does not see it."""
    wanted = {"subnet_id": request.subnet_id, "ip_address": request.floating_ip_address}
    given = {name: value for name, value in wanted.items() if value}
    port = CreatePort(
        project_id="",
        network_id=request.floating_network_id,
        fixed_ips=[given] if given else UNSET,
        device_id=id,
        device_owner=OWNER,
        port_security_enabled=False,
        security_groups=[],
    )
    return new_port(state, port, pickers.macs, pickers.addresses, context)


def _first_association(state: State, request: CreateFloatingIP, id: str, address: str, context: Context) -> Association:
    if not request.port_id:
        _refuse_address_alone(request.fixed_ip_address)
        return Association()
    check_no_forwarding_to(state, request.port_id)
    wish = Wish(
        id,
        request.project_id,
        request.floating_network_id,
        address,
        request.port_id,
        request.fixed_ip_address,
        request.router_id,
    )
    return association(state, wish, context)


def _associated_anew(
    state: State, floating_ip: Record, request: UpdateFloatingIP, context: Context
) -> Association | None:
    """Return where the floating IP leads after `request`; None if that asks for no change of it.

    A request for nothing at all takes it away from its port, as in Neutron.
    """
    current = current_association(floating_ip)
    if request == UpdateFloatingIP():
        return Association(router_id=None if current.port_id else current.router_id)
    asked = {name: value for name in Association._fields if (value := getattr(request, name)) is not UNSET}
    if not asked.get("port_id"):
        _refuse_address_alone(asked.get("fixed_ip_address"))
    port_id = asked.get("port_id", current.port_id)
    if not asked or (port_id is None and current.port_id is None):
        return None  # it may belong to a router all the same, through its port forwardings
    if port_id is None:
        return Association()
    check_no_forwarding_to(state, port_id)
    wish = Wish(
        floating_ip.key.id,
        floating_ip.get("project_id"),
        floating_ip.get("floating_network_id"),
        floating_ip.get("floating_ip_address"),
        port_id,
        asked.get("fixed_ip_address") or (current.fixed_ip_address if "port_id" not in asked else None),
        asked.get("router_id"),
    )
    return association(state, wish, context)


def _refuse_address_alone(fixed_ip_address: str | None) -> None:
    if fixed_ip_address:
        raise BadRequest("floatingip", "fixed_ip_address cannot be specified without a port_id")
