"""Flavors and agents at sites that cannot see each other."""

from tests.commands.replica import Replica
from weft.commands.services.agents import UpdateAgent, agent_id, agents_of, delete_agent, update_agent
from weft.commands.services.flavors import (
    AddProfile,
    CreateFlavor,
    CreateServiceProfile,
    add_profiles,
    create_flavors,
    create_profiles,
    delete_flavor,
)
from weft.store.records import DELETED
from weft.store.writes import Write, Writes


def meet(a: Replica, b: Replica) -> None:
    b.hear(a)
    a.hear(b)


def test_one_flavor_given_one_profile_at_two_sites_has_it_once():
    a, b = Replica("a"), Replica("b", seed=7)
    flavor = a.do(create_flavors, [CreateFlavor(service_type="L3_ROUTER_NAT")])[0].key.id
    profile = a.do(create_profiles, [CreateServiceProfile(metainfo="{}")])[0].key.id
    b.hear(a)
    request = AddProfile(flavor_id=flavor, service_profile_id=profile)
    for site in (a, b):
        site.do(add_profiles, [request])
    meet(a, b)
    for site in (a, b):
        assert len(site.state.referrers("flavor", flavor, "flavor_profile")) == 1
    a.do(delete_flavor, flavor)
    assert a.state.get("flavor", flavor) is None
    assert not a.state.referrers("service_profile", profile, "flavor_profile")


def test_what_weftd_and_an_administrator_write_of_an_agent_both_stay():
    a, b = Replica("a"), Replica("b", seed=7)
    announced = Writes(tuple(Write(key, values) for key, values in agents_of("b1", "b")))
    b.apply(announced)
    a.hear(b)
    dhcp = agent_id("DHCP agent", "b1")
    a.do(update_agent, dhcp, UpdateAgent(description="in the cellar"))
    moved = Writes(tuple(Write(key, values) for key, values in agents_of("b1", "c")))
    b.apply(moved)
    meet(a, b)
    for site in (a, b):
        agent = site.state.get("agent", dhcp)
        assert (agent.get("description"), agent.get("availability_zone")) == ("in the cellar", "c")


def test_a_deleted_agent_comes_back_with_its_node():
    a = Replica("a")
    agents = list(agents_of("a1", "a"))
    a.apply(Writes(tuple(Write(key, values) for key, values in agents)))
    a.do(delete_agent, agents[0][0].id)
    assert len(a.state.of_kind("agent")) == 2
    a.apply(Writes(tuple(Write(key, {**values, DELETED: False}) for key, values in agents)))
    assert len(a.state.of_kind("agent")) == 3
