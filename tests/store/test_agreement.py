"""Which tombstones may be forgotten, and who must not be merged with: decided from what sites say of each other."""

import msgspec
import pytest

from weft.model import SiteId
from weft.store.agreement import (
    NOWHERE,
    Agreement,
    AwayForTooLong,
    BadStanding,
    MustStartAnew,
    Standing,
)
from weft.store.clock import HybridClock, hlc_from_ms
from weft.store.collect import Collecting
from weft.store.records import DELETED, Key, write

COLLECTING = Collecting(horizon_ms=1_000_000, margin_ms=1_000, grid_ms=1)
NOW_MS = 10_000_000
A, B, C = map(SiteId, "abc")


def at(ms: int) -> int:
    return hlc_from_ms(NOW_MS + ms)


class Site(Agreement):
    """One of several sites that all know each other."""

    def __init__(self, name: SiteId, *others: SiteId) -> None:
        super().__init__(name, HybridClock(), COLLECTING)
        self.name = name
        self.others = lambda: others
        self.memory.born = at(-2_000_000)

    def compares_with(self, other: "Site", ms: int) -> None:
        """Fetch all that another site has, at NOW_MS + ms."""
        stand = self.heard(other.name, other.says(self.name, NOW_MS + ms), NOW_MS + ms)
        self.has_all(other.name, stand)

    def forgets(self, ms: int) -> None:
        self.forgot([write(None, Key("fabric", "network", "n"), {DELETED: True}, at(ms), "x")])


def three() -> tuple[Site, Site, Site]:
    return Site(A, B, C), Site(B, A, C), Site(C, A, B)


def all_compare(sites: tuple[Site, ...], ms: int) -> None:
    for site in sites:
        for other in sites:
            if other is not site:
                site.compares_with(other, ms)


def test_what_all_hold_is_due_after_the_margin():
    sites = three()
    all_compare(sites, 0)
    assert sites[0].collect_before(NOW_MS) < at(-900_000)  # they hold it, but have not said so to each other
    all_compare(sites, 100)
    for site in sites:
        assert at(-1000) <= site.collect_before(NOW_MS + 100) <= at(-900)


def test_nothing_is_due_that_one_site_may_lack():
    a, b, c = three()
    all_compare((a, b, c), 0)
    for ms in range(100, 900_000, 100_000):
        all_compare((a, b), ms)
        assert a.collect_before(NOW_MS + ms) < at(0)


def test_past_the_horizon_all_is_due():
    a, *_ = three()
    assert a.collect_before(NOW_MS) == hlc_from_ms(NOW_MS - COLLECTING.horizon_ms)
    assert a.collect_before(NOW_MS - 5_000) == hlc_from_ms(NOW_MS - COLLECTING.horizon_ms), "it never goes back"


def test_who_lacks_what_another_forgot_starts_anew_and_is_not_merged_with():
    a, b, c = three()
    all_compare((a, b, c), 0)
    all_compare((a, b), 1_100_000)
    a.forgets(50)
    with pytest.raises(MustStartAnew):
        c.compares_with(a, 1_100_000)
    with pytest.raises(AwayForTooLong):
        a.compares_with(c, 1_100_000)
    b.compares_with(a, 1_100_000)  # has heard all along


def test_who_was_away_but_missed_nothing_is_merged_with():
    a, b, c = three()
    all_compare((a, b, c), 0)
    a.forgets(-50)
    all_compare((a, b, c), 1_100_000)


@pytest.mark.parametrize("touch", [True, False])
def test_where_each_lacks_something_only_the_smaller_side_starts_anew(touch):
    a, b, c = three()
    all_compare((a, b, c), 0)
    if touch:
        all_compare((b, c), 1_100_000)  # then a is the smaller side; else the first in the alphabet stays
    a.forgets(50)
    c.forgets(60)
    with pytest.raises(MustStartAnew if touch else AwayForTooLong):
        a.compares_with(c, 1_100_000)
    with pytest.raises(AwayForTooLong if touch else MustStartAnew):
        c.compares_with(a, 1_100_000)


def test_a_new_site_and_an_old_one_have_nothing_against_each_other():
    a, b = Site(A, B), Site(B, A)
    a.forgets(-5_000)
    b.memory.born = at(0)
    all_compare((a, b), 10)
    new = Site(C, A, B)
    new.memory.born = at(100)
    all_compare((a, b, new), 200)


def test_what_makes_no_sense_frightens_nobody():
    a, *_ = three()
    for payload in (b"", b"garbage", msgspec.msgpack.encode([1, "x"])):
        with pytest.raises(BadStanding):
            a.heard(B, payload, NOW_MS)
    forgot_too_much = Standing(at(0), at(0), at(-10), at(0), ("b", "c"))
    with pytest.raises(BadStanding, match="may not have forgotten"):
        a.heard(B, msgspec.msgpack.encode(forgot_too_much), NOW_MS)
    ahead = Standing(at(70_000), at(70_000), at(60_000), at(0), ("b", "c"))
    assert a.heard(B, msgspec.msgpack.encode(ahead), NOW_MS) == NOWHERE
