"""For commands: take an item that this site may hand out, or say whom to ask for one."""

from collections.abc import Collection, Iterator

from weft.model import Conflict, SiteId
from weft.store.blocks import Count, Pool, counted, size_of
from weft.store.paths import rows_at
from weft.store.pools import ADDRESS_PATHS, is_text_used, item_number, item_text, live_sites
from weft.store.protocol import State
from weft.store.writes import NeedsTransfer

RANDOM_TRIES = 32  # in a pool that is three quarters full, one in 10,000 searches goes on to the orderly walk


class NothingLeft(Conflict):
    """Every item of the pool is in use, at whatever site."""

    code = "nothing_left"

    def __init__(self, pool: str) -> None:
        self.pool = pool
        super().__init__(f"{pool}: every item is in use")


def pick_item(state: State, pool: Pool, site: SiteId, held: Collection[str], seed: int) -> str:
    """Return a free item that `site` may hand out, as text; `held` are left out.

    Tries RANDOM_TRIES places derived from `seed`, then walks: no more steps than items in use, so a /8 or
    a /64 costs no more than a /24. Raises NeedsTransfer if the site has none but another may; NothingLeft.
    """
    for item in _candidates(pool, site, seed):
        text = item_text(pool, item)
        if text not in held and not is_text_used(state, pool, item, text):
            return text
    owners = _others_to_ask(state, pool, site)
    if not owners:
        raise NothingLeft(pool.name)
    raise NeedsTransfer(pool.name, None, owners)


def require_item(state: State, pool: Pool, site: SiteId, text: str) -> None:
    """Make sure that `site` may hand out this very item; whether it is free is another question.

    Raises NeedsTransfer. Items outside the pool (an address of no subnet) are the caller's to refuse.
    """
    item = item_number(pool, text)
    assert item is not None, f"{text} is not in {pool.name}"
    if not pool.may_hand_out(site, item):
        raise NeedsTransfer(pool.name, text, (pool.owner(item),))


def _candidates(pool: Pool, site: SiteId, seed: int) -> Iterator[int]:
    count = _count(pool, site)
    if count.total > RANDOM_TRIES:
        place = seed
        for _ in range(RANDOM_TRIES):
            # Knuth's MMIX: one multiplication, where seeding Python's generator costs as much as the whole pick.
            place = place * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
            yield count.nth(place * count.total >> 64)
    for start, end in count.intervals:
        yield from range(start, end + 1)


_counts: dict[str, tuple[Pool, SiteId, Count]] = {}
COUNTS_MAX = 4096


def _count(pool: Pool, site: SiteId) -> Count:
    """Return what `site` may hand out, counted; remembered as long as the pool is the very same."""
    held = _counts.get(pool.name)
    if held is not None and held[0] is pool and held[1] == site:
        return held[2]
    count = counted(pool.intervals(site))
    if len(_counts) >= COUNTS_MAX:
        _counts.clear()
    _counts[pool.name] = (pool, site, count)
    return count


def _others_to_ask(state: State, pool: Pool, site: SiteId) -> tuple[SiteId, ...]:
    """Return who may have something to hand over: the giver (perhaps ourselves), then those who own most."""
    used = _count_used(state, pool)
    if used >= size_of(pool.usable):
        return ()
    owned = {other: size_of(pool.intervals(other)) for other in live_sites(state) if other != site}
    most_first = sorted((other for other in owned if owned[other]), key=lambda other: (-owned[other], other))
    if size_of(pool.reserve()) and not (pool.giver == site and pool.block_bits == 0):
        most_first = [pool.giver, *(other for other in most_first if other != pool.giver)]
    return tuple(most_first)


def _count_used(state: State, pool: Pool) -> int:
    """Return how many usable items of a subnet are used. O(ports of the subnet), for when it has run dry."""
    prefix, _, subnet_id = pool.name.partition(".")
    if prefix != "subnet":
        return 0  # 16 million and more: never all in use
    used = {
        number
        for port in state.referrers("subnet", subnet_id, "port")
        for owner, text in rows_at(port, ADDRESS_PATHS)
        if owner == subnet_id and (number := item_number(pool, str(text))) is not None
    }
    return sum(1 for number in used if any(start <= number <= end for start, end in pool.usable))
