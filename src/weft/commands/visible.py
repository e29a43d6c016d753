"""What a request may refer to: what its caller may not see is not there, as in Neutron's own look-ups."""

from weft.commands.context import Context
from weft.commands.errors import PortNotFound
from weft.store.protocol import State
from weft.store.records import Record


def visible_port(state: State, port_id: str, context: Context) -> Record:
    """Return the port if the caller may know of it. Raises PortNotFound."""
    port = state.get("port", port_id)
    if port is None or not context.sees(port):
        raise PortNotFound(port_id)
    return port
