"""Networks: VNIs are given once, deletes take the subnets along, and nothing that is used goes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.replica import Replica
from weft.commands.errors import InvalidInput, InvalidSharedSetting, NetworkInUse, NetworkNotFound, TunnelIdInUse
from weft.commands.networks import CreateNetwork, UpdateNetwork, create_networks, delete_network, update_network
from weft.commands.ports import CreatePort, create_ports
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.store.writes import NeedsTransfer

MINE = CreateNetwork(project_id="p")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.integers(0, 10**9)), max_size=12))
def test_cut_off_sites_never_give_one_vni_twice(turns):
    sites = {name: Replica(name) for name in "abc"}
    for name, count, seed in turns:
        sites[name].do(create_networks, [MINE] * count, seed=seed)
    whole = Replica("a")
    for site in sites.values():
        whole.hear(site)
    vnis = [network.get("vni") for network in whole.state.of_kind("network")]
    assert len(vnis) == len(set(vnis)) == sum(count for _, count, _ in turns)


def test_a_vni_that_was_asked_for():
    site = Replica("b")
    own, others = 2 * 256 + 7, 1 * 256 + 7
    asked = CreateNetwork(project_id="p", network_type="vxlan", segmentation_id=own)
    assert site.do(create_networks, [asked])[0].get("vni") == own
    with pytest.raises(TunnelIdInUse):
        site.do(create_networks, [asked])
    with pytest.raises(NeedsTransfer) as need:
        site.do(create_networks, [CreateNetwork(project_id="p", network_type="vxlan", segmentation_id=others)])
    assert need.value.owners == ("a",)
    for wrong in (0, 1 << 24):
        with pytest.raises(InvalidInput):
            site.do(create_networks, [CreateNetwork(project_id="p", network_type="vxlan", segmentation_id=wrong)])
    with pytest.raises(InvalidInput, match="network_type"):
        site.do(create_networks, [CreateNetwork(project_id="p", network_type="token-ring")])


def test_a_delete_takes_the_subnets_along_but_no_ports():
    site = Replica()
    network = site.do(create_networks, [MINE])[0].key.id
    site.do(create_subnets, [CreateSubnet(project_id="p", network_id=network, ip_version=4, cidr="10.0.0.0/24")])
    made = site.do(create_ports, [CreatePort(project_id="p", network_id=network)])
    with pytest.raises(NetworkInUse):
        site.do(delete_network, network)
    site.state.forget(made[0].key)
    site.do(delete_network, network)
    assert not site.state.of_kind("network")
    assert not site.state.of_kind("subnet")
    with pytest.raises(NetworkNotFound):
        site.do(delete_network, network)


def test_a_network_that_others_use_stays_shared():
    site = Replica()
    network = site.do(create_networks, [CreateNetwork(project_id="p", shared=True)])[0].key.id
    site.do(create_ports, [CreatePort(project_id="q", network_id=network)])
    with pytest.raises(InvalidSharedSetting):
        site.do(update_network, network, UpdateNetwork(shared=False))


def test_only_what_differs_is_written():
    site = Replica()
    network = site.do(create_networks, [CreateNetwork(project_id="p", name="x")])[0].key.id
    writes = update_network(site.state, network, UpdateNetwork(name="x", description="new"), site.context())
    assert writes.writes[0].values == {"description": "new"}


@pytest.mark.parametrize(("mtu", "accepted"), [(0, 1450), (1450, 1450), (1280, 1280), (1451, None)])
def test_mtu(mtu, accepted):
    site = Replica()
    asked = CreateNetwork(project_id="p", mtu=mtu)
    if accepted is None:
        with pytest.raises(InvalidInput, match="maximum is 1450"):
            site.do(create_networks, [asked])
    else:
        assert site.do(create_networks, [asked])[0].get("mtu") == accepted
