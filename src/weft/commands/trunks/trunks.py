"""Trunks: create, update, delete, and what they carry. Source: neutron, services/trunk/plugin.py."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.trunks.errors import (
    ParentPortInUse,
    PortInUseAsSubPort,
    PortInUseAsTrunkParent,
    SubPortNotFound,
    TrunkDisabled,
    TrunkInUse,
    TrunkNotFound,
)
from weft.commands.trunks.subports import (
    check_subports,
    check_unused,
    claims_for,
    putting_on,
    read_subports,
    shown_subport,
    subports_on,
    taking_off,
)
from weft.commands.visible import visible_port
from weft.store.kinds.trunks import SUBPORT, TRUNK
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write, Writes


class CreateTrunk(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    port_id: str
    name: str = ""
    description: str = ""
    admin_state_up: bool = True
    sub_ports: list[dict[str, Any]] = []


class UpdateTrunk(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET


def create_trunks(state: State, requests: Sequence[CreateTrunk], context: Context) -> Writes:
    """Return the writes that create the trunks and put their subports on them.

    Raises PortNotFound, InvalidInput, ParentPortInUse, TrunkPortInUse, PortInUse, DuplicateSubPort and
    SubPortMtuGreaterThanTrunkPortMtu.
    """
    writes: list[Write] = []
    claims: list[Claim] = []
    for request in requests:
        parent = visible_port(state, request.port_id, context)  # first: who asks in vain learns nothing of the port
        check_unused(state, request.port_id)
        if parent.get("host"):
            raise ParentPortInUse(request.port_id)
        trunk_id = context.new_id()
        subports = check_subports(state, request.sub_ports, parent, trunk_id, context)
        values = {
            "project_id": request.project_id,
            "port_id": request.port_id,
            "name": request.name,
            "description": request.description,
            "admin_state_up": request.admin_state_up,
            "tags": [],
            "created_at": context.now,
        }
        writes.append(Write(Key("fabric", TRUNK.name, trunk_id), values, create=True))
        writes += putting_on(state, trunk_id, subports)
        claims += claims_for(trunk_id, [request.port_id, *(subport.port_id for subport in subports)], subports)
    return Writes(tuple(writes), claims=tuple(claims), actor=context.actor, verb="create trunk")


def update_trunk(state: State, trunk_id: str, request: UpdateTrunk, context: Context) -> Writes:
    """Return the write that changes what differs. Raises TrunkNotFound."""
    trunk = _existing_trunk(state, trunk_id)
    values = changed_fields(trunk, request)
    writes = (Write(trunk.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update trunk")


def delete_trunk(state: State, trunk_id: str, context: Context) -> Writes:
    """Return the writes that free the subports and delete the trunk.

    Raises TrunkNotFound, TrunkDisabled, TrunkInUse.
    """
    trunk = _changeable_trunk(state, trunk_id)
    parent = state.get("port", trunk.get("port_id"))
    if parent is not None and parent.get("host"):
        raise TrunkInUse(trunk_id)
    writes = [*taking_off(state, subports_on(state, trunk_id)), Write(trunk.key, {DELETED: True})]
    return Writes(tuple(writes), actor=context.actor, verb="delete trunk")


def add_subports(state: State, trunk_id: str, document: dict[str, Any], context: Context) -> tuple[Writes, None]:
    """Return the writes that put further ports on the trunk. Raises TrunkNotFound and what create_trunks raises."""
    trunk = _existing_trunk(state, trunk_id)
    asked = read_subports(document)
    parent = state.get("port", trunk.get("port_id"))
    if parent is None:
        raise TrunkNotFound(trunk_id)
    subports = check_subports(state, asked, parent, trunk_id, context)
    _changeable_trunk(state, trunk_id)
    claims = claims_for(trunk_id, [subport.port_id for subport in subports], subports)
    writes = tuple(putting_on(state, trunk_id, subports))
    return Writes(writes, claims=claims, actor=context.actor, verb="add subports"), None


def remove_subports(state: State, trunk_id: str, document: dict[str, Any], context: Context) -> tuple[Writes, None]:
    """Return the writes that take ports off the trunk. Raises TrunkNotFound, TrunkDisabled, SubPortNotFound."""
    _changeable_trunk(state, trunk_id)
    leaving = []
    for asked in read_subports(document):
        subport = state.get(SUBPORT.name, asked["port_id"])
        if subport is None or subport.get("trunk_id") != trunk_id:
            raise SubPortNotFound(asked["port_id"], trunk_id)
        leaving.append(subport)
    return Writes(tuple(taking_off(state, leaving)), actor=context.actor, verb="remove subports"), None


def get_subports(
    state: State, trunk_id: str, document: dict[str, Any], context: Context
) -> tuple[Writes, dict[str, Any]]:
    """Return what the trunk carries, and nothing to write. Raises TrunkNotFound."""
    _existing_trunk(state, trunk_id)
    return Writes(()), {"sub_ports": [shown_subport(subport) for subport in subports_on(state, trunk_id)]}


def trunk_keeps_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Refuse to delete a port that has a part in a trunk. Raises PortInUseAsSubPort, PortInUseAsTrunkParent."""
    subport = state.get(SUBPORT.name, port.key.id)
    if subport is not None:
        raise PortInUseAsSubPort(port.key.id, subport.get("trunk_id"))
    for trunk in state.lookup(TRUNK.name, "port_id", port.key.id):
        raise PortInUseAsTrunkParent(port.key.id, trunk.key.id)
    return ()


def _existing_trunk(state: State, trunk_id: str) -> Record:
    trunk = state.get(TRUNK.name, trunk_id)
    if trunk is None:
        raise TrunkNotFound(trunk_id)
    return trunk


def _changeable_trunk(state: State, trunk_id: str) -> Record:
    trunk = _existing_trunk(state, trunk_id)
    if not trunk.get("admin_state_up", True):
        raise TrunkDisabled(trunk_id)
    return trunk
