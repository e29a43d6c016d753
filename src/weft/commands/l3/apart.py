"""Subnets that one router joins must not share addresses. Source: neutron, db/l3_db.py and db/l3_extra_gws_db.py."""

from collections.abc import Sequence

from weft.commands.errors import BadRequest
from weft.commands.fixed_ips import subnets_of
from weft.commands.l3.draft import Link, RouterDraft
from weft.commands.l3.owners import GATEWAY
from weft.commands.prefixes import overlaps
from weft.store.records import Record
from weft.wire.neutron.addresses import read_prefix


def check_apart(draft: RouterDraft, new: Sequence[Record], owner: str) -> None:
    """Raise BadRequest if the router, with a port of `owner` on the `new` subnets, would join addresses twice.

    Several gateways on one external network are fine: they are several addresses of one neighbourhood.
    """
    new_ids = {subnet.key.id for subnet in new}
    for link in draft.links:
        both_gateways = owner == GATEWAY and link.device_owner == GATEWAY
        for ip in link.fixed_ips:
            if ip["subnet_id"] in new_ids and not both_gateways:
                raise BadRequest("router", f"Router already has a port on subnet {ip['subnet_id']}")
        for subnet in _neighbourhood(draft, link):
            for other in new:
                if not (both_gateways and subnet.key.id in new_ids):
                    _check_pair(subnet, other)


def check_among(subnets: Sequence[Record]) -> None:
    """Raise BadRequest if two of the subnets share addresses."""
    for position, subnet in enumerate(subnets):
        for other in subnets[position + 1 :]:
            _check_pair(subnet, other)


def _neighbourhood(draft: RouterDraft, link: Link) -> Sequence[Record]:
    """Return the subnets that a port reaches: a gateway reaches all of its network."""
    if link.device_owner == GATEWAY and link.fixed_ips:
        return subnets_of(draft.state, link.network_id)
    return draft.subnets_of(link)


def _check_pair(subnet: Record, other: Record) -> None:
    if overlaps(read_prefix(subnet.get("cidr")), read_prefix(other.get("cidr"))):
        raise BadRequest(
            "router",
            f"Cidr {other.get('cidr')} of subnet {other.key.id} overlaps with cidr {subnet.get('cidr')} of subnet "
            f"{subnet.key.id}",
        )
