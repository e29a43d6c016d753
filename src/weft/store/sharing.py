"""Giving shares of subnet pools to sites: when a pool is made, ahead of need, and when asked."""

from collections.abc import Collection

from weft.model import SiteId
from weft.store.blocks import Interval, Part, Pool, size_of
from weft.store.cutting import free_blocks, owners_within, taken_in
from weft.store.given import Fields, Given, NothingToGive, NotOurs
from weft.store.pools import PREFIX_POOL, part_field, version_of_pool
from weft.store.prefixes import WIDTH, cidr_of, interval_of, touch
from weft.store.protocol import State


def share_out(state: State, pool: Pool, sites: Collection[SiteId]) -> Given:
    """Return grants for sites that have no free prefix of the usual size, as the giver sees it.

    One share per site and call, from the end of the pool; at least half of the free reserve stays with the giver.
    """
    taken, given = taken_in(state, pool), Given({}, [])
    needy = [site for site in sorted({*sites} - {pool.giver} - pool.dead) if not _has_unit(state, pool, site, taken)]
    reserve = pool.reserve()
    blocks = free_blocks(reserve, taken)
    free = sum(1 << bits for bits, _ in blocks)
    unit = _unit_bits(state, pool)
    for site in needy:
        bits = (free // (2 * len(needy))).bit_length() - 1
        part = _last_part(blocks, bits) if bits >= unit else None
        if part is None:
            break
        given.fields[part_field(pool, part)] = site
        given.claims.append(cidr_of(version_of_pool(pool), part))
        taken = [*taken, pool.part_interval(part)]
        blocks = free_blocks(reserve, sorted(taken))
    return given


def hand_over_prefix(state: State, pool: Pool, site: SiteId, asker: SiteId, item: str | None) -> Given:
    """Return the grant that answers `asker`, as `site` decides. `item` is a prefix, or "/26" for any of that size.

    Raises NotOurs, NothingToGive.
    """
    taken = taken_in(state, pool)
    part = _part_asked(pool, site, item or "", taken)
    interval = pool.part_interval(part)
    for _, owner in owners_within(pool, interval):
        if owner != site:
            raise NotOurs(pool.name, item or "", owner)
    if touch(taken, interval):
        raise NothingToGive(f"{pool.name}: {item} is in use")
    inner = [other for other in pool.grants if _lies_in(pool.part_interval(other), interval)]
    fields: Fields = {part_field(pool, one): asker for one in (part, *inner)}
    return Given(fields, [cidr_of(version_of_pool(pool), part)])


def _part_asked(pool: Pool, site: SiteId, item: str, taken: list[Interval]) -> Part:
    version = version_of_pool(pool)
    length = item.rpartition("/")[2]
    if not length.isdecimal() or int(length) > WIDTH[version]:
        raise NothingToGive(f"{pool.name}: there is no {item}")
    bits = WIDTH[version] - int(length)
    if not item.startswith("/"):
        try:
            return bits, interval_of(item)[0] >> bits
        except ValueError as err:
            raise NothingToGive(f"{pool.name}: there is no {item}") from err
    part = _last_part(free_blocks(pool.intervals(site), taken), bits)
    if part is None:
        raise NothingToGive(f"{pool.name}: site {site} has no free {item} left")
    return part


def _has_unit(state: State, pool: Pool, site: SiteId, taken: list[Interval]) -> bool:
    unit = _unit_bits(state, pool)
    return any(bits >= unit for bits, _ in free_blocks(pool.intervals(site), taken))


def _unit_bits(state: State, pool: Pool) -> int:
    """Return the size of a usual subnet of the pool: the default one, if the pool can hold more than one of these."""
    subnetpool = state.get("subnetpool", pool.name.removeprefix(PREFIX_POOL))
    width, whole = WIDTH[version_of_pool(pool)], size_of(pool.usable)
    lengths = (subnetpool.get("default_prefixlen"), subnetpool.get("max_prefixlen")) if subnetpool else ()
    for length in lengths:
        if isinstance(length, int) and 1 << (width - length) <= whole:
            return width - length
    return 0


def _last_part(blocks: list[Part], bits: int) -> Part | None:
    """Return the last part of the smallest block that holds it, of the last of these."""
    fitting = [block for block in blocks if block[0] >= bits]
    if not fitting:
        return None
    block_bits, index = max((block for block in fitting if block[0] == fitting[0][0]), key=lambda block: block[1])
    return bits, ((index + 1) << (block_bits - bits)) - 1


def _lies_in(inner: Interval, outer: Interval) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
