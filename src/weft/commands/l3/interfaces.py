"""A router's interfaces: networks it is plugged into and out of. Source: neutron, db/l3_db.py."""

from collections.abc import Sequence
from typing import Any

from weft.commands.context import Context
from weft.commands.errors import BadRequest, PortNotFound, SubnetNotFound
from weft.commands.l3.apart import check_among, check_apart
from weft.commands.l3.draft import Link, RouterDraft, existing_router
from weft.commands.l3.errors import PortInUse
from weft.commands.l3.routers import finished
from weft.commands.prefixes import pool_ranges
from weft.commands.sharing.entries import ACCESS_SHARED, entry_for
from weft.store.kinds import PORT, SUBNET
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.addresses import read_ip
from weft.wire.neutron.types import uuid_problem

Answer = dict[str, Any]


def add_interface(
    state: State, router_id: str, document: dict[str, Any], context: Context
) -> tuple[Writes, Answer | None]:
    """Return the writes that plug the router into a subnet, or give it a port; and what Neutron answers.

    A subnet's gateway address becomes the router's. A second IPv6 subnet of a network joins the port that is there.
    """
    by_port = check_names(document, adding=True)
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    if by_port:
        link, subnets = _take_port(draft, seen_port(draft, document["port_id"]))
    else:
        link, subnets = _join_subnet(draft, seen_subnet(draft, document["subnet_id"]))
    check_among([subnet for other in draft.interfaces for subnet in draft.subnets_of(other)])
    return finished(draft, "add router interface"), interface_answer(draft, link, subnets[-1], subnets)


def check_names(document: dict[str, Any], *, adding: bool) -> bool:
    """Tell whether the body names a port, rather than a subnet. Raises BadRequest."""
    if "port_id" not in document and "subnet_id" not in document:
        raise BadRequest("router", "Either subnet_id or port_id must be specified")
    for name in ("port_id", "subnet_id"):
        if name in document and (problem := uuid_problem(document[name])):
            raise BadRequest("router", problem)
    if adding and "port_id" in document and "subnet_id" in document:
        raise BadRequest("router", "Cannot specify both subnet-id and port-id")
    return "port_id" in document


def seen_port(draft: RouterDraft, port_id: str) -> Record:
    """Return a port that the caller names. Raises PortNotFound."""
    port = draft.state.get(PORT.name, port_id)
    if port is None or not draft.context.sees(port):
        raise PortNotFound(port_id)
    return port


def seen_subnet(draft: RouterDraft, subnet_id: str) -> Record:
    """Return a subnet that the caller names. Raises SubnetNotFound."""
    subnet = draft.state.get(SUBNET.name, subnet_id)
    if subnet is None or not draft.context.sees(subnet):
        raise SubnetNotFound(subnet_id)
    return subnet


def interface_answer(draft: RouterDraft, link: Link, subnet: Record, subnets: Sequence[Record]) -> Answer:
    """Return what Neutron answers when an interface came or went."""
    return {
        "id": draft.id,
        "project_id": link.project_id,
        "port_id": link.id,
        "network_id": link.network_id,
        "subnet_id": subnet.key.id,
        "subnet_ids": [one.key.id for one in subnets],
    }


# ---- by port
def _take_port(draft: RouterDraft, port: Record) -> tuple[Link, list[Record]]:
    if port.get("device_id"):
        raise PortInUse(port.key.id, port.get("network_id"), port.get("device_id"))
    if not port.get("fixed_ips"):
        raise BadRequest("router", "Router port must have at least one fixed IP")
    before = list(draft.links)
    link = draft.adopt(port, draft.interface_owner)
    subnets = draft.subnets_of(link)
    for subnet in subnets:
        _check_address_mode(subnet)
    _check_one_ipv6_port(before, link)
    draft.links.remove(link)
    check_apart(draft, subnets, draft.interface_owner)
    draft.links.append(link)
    if sum(subnet.get("ip_version") == 4 for subnet in subnets) > 1:
        raise BadRequest("router", "Cannot have multiple IPv4 subnets on router port")
    _check_in_pools(draft.context, port, subnets)
    return link, subnets


def _check_one_ipv6_port(links: Sequence[Link], new: Link) -> None:
    for link in links:
        if link.network_id == new.network_id and _has_ipv6(link) and _has_ipv6(new):
            raise BadRequest(
                "router",
                f"Router already contains IPv6 port {link.id} belonging to network id {link.network_id}. Only one IPv6 "
                "port from the same network subnet can be connected to a router.",
            )


def _check_in_pools(context: Context, port: Record, subnets: Sequence[Record]) -> None:
    """Raise BadRequest if a stranger brings an address that its owner keeps out of the pools."""
    if context.is_admin:
        return
    by_id = {subnet.key.id: subnet for subnet in subnets}
    for ip in port.get("fixed_ips"):
        subnet, number = by_id[ip["subnet_id"]], int(read_ip(ip["ip_address"]))
        in_pools = any(pool.first <= number <= pool.last for pool in pool_ranges(subnet.get("allocation_pools")))
        if not in_pools and subnet.get("project_id") != context.project_id:
            raise BadRequest(
                "router",
                f"Cannot add interface to router because specified port {port.key.id} has an IP address out of the "
                f"allocation pool of subnet {subnet.key.id}, which is not owned by the project making the request",
            )


# ---- by subnet
def _join_subnet(draft: RouterDraft, subnet: Record) -> tuple[Link, list[Record]]:
    if not subnet.get("gateway_ip"):
        raise BadRequest("router", "Subnet for router interface must have a gateway IP")
    _check_owner(draft, subnet)
    _check_address_mode(subnet)
    check_apart(draft, [subnet], draft.interface_owner)
    network_id = subnet.get("network_id")
    gateway = {"subnet_id": subnet.key.id, "ip_address": subnet.get("gateway_ip")}
    if subnet.get("ip_version") == 6:
        for link in draft.interfaces:
            if link.network_id == network_id and _has_ipv6(link):
                draft.readdress(link, [*link.fixed_ips, gateway])
                return link, [subnet]
    link = draft.add(network_id, [gateway], draft.interface_owner, draft.values.get("project_id", ""))
    return link, [subnet]


def _check_owner(draft: RouterDraft, subnet: Record) -> None:
    """Raise BadRequest for a stranger's subnet, unless its network is shared with the caller's project by name."""
    context = draft.context
    if context.is_admin or subnet.get("project_id") == context.project_id:
        return
    if entry_for(draft.state, subnet.get("network_id"), ACCESS_SHARED, context.project_id or "") is not None:
        return
    raise BadRequest(
        "router",
        f"Cannot add interface to router because subnet {subnet.key.id} is not owned by project making the request",
    )


def _check_address_mode(subnet: Record) -> None:
    if subnet.get("ip_version") == 6 and not subnet.get("ipv6_ra_mode") and subnet.get("ipv6_address_mode"):
        raise BadRequest(
            "router",
            f"IPv6 subnet {subnet.key.id} configured to receive RAs from an external router cannot be added to "
            "Neutron Router.",
        )


def _has_ipv6(link: Link) -> bool:
    return any(":" in ip["ip_address"] for ip in link.fixed_ips)
