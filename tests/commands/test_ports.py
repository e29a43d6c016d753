"""Ports: addresses and MACs are given once, at whatever site, cut off or not."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.replica import Replica, addresses_of
from weft.commands.errors import IpAddressAlreadyAllocated, IpAddressGenerationFailure
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, UpdatePort, create_ports, delete_port, update_port
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.store.writes import NeedsTransfer


def fabric(cidr: str = "10.0.0.0/24", **subnet) -> tuple[Replica, str, str]:
    """Return site a with a network and a subnet of it."""
    site = Replica("a")
    network = site.do(create_networks, [CreateNetwork(project_id="p")])[0].key.id
    values = {"ip_version": 4 if "." in cidr else 6, "cidr": cidr, **subnet}
    made = site.do(create_subnets, [CreateSubnet(project_id="p", network_id=network, **values)])
    return site, network, made[0].key.id


def elsewhere(site: Replica, name: str, seed: int = 0) -> Replica:
    """Return another site that has heard all of `site`."""
    other = Replica(name, seed=seed)
    other.hear(site)
    return other


def port(network: str, **values) -> list[CreatePort]:
    return [CreatePort(project_id="p", network_id=network, **values)]


def test_what_others_are_taking_is_left_out():
    site, network, subnet = fabric()
    taking: set[str] = set()
    for _ in range(32):  # the site's block, all of it being taken by others
        made = create_ports(site.state, port(network), site.context(held=lambda pool: taking))
        taking.add(made.writes[0].values["fixed_ips"][0]["ip_address"])
    assert len(taking) == 32
    with pytest.raises(NeedsTransfer) as need:
        create_ports(site.state, port(network), site.context(held=lambda pool: taking))
    assert need.value.pool == f"subnet.{subnet}"


def test_a_held_address_that_was_asked_for_is_taken():
    site, network, subnet = fabric()
    held = {f"subnet.{subnet}": {"10.0.0.9"}}
    wanted = [{"ip_address": "10.0.0.9"}]
    with pytest.raises(IpAddressAlreadyAllocated):
        site.do(create_ports, port(network, fixed_ips=wanted), held=lambda pool: held.get(pool, ()))


def test_a_specific_address_of_another_sites_block_must_come_from_there():
    site, network, _ = fabric()
    other = elsewhere(site, "b")
    theirs = site.do(create_ports, port(network))[0].get("fixed_ips")[0]["ip_address"]
    with pytest.raises(NeedsTransfer) as need:  # b has not heard of the port: its owner must say
        other.do(create_ports, port(network, fixed_ips=[{"ip_address": theirs}]))
    assert (need.value.item, need.value.owners) == (theirs, ("a",))


def test_a_deleted_ports_address_is_free_again():
    site, network, _ = fabric()
    first = site.do(create_ports, port(network))[0]
    site.do(delete_port, first.key.id)
    again = site.do(create_ports, port(network, fixed_ips=first.get("fixed_ips")))[0]
    assert again.get("fixed_ips") == first.get("fixed_ips")


def test_binding_fields_change_together_and_remember_where_the_port_was():
    site, network, _ = fabric()
    made = site.do(create_ports, port(network))[0]
    for host in [f"h{n}" for n in range(20)]:
        (changed,) = site.do(update_port, made.key.id, UpdatePort(host=host))
    stamps = {changed.fields[name].stamp for name in ("host", "vnic_type", "profile", "previous_hosts")}
    assert len(stamps) == 1
    history = [entry["host"] for entry in changed.get("previous_hosts")]
    assert history == [f"h{n}" for n in range(3, 19)]


def test_a_change_of_nothing_writes_nothing():
    site, network, _ = fabric()
    made = site.do(create_ports, port(network, name="x"))[0]
    same = UpdatePort(name="x", host="", fixed_ips=list(reversed(made.get("fixed_ips"))))
    assert update_port(site.state, made.key.id, same, site.context()).writes == ()


@settings(max_examples=60, deadline=None)
@given(
    cidr=st.sampled_from(["10.0.0.0/26", "10.0.0.0/28", "10.0.0.0/29", "fd00::/120"]),
    seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)),
    turns=st.lists(st.sampled_from("abcx"), max_size=60),
)
def test_cut_off_sites_never_give_one_address_twice(cidr, seeds, turns):
    """Each letter: that site makes a port; x: it deletes one. None of them hears of the others until the end."""
    first, network, subnet = fabric(cidr)
    sites = {name: elsewhere(first, name, seed) for name, seed in zip("abc", seeds, strict=True)}
    prefix = first.state.get("subnet", subnet).get("cidr")
    for turn in turns:
        site = sites.get(turn) or sites["abc"[len(turns) % 3]]
        mine = sorted(site.state.of_kind("port"), key=lambda one: one.key.id)
        if turn == "x" and mine:
            site.do(delete_port, mine[0].key.id)
        elif turn != "x":
            try:
                site.do(create_ports, port(network))
            except (NeedsTransfer, IpAddressGenerationFailure):
                assert mine or prefix.endswith("/29")  # every site could give at least one, but in the tiniest
    first.hear(sites["a"])
    for other in (sites["b"], sites["c"]):
        first.hear(other)
    given_out = addresses_of(first.state)
    assert len(given_out) == len(set(given_out))
    macs = [one.get("mac_address") for one in first.state.of_kind("port")]
    assert len(macs) == len(set(macs))
    assert all(ip_address(address) is not None for _, address in given_out)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 30), seed=st.integers(0, 10**9))
def test_a_bulk_is_as_good_as_one_after_the_other(count, seed):
    site, network, _ = fabric("10.0.0.0/24")
    try:
        made = site.do(create_ports, port(network) * count, seed=seed)
    except NeedsTransfer:
        assert count > 1
        return
    assert len({one.key.id for one in made}) == count
    assert len(set(addresses_of(site.state))) == count
