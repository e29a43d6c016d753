"""Routers: one decision, one commit; and what two sites do while they do not hear each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.l3.place import Place, act, meet, plug, port, reported, router
from tests.commands.replica import addresses_of
from weft.commands.errors import BadRequest
from weft.commands.l3.draft import RouterDraft, existing_router
from weft.commands.l3.errors import RouterInUse
from weft.commands.l3.interfaces import add_interface
from weft.commands.l3.multihoming import add_external_gateways, update_external_gateways
from weft.commands.l3.routers import CreateRouter, UpdateRouter, create_routers, delete_router, update_router
from weft.commands.l3.unplugging import remove_interface
from weft.model import Invalid, NotFound
from weft.store.writes import NeedsTransfer


def draft(site, router_id: str) -> RouterDraft:
    return RouterDraft(site.state, existing_router(site.state, router_id), router_id, site.context())


def test_a_router_and_its_gateway_are_one_commit():
    place = Place()
    request = CreateRouter(project_id="p", external_gateway_info={"network_id": place.outside})
    writes = create_routers(place.site.state, [request], place.site.context())
    assert [write.key.kind for write in writes.writes] == ["router", "port"]
    assert {claim.pool for claim in writes.claims} == {"mac", f"subnet.{place.outside_subnet}"}
    place.site.apply(writes)
    deleted = delete_router(place.site.state, writes.writes[0].key.id, place.site.context())
    assert {write.key for write in deleted.writes} == {write.key for write in writes.writes}


def test_a_change_of_nothing_writes_nothing():
    place = Place()
    place.site.do(update_router, place.router, UpdateRouter(external_gateway_info={"network_id": place.outside}))
    plug(place.site, place.router, place.subnet_id)
    ips = draft(place.site, place.router).gateway.fixed_ips
    for same in (
        UpdateRouter(name="", admin_state_up=True, distributed=False, routes=[]),
        UpdateRouter(external_gateway_info={"network_id": place.outside}),
        UpdateRouter(external_gateway_info={"network_id": place.outside, "external_fixed_ips": ips}),
    ):
        assert update_router(place.site.state, place.router, same, place.site.context()).writes == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10**9))
def test_a_bulk_is_as_good_as_one_after_the_other(count, seed):
    place = Place()
    request = CreateRouter(project_id="p", external_gateway_info={"network_id": place.outside})
    made = place.site.do(create_routers, [request] * count, seed=seed)
    assert len({record.key for record in made}) == 2 * count
    assert len(set(addresses_of(place.site.state))) == count


SUBNETS = [  # what joins in one router: prefixes, and whether they may
    ("apart", ["10.1.0.0/24", "10.2.0.0/24"], True),
    ("the same prefix of two networks", ["10.1.0.0/24", "10.1.0.0/24"], False),
    ("one inside the other", ["10.1.0.0/16", "10.1.7.0/24"], False),
    ("of both versions", ["10.1.0.0/24", "fd00::/64"], True),
    ("one with the external network's prefix", ["198.51.100.0/25"], False),
]


@pytest.mark.parametrize(("what", "cidrs", "may"), SUBNETS, ids=[row[0] for row in SUBNETS])
def test_prefixes_that_meet_in_a_router(what, cidrs, may):
    place = Place()
    place.site.do(update_router, place.router, UpdateRouter(external_gateway_info={"network_id": place.outside}))
    for cidr in cidrs[:-1]:
        plug(place.site, place.router, place.subnet(place.network(), cidr))
    last = place.subnet(place.network(), cidrs[-1])
    if may:
        plug(place.site, place.router, last)
    else:
        with pytest.raises(BadRequest, match="overlaps with cidr"):
            plug(place.site, place.router, last)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["add", "update", "plug", "unplug", "clear"]), st.integers(0, 2)), max_size=12)
)
def test_links_are_what_the_state_says(steps):
    """Whatever is done: drafts agree with the ports there are, each address is used once, the gateway exists."""
    place = Place()
    outsides = [place.outside, place.network(external=True), place.network(external=True)]
    for number, network in enumerate(outsides[1:]):
        place.subnet(network, f"203.0.11{number}.0/24")
    insides = [place.subnet(place.network(), f"10.{n}.0.0/24") for n in (1, 2, 3)]
    site = place.site
    for step, which in steps:
        named = {"external_gateways": [{"network_id": outsides[which]}]}
        try:
            if step == "add":
                act(site, add_external_gateways, place.router, router=named)
            elif step == "update":
                act(site, update_external_gateways, place.router, router=named)
            elif step == "plug":
                act(site, add_interface, place.router, subnet_id=insides[which])
            elif step == "unplug":
                act(site, remove_interface, place.router, subnet_id=insides[which])
            else:
                site.do(update_router, place.router, UpdateRouter(external_gateway_info=None))
        except (Invalid, NotFound):
            pass  # refused: nothing may have changed
        now = draft(site, place.router)
        assert {link.id for link in now.links} == {one.key.id for one in site.state.of_kind("port")}
        gateway = now.gateway
        assert (gateway.id if gateway else None) == now.values["gw_port_id"]
        assert len(addresses_of(site.state)) == len(set(addresses_of(site.state)))
    for link in draft(site, place.router).interfaces:
        act(site, remove_interface, place.router, port_id=link.id)
    site.do(delete_router, place.router)
    assert not list(site.state.of_kind("port"))


def test_two_processes_do_not_join_prefixes_that_meet():
    place = Place()
    for subnet in [place.subnet(place.network(), "10.1.0.0/24") for _ in range(2)]:
        context = place.site.context(project_id="p")
        writes, _ = add_interface(place.site.state, place.router, {"subnet_id": subnet}, context)
        assert writes.writes[0].key == ("fabric", "router", place.router)  # both write it, so one comes late


# ---- while sites do not hear each other
def test_a_subnet_is_attached_at_any_site():
    place = Place()
    (b,) = place.sites("b")
    with pytest.raises(NeedsTransfer):  # the gateway's address is a's to hand out, to anybody but a router
        port(b, place.inside, fixed_ips=[{"ip_address": "10.0.0.1"}])
    plug(b, router(b), place.subnet_id)


def test_two_routers_at_one_subnets_gateway_are_reported():
    place = Place()
    a, (b,) = place.site, place.sites("b")
    plug(a, place.router, place.subnet_id)
    plug(b, router(b), place.subnet_id)
    meet(a, b)
    assert reported(a) == reported(b) == {("duplicate", "port")}


def test_a_router_deleted_here_lives_while_it_is_plugged_in_there():
    place = Place()
    a, (b,) = place.site, place.sites("b")
    a.do(delete_router, place.router)
    added = plug(b, place.router, place.subnet_id)
    meet(a, b)
    assert a.state.get("router", place.router) is not None
    assert reported(a) == {("kept", "router")}
    act(b, remove_interface, place.router, port_id=added)
    meet(a, b)
    assert a.state.get("router", place.router) is None


def test_gateways_set_at_both_sites_are_both_there():
    place = Place()
    a, (b,) = place.site, place.sites("b")
    for site in (a, b):
        site.do(update_router, place.router, UpdateRouter(external_gateway_info={"network_id": place.outside}))
    meet(a, b)
    now = draft(a, place.router)
    assert len(now.gateways) == 2
    assert now.gateway.id == a.state.get("router", place.router).get("gw_port_id")
    assert reported(a) == set()
    a.do(update_router, place.router, UpdateRouter(external_gateway_info=None))
    assert len(draft(a, place.router).gateways) == 1  # the other takes its place


def test_a_router_changes_its_kind_here_while_it_is_plugged_in_there():
    place = Place()
    a, (b,) = place.site, place.sites("b")
    a.do(update_router, place.router, UpdateRouter(admin_state_up=False))
    a.do(update_router, place.router, UpdateRouter(distributed=True))
    added = plug(b, place.router, place.subnet_id)
    meet(a, b)
    with pytest.raises(RouterInUse):
        a.do(delete_router, place.router)
    act(a, remove_interface, place.router, port_id=added)
    a.do(delete_router, place.router)
