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
        self._taken: set[str] = set()
        self.claims: list[Claim] = []

    def any(self) -> int:
        """Return a free VNI of this site's blocks. Raises NeedsTransfer, NoNetworkAvailable."""
        held = {*self._context.held(VNI), *self._taken}
        try:
            vni = pick_item(self._state, vni_pool(self._state), self._context.site, held, self._context.seed)
        except NothingLeft:
            raise NoNetworkAvailable from None
        return self._take(vni)

    def exactly(self, vni: int) -> int:
        """Return `vni` if it is free. Raises InvalidInput, TunnelIdInUse, NeedsTransfer."""
        if not 1 <= vni <= MAX_VNI:
            raise InvalidInput(f"provider:segmentation_id out of range (1 through {MAX_VNI})")
        text = str(vni)
        is_taken = text in self._taken or text in self._context.held(VNI)
        if is_taken or self._state.lookup(NETWORK.name, "vni", vni):
            raise TunnelIdInUse(vni)
        require_item(self._state, vni_pool(self._state), self._context.site, text)
        return self._take(text)

    def _take(self, vni: str) -> int:
        self._taken.add(vni)
        self.claims.append(Claim(VNI, vni))
        return int(vni)
