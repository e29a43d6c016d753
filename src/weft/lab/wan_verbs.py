"""`weft lab cut`, `heal` and `wan`: change the WAN's state, then make it so."""

from collections.abc import Callable, Iterable

import msgspec

from weft.lab.home import Home, LabState, directory_lock
from weft.lab.shell import require_root_and_tools
from weft.lab.wan.control import Method, apply_wan
from weft.lab.wan.shapes import Pair, Shape, Wan, pair, pairs_of, with_cut, with_healed, with_shape


def cut(home: Home, site: str, other: str | None) -> Wan:
    """Drop everything between `site` and `other`, or all others. What was cut stays cut."""
    return _change(home, lambda state: with_cut(state.wan, _pairs(state, site, other)))[0]


def heal(home: Home, site: str | None, other: str | None) -> Wan:
    """Undo cuts: of a pair, of a site, or all. Shapes stay."""
    return _change(home, lambda state: with_healed(state.wan, _pairs(state, site, other)))[0]


def shape(home: Home, site: str, other: str, wanted: Shape) -> tuple[Wan, Method]:
    """Give a pair this shape, both ways, in place of the one it had; a plain one unshapes it."""
    return _change(home, lambda state: with_shape(state.wan, _pairs(state, site, other), wanted))


def _change(home: Home, decide: Callable[[LabState], Wan]) -> tuple[Wan, Method]:
    require_root_and_tools()
    with home.locked(alone=False):
        home.load()  # before its directory is locked: it may not exist
        with directory_lock(home.root, alone=True, what="another change of the WAN"):
            state = home.load()
            state = msgspec.structs.replace(state, wan=decide(state))
            home.save(state)
            return state.wan, apply_wan(home, state)


def _pairs(state: LabState, site: str | None, other: str | None) -> Iterable[Pair]:
    layout = state.layout
    if site is None:
        return state.wan.cut
    layout.site(site)
    if other is None:
        return pairs_of(site, (each.name for each in layout.sites))
    layout.site(other)
    return [pair(site, other)]
