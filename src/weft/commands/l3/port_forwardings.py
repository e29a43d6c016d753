"""Port forwardings of a floating IP: create, update, delete. Source: neutron, services/portforwarding/pf_plugin.py."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.l3.association import router_between
from weft.commands.l3.errors import (
    ExternalGatewayForFloatingIPNotFound,
    FloatingIPPortAlreadyAssociated,
    PortForwardingNotFound,
    PortHasBindingFloatingIP,
)
from weft.commands.l3.floatingips import existing_floatingip
from weft.commands.l3.forwarding_checks import forwardings_of, without
from weft.commands.l3.port_ranges import check_apart, check_relation, text_of
from weft.commands.visible import visible_port
from weft.store.kinds import FLOATINGIP
from weft.store.kinds.l3 import PORT_FORWARDING
from weft.store.protocol import State
from weft.store.records import Key, Record
from weft.store.writes import Write, Writes

Values = dict[str, Any]


class CreatePortForwarding(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    floatingip_id: str
    protocol: str
    internal_port_id: str
    internal_ip_address: str
    project_id: str | None = None  # may be named; a port forwarding is its floating IP's
    external_port: int | None = None
    external_port_range: str | None = None
    internal_port: int | None = None
    internal_port_range: str | None = None
    description: str = ""


class UpdatePortForwarding(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    protocol: str | UnsetType = UNSET
    internal_port_id: str | UnsetType = UNSET
    internal_ip_address: str | UnsetType = UNSET
    external_port: int | UnsetType | None = UNSET
    external_port_range: str | UnsetType | None = UNSET
    internal_port: int | UnsetType | None = UNSET
    internal_port_range: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET


def create_port_forwardings(state: State, requests: Sequence[CreatePortForwarding], context: Context) -> Writes:
    """Return the writes that create all of `requests`, and give their floating IP its router.

    Raises BadRequest, PortNotFound, PortHasBindingFloatingIP, FloatingIPPortAlreadyAssociated.
    """
    writes: dict[Key, Write] = {}
    made: list[Values] = []
    for request in requests:
        floating_ip = existing_floatingip(state, request.floatingip_id)
        values = _create(state, floating_ip, request, made, context)
        router_id = _router_for(state, floating_ip, values, context)
        key = Key("fabric", PORT_FORWARDING.name, context.new_id())
        writes[key] = Write(key, values, create=True)
        writes.setdefault(floating_ip.key, _noted(floating_ip, router_id))
        made.append(values)
    return Writes(tuple(writes.values()), actor=context.actor, verb="create port forwarding")


def update_port_forwarding(state: State, forwarding_id: str, request: UpdatePortForwarding, context: Context) -> Writes:
    """Return the write that changes what differs. Raises what create_port_forwardings raises."""
    forwarding = _existing(state, forwarding_id)
    floating_ip = existing_floatingip(state, forwarding.get("floatingip_id"))
    present = {name: forwarding.get(name) for name in forwarding.fields}
    values = _after_update(present, request)
    port_id = values["internal_port_id"]
    if isinstance(request.internal_port_id, str):
        _check_no_floating_ip_of_its_own(state, port_id, values["internal_ip_address"])
        if port_id != present["internal_port_id"]:
            if request.internal_ip_address is UNSET:
                values["internal_ip_address"] = _first_address(state, port_id, context)
            _router_for(state, floating_ip, values, context)
    _check_address(state, values, context)
    others = [one for one in forwardings_of(state, floating_ip.key.id) if one.key.id != forwarding_id]
    _check_unlike(floating_ip, values, others)
    if any(present.get(name) != values[name] for name in ("external_port_range", "internal_port_range")):
        _check_collisions(state, values, others, forwarding_id)
    changed = {name: value for name, value in values.items() if present.get(name) != value}
    noted = _noted(floating_ip, floating_ip.get("router_id"))
    writes = (Write(forwarding.key, changed), noted) if changed else ()
    return Writes(writes, actor=context.actor, verb="update port forwarding")


def delete_port_forwarding(state: State, forwarding_id: str, context: Context) -> Writes:
    """Return the writes that delete it; with the last one the floating IP loses its router."""
    writes = without(state, [_existing(state, forwarding_id)])
    return Writes(tuple(writes), actor=context.actor, verb="delete port forwarding")


def _create(
    state: State, floating_ip: Record, request: CreatePortForwarding, made: Sequence[Values], context: Context
) -> Values:
    values: Values = {
        "floatingip_id": request.floatingip_id,
        "protocol": request.protocol,
        "internal_port_id": request.internal_port_id,
        "internal_ip_address": request.internal_ip_address,
        "external_port_range": text_of(request.external_port_range, request.external_port),
        "internal_port_range": text_of(request.internal_port_range, request.internal_port),
        "description": request.description,
    }
    _check_collisions(state, values, [*forwardings_of(state, request.floatingip_id), *made], "")
    _check_no_floating_ip_of_its_own(state, request.internal_port_id, request.internal_ip_address)
    if floating_ip.get("port_id"):
        raise FloatingIPPortAlreadyAssociated(
            floating_ip.get("floating_ip_address"),
            floating_ip.key.id,
            request.internal_port_id,
            request.internal_ip_address,
            floating_ip.get("floating_network_id"),
        )
    return values


def _after_update(present: Values, request: UpdatePortForwarding) -> Values:
    """Return the fields as they are to be; a single port stands for the range of just that port."""
    values = dict(present)
    for name in ("protocol", "internal_port_id", "internal_ip_address", "description"):
        if getattr(request, name) is not UNSET:
            values[name] = getattr(request, name)
    for side in ("external", "internal"):
        port, ports = getattr(request, f"{side}_port"), getattr(request, f"{side}_port_range")
        if (port is not UNSET and port is not None) or (ports is not UNSET and ports is not None):
            values[f"{side}_port_range"] = text_of(None if ports is UNSET else ports, None if port is UNSET else port)
    return values


def _existing(state: State, forwarding_id: str) -> Record:
    forwarding = state.get(PORT_FORWARDING.name, forwarding_id)
    if forwarding is None:
        raise PortForwardingNotFound(forwarding_id)
    return forwarding


def _check_collisions(state: State, values: Values, siblings: Sequence[Any], forwarding_id: str) -> None:
    """Raise BadRequest if some port would be forwarded twice, or be forwarded to twice."""
    check_relation(values["external_port_range"], values["internal_port_range"])
    to_port = state.lookup(PORT_FORWARDING.name, "internal_port_id", values["internal_port_id"])
    made = [one for one in siblings if not isinstance(one, Record)]
    inside = [
        one
        for one in (*to_port, *made)
        if all(one.get(name) == values[name] for name in ("internal_port_id", "protocol", "internal_ip_address"))
        and not (isinstance(one, Record) and one.key.id == forwarding_id)
    ]
    check_apart("internal_port_range", values, inside)
    check_apart("external_port_range", values, [one for one in siblings if one.get("protocol") == values["protocol"]])


def _check_no_floating_ip_of_its_own(state: State, port_id: str, fixed_ip: str | None) -> None:
    for floating_ip in state.lookup(FLOATINGIP.name, "port_id", port_id):
        raise PortHasBindingFloatingIP(floating_ip.get("floating_ip_address"), floating_ip.key.id, port_id, fixed_ip)


def _v4(port: Record) -> list[dict[str, str]]:
    found = [ip for ip in port.get("fixed_ips", ()) if ":" not in ip["ip_address"]]
    if not found:
        raise BadRequest(
            "port_forwarding", f"Requested internal port {port.key.id} must allocate an IPv4 address at least."
        )
    return found


def _first_address(state: State, port_id: str, context: Context) -> str:
    return _v4(visible_port(state, port_id, context))[0]["ip_address"]


def _router_for(state: State, floating_ip: Record, values: Values, context: Context) -> str:
    """Return the router from the port to the floating IP. Raises BadRequest, PortNotFound."""
    port = visible_port(state, values["internal_port_id"], context)
    addresses, wanted = _v4(port), values["internal_ip_address"]
    subnet_id = next((ip["subnet_id"] for ip in addresses if ip["ip_address"] == wanted), None)
    if subnet_id is None:
        raise BadRequest(
            "port_forwarding",
            f"Requested internal IP address {wanted} is not suitable for internal neutron port {port.key.id}, as its "
            f"fixed_ips are {addresses}",
        )
    network_id = floating_ip.get("floating_network_id")
    try:
        router_id = router_between(state, port, subnet_id, network_id)
    except ExternalGatewayForFloatingIPNotFound:
        raise BadRequest(
            "port_forwarding",
            f"External network {network_id} is not reachable from subnet {subnet_id}. Cannot set Port forwarding for "
            f"port {port.key.id} with Floating IP {floating_ip.key.id}",
        ) from None
    present = floating_ip.get("router_id")
    if present and present != router_id:
        raise BadRequest(
            "port_forwarding",
            f"The Floating IP {floating_ip.key.id} had been set on router {present}, the internal Neutron port "
            f"{port.key.id} can not reach it",
        )
    return router_id


def _check_address(state: State, values: Values, context: Context) -> None:
    fixed_ips = visible_port(state, values["internal_port_id"], context).get("fixed_ips", [])
    if all(ip["ip_address"] != values["internal_ip_address"] for ip in fixed_ips):
        raise BadRequest(
            "port_forwarding",
            "The internal IP does not correspond to an address on the internal port, which has fixed_ips "
            f"{list(fixed_ips)}",
        )


def _check_unlike(floating_ip: Record, values: Values, others: Sequence[Record]) -> None:
    """Raise BadRequest if another forwarding of the protocol has the very same ports outside, or inside."""
    inside = ("internal_port_id", "internal_ip_address", "internal_port_range")
    for other in others:
        if other.get("protocol") != values["protocol"]:
            continue
        conflict: Values | None = None
        if other.get("external_port_range") == values["external_port_range"]:
            address = floating_ip.get("floating_ip_address")
            conflict = {"floating_ip_address": address, "external_port": _number(values["external_port_range"])}
        elif all(other.get(name) == values[name] for name in inside):
            conflict = {name: values[name] for name in inside[:2]}
            conflict["internal_port"] = _number(values["internal_port_range"])
        if conflict is not None:
            raise BadRequest(
                "port_forwarding",
                "Another port forwarding entry with the same attributes already exists, conflicting values are "
                f"{conflict}",
            )


def _number(ports: str) -> int | str:
    first, _, last = ports.partition(":")
    return int(first) if first == last else ports


def _noted(floating_ip: Record, router_id: str | None) -> Write:
    """Return the write of the floating IP that goes with every change of its port forwardings.

    Ranges cannot be claimed, but two processes of a site cannot write one floating IP on the same view of it; and its
    revision grows, as Neutron's does (db/models/port_forwarding.py, revises_on_change).
    """
    return Write(floating_ip.key, {"router_id": router_id, "port_id": None, "fixed_ip_address": None})
