"""VXLAN network identifiers: picked from this site's blocks, or exactly as an administrator asks."""

from collections.abc import Sequence

import msgspec

from weft.commands.context import Context
from weft.commands.errors import InvalidInput, NoNetworkAvailable, TunnelIdInUse
from weft.store.blocks import Interval, intersection
from weft.store.picking import NothingLeft, pick_item, require_item
from weft.store.pools import VNI, VNI_SIZE, is_used, vni_pool
from weft.store.protocol import State
from weft.store.writes import Claim

MAX_VNI = VNI_SIZE - 1


class VniPicker:
    """Picks VNIs for one decision, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._pool = vni_pool(state)
        self._held = set(context.held(VNI))
        self.claims: list[Claim] = []

    def any(self) -> int:
        """Return a free VNI of this site's blocks. Raises NeedsTransfer, NoNetworkAvailable."""
        seed = self._context.seed + len(self._held)  # another place for each of a bulk
        try:
            vni = pick_item(self._state, self._pool, self._context.site, self._held, seed)
        except NothingLeft:
            raise NoNetworkAvailable from None
        return self._take(vni)

    def exactly(self, vni: int) -> int:
        """Return `vni` if it is free. Raises InvalidInput, TunnelIdInUse, NeedsTransfer."""
        if not 1 <= vni <= MAX_VNI:
            raise InvalidInput(f"provider:segmentation_id out of range (1 through {MAX_VNI})")
        text = str(vni)
        if text in self._held or is_used(self._state, self._pool, vni):
            raise TunnelIdInUse(vni)
        require_item(self._state, self._pool, self._context.site, text)
        return self._take(text)

    def within(self, numbers: Sequence[Interval]) -> int | None:
        """Return the first free VNI out of `numbers`, rather one of this site's blocks; None: all are in use.

        Raises NeedsTransfer.
        """
        pool = msgspec.structs.replace(self._pool, usable=tuple(intersection(list(numbers), self._pool.usable)))
        for intervals in (pool.intervals(self._context.site), pool.usable):
            free = (vni for start, end in intervals for vni in range(start, end + 1) if self._is_free(vni))
            if (vni := next(free, None)) is not None:
                require_item(self._state, self._pool, self._context.site, str(vni))
                return self._take(str(vni))
        return None

    def _is_free(self, vni: int) -> bool:
        return str(vni) not in self._held and not is_used(self._state, self._pool, vni)

    def _take(self, vni: str) -> int:
        self._held.add(vni)
        self.claims.append(Claim(VNI, vni))
        return int(vni)
