"""Giving parts of a pool to sites: at its creation, ahead of need, and when asked.

Each function returns fields to write into the record that holds the pool's grants (`pools.pool_key`). Who may
write: the creator (initial), the giver (ahead of need), the present owner (when asked).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from weft.model import SiteId
from weft.store.blocks import Interval, Part, Pool, aligned_parts, size_of
from weft.store.given import Fields, Given, NothingToGive, NotOurs
from weft.store.pools import PREFIX_POOL, TOP_UP_INDEX, is_used, item_number, item_text, part_field
from weft.store.protocol import State
from weft.store.sharing import hand_over_prefix, share_out
from weft.store.usage import Usage

CHUNK_BITS_MAX = 6  # a transfer claims each item it moves, in our own log: 64 claims take some 10 ms
BLOCK_BITS_MAX = 62  # block_size is a number that records can hold
SEARCH_MAX = 4_096  # parts looked at in one search


def initial_grants(
    cidr: IPv4Network | IPv6Network, usable: Sequence[Interval], sites: Collection[SiteId], giver: SiteId
) -> Fields:
    """Return the delegation of a new subnet: giver, block_size, and one block for each site, the giver's first.

    At least half of the usable addresses stay in reserve. Where there are too few for that, blocks are single
    addresses, and go to as many sites as half of them suffice for; the giver uses the reserve itself then.
    """
    total, first = size_of(tuple(usable)), int(cidr.network_address)
    others = sorted({*sites} - {giver})
    block_bits = min(max(total // (2 * (len(others) + 1)), 1).bit_length() - 1, BLOCK_BITS_MAX)
    receivers = [giver, *others] if block_bits else others[: total // 2]
    fields: Fields = {"giver": giver, "block_size": 1 << block_bits}
    for site, index in zip(receivers, _best_blocks(usable, first, block_bits, len(receivers)), strict=False):
        fields[f"block.{index}"] = site
    return fields


def _best_blocks(usable: Sequence[Interval], first: int, block_bits: int, count: int) -> list[int]:
    """Return the indexes of up to `count` blocks, those with most usable addresses first."""
    sizes: dict[int, int] = {}
    for start, end in usable:
        low, high = (start - first) >> block_bits, (end - first) >> block_bits
        # Blocks inside an interval are whole: no need to look at more of them than are wanted.
        for index in {*range(low, min(low + count + 1, high) + 1), high}:
            block_start, block_end = first + (index << block_bits), first + ((index + 1) << block_bits) - 1
            sizes[index] = sizes.get(index, 0) + min(end, block_end) - max(start, block_start) + 1
    return sorted(sizes, key=lambda index: (-sizes[index], index))[:count]


def top_ups(state: State, pool: Pool, sites: Collection[SiteId], usage: Usage) -> Given:
    """Return further grants for sites that run low, as the giver sees it from the merged state.

    Low is less than a quarter of a block. One block per site and call. The giver is topped up like the others.
    Where blocks are single addresses, the last half of the reserve is left for whoever asks.
    """
    if pool.name.startswith(PREFIX_POOL):
        return share_out(state, pool, sites)
    claims: list[str] = []
    fields: Fields = {}
    granted: set[Part] = set()
    for site in sorted({*sites} - pool.dead):
        if pool.block_bits == 0 and (site == pool.giver or _reserve_is_thin(pool, usage)):
            continue
        if _free(pool.intervals(site), pool, usage) >= max((1 << pool.block_bits) // 4, 1):
            continue
        part = _reserve_block(pool, usage, granted)
        if part is None:
            break
        granted.add(part)
        fields[part_field(pool, part)] = site
        if pool.block_bits == 0:
            claims.append(item_text(pool, pool.first + part[1]))
    return Given(fields, claims)


def hand_over(
    state: State,
    pool: Pool,
    usage: Usage,
    site: SiteId,
    asker: SiteId,
    item: str | None,
    held: Collection[str],
) -> Given:
    """Return the grant that answers `asker`, as `site` decides.

    For "any" (`item` None): a whole block if we are the giver and have one in reserve, else up to half of
    what we have free, in one aligned run. Raises NotOurs, NothingToGive.
    """
    if pool.name.startswith(PREFIX_POOL):
        return hand_over_prefix(state, pool, site, asker, item)
    if item is not None:
        return _hand_over_item(state, pool, site, asker, item, held)
    if pool.giver == site and pool.block_bits and (block := _reserve_block(pool, usage, set())) is not None:
        return Given({part_field(pool, block): asker}, [])
    if asker == site:
        raise NothingToGive(f"{pool.name}: site {site} has no block in reserve")
    intervals = pool.intervals(site)
    free = _free(intervals, pool, usage)
    bits_max = min(max(free // 2, 1).bit_length() - 1, CHUNK_BITS_MAX, max(pool.block_bits - 1, 0))
    for bits in range(bits_max, -1, -1):
        part = _free_part(pool, intervals, bits, lambda items: _all_free(state, pool, items, held))
        if part is not None:
            start, end = pool.part_interval(part)
            items = [item_text(pool, number) for number in range(start, end + 1)]
            return Given({part_field(pool, part): asker}, items)
    raise NothingToGive(f"{pool.name}: site {site} has no free item left")


def _hand_over_item(state: State, pool: Pool, site: SiteId, asker: SiteId, item: str, held: Collection[str]) -> Given:
    number = item_number(pool, item)
    if number is None:
        raise NothingToGive(f"{pool.name}: there is no {item}")
    if pool.owner(number) != site:
        raise NotOurs(pool.name, item, pool.owner(number))
    if item in held or is_used(state, pool, number):
        raise NothingToGive(f"{pool.name}: {item} is in use")
    return Given({part_field(pool, (0, number - pool.first)): asker}, [item])


def reassigned(pool: Pool, record_fields: Mapping[str, Any], dead: SiteId) -> Fields:
    """Return grants that write down what follows from `dead` being declared so: its parts go to the giver.

    Ownership follows without this; writing it makes it last should the site ever be taken back.
    """
    return {
        name: pool.giver
        for name, value in record_fields.items()
        if value == dead and name.partition(".")[0] in ("block", "chunk", "item")
    }


def _reserve_block(pool: Pool, usage: Usage, taken: set[Part]) -> Part | None:
    """Return a block of the reserve to give: the emptiest of those first found."""
    best: tuple[int, Part] | None = None
    looked_at = 0
    for interval in pool.reserve():
        for part in _blocks_touching(pool, interval):
            looked_at += 1
            if part in taken:
                continue
            free = _free(pool.reserve_in(part), pool, usage)
            if free and (best is None or free > best[0]):
                best = free, part
                if free == 1 << pool.block_bits:
                    return part
            if looked_at > SEARCH_MAX:
                return best[1] if best else None
    return best[1] if best else None


def _blocks_touching(pool: Pool, interval: Interval) -> Iterator[Part]:
    low, high = ((number - pool.first) >> pool.block_bits for number in interval)
    if not pool.name.startswith("subnet."):
        low = max(low, TOP_UP_INDEX)  # below lie the first blocks of sites that are yet to come
    return ((pool.block_bits, index) for index in range(low, high + 1))


def _free_part(pool: Pool, intervals: list[Interval], bits: int, is_free: Callable[[range], bool]) -> Part | None:
    looked_at = 0
    for interval in intervals:
        for part in aligned_parts(interval, pool.first, bits):
            start, end = pool.part_interval(part)
            if is_free(range(start, end + 1)):
                return part
            looked_at += 1
            if bits and looked_at > SEARCH_MAX:
                return None  # smaller runs are easier to find; single items are searched to the end
    return None


def _all_free(state: State, pool: Pool, items: range, held: Collection[str]) -> bool:
    return not any(item_text(pool, item) in held or is_used(state, pool, item) for item in items)


def _free(intervals: Sequence[Interval], pool: Pool, usage: Usage) -> int:
    return sum(end - start + 1 - usage.count(pool.name, start, end) for start, end in intervals)


def _reserve_is_thin(pool: Pool, usage: Usage) -> bool:
    return 2 * _free(pool.reserve(), pool, usage) <= size_of(pool.usable)
