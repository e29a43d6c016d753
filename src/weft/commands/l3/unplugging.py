"""A router's interfaces taken away, and what keeps them. Source: neutron, db/l3_db.py and db/extraroute_db.py."""

from collections.abc import Iterable
from typing import Any

import msgspec

from weft.commands.context import Context
from weft.commands.l3.draft import Link, RouterDraft, existing_router
from weft.commands.l3.errors import (
    RouterInterfaceInUseByFloatingIP,
    RouterInterfaceInUseByRoute,
    RouterInterfaceNotFound,
    RouterInterfaceNotFoundForSubnet,
    SubnetMismatchForPort,
)
from weft.commands.l3.gateways import floating_ips_of
from weft.commands.l3.interfaces import Answer, check_names, interface_answer, seen_subnet
from weft.commands.l3.leaking import leaking_no_more
from weft.commands.l3.ndp_state import check_interface_unused
from weft.commands.l3.routers import finished
from weft.store.kinds import FLOATINGIP, PORT
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.addresses import read_ip, read_prefix


def remove_interface(
    state: State, router_id: str, document: dict[str, Any], context: Context
) -> tuple[Writes, Answer | None]:
    """Return the writes that unplug the router from a subnet or a port, which goes; and what Neutron answers."""
    by_port = check_names(document, adding=False)
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    subnet_id = document.get("subnet_id")
    if by_port:
        link, subnets = _remove_port(draft, document["port_id"], subnet_id)
    else:
        subnet = seen_subnet(draft, document["subnet_id"])
        link, subnets = _leave_subnet(draft, subnet), [subnet]
    writes = finished(draft, "remove router interface")
    writes = msgspec.structs.replace(writes, writes=(*writes.writes, *leaking_no_more(subnets)))
    return writes, interface_answer(draft, link, subnets[0], subnets)


def _remove_port(draft: RouterDraft, port_id: str, subnet_id: str | None) -> tuple[Link, list[Record]]:
    link = next((link for link in draft.interfaces if link.id == port_id), None)
    if link is None:
        raise RouterInterfaceNotFound(draft.id, port_id)
    subnets = draft.subnets_of(link)
    if subnet_id is not None and subnet_id not in [subnet.key.id for subnet in subnets]:
        raise SubnetMismatchForPort(port_id, subnet_id)
    for subnet in subnets:
        _check_unused(draft, subnet)
    draft.drop(link)
    return link, subnets


def _leave_subnet(draft: RouterDraft, subnet: Record) -> Link:
    links = [link for link in draft.interfaces if link.network_id == subnet.get("network_id")]
    if links:
        _check_unused(draft, subnet)
    for link in links:
        kept = [ip for ip in link.fixed_ips if ip["subnet_id"] != subnet.key.id]
        if len(kept) == len(link.fixed_ips):
            continue
        if kept:
            draft.readdress(link, kept)
        else:
            draft.drop(link)
        return link
    raise RouterInterfaceNotFoundForSubnet(draft.id, subnet.key.id)


def _check_unused(draft: RouterDraft, subnet: Record) -> None:
    """Raise if floating IPs or routes lead through the interface on `subnet`."""
    prefix = read_prefix(subnet.get("cidr"))
    for port_id, address in _targets(draft, floating_ips_of(draft)):
        if read_ip(address) in prefix and _is_on(draft.state, port_id, subnet):
            raise RouterInterfaceInUseByFloatingIP(draft.id, subnet.key.id)
    check_interface_unused(draft, subnet)
    for route in draft.values.get("routes") or ():
        if read_ip(route["nexthop"]) in prefix:
            raise RouterInterfaceInUseByRoute(draft.id, subnet.key.id)


def _targets(draft: RouterDraft, floating_ips: Iterable[Record]) -> Iterable[tuple[str, str]]:
    """Yield (port, address) of everything that floating IPs and their port forwardings lead to."""
    for floating_ip in floating_ips:
        if floating_ip.get("port_id") and floating_ip.get("fixed_ip_address"):
            yield floating_ip.get("port_id"), floating_ip.get("fixed_ip_address")
        for forwarding in draft.state.referrers(FLOATINGIP.name, floating_ip.key.id, "port_forwarding"):
            if forwarding.get("internal_port_id") and forwarding.get("internal_ip_address"):
                yield forwarding.get("internal_port_id"), forwarding.get("internal_ip_address")


def _is_on(state: State, port_id: str, subnet: Record) -> bool:
    port = state.get(PORT.name, port_id)
    return port is not None and any(ip["subnet_id"] == subnet.key.id for ip in port.get("fixed_ips", ()))
