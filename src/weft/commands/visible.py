"""What a request may refer to: what its caller may not see is not there, as in Neutron's own look-ups."""

from weft.commands.context import Context
from weft.commands.errors import PortNotFound
from weft.store.protocol import State
from weft.store.records import Record


def visible_port(state: State, port_id: str, context: Context) -> Record:
    """Return the port: the caller's own, or on a network of its own. Raises PortNotFound."""
    port = state.get("port", port_id)
    if port is None:
        raise PortNotFound(port_id)
    if not context.is_admin and port.get("project_id") != context.project_id:
        network = state.get("network", port.get("network_id", ""))
        if network is None or network.get("project_id") != context.project_id:
            raise PortNotFound(port_id)
    return port
