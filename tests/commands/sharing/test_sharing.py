"""Sites that share and unshare at once agree on entries and flags; seeing one by one and seeing all at once agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.replica import Replica
from weft.commands.networks import CreateNetwork, UpdateNetwork, create_networks, update_network
from weft.commands.ports import CreatePort, create_ports
from weft.commands.sharing.entries import ACCESS_EXTERNAL, ACCESS_SHARED, entries_on, is_external, is_shared
from weft.commands.sharing.errors import RbacPolicyInUse
from weft.commands.sharing.rbac_policies import CreateRbacPolicy, create_rbac_policies, delete_rbac_policy
from weft.commands.sharing.sight import all_open_to, is_open_to

PROJECTS = ["p", "q", "r"]


def entry(network: str, target: str, action: str = ACCESS_SHARED) -> CreateRbacPolicy:
    return CreateRbacPolicy(
        project_id="p", object_type="network", object_id=network, action=action, target_project=target
    )


def test_two_sites_that_make_the_same_entry_make_one():
    here, there = Replica("a"), Replica("b")
    network = here.do(create_networks, [CreateNetwork(project_id="p")], project_id="p")[0].key.id
    there.hear(here)
    for site in (here, there):
        site.do(create_rbac_policies, [entry(network, "q")], project_id="p")
    here.hear(there)
    assert len(entries_on(here.state, network)) == 1
    assert is_shared(here.state, network, "q")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.booleans()), max_size=8))
def test_sites_that_share_and_unshare_at_once_agree(turns):
    sites = {name: Replica(name) for name in "ab"}
    network = sites["a"].do(create_networks, [CreateNetwork(project_id="p")])[0].key.id
    sites["b"].hear(sites["a"])
    for name, shared, external in turns:
        sites[name].do(update_network, network, UpdateNetwork(shared=shared, external=external))
    for one, other in ("ab", "ba"):
        sites[one].hear(sites[other])
    a, b = sites["a"].state, sites["b"].state
    assert is_shared(a, network, "x") == is_shared(b, network, "x")
    assert is_external(a, network) == is_external(b, network)
    assert len(entries_on(a, network, ACCESS_SHARED)) <= 1
    assert len(entries_on(a, network, ACCESS_EXTERNAL)) <= 1


@settings(max_examples=60, deadline=None)
@given(
    networks=st.lists(st.sampled_from(PROJECTS), min_size=1, max_size=4),
    ports=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PROJECTS)), max_size=4),
    opened=st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from([*PROJECTS, "*"]), st.sampled_from([ACCESS_SHARED, ACCESS_EXTERNAL])
        ),
        max_size=4,
        unique=True,
    ),
)
def test_what_is_listed_is_what_is_seen_one_by_one(networks, ports, opened):
    site = Replica()
    made = [site.do(create_networks, [CreateNetwork(project_id=owner)])[0].key.id for owner in networks]
    for at, owner in ports:
        site.do(create_ports, [CreatePort(project_id=owner, network_id=made[at % len(made)])])
    for network, target, action in {(made[at % len(made)], target, action) for at, target, action in opened}:
        site.do(create_rbac_policies, [entry(network, target, action)], is_admin=True)
    for project in (*PROJECTS, None):
        for kind in ("network", "port", "rbac_policy"):
            listed = {record.key for record in all_open_to(site.state, kind, project)}
            assert listed == {r.key for r in site.state.of_kind(kind) if is_open_to(site.state, r, project)}


def test_who_depends_on_an_entry_keeps_it():
    site = Replica()
    network = site.do(create_networks, [CreateNetwork(project_id="p", shared=True)])[0].key.id
    site.do(create_ports, [CreatePort(project_id="q", network_id=network)])
    wildcard = entries_on(site.state, network)[0].key.id
    with pytest.raises(RbacPolicyInUse):
        site.do(delete_rbac_policy, wildcard)
    site.do(create_rbac_policies, [entry(network, "q"), entry(network, "r")], is_admin=True)
    site.do(delete_rbac_policy, wildcard)
    by_target = {each.get("target_project"): each.key.id for each in entries_on(site.state, network)}
    site.do(delete_rbac_policy, by_target["r"])
    with pytest.raises(RbacPolicyInUse):
        site.do(delete_rbac_policy, by_target["q"])
