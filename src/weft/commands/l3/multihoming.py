"""Several external gateways of one router. Source: neutron, db/l3_extra_gws_db.py.

Requests name gateways by network and addresses, not by port: `external_gateways` is a list of what
`external_gateway_info` holds one of.
"""

from collections.abc import Sequence
from typing import Any

from weft.commands.context import Context
from weft.commands.l3.draft import Link, RouterDraft, existing_router
from weft.commands.l3.errors import (
    RouterExternalGatewayInUseByFloatingIp,
    UnableToMatchGateways,
    UnableToRemoveGateways,
)
from weft.commands.l3.gateways import Info, check_gateway_info, floating_ips_of, plug_out, set_gateway
from weft.commands.l3.routers import finished
from weft.store.protocol import State
from weft.store.writes import Writes
from weft.wire.neutron.attributes import BadRequest
from weft.wire.neutron.l3.gateway import GATEWAY_INFO

Answer = tuple[Writes, dict[str, Any] | None]


def add_external_gateways(state: State, router_id: str, document: dict[str, Any], context: Context) -> Answer:
    """Return the writes that give the router further gateways; its first is that of `external_gateway_info`."""
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    for info in _named(document) or ():
        _add(draft, info)
    return finished(draft, "add external gateways"), None


def update_external_gateways(state: State, router_id: str, document: dict[str, Any], context: Context) -> Answer:
    """Return the writes that give the router exactly these gateways; those it has and keeps stay as they are."""
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    infos = _named(document)
    if infos is not None:
        _replace(draft, infos)
    return finished(draft, "update external gateways"), None


def remove_external_gateways(state: State, router_id: str, document: dict[str, Any], context: Context) -> Answer:
    """Return the writes that take gateways away. Raises UnableToRemoveGateways, UnableToMatchGateways."""
    draft = RouterDraft(state, existing_router(state, router_id), router_id, context)
    infos = _named(document) or []
    if infos and not draft.gateways:
        raise UnableToRemoveGateways(router_id)
    for info in infos:
        check_gateway_info(draft, info)
    going = [_matching(draft, info, draft.gateways) for info in infos]
    if None in going:
        raise UnableToMatchGateways(router_id)
    _remove(draft, [link for link in going if link is not None])
    return finished(draft, "remove external gateways"), None


def _named(document: dict[str, Any]) -> list[Info] | None:
    """Return the gateways that a body names; None if it names none. Raises BadRequest."""
    inner = document.get("router")
    if not isinstance(inner, dict):
        raise BadRequest("Unable to find 'router' in request body")
    if "external_gateways" not in inner:
        return None
    given = inner["external_gateways"] or []  # the `openstack` command says {} for none
    if not isinstance(given, list):
        raise BadRequest(f"Invalid input for external_gateways. Reason: '{given}' is not a list.")
    infos: list[Info] = [GATEWAY_INFO.convert(info) for info in given]
    for info in infos:
        if problem := GATEWAY_INFO.problem(info) or (None if info else "'{}' names no network"):
            raise BadRequest(f"Invalid input for external_gateways. Reason: {problem}.")
    return infos


def _add(draft: RouterDraft, info: Info) -> None:
    if not draft.gateways:
        set_gateway(draft, info)
    elif network_id := check_gateway_info(draft, info):
        plug_out(draft, network_id, info.get("external_fixed_ips") or [])


def _replace(draft: RouterDraft, infos: Sequence[Info]) -> None:
    if not infos:
        _remove(draft, draft.gateways)
        return
    for info in infos:
        check_gateway_info(draft, info)
    if (first := _matching(draft, infos[0], draft.gateways)) is not None:
        draft.set("gw_port_id", first.id)
    set_gateway(draft, infos[0])
    extra = draft.gateways[1:]
    kept: list[Link] = []
    missing: list[Info] = []
    for info in infos[1:]:
        link = _matching(draft, info, [link for link in extra if link not in kept])
        if link is None:
            missing.append(info)
            continue
        kept.append(link)
        if info.get("external_fixed_ips"):
            draft.readdress(link, info["external_fixed_ips"])
    _remove(draft, [link for link in extra if link not in kept])
    for info in missing:
        _add(draft, info)


def _matching(draft: RouterDraft, info: Info, links: Sequence[Link]) -> Link | None:
    """Return the gateway that `info` means: one with such an address, or the only one on the network.

    Raises UnableToMatchGateways if it may mean several.
    """
    on_network = [link for link in links if link.network_id == info["network_id"]]
    wanted = {ip.get("ip_address") for ip in info.get("external_fixed_ips") or ()}
    if not wanted:
        if len(on_network) > 1:
            raise UnableToMatchGateways(draft.id)
        return next(iter(on_network), None)
    return next((link for link in on_network if wanted & {ip["ip_address"] for ip in link.fixed_ips}), None)


def _remove(draft: RouterDraft, links: Sequence[Link]) -> None:
    """Take gateways away, that of `external_gateway_info` last."""
    first = draft.gateway
    for link in links:
        if link is not first:
            _check_spare(draft, link)
            draft.drop(link)
    if first in links:
        set_gateway(draft, None)


def _check_spare(draft: RouterDraft, link: Link) -> None:
    """Raise if floating IPs need the gateway, the last one on its network."""
    others = [other for other in draft.gateways if other is not link and other.network_id == link.network_id]
    if not others and any(one.get("floating_network_id") == link.network_id for one in floating_ips_of(draft)):
        raise RouterExternalGatewayInUseByFloatingIp(draft.id, link.network_id)
