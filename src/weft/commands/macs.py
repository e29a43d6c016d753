"""MAC addresses of ports: picked from this site's blocks, or exactly as asked. One picker serves one decision.

A made MAC is `fa:16:`, two bytes of block, two bytes within it.
"""

from collections.abc import Collection

from weft.commands.context import Context
from weft.commands.errors import MacAddressInUse
from weft.model import Unavailable
from weft.store.kinds import PORT
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Claim

BLOCK_SIZE = 1 << 16
PREFIX = 0xFA16 << 32


class NoMacLeft(Unavailable):
    """Every MAC of this site's blocks is in use."""

    code = "no_mac_left"

    def __init__(self) -> None:
        super().__init__("Unable to generate unique mac: every address of this site's blocks is in use.")


class MacPicker:
    """Picks MACs, never the same twice; `claims` collects them."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._taken: set[tuple[str, str]] = set()
        self.claims: list[Claim] = []

    def any(self, network_id: str) -> str:
        """Return a MAC that no port of the fabric has. Raises NoMacLeft."""
        site = self._state.get("site", self._context.site)
        block = site.get("number") if site else 1
        held = self._context.held(f"mac.{network_id}")
        start = self._context.seed % BLOCK_SIZE
        for step in range(BLOCK_SIZE):
            mac = mac_text(PREFIX | block * BLOCK_SIZE + (start + step) % BLOCK_SIZE)
            if mac not in held and (network_id, mac) not in self._taken and not self._ports_with(mac):
                return self._take(network_id, mac)
        raise NoMacLeft

    def exactly(self, network_id: str, mac: str) -> str:
        """Return `mac` if no port of the network has it. Raises MacAddressInUse."""
        taken = any(port.get("network_id") == network_id for port in self._ports_with(mac))
        if taken or (network_id, mac) in self._taken:
            raise MacAddressInUse(network_id, mac)
        return self._take(network_id, mac)

    def _ports_with(self, mac: str) -> Collection[Record]:
        return self._state.lookup(PORT.name, "mac_address", mac)

    def _take(self, network_id: str, mac: str) -> str:
        self._taken.add((network_id, mac))
        self.claims.append(Claim(f"mac.{network_id}", mac))
        return mac


def mac_text(value: int) -> str:
    """Return 48 bits as "fa:16:00:01:00:2a"."""
    digits = f"{value:012x}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
