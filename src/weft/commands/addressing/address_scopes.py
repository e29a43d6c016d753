"""Address scopes: create, update, delete. Source: neutron, db/address_scope_db.py."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.errors import AddressScopeInUse, AddressScopeNotFound, AddressScopeUpdateError
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.sharing.entries import is_shared, share
from weft.commands.sharing.everyone import set_shared
from weft.store.kinds import ADDRESS_SCOPE, SUBNETPOOL
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes


class CreateAddressScope(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    ip_version: int
    name: str = ""
    shared: bool = False


class UpdateAddressScope(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


def create_address_scopes(state: State, requests: Sequence[CreateAddressScope], context: Context) -> Writes:
    """Return the writes that create all of `requests`."""
    writes = []
    for request in requests:
        values, id = msgspec.structs.asdict(request), context.new_id()
        is_open = values.pop("shared")
        writes.append(Write(Key("fabric", ADDRESS_SCOPE.name, id), values, create=True))
        if is_open:
            writes.append(share(ADDRESS_SCOPE.name, id, request.project_id, context))
    return Writes(tuple(writes), actor=context.actor, verb="create address scope")


def update_address_scope(state: State, id: str, request: UpdateAddressScope, context: Context) -> Writes:
    """Return the writes that change what differs. Raises AddressScopeNotFound, AddressScopeUpdateError."""
    scope = existing_address_scope(state, id)
    values = changed_fields(scope, request)
    shared = values.pop("shared", None)
    if shared is False and is_shared(state, id, context.project_id):
        raise AddressScopeUpdateError(id, "Shared address scope can't be unshared")
    writes = [Write(scope.key, values)] if values else []
    writes += set_shared(state, scope, True, context) if shared else []
    return Writes(tuple(writes), actor=context.actor, verb="update address scope")


def delete_address_scope(state: State, id: str, context: Context) -> Writes:
    """Return the write that deletes the scope. Raises AddressScopeInUse, AddressScopeNotFound."""
    if state.referrers(ADDRESS_SCOPE.name, id, SUBNETPOOL.name):
        raise AddressScopeInUse(id)
    scope = existing_address_scope(state, id)
    return Writes((Write(scope.key, {DELETED: True}),), actor=context.actor, verb="delete address scope")


def existing_address_scope(state: State, id: str) -> Record:
    """Return the live scope. Raises AddressScopeNotFound."""
    scope = state.get(ADDRESS_SCOPE.name, id)
    if scope is None:
        raise AddressScopeNotFound(id)
    return scope
