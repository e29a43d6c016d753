"""VXLAN network identifiers: picked from this site's blocks, or exactly as an administrator asks."""

from weft.commands.context import Context
from weft.commands.errors import InvalidInput, NoNetworkAvailable, TunnelIdInUse
from weft.store.kinds import NETWORK
from weft.store.protocol import State
from weft.store.writes import Claim

POOL = "vni"
MAX_VNI = (1 << 24) - 1
BLOCK_SIZE = 256


class VniPicker:
    """Picks VNIs for one decision, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._held = frozenset(context.held(POOL))
        self._taken: set[int] = set()
        self.claims: list[Claim] = []

    def any(self) -> int:
        """Return a free VNI of this site's blocks. Raises NoNetworkAvailable."""
        site = self._state.get("site", self._context.site)
        number = site.get("number") if site else 1
        start = self._context.seed % BLOCK_SIZE
        for step in range(BLOCK_SIZE):
            vni = number * BLOCK_SIZE + (start + step) % BLOCK_SIZE
            if self._is_free(vni):
                return self._take(vni)
        raise NoNetworkAvailable

    def exactly(self, vni: int) -> int:
        """Return `vni` if it is free. Raises InvalidInput, TunnelIdInUse, NeedsTransfer."""
        if not 1 <= vni <= MAX_VNI:
            raise InvalidInput(f"provider:segmentation_id out of range (1 through {MAX_VNI})")
        if not self._is_free(vni):
            raise TunnelIdInUse(vni)
        return self._take(vni)

    def _is_free(self, vni: int) -> bool:
        return (
            vni not in self._taken and str(vni) not in self._held and not self._state.lookup(NETWORK.name, "vni", vni)
        )

    def _take(self, vni: int) -> int:
        self._taken.add(vni)
        self.claims.append(Claim(POOL, str(vni)))
        return vni
