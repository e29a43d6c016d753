"""The entries that share an object: who is named in them, and the writes that make and remove them.

`shared` and `router:external` of a network are no facts of their own but what its entries say, so that two sites that
share and unshare it at once end up with entries and flag alike. Source: neutron, db/rbac_db_mixin.py.
"""

import uuid
from collections.abc import Iterator

from weft.commands.context import Context
from weft.store.kinds.sharing import RBAC_POLICY
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write

ACCESS_SHARED = "access_as_shared"
ACCESS_EXTERNAL = "access_as_external"
EVERYONE = "*"

_SPACE = uuid.UUID("6d1c5a6e-52f0-5a0e-9a56-5f2f1a1f0a52")  # any constant: it makes entry IDs ours


def entry_id(object_id: str, action: str, target_project: str) -> str:
    """Return the ID of the entry that says so, the same at every site."""
    return str(uuid.uuid5(_SPACE, f"{object_id}/{action}/{target_project}"))


def entries_on(state: State, object_id: str, action: str = "") -> list[Record]:
    """Return the entries on an object, of one action or of all."""
    found = state.lookup(RBAC_POLICY.name, "object_id", object_id)
    return [entry for entry in found if not action or entry.get("action") == action]


def entry_for(state: State, object_id: str, action: str, target_project: str) -> Record | None:
    """Return the entry with just this content."""
    for entry in state.lookup(RBAC_POLICY.name, "object_id", object_id):
        if entry.get("action") == action and entry.get("target_project") == target_project:
            return entry
    return None


def is_shared(state: State, object_id: str, project_id: str | None, action: str = ACCESS_SHARED) -> bool:
    """Tell whether an entry opens the object to everyone, or to this project."""
    for entry in state.lookup(RBAC_POLICY.name, "object_id", object_id):
        if entry.get("action") == action and entry.get("target_project") in (EVERYONE, project_id):
            return True
    return False


def is_external(state: State, network_id: str) -> bool:
    """Tell whether a network is external (`router:external`): to whomever, says an entry."""
    for entry in state.lookup(RBAC_POLICY.name, "object_id", network_id):
        if entry.get("action") == ACCESS_EXTERNAL:
            return True
    return False


def objects_shared_with(state: State, object_type: str, project_id: str | None) -> Iterator[str]:
    """Yield the IDs of the objects of a type that entries open to everyone or to this project, repeats among them."""
    for target in (EVERYONE, project_id) if project_id is not None else (EVERYONE,):
        for entry in state.lookup(RBAC_POLICY.name, "target_project", target):
            if entry.get("object_type") == object_type:
                yield entry.get("object_id")


def share(
    object_type: str,
    object_id: str,
    project_id: str,
    context: Context,
    *,
    action: str = ACCESS_SHARED,
    target: str = EVERYONE,
) -> Write:
    """Return the write that makes an entry, owned by `project_id`; one that was removed before comes back."""
    values = {
        "project_id": project_id,
        "object_type": object_type,
        "object_id": object_id,
        "action": action,
        "target_project": target,
        "created_at": context.now,  # quotas count what has a time of creation
        DELETED: False,  # the ID is that of its content
    }
    return Write(Key("fabric", RBAC_POLICY.name, entry_id(object_id, action, target)), values)


def reshared(context: Context) -> dict[str, str]:
    """Return what is written to a network whose entries change: its revision grows with them, as Neutron's does."""
    return {"reshared_at": context.now}


def unshare(entry: Record) -> Write:
    """Return the write that removes an entry."""
    return Write(entry.key, {DELETED: True})
