"""Subnet pools at sites that do not hear each other: what they cut is apart, and what they did at once is told."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.replica import Replica
from weft.commands.addressing.address_scopes import CreateAddressScope, create_address_scopes, delete_address_scope
from weft.commands.addressing.prefix_ops import onboard_network_subnets, remove_prefixes
from weft.commands.addressing.subnetpools import (
    CreateSubnetPool,
    UpdateSubnetPool,
    create_subnetpools,
    default_subnetpool,
    delete_subnetpool,
    update_subnetpool,
)
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.store.granting import top_ups
from weft.store.pools import live_sites, pool_key, pool_named
from weft.store.usage import Usage
from weft.store.writes import NeedsTransfer, Write, Writes

POOL = CreateSubnetPool(project_id="p", name="p", prefixes=["10.0.0.0/16"], default_prefixlen=24)


def two_sites_with_a_pool(request: CreateSubnetPool = POOL) -> tuple[Replica, Replica, str]:
    """Return sites a and b, of which a made the pool and gave b its share, and the pool's ID."""
    a, b = Replica("a", sites=("a", "b")), Replica("b", sites=("a", "b"))
    pool_id = a.do(create_subnetpools, [request])[-1].key.id
    share(a, pool_id)
    b.hear(a)
    return a, b, pool_id


def share(site: Replica, pool_id: str) -> None:
    """Let the giver look after the others, as its store does."""
    pool = pool_named(site.state, f"subnetpool.{pool_id}")
    assert pool is not None
    given = top_ups(site.state, pool, live_sites(site.state), Usage())
    if given.fields:
        site.apply(Writes((Write(pool_key(pool), given.fields),)))


def cut(site: Replica, pool_id: str, **values: object) -> str:
    """Create a network with a subnet of the pool; return the subnet's prefix."""
    network = site.do(create_networks, [CreateNetwork(project_id="p")])[0]
    wanted = CreateSubnet(project_id="p", network_id=network.key.id, ip_version=4, subnetpool_id=pool_id, **values)
    written = site.do(create_subnets, [wanted], project_id="p")
    return next(str(record.get("cidr")) for record in written if record.key.kind == "subnet")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(18, 30)), max_size=25))
def test_cut_off_sites_never_cut_one_prefix_twice(turns):
    a, b, pool_id = two_sites_with_a_pool()
    for name, length in turns:
        try:
            cut(a if name == "a" else b, pool_id, prefixlen=length)
        except NeedsTransfer:
            continue
    a.hear(b)
    cuts = [ip_network(subnet.get("cidr")) for subnet in a.state.of_kind("subnet")]
    assert not any(one.overlaps(other) for n, one in enumerate(cuts) for other in cuts[:n])


def test_a_prefix_of_the_other_share_needs_the_other_site():
    a, b, pool_id = two_sites_with_a_pool()
    assert cut(a, pool_id) == "10.0.0.0/24"
    assert cut(b, pool_id) == "10.0.128.0/24"
    with pytest.raises(NeedsTransfer) as need:
        cut(a, pool_id, cidr="10.0.200.0/24")
    assert (need.value.item, need.value.owners) == ("10.0.200.0/24", ("b",))
    with pytest.raises(NeedsTransfer) as need:
        a.do(
            lambda state, id, body, context: remove_prefixes(state, id, body, context)[0],
            pool_id,
            {"prefixes": ["10.0.192.0/18"]},
        )
    assert (need.value.item, need.value.owners) == ("10.0.192.0/18", ("b",))


def test_a_network_that_is_taken_in_is_the_givers_to_take():
    _, b, pool_id = two_sites_with_a_pool()
    network = b.do(create_networks, [CreateNetwork(project_id="p")])[0].key.id
    b.do(create_subnets, [CreateSubnet(project_id="p", network_id=network, ip_version=4, cidr="192.168.0.0/24")])
    with pytest.raises(NeedsTransfer) as need:
        b.do(
            lambda state, id, body, context: onboard_network_subnets(state, id, body, context)[0],
            pool_id,
            {"network_id": network},
            project_id="p",
        )
    assert (need.value.item, need.value.owners) == ("192.168.0.0/24", ("a",))


def test_a_pool_deleted_while_another_site_cut_from_it_lives_on():
    a, b, pool_id = two_sites_with_a_pool()
    a.do(delete_subnetpool, pool_id)
    cidr = cut(b, pool_id)
    a.hear(b)
    assert a.state.get("subnetpool", pool_id) is not None
    pool = pool_named(a.state, f"subnetpool.{pool_id}")
    assert pool is not None
    assert pool.owner(int(ip_network(cidr)[0])) == "b"


def test_two_defaults_made_at_once_leave_the_older():
    a, b = Replica("a"), Replica("b")
    first = a.do(
        create_subnetpools, [CreateSubnetPool(project_id="p", name="1", prefixes=["10.0.0.0/8"], is_default=True)]
    )
    b.context()  # a moment later
    b.do(create_subnetpools, [CreateSubnetPool(project_id="p", name="2", prefixes=["11.0.0.0/8"], is_default=True)])
    a.hear(b)
    b.hear(a)
    for site in (a, b):
        chosen = default_subnetpool(site.state, 4)
        assert chosen is not None
        assert chosen.key == first[-1].key


def test_a_scope_deleted_while_a_pool_came_into_it_lives_on():
    a, b = Replica("a"), Replica("b")
    scope = a.do(create_address_scopes, [CreateAddressScope(project_id="p", ip_version=4)])[0].key.id
    pool_id = a.do(create_subnetpools, [POOL])[-1].key.id
    b.hear(a)
    a.do(delete_address_scope, scope)
    for _ in range(9):
        b.context()  # later than anything at the other site
    b.do(update_subnetpool, pool_id, UpdateSubnetPool(address_scope_id=scope), is_admin=True)
    a.hear(b)
    assert a.state.get("address_scope", scope) is not None
