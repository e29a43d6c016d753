"""Cutting prefixes from a subnet pool: which are free, which this site may cut, and whom to ask for the others.

A subnet pool is a pool of all addresses there are of its IP version, of which its own prefixes are usable. Sites
own aligned shares of it (`blocks.py`); what nobody was granted belongs to the giver, who cuts from it directly:
whoever cuts at a site, or gives a share away, writes to the pool's record, and its compare-and-set keeps them apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from weft.model import SiteId
from weft.store.blocks import Interval, Part, Pool
from weft.store.picking import NothingLeft
from weft.store.pools import PREFIX_POOL, live_sites, version_of_pool
from weft.store.prefixes import WIDTH, blocks_of, cidr_of, interval_of, intervals_of, merged, minus, touch
from weft.store.protocol import State
from weft.store.writes import NeedsTransfer


def cut_any(state: State, pool: Pool, site: SiteId, prefixlen: int, also_taken: Iterable[str]) -> str:
    """Return a free prefix that `site` may cut: from the smallest free block that holds it, as Neutron does.

    Raises NeedsTransfer if only other sites have one, NothingLeft if nobody has.
    """
    version = version_of_pool(pool)
    bits = WIDTH[version] - prefixlen
    taken = taken_in(state, pool, also_taken)
    if (found := _best_fit(free_blocks(pool.intervals(site), taken), bits)) is not None:
        return cidr_of(version, found)
    anywhere = _best_fit(free_blocks(pool.usable, taken), bits)
    if anywhere is None:
        raise NothingLeft(pool.name)
    others = [other for other in _by_share(state, pool) if other != site]
    if owners := [o for o in others if _best_fit(free_blocks(pool.intervals(o), taken), bits) is not None]:
        raise NeedsTransfer(pool.name, f"/{prefixlen}", tuple(owners))
    cidr = cidr_of(version, anywhere)  # no single site has so much: ask for the pieces, one by one
    require_prefix(pool, site, cidr)
    return cidr


def is_free(state: State, pool: Pool, cidr: str, also_taken: Iterable[str]) -> bool:
    """Tell whether a prefix lies within the pool's, and no subnet has any of it."""
    interval = interval_of(cidr)
    within = any(start <= interval[0] and interval[1] <= end for start, end in pool.usable)
    return within and not touch(taken_in(state, pool, also_taken), interval)


def require_prefix(pool: Pool, site: SiteId, cidr: str) -> None:
    """Make sure that `site` may cut this very prefix; whether it is free is another question.

    Raises NeedsTransfer for the first piece that another site owns.
    """
    for part, owner in owners_within(pool, interval_of(cidr)):
        if owner != site:
            raise NeedsTransfer(pool.name, cidr_of(version_of_pool(pool), part), (owner,))


def owners_within(pool: Pool, interval: Interval) -> Iterator[tuple[Part, SiteId]]:
    """Yield the aligned blocks that make up an interval and have one owner each, ascending."""
    edges = {interval[0], interval[1] + 1}
    for part in pool.grants:
        start, end = pool.part_interval(part)
        edges.update(edge for edge in (start, end + 1) if interval[0] < edge <= interval[1])
    cuts = sorted(edges)
    for start, stop in pairwise(cuts):
        owner = pool.owner(start)
        for part in blocks_of((start, stop - 1)):
            yield part, owner


def taken_in(state: State, pool: Pool, also_taken: Iterable[str] = ()) -> list[Interval]:
    """Return what subnets have of the pool, as disjoint intervals."""
    subnets = state.referrers("subnetpool", pool.name.removeprefix(PREFIX_POOL), "subnet")
    return merged([*intervals_of(subnet.get("cidr") for subnet in subnets), *intervals_of(also_taken)])


def free_blocks(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Part]:
    """Return the aligned blocks that are left of `intervals`, the smallest first, then ascending."""
    free = [part for interval in minus(merged(intervals), taken) for part in blocks_of(interval)]
    return sorted(free, key=lambda part: part[0])


def _best_fit(blocks: Sequence[Part], bits: int) -> Part | None:
    """Return the first `bits` of the first block that holds as many."""
    for block_bits, index in blocks:
        if block_bits >= bits:
            return bits, index << (block_bits - bits)
    return None


def _by_share(state: State, pool: Pool) -> list[SiteId]:
    """Return the living sites, the giver first."""
    return sorted(live_sites(state), key=lambda site: (site != pool.giver, site))
