"""Subnet pools: shares are apart, what is cut never overlaps, and one site can use all of it while others answer."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.model import SiteId
from weft.store.blocks import Pool, size_of
from weft.store.cutting import cut_any, is_free, require_prefix
from weft.store.given import NothingToGive
from weft.store.granting import hand_over, top_ups
from weft.store.picking import NothingLeft
from weft.store.pools import pool_key, pool_named
from weft.store.prefixes import blocks_of, cidrs_of, compacted, interval_of, merged, minus
from weft.store.records import Key, write
from weft.store.state import MergedState
from weft.store.usage import Usage
from weft.store.writes import NeedsTransfer

A, B, C = SITES = [SiteId("a"), SiteId("b"), SiteId("c")]


class Fabric:
    """Sites that all see one state at once, with one subnet pool, made at site a."""

    def __init__(self, *prefixes: str, default: int, sites: list[SiteId] = SITES) -> None:
        self.state, self.sites, self.hlc, self.cuts = MergedState(), sites, 1, 0
        for number, site in enumerate(sites, start=1):
            self.write("site", site, number=number)
        self.write("pool", "subnetpool.p", giver="a")
        version = ip_network(prefixes[0]).version
        self.write(
            "subnetpool",
            "p",
            prefixes=compacted(prefixes),
            ip_version=version,
            default_prefixlen=default,
            max_prefixlen=32 if version == 4 else 128,
            grants_id="subnetpool.p",
        )

    def write(self, kind: str, id: str, **values: object) -> None:
        self.hlc += 1
        key = Key("fabric", kind, id)
        self.state.apply(write(self.state.raw(key), key, values, self.hlc, "a"))

    @property
    def pool(self) -> Pool:
        pool = pool_named(self.state, "subnetpool.p")
        assert pool is not None
        return pool

    def top_up(self) -> None:
        given = top_ups(self.state, self.pool, self.sites, Usage())
        if given.fields:
            self.write("pool", "subnetpool.p", **given.fields)

    def cut(self, site: SiteId, wanted: int | str) -> str:
        """Cut a prefix at `site`, with transfers as need be."""
        for _ in range(200):
            try:
                if isinstance(wanted, int):
                    cidr = cut_any(self.state, self.pool, site, wanted, ())
                else:
                    cidr = wanted
                    if not is_free(self.state, self.pool, cidr, ()):
                        raise NothingLeft("p")
                require_prefix(self.pool, site, cidr)
            except NeedsTransfer as need:
                self.transfer(need, site)
            else:
                self.cuts += 1
                self.write("subnet", f"s{self.cuts}", cidr=cidr, subnetpool_id="p")
                return cidr
        raise AssertionError("transfers without end")

    def transfer(self, need: NeedsTransfer, asker: SiteId) -> None:
        for owner in need.owners:
            try:
                fields = hand_over(self.state, self.pool, Usage(), owner, asker, need.item, ()).fields
            except NothingToGive:
                continue
            self.write(pool_key(self.pool).kind, pool_key(self.pool).id, **fields)
            return
        raise NothingLeft("p")


def test_the_site_that_made_the_pool_cuts_as_neutron_does():
    fabric = Fabric("10.0.0.0/24", "10.0.2.0/26", default=26, sites=[A])
    fabric.top_up()
    assert [fabric.cut(A, 26) for _ in range(3)] == ["10.0.2.0/26", "10.0.0.0/26", "10.0.0.64/26"]
    assert fabric.cut(A, 28) == "10.0.0.128/28"
    assert fabric.cut(A, 27) == "10.0.0.160/27"


def test_shares_are_given_ahead_of_need_and_half_stays():
    fabric = Fabric("10.0.0.0/16", default=24)
    fabric.top_up()
    assert fabric.pool.intervals(B) == [interval_of("10.0.192.0/18")]
    assert fabric.pool.intervals(C) == [interval_of("10.0.128.0/18")]
    for _ in range(64):
        require_prefix(fabric.pool, B, fabric.cut(B, 24))
    with pytest.raises(NeedsTransfer) as need:
        cut_any(fabric.state, fabric.pool, B, 24, ())
    assert (need.value.item, need.value.owners) == ("/24", ("a", "c"))
    fabric.top_up()
    assert ip_network(cut_any(fabric.state, fabric.pool, B, 24, ())).subnet_of(ip_network("10.0.0.0/17"))


def test_nothing_is_shared_where_one_subnet_fills_the_pool():
    fabric = Fabric("10.0.0.0/24", default=24)
    fabric.top_up()
    assert not fabric.pool.grants
    assert fabric.cut(B, 24) == "10.0.0.0/24"


def test_a_prefix_over_several_shares_is_asked_for_piece_by_piece():
    fabric = Fabric("10.0.0.0/24", default=28)
    fabric.top_up()
    assert len({fabric.pool.owner(item) for item in range(*interval_of("10.0.0.0/24"))}) == 3
    with pytest.raises(NeedsTransfer) as need:
        require_prefix(fabric.pool, A, "10.0.0.0/24")
    assert need.value.owners == ("c",)
    assert fabric.cut(A, 24) == "10.0.0.0/24"


def test_a_very_prefix_of_another_share_can_be_had_but_once():
    fabric = Fabric("2001:db8::/48", default=64)
    fabric.top_up()
    last = "2001:db8:0:ffff::/64"
    assert fabric.pool.owner(interval_of(last)[0]) == B
    assert fabric.cut(C, last) == last
    with pytest.raises(NothingLeft):
        fabric.cut(B, last)


@pytest.mark.parametrize("site", SITES)
def test_one_site_can_use_all_of_it_while_others_answer(site):
    fabric = Fabric("10.0.0.0/24", default=28)
    fabric.top_up()
    assert len({fabric.cut(site, 28) for _ in range(16)}) == 16
    with pytest.raises(NothingLeft):
        fabric.cut(site, 28)


def test_without_its_grants_nobody_cuts():
    fabric = Fabric("10.0.0.0/24", default=28)
    fabric.write("subnetpool", "p", grants_id="subnetpool.not-here-yet")
    for site in SITES:
        with pytest.raises(NeedsTransfer):
            require_prefix(fabric.pool, site, "10.0.0.0/28")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["any", "this", "top up"]), st.integers(0, 2), st.integers(26, 30), st.integers(0)),
        max_size=40,
    )
)
def test_what_is_cut_never_overlaps_and_has_one_owner(steps):
    fabric = Fabric("10.0.0.0/25", "10.0.1.64/26", default=28)
    for what, n, length, place in steps:
        site = SITES[n]
        if what == "top up":
            fabric.top_up()
            continue
        every = list(ip_network("10.0.0.0/25").subnets(new_prefix=length))
        try:
            fabric.cut(site, length if what == "any" else str(every[place % len(every)]))
        except NothingLeft:
            continue
    cuts = [ip_network(subnet.get("cidr")) for subnet in fabric.state.of_kind("subnet")]
    assert sum(cut.num_addresses for cut in cuts) == size_of(merged(interval_of(str(cut)) for cut in cuts))
    pool = fabric.pool
    for item in range(*interval_of("10.0.0.0/24")):
        assert sum(pool.may_hand_out(site, item) for site in SITES) == 1


RANGES = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)).map(lambda t: (t[0], t[0] + t[1])), max_size=8)


@given(RANGES, RANGES)
def test_intervals_behave_as_sets_do(one, other):
    numbers = lambda ranges: {n for start, end in ranges for n in range(start, end + 1)}  # noqa: E731
    left = minus(merged(one), merged(other))
    assert numbers(left) == numbers(one) - numbers(other)
    assert numbers(merged(one)) == numbers(one)
    parts = [((i << bits), (i << bits) + (1 << bits) - 1) for interval in left for bits, i in blocks_of(interval)]
    assert sorted(numbers(parts)) == sorted(numbers(left))
    assert len(numbers(parts)) == size_of(parts)
    assert interval_of("0.0.0.0/0") == (0, (1 << 32) - 1)
    assert cidrs_of(4, [(0, (1 << 32) - 1)]) == ["0.0.0.0/0"]
