"""Floating IPs: addresses are given once, at whatever site; and who leads where when two sites disagree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.l3.place import Place, floating_ip, meet, plug, port, reported
from tests.commands.replica import Replica
from weft.commands.deleting import deletion
from weft.commands.errors import IpAddressGenerationFailure
from weft.commands.l3.association import Association
from weft.commands.l3.draft import RouterDraft, existing_router
from weft.commands.l3.floatingips import (
    UpdateFloatingIP,
    current_association,
    delete_floatingip,
    update_floatingip,
)
from weft.commands.l3.routers import UpdateRouter, update_router
from weft.commands.ports import delete_port
from weft.store.kinds import KINDS
from weft.store.records import DELETED, Key, merge
from weft.store.writes import NeedsTransfer, Write, Writes


def connected(cidr: str = "198.51.100.0/24") -> Place:
    """Return a place whose router joins inside and outside."""
    place = Place(cidr)
    plug(place.site, place.router, place.subnet_id)
    place.site.do(update_router, place.router, UpdateRouter(external_gateway_info={"network_id": place.outside}))
    return place


def associate(site: Replica, id: str, port_id: str | None) -> None:
    site.do(update_floatingip, id, UpdateFloatingIP(port_id=port_id))


def leads(site: Replica, id: str) -> Association:
    return current_association(site.state.get("floatingip", id))


@settings(max_examples=40, deadline=None)
@given(
    cidr=st.sampled_from(["198.51.100.0/26", "198.51.100.0/28"]),
    seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)),
    turns=st.lists(st.sampled_from("abcx"), max_size=40),
)
def test_cut_off_sites_never_give_one_floating_address_twice(cidr, seeds, turns):
    place = Place(cidr)
    sites = place.sites("a", "b", "c", seeds=seeds)
    for turn in turns:
        site = sites["abc".find(turn)] if turn in "abc" else sites[len(turns) % 3]
        mine = sorted(site.state.of_kind("floatingip"), key=lambda one: one.key.id)
        if turn == "x" and mine:
            site.do(delete_floatingip, mine[0].key.id)
        elif turn != "x":
            try:
                floating_ip(site, place.outside)
            except (NeedsTransfer, IpAddressGenerationFailure):
                assert mine
    meet(*sites)
    given_out = [one.get("floating_ip_address") for one in sites[0].state.of_kind("floatingip")]
    assert len(given_out) == len(set(given_out))
    assert len(list(sites[0].state.of_kind("port"))) == len(given_out)  # each with the port that holds it


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["one", "two", None, "delete one"])), max_size=10))
def test_an_association_is_never_half_of_two(steps):
    """What two sites do to one floating IP, unaware of each other, ends as what one of them did."""
    place = connected()
    ports = {name: port(place.site, place.inside) for name in ("one", "two")}
    id = floating_ip(place.site, place.outside).key.id
    sites = place.sites("b", "c")
    seen = {leads(sites[0], id)}
    for which, what in steps:
        site = sites[which]
        if what == "delete one":
            if site.state.get("port", ports["one"]) is not None:
                site.do(deletion("port", delete_port), ports["one"], is_admin=True)
        elif what is None or site.state.get("port", ports[what]) is not None:
            associate(site, id, ports[what] if what else None)
        seen.add(leads(site, id))
    meet(*sites)
    assert leads(sites[0], id) in seen


def test_two_processes_do_not_lead_two_floating_ips_to_one_port():
    place = connected()
    vm = port(place.site, place.inside)
    one, two = (floating_ip(place.site, place.outside).key.id for _ in range(2))
    request = UpdateFloatingIP(port_id=vm)
    decided = [
        update_floatingip(place.site.state, id, request, place.site.context(project_id="p")) for id in (one, two)
    ]
    assert decided[0].claims == decided[1].claims != ()


def test_one_floating_ip_to_two_ports_is_a_conflict_of_one_field():
    place = connected()
    here, there = port(place.site, place.inside), port(place.site, place.inside)
    id = floating_ip(place.site, place.outside).key.id
    a, (b,) = place.site, place.sites("b")
    associate(a, id, here)
    associate(b, id, there)
    merged = merge(a.state.get("floatingip", id), b.state.get("floatingip", id))
    assert {loss.field for loss in merged.losses} <= set(KINDS["floatingip"].coupled[0])
    meet(a, b)
    assert leads(a, id).port_id in (here, there)


def test_two_floating_ips_to_one_port_are_reported():
    place = connected()
    vm = port(place.site, place.inside)
    one, two = (floating_ip(place.site, place.outside).key.id for _ in range(2))
    a, (b,) = place.site, place.sites("b")
    associate(a, one, vm)
    associate(b, two, vm)
    meet(a, b)
    assert reported(a) == {("duplicate", "floatingip")}


def test_a_port_deleted_here_goes_though_a_floating_ip_comes_there():
    place = connected()
    vm = port(place.site, place.inside)
    id = floating_ip(place.site, place.outside).key.id
    a, (b,) = place.site, place.sites("b")
    a.do(deletion("port", delete_port), vm, is_admin=True)
    associate(b, id, vm)
    meet(a, b)
    assert a.state.get("port", vm) is None
    associate(a, id, None)
    assert leads(a, id) == Association()


def test_a_router_of_a_floating_ip_stays():
    place = connected()
    vm = port(place.site, place.inside)
    a, (b,) = place.site, place.sites("b")
    floating_ip(b, place.outside, port_id=vm)
    a.do(_unplugged_and_deleted, place.router)
    meet(a, b)
    assert a.state.get("router", place.router) is not None
    assert reported(a) == {("kept", "router"), ("astray", "floatingip")}  # it has no gateway and no interface any more


def _unplugged_and_deleted(state, id, context):
    """Take everything from the router, whatever it is for, and delete it."""
    draft = RouterDraft(state, existing_router(state, id), id, context)
    for link in list(draft.links):
        draft.drop(link)
    return Writes((*draft.writes(), Write(Key("fabric", "router", id), {DELETED: True})))


@pytest.mark.parametrize("is_same", [True, False])
def test_a_change_of_nothing_writes_nothing(is_same):
    place = connected()
    vm = port(place.site, place.inside)
    id = floating_ip(place.site, place.outside, port_id=vm).key.id
    request = UpdateFloatingIP(port_id=vm, description="" if is_same else "new")
    writes = update_floatingip(place.site.state, id, request, place.site.context()).writes
    assert [dict(write.values) for write in writes] == ([] if is_same else [{"description": "new"}])
