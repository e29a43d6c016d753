"""What the WAN between sites is like: a value, and the functions that change it; pure."""

from collections.abc import Iterable
from itertools import combinations

import msgspec

from weft.model import Invalid

Pair = tuple[str, str]  # two site names in order: a pair has no direction


class Shape(msgspec.Struct, frozen=True):
    """How the packets between two sites fare, each way."""

    delay_ms: float = 0.0  # one way: a round trip takes twice that
    loss_pct: float = 0.0
    rate_mbit: float = 0.0  # 0: as fast as it goes

    @property
    def is_plain(self) -> bool:
        return not (self.delay_ms or self.loss_pct or self.rate_mbit)


class ShapedPair(msgspec.Struct, frozen=True):
    """A pair that is not plain."""

    pair: Pair
    shape: Shape


class Wan(msgspec.Struct, frozen=True):
    """The state of every pair; those not named are plain. Both tuples are sorted."""

    cut: tuple[Pair, ...] = ()
    shaped: tuple[ShapedPair, ...] = ()

    def shape_of(self, one: str, other: str) -> Shape:
        return next((s.shape for s in self.shaped if s.pair == pair(one, other)), Shape())

    def is_cut(self, one: str, other: str) -> bool:
        return pair(one, other) in self.cut


def pair(one: str, other: str) -> Pair:
    """Raises Invalid if both are the same site."""
    if one == other:
        raise Invalid(f"a WAN joins two sites; both given are {one!r}")
    return (one, other) if one < other else (other, one)


def pairs_of(site: str, sites: Iterable[str]) -> frozenset[Pair]:
    """Return every pair that `site` is in."""
    return frozenset(pair(site, other) for other in sites if other != site)


def with_cut(wan: Wan, pairs: Iterable[Pair]) -> Wan:
    """Cut these pairs; shapes stay."""
    return msgspec.structs.replace(wan, cut=tuple(sorted({*wan.cut, *pairs})))


def with_healed(wan: Wan, pairs: Iterable[Pair]) -> Wan:
    """Undo cuts; shapes stay."""
    return msgspec.structs.replace(wan, cut=tuple(sorted(set(wan.cut) - set(pairs))))


def with_shape(wan: Wan, pairs: Iterable[Pair], shape: Shape) -> Wan:
    """Give each of `pairs` this shape, in place of the one it had. Raises Invalid if it makes no sense."""
    _check(shape)
    shapes = {s.pair: s.shape for s in wan.shaped} | dict.fromkeys(pairs, shape)
    kept = tuple(ShapedPair(p, s) for p, s in sorted(shapes.items(), key=lambda item: item[0]) if not s.is_plain)
    return msgspec.structs.replace(wan, shaped=kept)


def all_pairs(sites: Iterable[str]) -> list[Pair]:
    """Return every pair of these sites."""
    return [pair(one, other) for one, other in combinations(sites, 2)]


def _check(shape: Shape) -> None:
    for name, value, most in (
        ("delay", shape.delay_ms, 60_000.0),
        ("loss", shape.loss_pct, 100.0),
        ("rate", shape.rate_mbit, 1_000_000.0),
    ):
        if not 0 <= value <= most:
            raise Invalid(f"{name} is {value:g}, must be 0 to {most:g}")
