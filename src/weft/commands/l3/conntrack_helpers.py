"""Conntrack helpers of a router: create, update, delete. Source: neutron, services/conntrack_helper/plugin.py."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.l3.errors import ConntrackHelperNotAllowed, ConntrackHelperNotFound, InvalidProtocolForHelper
from weft.store.kinds import ROUTER
from weft.store.kinds.l3 import CONNTRACK_HELPER
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write, Writes

HELPERS: Mapping[str, tuple[str, ...]] = {  # helper → protocols; neutron, conf/extensions/conntrack_helper.py
    "amanda": ("tcp",),
    "ftp": ("tcp",),
    "h323": ("udp", "tcp"),
    "irc": ("tcp",),
    "netbios-ns": ("udp",),
    "pptp": ("tcp",),
    "sane": ("tcp",),
    "sip": ("udp", "tcp"),
    "snmp": ("udp",),
    "tftp": ("udp",),
}
FIELDS = ("protocol", "port", "helper")

Values = dict[str, Any]


class CreateConntrackHelper(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    router_id: str
    protocol: str
    port: int
    helper: str
    project_id: str | None = None  # may be named; a helper is its router's


class UpdateConntrackHelper(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    protocol: str | UnsetType = UNSET
    port: int | UnsetType = UNSET
    helper: str | UnsetType = UNSET


def create_conntrack_helpers(state: State, requests: Sequence[CreateConntrackHelper], context: Context) -> Writes:
    """Return the writes that create all of `requests`.

    Raises ConntrackHelperNotAllowed, InvalidProtocolForHelper, BadRequest.
    """
    writes: list[Write] = []
    for request in requests:
        values = {name: getattr(request, name) for name in ("router_id", *FIELDS)}
        _check(state, values, [write.values for write in writes])
        writes.append(Write(Key("fabric", CONNTRACK_HELPER.name, context.new_id()), values, create=True))
    claims = tuple(_claim(write.values) for write in writes)
    return Writes(tuple(writes), claims, actor=context.actor, verb="create conntrack helper")


def update_conntrack_helper(state: State, helper_id: str, request: UpdateConntrackHelper, context: Context) -> Writes:
    """Return the write that changes what differs. Raises what create_conntrack_helpers raises."""
    helper = _existing(state, helper_id)
    changed = changed_fields(helper, request)
    if not changed:
        return Writes(())
    values = {name: changed.get(name, helper.get(name)) for name in ("router_id", *FIELDS)}
    _check(state, values, ())
    writes = (Write(helper.key, changed),)
    return Writes(writes, (_claim(values),), actor=context.actor, verb="update conntrack helper")


def delete_conntrack_helper(state: State, helper_id: str, context: Context) -> Writes:
    """Return the write that deletes the helper. Raises ConntrackHelperNotFound."""
    helper = _existing(state, helper_id)
    return Writes((Write(helper.key, {DELETED: True}),), actor=context.actor, verb="delete conntrack helper")


def helpers_go_with_router(state: State, router: Record, context: Context) -> Sequence[Write]:
    """Return the writes that delete a router's helpers along with it."""
    return [Write(helper.key, {DELETED: True}) for helper in helpers_of(state, router.key.id)]


def helpers_of(state: State, router_id: str) -> list[Record]:
    """Return a router's helpers, by what they say."""
    found = state.referrers(ROUTER.name, router_id, CONNTRACK_HELPER.name)
    return sorted(found, key=lambda helper: tuple(str(helper.get(name)) for name in FIELDS))


def _existing(state: State, helper_id: str) -> Record:
    helper = state.get(CONNTRACK_HELPER.name, helper_id)
    if helper is None:
        raise ConntrackHelperNotFound(helper_id)
    return helper


def _check(state: State, values: Values, made: Sequence[Any]) -> None:
    helper, protocol = values["helper"], values["protocol"]
    if helper not in HELPERS:
        raise ConntrackHelperNotAllowed(helper)
    if protocol not in HELPERS[helper]:
        raise InvalidProtocolForHelper(helper, protocol, HELPERS[helper])
    for other in (*helpers_of(state, values["router_id"]), *made):
        if all(other.get(name) == value for name, value in values.items()):
            raise BadRequest(
                "conntrack_helper",
                f"A duplicate conntrack helper entry with same attributes already exists, conflicting values "
                f"are {values}",
            )


def _claim(values: Mapping[str, Any]) -> Claim:
    return Claim(f"conntrack_helper.{values['router_id']}", "/".join(str(values[name]) for name in FIELDS))
