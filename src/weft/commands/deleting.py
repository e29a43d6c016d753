"""What else goes when a thing goes, and what keeps it: the one place where areas meet on a delete.

A floating IP loses its port, a trunk's parent port refuses to go: each area says so in a function of
`(state, record, context)` that raises to refuse or returns the writes that follow. The table below names them.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from weft.commands.bindings import bindings_go_with_port
from weft.commands.context import Context
from weft.commands.l3.conntrack_helpers import helpers_go_with_router
from weft.commands.l3.forwarding_checks import forwarding_keeps_floating_ip, forwardings_go_with_port
from weft.commands.l3.keeping import free_floating_ips, keep_service_port
from weft.commands.l3.local_ips import associations_go_with_port, keep_local_port
from weft.commands.l3.ndp_state import proxies_go_with_port
from weft.commands.observing.logs import logs_go_with_group, logs_go_with_port
from weft.commands.services.hosting import hosting_goes_with
from weft.commands.sharing.entries import entries_on, unshare
from weft.commands.trunks.trunks import trunk_keeps_port
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write, Writes

Delete = Callable[[State, str, Context], Writes]
Follow = Callable[[State, Record, Context], Sequence[Write]]

FOLLOWS: Mapping[str, tuple[Follow, ...]] = {  # kind → what follows, in this order
    "port": (
        trunk_keeps_port,
        keep_service_port,
        free_floating_ips,
        logs_go_with_port,
        bindings_go_with_port,
        forwardings_go_with_port,
        keep_local_port,
        associations_go_with_port,
        proxies_go_with_port,
    ),
    "security_group": (logs_go_with_group,),
    "floatingip": (forwarding_keeps_floating_ip,),
    "router": (
        helpers_go_with_router,
        hosting_goes_with,
    ),
    "network": (hosting_goes_with,),
}


def deletion(kind: str, base: Delete) -> Delete:
    """Return `base` together with what follows the delete of a record of `kind`.

    `base` decides first, so that its refusals (not found, in use) come first, as in Neutron.
    """

    def delete(state: State, id: str, context: Context) -> Writes:
        writes = base(state, id, context)
        record = state.get(kind, id)
        if record is None:
            return writes
        more = [write for follow in FOLLOWS.get(kind, ()) for write in follow(state, record, context)]
        more += [unshare(entry) for entry in entries_on(state, id)]
        return msgspec.structs.replace(writes, writes=(*more, *writes.writes)) if more else writes

    return delete
