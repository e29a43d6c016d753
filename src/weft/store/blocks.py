"""Who may hand out which items of a pool: ownership as arithmetic on intervals, never on lists of items.

A pool is a range of whole numbers (addresses, VNIs, MACs). Grants name parts of it, all of them aligned
powers of two, so that two are either nested or apart; the most specific one decides:

    block.<index>          → site    the index-th block of block_size items
    chunk.<index>.<bits>   → site    the index-th run of 2^bits items: a piece of a block, moved on
    item.<text>            → site    one item

What nobody was granted is the reserve; it belongs to the giver. Only the owner of a part writes its grant on,
so no two sites write one grant at once (all of it lives in one record, and a site's own processes are kept
apart by that record's compare-and-set). Why: docs/design/0008-delegation.md.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from socket import AF_INET, AF_INET6, inet_ntoa, inet_pton

import msgspec

from weft.model import SiteId

Interval = tuple[int, int]  # first and last, both included
Part = tuple[int, int]  # (bits, index): the items index·2^bits … of the pool, counted from its first


class Pool(msgspec.Struct, frozen=True):
    """A pool of scarce items and its grants, as the merged state has them."""

    name: str  # "subnet.<id>", "vni", "mac"
    first: int
    size: int
    block_bits: int  # a block has 2^block_bits items
    giver: SiteId
    usable: tuple[Interval, ...]  # what may be picked for those who do not ask for a specific item
    grants: Mapping[Part, SiteId]
    dead: frozenset[SiteId]  # declared lost: what they own falls to the giver

    def owner(self, item: int) -> SiteId:
        """Return the site that may hand out `item`."""
        return self.granted(item) or self.giver

    def granted(self, item: int) -> SiteId | None:
        """Return the living site that `item` was granted to; None: it lies in the reserve."""
        offset = item - self.first
        for bits in self._levels():
            site = self.grants.get((bits, offset >> bits))
            if site is not None:
                return None if site in self.dead else site
        return None

    def may_hand_out(self, site: SiteId, item: int) -> bool:
        """Tell whether `site` may hand out `item` right now, without another grant.

        The reserve is handed out by block, each block a grant, also to the giver itself: a grant of a block
        must not cross the picking of an item in it by another process. Only where blocks are single items
        does the giver take from the reserve directly: there a claim on the item keeps the two apart.
        """
        granted = self.granted(item)
        return granted == site or (granted is None and self.block_bits == 0 and site == self.giver)

    def intervals(self, site: SiteId) -> list[Interval]:
        """Return the usable items that `site` may hand out, as disjoint intervals in ascending order."""
        direct = self.block_bits == 0 and site == self.giver
        return self._where(lambda owner: owner == site or (owner is None and direct))

    def reserve(self) -> list[Interval]:
        """Return the usable items in nobody's block."""
        return self._where(lambda owner: owner is None)

    def reserve_in(self, part: Part) -> list[Interval]:
        """Return the usable items of one part that are in nobody's block."""
        return list(intersection(self.reserve(), (self.part_interval(part),)))

    def contains(self, item: int) -> bool:
        """Tell whether an item is one of this pool at all."""
        return self.first <= item < self.first + self.size

    def part_interval(self, part: Part) -> Interval:
        """Return the items of a part."""
        bits, index = part
        start = self.first + (index << bits)
        return start, min(start + (1 << bits), self.first + self.size) - 1

    def _levels(self) -> list[int]:
        return sorted({bits for bits, _ in self.grants})

    def _where(self, wanted: Callable[[SiteId | None], bool]) -> list[Interval]:
        """Return the usable intervals whose owner (None: the reserve) is wanted. O(grants · log grants)."""
        edges = {self.first, self.first + self.size}
        for part in self.grants:
            start, end = self.part_interval(part)
            edges.update((start, end + 1))
        cuts = sorted(edge for edge in edges if self.first <= edge <= self.first + self.size)
        found: list[Interval] = []
        for start, stop in pairwise(cuts):
            if wanted(self.granted(start)):
                if found and found[-1][1] == start - 1:
                    found[-1] = (found[-1][0], stop - 1)
                else:
                    found.append((start, stop - 1))
        return list(intersection(found, self.usable))


class Count(msgspec.Struct, frozen=True):
    """The size of some intervals, and the way to their n-th item."""

    intervals: tuple[Interval, ...]
    starts: tuple[int, ...]  # how many items lie before each interval
    total: int

    def nth(self, n: int) -> int:
        """Return the n-th item, counted from 0."""
        place = bisect_right(self.starts, n) - 1
        return self.intervals[place][0] + n - self.starts[place]


def counted(intervals: list[Interval]) -> Count:
    """Return a way to pick by number from `intervals`."""
    starts, total = [], 0
    for start, end in intervals:
        starts.append(total)
        total += end - start + 1
    return Count(tuple(intervals), tuple(starts), total)


def size_of(intervals: list[Interval] | tuple[Interval, ...]) -> int:
    """Return how many items lie in `intervals`."""
    return sum(end - start + 1 for start, end in intervals)


def without(intervals: list[Interval], items: list[int]) -> tuple[Interval, ...]:
    """Return `intervals` with single items taken out."""
    for item in items:
        cut: list[Interval] = []
        for start, end in intervals:
            if start <= item <= end:
                cut += [part for part in ((start, item - 1), (item + 1, end)) if part[0] <= part[1]]
            else:
                cut.append((start, end))
        intervals = cut
    return tuple(sorted(intervals))


def aligned_parts(interval: Interval, first: int, bits: int) -> Iterator[Part]:
    """Yield the aligned runs of 2^bits items that lie wholly in `interval`."""
    start, end = interval[0] - first, interval[1] - first
    index = -(-start >> bits)  # rounded up
    while ((index + 1) << bits) - 1 <= end:
        yield bits, index
        index += 1


def address_number(text: str) -> int | None:
    """Return an address as a number, None if it is none."""
    try:
        # Ten times as quick as the ipaddress module, which is much when 100,000 ports come in.
        return int.from_bytes(inet_pton(AF_INET6 if ":" in text else AF_INET, text))
    except (OSError, ValueError):
        return None


def ipv4_text(number: int) -> str:
    """Return an IPv4 address as text; quick, as `address_number` is."""
    return inet_ntoa(number.to_bytes(4))


def intersection(left: list[Interval], right: tuple[Interval, ...]) -> Iterator[Interval]:
    """Yield what lies in both, ascending."""
    for left_start, left_end in left:
        for right_start, right_end in right:
            start, end = max(left_start, right_start), min(left_end, right_end)
            if start <= end:
                yield start, end
