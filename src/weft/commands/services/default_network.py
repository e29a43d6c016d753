"""The default external network: what projects are joined to unasked. Source: neutron, services/auto_allocate/db.py."""

from weft.commands.services.errors import DefaultExternalNetworkExists
from weft.commands.sharing.entries import is_external
from weft.store.kinds import NETWORK
from weft.store.protocol import State
from weft.store.records import Record


def default_external_network(state: State) -> Record | None:
    """Return the default external network: the oldest, should two sites have named one each. Looks at all networks."""
    found = [
        network
        for network in state.of_kind(NETWORK.name)
        if network.get("is_default") and is_external(state, network.key.id)
    ]
    return min(found, key=lambda network: (network.oldest, network.key), default=None)


def check_only_default(state: State, network_id: str | None) -> None:
    """Raise DefaultExternalNetworkExists if another network than this one (None: a new one) is the default."""
    present = default_external_network(state)
    if present is not None and present.key.id != network_id:
        raise DefaultExternalNetworkExists(present.key.id)
