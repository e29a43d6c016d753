"""Prefixes as intervals of numbers: merged, subtracted, and taken apart into aligned blocks again."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from weft.store.blocks import Interval, Part

WIDTH = {4: 32, 6: 128}  # bits of an address, by IP version


def interval_of(cidr: str) -> Interval:
    """Return the first and last address of a prefix. Raises ValueError."""
    prefix = ip_network(cidr, strict=False)
    return int(prefix.network_address), int(prefix.broadcast_address)


def intervals_of(cidrs: Iterable[Any]) -> list[Interval]:
    """Return prefixes out of records as intervals; what is none, by a peer's mistake, is left out."""
    found = []
    for cidr in cidrs:
        try:
            found.append(interval_of(cidr))
        except (ValueError, TypeError):
            continue
    return found


def version_of(cidr: str) -> int:
    """Return the IP version of a prefix. Raises ValueError."""
    return ip_network(cidr, strict=False).version


def cidr_of(version: int, part: Part) -> str:
    """Return an aligned block as a prefix."""
    bits, index = part
    start, length = index << bits, WIDTH[version] - bits
    return str(IPv4Network((start, length)) if version == 4 else IPv6Network((start, length)))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same numbers as disjoint intervals in ascending order, neighbours joined."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def minus(intervals: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Return what is in `intervals` and not in `holes`; both disjoint and ascending. O(both)."""
    left: list[Interval] = []
    next_hole = 0
    for start, end in intervals:
        while next_hole < len(holes) and holes[next_hole][1] < start:
            next_hole += 1
        at, place = start, next_hole
        while place < len(holes) and holes[place][0] <= end:
            if at < holes[place][0]:
                left.append((at, holes[place][0] - 1))
            at = holes[place][1] + 1
            place += 1
        if at <= end:
            left.append((at, end))
    return left


def touch(intervals: Sequence[Interval], interval: Interval) -> bool:
    """Tell whether an interval shares a number with any of `intervals`."""
    return any(start <= interval[1] and interval[0] <= end for start, end in intervals)


def blocks_of(interval: Interval) -> Iterator[Part]:
    """Yield the largest aligned blocks that make up an interval, ascending."""
    start, end = interval
    while start <= end:
        aligned = (start & -start).bit_length() - 1 if start else end.bit_length() + 1
        bits = min(aligned, (end - start + 1).bit_length() - 1)
        yield bits, start >> bits
        start += 1 << bits


def compacted(cidrs: Iterable[str]) -> list[str]:
    """Return the fewest prefixes with the same addresses, ascending; all of one IP version. Raises ValueError."""
    cidrs = list(cidrs)
    version = version_of(cidrs[0]) if cidrs else 4
    return cidrs_of(version, merged(interval_of(cidr) for cidr in cidrs))


def cidrs_of(version: int, intervals: Iterable[Interval]) -> list[str]:
    """Return intervals as prefixes."""
    return [cidr_of(version, part) for interval in intervals for part in blocks_of(interval)]
