"""Subnet pools: create, update, delete. Source: neutron, db/db_base_plugin_v2.py.

Who may cut which prefixes stands in a record beside the pool's own (`store/cutting.py`).
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.addressing.bounds import common_version, prefix_lengths
from weft.commands.addressing.errors import (
    IllegalSubnetPoolPrefixUpdate,
    IllegalSubnetPoolUpdate,
    SubnetPoolDeleteError,
)
from weft.commands.addressing.scoping import check_scope
from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import InvalidInput, SubnetPoolNotFound
from weft.commands.sharing.entries import share
from weft.store.kinds import ADDRESS_SCOPE, POOL, SUBNET, SUBNETPOOL
from weft.store.pools import PREFIX_POOL
from weft.store.prefixes import compacted, intervals_of, merged, minus, version_of
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes


class CreateSubnetPool(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request. UNSET: not given."""

    project_id: str
    name: str
    prefixes: list[str]
    description: str = ""
    default_quota: int | None = None
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    is_default: bool = False
    shared: bool = False
    address_scope_id: str | None = None


class UpdateSubnetPool(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    prefixes: list[str] | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    address_scope_id: str | UnsetType | None = UNSET


def create_subnetpools(state: State, requests: Sequence[CreateSubnetPool], context: Context) -> Writes:
    """Return the writes that create all of `requests`; this site may cut all of it until shares are given to others."""
    writes = [write for request in requests for write in _create(state, request, context)]
    return Writes(tuple(writes), actor=context.actor, verb="create subnet pool")


def update_subnetpool(state: State, id: str, request: UpdateSubnetPool, context: Context) -> Writes:
    """Return the write that changes what differs."""
    subnetpool = existing_subnetpool(state, id)
    values = changed_fields(subnetpool, request)
    if "prefixes" in values:
        values["prefixes"] = _extended(subnetpool.get("prefixes"), values["prefixes"])
    whole = {**{name: field.value for name, field in subnetpool.fields.items()}, **values}
    version = common_version(whole["prefixes"])
    prefix_lengths(version, whole)
    if values.get("is_default"):
        _check_no_default(state, version)
    if "is_default" in values:
        values["default_for"] = version if values["is_default"] else None
    _check_scope_owned(state, subnetpool, context)
    check_scope(state, whole["address_scope_id"], id, version, whole["prefixes"], context)
    values = {name: value for name, value in values.items() if subnetpool.get(name, UNSET) != value}
    writes = (Write(subnetpool.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update subnet pool")


def delete_subnetpool(state: State, id: str, context: Context) -> Writes:
    """Return the writes that delete the pool. Raises SubnetPoolNotFound, SubnetPoolDeleteError."""
    subnetpool = existing_subnetpool(state, id)
    if state.referrers(SUBNETPOOL.name, id, SUBNET.name):
        raise SubnetPoolDeleteError("Subnet pool has existing allocations")
    keys = (subnetpool.key, Key("fabric", POOL.name, subnetpool.get("grants_id")))
    writes = tuple(Write(key, {DELETED: True}) for key in keys)
    return Writes(writes, actor=context.actor, verb="delete subnet pool")


def existing_subnetpool(state: State, id: str) -> Record:
    """Return the live pool. Raises SubnetPoolNotFound."""
    subnetpool = state.get(SUBNETPOOL.name, id)
    if subnetpool is None:
        raise SubnetPoolNotFound(id)
    return subnetpool


def default_subnetpool(state: State, ip_version: int) -> Record | None:
    """Return the default pool of an IP version: the oldest, should two sites have made one each at once."""
    found = state.lookup(SUBNETPOOL.name, "default_for", ip_version)
    return min(found, key=lambda pool: (pool.oldest, pool.key), default=None)


def _create(state: State, request: CreateSubnetPool, context: Context) -> Sequence[Write]:
    version = common_version(request.prefixes)
    lengths = prefix_lengths(version, msgspec.structs.asdict(request))
    if request.is_default:
        _check_no_default(state, version)
    id, prefixes = context.new_id(), compacted(request.prefixes)
    check_scope(state, request.address_scope_id, id, version, prefixes, context)
    values: dict[str, Any] = {
        **msgspec.structs.asdict(request),
        **lengths,
        "prefixes": prefixes,
        "ip_version": version,
        "default_for": version if request.is_default else None,
        "grants_id": PREFIX_POOL + id,
        "tags": [],
        "created_at": context.now,
    }
    del values["shared"]
    grants = Write(Key("fabric", POOL.name, PREFIX_POOL + id), {"giver": context.site}, create=True)
    entries = [share(SUBNETPOOL.name, id, request.project_id, context)] if request.shared else []
    return grants, Write(Key("fabric", SUBNETPOOL.name, id), values, create=True), *entries


def _extended(present: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the prefixes wanted, in the fewest that say the same. Raises IllegalSubnetPoolPrefixUpdate."""
    alike = [prefix for prefix in wanted if version_of(prefix) == version_of(present[0])]
    if minus(merged(intervals_of(present)), merged(intervals_of(alike))):
        raise IllegalSubnetPoolPrefixUpdate("Existing prefixes must be a subset of the new prefixes")
    common_version(wanted)
    return compacted(wanted)


def _check_no_default(state: State, version: int) -> None:
    if default_subnetpool(state, version) is not None:
        raise InvalidInput(
            "A default subnetpool for this IP family has already been set. Only one default may exist per IP family"
        )


def _check_scope_owned(state: State, subnetpool: Record, context: Context) -> None:
    """Raise IllegalSubnetPoolUpdate if the pool is in a scope that others own."""
    scope = state.get(ADDRESS_SCOPE.name, subnetpool.get("address_scope_id") or "")
    if scope is not None and not (context.is_admin or scope.get("project_id") == context.project_id):
        raise IllegalSubnetPoolUpdate(
            f"subnetpool {subnetpool.key.id} cannot be updated when associated with shared address scope {scope.key.id}"
        )
