"""RBAC policies: create, update, delete. Source: neutron, db/rbac_db_mixin.py."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.context import Context
from weft.commands.errors import InvalidInput
from weft.commands.sharing.entries import (
    ACCESS_EXTERNAL,
    ACCESS_SHARED,
    EVERYONE,
    entries_on,
    entry_for,
    entry_id,
    reshared,
    share,
    unshare,
)
from weft.commands.sharing.errors import DuplicateRbacPolicy, InvalidActionForType, RbacPolicyNotFound
from weft.commands.sharing.users import check_removal
from weft.store.kinds.sharing import RBAC_POLICY
from weft.store.protocol import State
from weft.store.records import Key, Record
from weft.store.writes import Write, Writes

ACTIONS: Mapping[str, tuple[str, ...]] = {  # type of object → what can be opened
    "network": (ACCESS_SHARED, ACCESS_EXTERNAL),
    "qos_policy": (ACCESS_SHARED,),
    "security_group": (ACCESS_SHARED,),
    "address_scope": (ACCESS_SHARED,),
    "subnetpool": (ACCESS_SHARED,),
    "address_group": (ACCESS_SHARED,),
}


class CreateRbacPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    object_type: str
    object_id: str
    action: str
    target_project: str


class UpdateRbacPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    target_project: str | UnsetType = UNSET


def create_rbac_policies(state: State, requests: Sequence[CreateRbacPolicy], context: Context) -> Writes:
    """Return the writes that make the entries. Raises InvalidInput, InvalidActionForType, DuplicateRbacPolicy."""
    writes = [_create(state, request, context) for request in requests]
    if len({_content(write) for write in writes}) < len(writes):
        raise DuplicateRbacPolicy
    touched = _touched(state, [request.object_id for request in requests], context)
    return Writes((*writes, *touched), actor=context.actor, verb="create rbac policy")


def update_rbac_policy(state: State, id: str, request: UpdateRbacPolicy, context: Context) -> Writes:
    """Return the write that names another project. Raises RbacPolicyNotFound, RbacPolicyInUse, DuplicateRbacPolicy."""
    entry = existing_entry(state, id)
    target = request.target_project
    if isinstance(target, UnsetType) or target == entry.get("target_project"):
        return Writes((), actor=context.actor, verb="update rbac policy")
    check_removal(state, entry, target)
    if entry_for(state, entry.get("object_id"), entry.get("action"), target) is not None:
        raise DuplicateRbacPolicy
    _check_scope(state, entry.get("object_type"), entry.get("object_id"), target)
    change = Write(entry.key, {"target_project": target})
    return Writes(
        (change, *_touched(state, [entry.get("object_id")], context)), actor=context.actor, verb="update rbac policy"
    )


def delete_rbac_policy(state: State, id: str, context: Context) -> Writes:
    """Return the write that removes the entry. Raises RbacPolicyNotFound, RbacPolicyInUse."""
    entry = existing_entry(state, id)
    check_removal(state, entry)
    touched = _touched(state, [entry.get("object_id")], context)
    return Writes((unshare(entry), *touched), actor=context.actor, verb="delete rbac policy")


def existing_entry(state: State, id: str) -> Record:
    """Return the entry. Raises RbacPolicyNotFound."""
    entry = state.get(RBAC_POLICY.name, id)
    if entry is None:
        raise RbacPolicyNotFound(id)
    return entry


def _create(state: State, request: CreateRbacPolicy, context: Context) -> Write:
    kind, id = request.object_type, request.object_id
    owned = state.get(kind, id)
    if owned is None or not context.sees(owned):
        raise InvalidInput(f"{kind} {id} could not be found")
    if not context.is_admin and owned.get("project_id") != context.project_id:
        things = "networks" if kind == "network" else "objects"
        raise InvalidInput(f"Only admins can manipulate policies on {things} they do not own")
    if request.action not in ACTIONS[kind]:
        raise InvalidActionForType(request.action, kind, ACTIONS[kind])
    if entry_for(state, id, request.action, request.target_project) is not None:
        raise DuplicateRbacPolicy
    _check_scope(state, kind, id, request.target_project)
    write = share(kind, id, request.project_id, context, action=request.action, target=request.target_project)
    if state.get(RBAC_POLICY.name, write.key.id) is not None:  # one whose target was changed has kept this ID
        return Write(Key("fabric", RBAC_POLICY.name, context.new_id()), write.values)
    return write


def _check_scope(state: State, object_type: str, object_id: str, target: str) -> None:
    """Raise InvalidInput where a pool is opened to somebody to whom its address scope is not."""
    pool = state.get("subnetpool", object_id) if object_type == "subnetpool" else None
    scope_id = pool.get("address_scope_id") if pool is not None else None
    if not scope_id:
        return
    if not {entry.get("target_project") for entry in entries_on(state, scope_id)} & {EVERYONE, target}:
        raise InvalidInput(
            f"Failed to create RBAC policy on object {object_id} because target project doesn't have access to "
            "associated address scope."
        )


def _touched(state: State, object_ids: Iterable[str], context: Context) -> list[Write]:
    """Return the writes to the networks that entries are about."""
    networks = [state.get("network", id) for id in dict.fromkeys(object_ids)]
    return [Write(network.key, reshared(context)) for network in networks if network is not None]


def _content(write: Write) -> str:
    values = write.values
    return entry_id(values["object_id"], values["action"], values["target_project"])
