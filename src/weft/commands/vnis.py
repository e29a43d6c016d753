"""VXLAN network identifiers: picked from this site's blocks, or exactly as an administrator asks."""

from weft.commands.context import Context
from weft.commands.errors import InvalidInput, NoNetworkAvailable, TunnelIdInUse
from weft.store.kinds import NETWORK
from weft.store.picking import NothingLeft, pick_item, require_item
from weft.store.pools import VNI, VNI_SIZE, vni_pool
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
        if text in self._held or self._state.lookup(NETWORK.name, "vni", vni):
            raise TunnelIdInUse(vni)
        require_item(self._state, self._pool, self._context.site, text)
        return self._take(text)

    def _take(self, vni: str) -> int:
        self._held.add(vni)
        self.claims.append(Claim(VNI, vni))
        return int(vni)
