"""MAC addresses of ports: picked from this site's blocks, or exactly as asked. One picker serves one decision.

A picked MAC is unique in the fabric, one that was asked for in its network only: Neutron promises no more,
and machines bring theirs along.
"""

from weft.commands.context import Context
from weft.commands.errors import MacAddressInUse
from weft.store.blocks import Pool
from weft.store.kinds import PORT
from weft.store.picking import pick_item
from weft.store.pools import MAC, mac_pool
from weft.store.protocol import State
from weft.store.writes import Claim


class MacPicker:
    """Picks MACs, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._pool: Pool | None = None
        self._held: set[str] = set()  # picked ones that others are taking, and all that we took
        self._taken: set[tuple[str, str]] = set()  # network, MAC
        self.claims: list[Claim] = []

    def any(self, network_id: str) -> str:
        """Return a MAC that no port of the fabric has. Raises NeedsTransfer, NothingLeft."""
        if self._pool is None:
            self._pool = mac_pool(self._state)
            self._held.update(self._context.held(MAC))
        seed = self._context.seed + len(self._held)  # another place for each of a bulk
        mac = pick_item(self._state, self._pool, self._context.site, self._held, seed)
        return self._take(network_id, mac, MAC)

    def exactly(self, network_id: str, mac: str) -> str:
        """Return `mac` if no port of the network has it. Raises MacAddressInUse."""
        pool = f"mac.{network_id}"
        ports = self._state.lookup(PORT.name, "mac_address", mac)
        is_taken = (network_id, mac) in self._taken or mac in self._context.held(pool)
        if is_taken or any(port.get("network_id") == network_id for port in ports):
            raise MacAddressInUse(network_id, mac)
        return self._take(network_id, mac, pool)

    def _take(self, network_id: str, mac: str, pool: str) -> str:
        self._taken.add((network_id, mac))
        self._held.add(mac)
        self.claims.append(Claim(pool, mac))
        return mac
