"""Whether new groups are stateful, by project or for all.

Source: neutron, db/security_groups_default_statefulness.py.
"""

import uuid
from collections.abc import Sequence

import msgspec

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.security.errors import (
    SecurityGroupDefaultStatefulnessAlreadyExists,
    SecurityGroupDefaultStatefulnessNotFound,
)
from weft.store.kinds import DEFAULT_STATEFULNESS
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

_NAMESPACE = uuid.UUID("c0a7a0d9-2c64-4b0a-8b57-1b3f7e5d9c33")  # random once; part of the format


class CreateStatefulness(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str | None = None  # None: for every project that has no setting of its own
    stateful: bool = True


class UpdateStatefulness(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change."""

    stateful: bool | msgspec.UnsetType = msgspec.UNSET


def default_stateful(state: State, project_id: str) -> bool:
    """Return whether a new group of the project is stateful if nobody says."""
    for owner in (project_id, None):
        setting = state.get(DEFAULT_STATEFULNESS.name, _key(owner).id)
        if setting is not None:
            return bool(setting.get("stateful", True))
    return True


def create_statefulness(state: State, requests: Sequence[CreateStatefulness], context: Context) -> Writes:
    """Return the writes that make the settings. Raises SecurityGroupDefaultStatefulnessAlreadyExists."""
    writes = {}
    for request in requests:
        key = _key(request.project_id)
        if key in writes or state.get(key.kind, key.id) is not None:
            raise SecurityGroupDefaultStatefulnessAlreadyExists(request.project_id)
        values = {"project_id": request.project_id, "stateful": request.stateful}
        writes[key] = Write(key, values if state.raw(key) is None else {**values, DELETED: False})
    return Writes(tuple(writes.values()), actor=context.actor, verb="create default statefulness")


def update_statefulness(state: State, id: str, request: UpdateStatefulness, context: Context) -> Writes:
    """Return the write that changes what differs. Raises SecurityGroupDefaultStatefulnessNotFound."""
    setting = _existing(state, id)
    values = changed_fields(setting, request)
    writes = (Write(setting.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb="update default statefulness")


def delete_statefulness(state: State, id: str, context: Context) -> Writes:
    """Return the write that deletes the setting. Raises SecurityGroupDefaultStatefulnessNotFound."""
    setting = _existing(state, id)
    return Writes((Write(setting.key, {DELETED: True}),), actor=context.actor, verb="delete default statefulness")


def _existing(state: State, id: str) -> Record:
    setting = state.get(DEFAULT_STATEFULNESS.name, id)
    if setting is None:
        raise SecurityGroupDefaultStatefulnessNotFound(id)
    return setting


def _key(project_id: str | None) -> Key:
    return Key("fabric", DEFAULT_STATEFULNESS.name, str(uuid.uuid5(_NAMESPACE, project_id or "")))
