"""`shared` as an attribute that can be set: the entry for everyone. Source: neutron, objects/rbac_db.py."""

from weft.commands.context import Context
from weft.commands.sharing.entries import ACCESS_SHARED, EVERYONE, entry_for, share, unshare
from weft.commands.sharing.users import check_removal
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write


def set_shared(state: State, record: Record, shared: bool, context: Context) -> list[Write]:
    """Return the write that opens an object to everyone, or takes that back. Raises RbacPolicyInUse."""
    entry = entry_for(state, record.key.id, ACCESS_SHARED, EVERYONE)
    if shared:
        return [] if entry is not None else [share(record.key.kind, record.key.id, record.get("project_id"), context)]
    if entry is None:
        return []
    check_removal(state, entry)
    return [unshare(entry)]
