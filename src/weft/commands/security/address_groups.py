"""Address groups: create, update, delete, and what is in them. Source: neutron, db/address_group_db.py.

Every prefix is a field of its own, so that two sites may add and remove different ones at once.
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.security.errors import (
    AddressesAlreadyExist,
    AddressesNotFound,
    AddressGroupInUse,
    AddressGroupNotFound,
    AddrFormatError,
)
from weft.store.kinds import ADDRESS_GROUP, SECURITY_GROUP_RULE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

PREFIX_FIELD = "address."


class CreateAddressGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    name: str = ""
    description: str = ""
    addresses: list[str] = []


class UpdateAddressGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


def addresses_in(group: Record) -> list[str]:
    """Return the prefixes of an address group."""
    names = (name for name, field in group.fields.items() if name.startswith(PREFIX_FIELD) and field.value is True)
    return sorted(name.removeprefix(PREFIX_FIELD) for name in names)


def create_address_groups(state: State, requests: Sequence[CreateAddressGroup], context: Context) -> Writes:
    """Return the writes that create all of `requests`."""
    writes = []
    for request in requests:
        values = {
            "project_id": request.project_id,
            "name": request.name,
            "description": request.description,
            "created_at": context.now,
            **{PREFIX_FIELD + prefix: True for prefix in _canonical(request.addresses)},
        }
        writes.append(Write(Key("fabric", ADDRESS_GROUP.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create address group")


def update_address_group(state: State, group_id: str, request: UpdateAddressGroup, context: Context) -> Writes:
    """Return the write that changes what differs. Raises AddressGroupNotFound."""
    group = existing_address_group(state, group_id)
    values = changed_fields(group, request)
    writes = (Write(group.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update address group")


def delete_address_group(state: State, group_id: str, context: Context) -> Writes:
    """Return the write that deletes the group. Raises AddressGroupNotFound, AddressGroupInUse."""
    group = existing_address_group(state, group_id)
    if state.lookup_ids(SECURITY_GROUP_RULE.name, "remote_address_group_id", group_id):
        raise AddressGroupInUse(group_id)
    return Writes((Write(group.key, {DELETED: True}),), actor=context.actor, verb="delete address group")


def add_addresses(
    state: State, group_id: str, document: dict[str, Any], context: Context
) -> tuple[Writes, dict[str, Any] | None]:
    """Return the write that adds prefixes. Raises AddressGroupNotFound, AddrFormatError, AddressesAlreadyExist."""
    group = existing_address_group(state, group_id)
    wanted = _canonical(_listed(document))
    present = set(addresses_in(group))
    if again := [prefix for prefix in wanted if prefix in present]:
        raise AddressesAlreadyExist(again, group_id)
    return _change(group, wanted, True, context)


def remove_addresses(
    state: State, group_id: str, document: dict[str, Any], context: Context
) -> tuple[Writes, dict[str, Any] | None]:
    """Return the write that removes prefixes. Raises AddressGroupNotFound, AddrFormatError, AddressesNotFound."""
    group = existing_address_group(state, group_id)
    wanted = _canonical(_listed(document))
    present = set(addresses_in(group))
    if absent := [prefix for prefix in wanted if prefix not in present]:
        raise AddressesNotFound(absent, group_id)
    return _change(group, wanted, False, context)


def existing_address_group(state: State, group_id: str) -> Record:
    """Return the live address group. Raises AddressGroupNotFound."""
    group = state.get(ADDRESS_GROUP.name, group_id)
    if group is None:
        raise AddressGroupNotFound(group_id)
    return group


def _change(group: Record, prefixes: Iterable[str], is_in: bool, context: Context) -> tuple[Writes, None]:
    values = {PREFIX_FIELD + prefix: is_in for prefix in prefixes}
    writes = (Write(group.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb=f"{'add' if is_in else 'remove'} addresses"), None


def _listed(document: dict[str, Any]) -> list[Any]:
    listed = document.get("addresses")
    if not isinstance(listed, list):
        raise AddrFormatError(listed)
    return listed


def _canonical(addresses: Iterable[Any]) -> list[str]:
    """Return prefixes as their networks, each once. Raises AddrFormatError."""
    found: dict[str, None] = {}
    for address in addresses:
        try:
            if not isinstance(address, str) or "%" in address:
                raise ValueError
            found[str(ip_network(address, strict=False))] = None
        except ValueError:
            raise AddrFormatError(address) from None
    return list(found)
