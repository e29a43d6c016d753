"""Delegation: nobody hands out what another may, every pool is usable to its last item, size costs nothing."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.model import SiteId
from weft.store.blocks import Pool, size_of
from weft.store.granting import NothingToGive, hand_over, initial_grants, top_ups
from weft.store.picking import NothingLeft, pick_item, require_item
from weft.store.pools import item_number, mac_pool, pool_key, pool_named, usable_addresses, vni_pool
from weft.store.records import Key, write
from weft.store.state import MergedState
from weft.store.usage import Usage
from weft.store.writes import NeedsTransfer

A, B, C = SITES = [SiteId("a"), SiteId("b"), SiteId("c")]


class Fabric:
    """Sites that all see one state at once: the arithmetic, without replication."""

    def __init__(self, sites: list[SiteId] = SITES) -> None:
        self.state, self.usage, self.hlc = MergedState(), Usage(), 1
        for number, site in enumerate(sites, start=1):
            self.write("site", site, number=number)

    def write(self, kind: str, id: str, **values: object) -> None:
        self.hlc += 1
        key = Key("fabric", kind, id)
        self.usage.absorb(self.state.apply(write(self.state.raw(key), key, values, self.hlc, "a")))

    def add_subnet(self, cidr: str, start: str, end: str, gateway: str | None, sites: list[SiteId] = SITES) -> None:
        pools = [{"start": start, "end": end}]
        usable = usable_addresses(ip_network(cidr), gateway, pools)
        grants = initial_grants(ip_network(cidr), usable, sites, sites[0])
        self.write("subnet", "s", network_id="n", cidr=cidr, gateway_ip=gateway, allocation_pools=pools, **grants)

    def pool(self, name: str = "subnet.s") -> Pool:
        pool = pool_named(self.state, name)
        assert pool is not None
        return pool

    def take(self, site: SiteId, name: str = "subnet.s", seed: int = 1) -> str:
        """Pick an item at `site`, with transfers as need be, and use it."""
        for _ in range(600):
            try:
                item = pick_item(self.state, self.pool(name), site, (), seed)
            except NeedsTransfer as need:
                for owner in need.owners:
                    try:
                        self.transfer(name, owner, site, need.item)
                        break
                    except NothingToGive:
                        continue
                else:
                    raise NothingLeft(name) from need
            else:
                require_item(self.state, self.pool(name), site, item)
                self.use(name, item)
                return item
        raise AssertionError("transfers without end")

    def transfer(self, name: str, owner: SiteId, asker: SiteId, item: str | None) -> None:
        pool = self.pool(name)
        given = hand_over(self.state, pool, self.usage, owner, asker, item, ())
        self.write(pool_key(pool).kind, pool_key(pool).id, **given.fields)

    def top_up(self, name: str = "subnet.s") -> None:
        pool = self.pool(name)
        fields = top_ups(self.state, pool, SITES, self.usage).fields
        if fields:
            self.write(pool_key(pool).kind, pool_key(pool).id, **fields)

    def use(self, name: str, item: str) -> None:
        if name == "vni":
            self.write("network", f"n{item}", vni=int(item))
        elif name == "mac":
            self.write("port", f"p{item}", mac_address=item)
        else:
            self.write("port", f"p{item}", fixed_ips=[{"subnet_id": "s", "ip_address": item}])


SUBNETS = [
    ("a /30 has one address besides the gateway", "10.0.0.0/30", "10.0.0.2", "10.0.0.2", "10.0.0.1", 1),
    ("a /29", "10.0.0.0/29", "10.0.0.2", "10.0.0.6", "10.0.0.1", 5),
    ("a /31 has no network address", "10.0.0.0/31", "10.0.0.0", "10.0.0.1", None, 2),
    ("a /24", "10.0.0.0/24", "10.0.0.2", "10.0.0.254", "10.0.0.1", 253),
    ("a gateway in the middle of the pool", "10.0.0.0/26", "10.0.0.1", "10.0.0.62", "10.0.0.32", 61),
    ("a small pool in a large subnet", "10.0.0.0/8", "10.77.1.100", "10.77.1.199", "10.0.0.1", 100),
    ("a small pool in an IPv6 subnet", "2001:db8::/64", "2001:db8::2", "2001:db8::41", "2001:db8::1", 64),
]


@pytest.mark.parametrize(("_", "cidr", "start", "end", "gateway", "size"), SUBNETS, ids=[case[0] for case in SUBNETS])
@pytest.mark.parametrize("site", SITES)
def test_one_site_can_use_every_address_while_others_answer(_, cidr, start, end, gateway, size, site):
    fabric = Fabric()
    fabric.add_subnet(cidr, start, end, gateway)
    taken = [fabric.take(site, seed=seed) for seed in range(size)]
    assert len(set(taken)) == size
    assert gateway not in taken
    with pytest.raises(NothingLeft):
        fabric.take(site)


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "2001:db8::/64", "2001:db8::/32"])
def test_huge_subnets_cost_no_more_than_small_ones(cidr):
    fabric = Fabric()
    network = ip_network(cidr)
    fabric.add_subnet(cidr, str(network[2]), str(network[-2]), str(network[1]))
    pool = fabric.pool()
    assert 2 * size_of(pool.reserve()) >= size_of(pool.usable)
    assert len({fabric.take(site, seed=seed) for site in SITES for seed in range(50)}) == 150


@given(
    bits=st.integers(2, 9),
    site_count=st.integers(1, 12),
    steps=st.lists(st.tuples(st.sampled_from(["take", "top_up", "item"]), st.integers(0, 11)), max_size=60),
)
@settings(max_examples=60, deadline=None)
def test_every_address_has_one_owner_and_is_given_once(bits, site_count, steps):
    sites = [SiteId(f"s{n:02}") for n in range(site_count)]
    fabric = Fabric(sites)
    network = ip_network(f"10.0.0.0/{32 - bits}")
    fabric.add_subnet(str(network), str(network[2]), str(network[-2]), str(network[1]), sites)
    taken: list[str] = []
    for what, n in steps:
        site = sites[n % site_count]
        try:
            if what == "top_up":
                fabric.top_up()
            elif what == "take":
                taken.append(fabric.take(site, seed=n))
            else:
                address = str(network[n * 7 % network.num_addresses])
                fabric.transfer(
                    "subnet.s", fabric.pool().owner(int(network[n * 7 % network.num_addresses])), site, address
                )
        except (NothingLeft, NothingToGive):
            pass
        pool = fabric.pool()
        for number in range(pool.first, pool.first + pool.size):
            assert sum(pool.may_hand_out(site, number) for site in sites) <= 1
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize(("name", "size"), [("vni", 256), ("mac", 65_536)])
def test_a_site_starts_with_the_block_of_its_number_and_gets_more(name, size):
    fabric = Fabric()
    pool = fabric.pool(name)
    assert [size_of(pool.intervals(site)) for site in SITES] == [size] * 3
    if name == "vni":
        taken = [fabric.take(B, name, seed=seed) for seed in range(600)]
        assert len(set(taken)) == 600
        assert {int(vni) // 256 for vni in taken} == {2, 32_768, 32_769}
        assert vni_pool(fabric.state).owner(256) == A
    else:
        assert fabric.take(A, name).startswith("fa:16:00:01:")
        assert mac_pool(fabric.state).contains(item_number(pool, "fa:16:ff:ff:ff:ff"))


def test_a_site_that_runs_low_is_topped_up_without_asking():
    fabric = Fabric()
    fabric.add_subnet("10.0.0.0/24", "10.0.0.2", "10.0.0.254", "10.0.0.1")
    for seed in range(100):
        fabric.use("subnet.s", pick_item(fabric.state, fabric.pool(), B, (), seed))
        fabric.top_up()
    assert size_of(fabric.pool().intervals(B)) >= 100 + 8


def test_a_dead_sites_blocks_fall_to_the_giver():
    fabric = Fabric()
    fabric.add_subnet("10.0.0.0/28", "10.0.0.2", "10.0.0.14", "10.0.0.1")
    fabric.use("subnet.s", pick_item(fabric.state, fabric.pool(), C, (), 1))
    fabric.write("site", C, dead=True)
    taken = [fabric.take(B, seed=seed) for seed in range(12)]
    assert len(set(taken)) == 12
    with pytest.raises(NothingLeft):
        fabric.take(B)


def test_a_dead_givers_reserve_falls_to_the_site_with_the_smallest_number():
    fabric = Fabric()
    fabric.add_subnet("10.0.0.0/24", "10.0.0.2", "10.0.0.254", "10.0.0.1")
    fabric.write("site", A, dead=True)
    assert fabric.pool().giver == B
    assert len({fabric.take(C, seed=seed) for seed in range(253)}) == 253


def test_an_address_in_anothers_block_names_its_owner():
    fabric = Fabric()
    fabric.add_subnet("10.0.0.0/24", "10.0.0.2", "10.0.0.254", "10.0.0.1")
    theirs = pick_item(fabric.state, fabric.pool(), B, (), 1)
    with pytest.raises(NeedsTransfer) as need:
        require_item(fabric.state, fabric.pool(), A, theirs)
    assert need.value.owners == (B,)
    fabric.transfer("subnet.s", B, A, theirs)
    require_item(fabric.state, fabric.pool(), A, theirs)
    with pytest.raises(NeedsTransfer):
        require_item(fabric.state, fabric.pool(), B, theirs)
