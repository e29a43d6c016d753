"""Routers: create, update, delete, and their routes. Source: neutron, db/l3_db.py and the mixins beside it."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.l3.draft import Pickers, RouterDraft, existing_router
from weft.commands.l3.errors import RouterInUse
from weft.commands.l3.evpn import evpn_claim, evpn_vni
from weft.commands.l3.flavors import check_flavor_allows, checked_flavor
from weft.commands.l3.gateways import set_gateway
from weft.commands.l3.ndp_state import settle_changed, settle_new
from weft.commands.l3.routes import Routes, set_routes
from weft.commands.services.zones import check_zones
from weft.store.protocol import State
from weft.store.records import DELETED
from weft.store.writes import Write, Writes

GatewayInfo = dict[str, Any] | None


class CreateRouter(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    name: str = ""
    description: str = ""
    admin_state_up: bool = True
    external_gateway_info: GatewayInfo = None
    distributed: bool | UnsetType | None = UNSET  # None, too: as the cloud's default is
    ha: bool | UnsetType | None = UNSET
    flavor_id: Any = UNSET  # of any type: what is no flavor is not found
    availability_zone_hints: list[str] = []
    enable_ndp_proxy: bool | UnsetType | None = UNSET
    enable_default_route_ecmp: bool | None = None
    enable_default_route_bfd: bool | None = None
    evpn_vni: int | UnsetType = UNSET  # 0: any


class UpdateRouter(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    external_gateway_info: GatewayInfo | UnsetType = UNSET
    routes: Routes | UnsetType = UNSET
    distributed: bool | UnsetType | None = UNSET
    ha: bool | UnsetType | None = UNSET
    enable_ndp_proxy: bool | UnsetType | None = UNSET
    enable_default_route_ecmp: bool | UnsetType | None = UNSET
    enable_default_route_bfd: bool | UnsetType | None = UNSET


def create_routers(state: State, requests: Sequence[CreateRouter], context: Context) -> Writes:
    """Return the writes that create all of `requests`, with the gateways they name."""
    pickers = Pickers.for_decision(state, context)
    drafts: list[RouterDraft] = []
    vnis: list[int] = []
    for request in requests:
        draft = _create(state, request, context, pickers, vnis)
        vnis += [vni for vni in (draft.values["evpn_vni"],) if vni is not None]
        drafts.append(draft)
    writes = tuple(write for draft in drafts for write in draft.writes())
    claims = (*pickers.claims, *map(evpn_claim, vnis))
    return Writes(writes, claims=claims, actor=context.actor, verb="create router")


def update_router(state: State, router_id: str, request: UpdateRouter, context: Context) -> Writes:
    """Return the writes that change what differs, of the router and of its ports."""
    router = existing_router(state, router_id)
    draft = RouterDraft(state, router, router_id, context)
    values = changed_fields(router, request)
    values.pop("external_gateway_info", None)
    if not isinstance(request.routes, UnsetType):
        set_routes(draft, request.routes)
        values.pop("routes", None)
    values.pop("enable_ndp_proxy", None)
    for field in ("distributed", "ha", "enable_default_route_ecmp", "enable_default_route_bfd"):
        if values.get(field, 0) is None:
            del values[field]
    check_flavor_allows(state, router.get("flavor_id"), distributed=request.distributed, ha=request.ha)
    was_up = draft.values.get("admin_state_up", True)
    if not isinstance(request.external_gateway_info, UnsetType):
        set_gateway(draft, request.external_gateway_info)
    for field, value in values.items():
        draft.set(field, value)
    _check_kind_change(values, was_up=was_up, is_up=draft.values.get("admin_state_up", True))
    draft.reown()
    settle_changed(draft, request.enable_ndp_proxy)
    return finished(draft, "update router")


def delete_router(state: State, router_id: str, context: Context) -> Writes:
    """Return the writes that delete the router and its gateways.

    Raises RouterNotFound, RouterInUse, RouterExternalGatewayInUseByFloatingIp.
    """
    router = existing_router(state, router_id)
    draft = RouterDraft(state, router, router_id, context)
    if interfaces := draft.interfaces:
        reason = "has ports still attached: " + ", ".join(link.id for link in interfaces)
        raise RouterInUse(router_id, reason)
    draft.set("routes", [])  # they do not keep the gateway
    while draft.gateway:
        set_gateway(draft, None)
    for link in list(draft.links):
        draft.drop(link)
    ports = [write for write in draft.writes() if write.key != router.key]
    writes = (*ports, Write(router.key, {DELETED: True}))
    return Writes(writes, actor=context.actor, verb="delete router")


def finished(draft: RouterDraft, verb: str) -> Writes:
    """Return all that a draft changes, as one commit."""
    return Writes(tuple(draft.writes()), claims=draft.pickers.claims, actor=draft.context.actor, verb=verb)


def _create(
    state: State, request: CreateRouter, context: Context, pickers: Pickers, vnis: Sequence[int]
) -> RouterDraft:
    check_zones(state, request.availability_zone_hints)
    flavor_id = None
    if not isinstance(request.flavor_id, UnsetType):
        flavor_id = checked_flavor(state, request.flavor_id, distributed=request.distributed, ha=request.ha)
    values = {
        "project_id": request.project_id,
        "name": request.name,
        "description": request.description,
        "admin_state_up": request.admin_state_up,
        "enable_snat": True,
        "gw_port_id": None,
        "qos_policy_id": None,
        "routes": [],
        "distributed": bool(request.distributed),
        "ha": bool(request.ha),
        "flavor_id": flavor_id,
        "availability_zone_hints": request.availability_zone_hints,
        "enable_ndp_proxy": False,
        "enable_default_route_ecmp": bool(request.enable_default_route_ecmp),
        "enable_default_route_bfd": bool(request.enable_default_route_bfd),
        "evpn_vni": evpn_vni(state, request.evpn_vni, vnis, context),
        "tags": [],
        "created_at": context.now,
    }
    draft = RouterDraft(state, values, context.new_id(), context, pickers)
    if request.external_gateway_info:
        set_gateway(draft, request.external_gateway_info)
    settle_new(draft, request.enable_ndp_proxy)
    return draft


def _check_kind_change(values: dict[str, Any], *, was_up: bool, is_up: bool) -> None:
    if "ha" in values and is_up:
        raise BadRequest(
            "router",
            "Cannot change HA attribute of active routers. Please set router admin_state_up to False prior to upgrade",
        )
    if "distributed" in values and (was_up or is_up):
        raise BadRequest(
            "router",
            "Cannot change the 'distributed' attribute of active routers. Please set router admin_state_up to False "
            "prior to upgrade",
        )
