"""Trunks at sites that cannot see each other."""

import pytest

from tests.commands.replica import Replica
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, create_ports
from weft.commands.trunks.errors import DuplicateSubPort
from weft.commands.trunks.subports import subports_on
from weft.commands.trunks.trunks import CreateTrunk, add_subports, create_trunks, delete_trunk, remove_subports


def acting(action):
    """Return an action as a command: its answer is for the client alone."""
    return lambda *arguments: action(*arguments)[0]


def vlan(port_id: str, tag: int) -> dict:
    return {"port_id": port_id, "segmentation_type": "vlan", "segmentation_id": tag}


@pytest.fixture
def sites() -> tuple[Replica, Replica, list[str]]:
    """Return two sites that hold the same network and four ports, and the ports."""
    a, b = Replica("a"), Replica("b", seed=7)
    (network,) = a.do(create_networks, [CreateNetwork(project_id="p")], is_admin=True)
    ports = [CreatePort(project_id="p", network_id=network.key.id) for _ in range(4)]
    made = [record.key.id for record in a.do(create_ports, ports, is_admin=True)]
    b.hear(a)
    return a, b, made


def carried(site: Replica, trunk_id: str) -> dict[str, int]:
    return {one.key.id: one.get("segmentation_id") for one in subports_on(site.state, trunk_id)}


def meet(a: Replica, b: Replica) -> None:
    b.hear(a)
    a.hear(b)


def test_ports_added_at_two_sites_both_stay(sites):
    a, b, (parent, one, two, _) = sites
    trunk = a.do(create_trunks, [CreateTrunk(project_id="p", port_id=parent)], is_admin=True)[0].key.id
    b.hear(a)
    a.do(acting(add_subports), trunk, {"sub_ports": [vlan(one, 7)]}, is_admin=True)
    b.do(acting(add_subports), trunk, {"sub_ports": [vlan(two, 8)]}, is_admin=True)
    meet(a, b)
    assert carried(a, trunk) == carried(b, trunk) == {one: 7, two: 8}


def test_a_port_added_to_two_trunks_at_once_ends_on_one(sites):
    a, b, (parent, other, one, _) = sites
    wanted = [CreateTrunk(project_id="p", port_id=port) for port in (parent, other)]
    first, second = (record.key.id for record in a.do(create_trunks, wanted, is_admin=True))
    b.hear(a)
    a.do(acting(add_subports), first, {"sub_ports": [vlan(one, 7)]}, is_admin=True)
    b.do(acting(add_subports), second, {"sub_ports": [vlan(one, 8)]}, is_admin=True)
    meet(a, b)
    everywhere = [{**carried(site, first), **carried(site, second)} for site in (a, b)]
    assert everywhere[0] == everywhere[1]
    assert len(carried(a, first)) + len(carried(a, second)) == 1


def test_a_trunk_deleted_while_another_site_adds_to_it_lives_until_that_port_leaves(sites):
    a, b, (parent, one, _, _) = sites
    trunk = a.do(create_trunks, [CreateTrunk(project_id="p", port_id=parent)], is_admin=True)[0].key.id
    b.hear(a)
    a.do(delete_trunk, trunk, is_admin=True)
    b.do(acting(add_subports), trunk, {"sub_ports": [vlan(one, 7)]}, is_admin=True)
    meet(a, b)
    assert carried(a, trunk) == carried(b, trunk) == {one: 7}
    a.do(acting(remove_subports), trunk, {"sub_ports": [{"port_id": one}]}, is_admin=True)
    assert a.state.get("trunk", trunk) is None


def test_the_same_tag_twice_in_one_request_is_refused_whatever_its_spelling(sites):
    a, _, (parent, one, two, _) = sites
    request = CreateTrunk(
        project_id="p", port_id=parent, sub_ports=[vlan(one, 7), {**vlan(two, 7), "segmentation_id": "7"}]
    )
    with pytest.raises(DuplicateSubPort):
        a.do(create_trunks, [request], is_admin=True)
