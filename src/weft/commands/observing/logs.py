"""Logs: what is to be logged. Source: neutron, services/logapi/logging_plugin.py and common/sg_validate.py."""

from collections.abc import Collection, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.observing.errors import (
    InvalidLogResourceType,
    InvalidResourceConstraint,
    LoggingTypeNotSupported,
    LogResourceNotFound,
    ResourceNotFound,
    TargetResourceNotFound,
)
from weft.store.kinds.observing import LOG
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

SECURITY_GROUP = "security_group"
LOGGABLE = (SECURITY_GROUP,)


class CreateLog(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    project_id: str
    resource_type: str
    resource_id: str | None = None
    target_id: str | None = None
    event: str = "ALL"
    name: str = ""
    description: str = ""
    enabled: bool = True


class UpdateLog(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


def create_logs(state: State, requests: Sequence[CreateLog], context: Context) -> Writes:
    """Return the writes that create all of `requests`.

    Raises InvalidLogResourceType, ResourceNotFound, TargetResourceNotFound, LoggingTypeNotSupported,
    InvalidResourceConstraint.
    """
    writes = []
    for request in requests:
        _check(state, request)
        values = {**msgspec.structs.asdict(request), "created_at": context.now}
        writes.append(Write(Key("fabric", LOG.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create log")


def update_log(state: State, log_id: str, request: UpdateLog, context: Context) -> Writes:
    """Return the write that changes what differs. Raises LogResourceNotFound."""
    log = _existing_log(state, log_id)
    values = changed_fields(log, request)
    return Writes((Write(log.key, values),) if values else (), actor=context.actor, verb="update log")


def delete_log(state: State, log_id: str, context: Context) -> Writes:
    """Return the write that deletes the log. Raises LogResourceNotFound."""
    log = _existing_log(state, log_id)
    return Writes((Write(log.key, {DELETED: True}),), actor=context.actor, verb="delete log")


def logs_go_with_port(state: State, port: Record, context: Context) -> Sequence[Write]:
    """Return the writes that delete a port's own logs; those that are off stay, as in Neutron."""
    return _deleting(state.lookup(LOG.name, "target_id", port.key.id))


def logs_go_with_group(state: State, group: Record, context: Context) -> Sequence[Write]:
    """Return the writes that delete a security group's own logs; those that are off stay, as in Neutron."""
    return _deleting(state.lookup(LOG.name, "resource_id", group.key.id))


def _deleting(logs: Collection[Record]) -> list[Write]:
    return [Write(log.key, {DELETED: True}) for log in logs if log.get("enabled", True)]


def _existing_log(state: State, log_id: str) -> Record:
    log = state.get(LOG.name, log_id)
    if log is None:
        raise LogResourceNotFound(log_id)
    return log


def _check(state: State, request: CreateLog) -> None:
    if request.resource_type not in LOGGABLE:
        raise InvalidLogResourceType(request.resource_type)
    if request.resource_id and state.get(SECURITY_GROUP, request.resource_id) is None:
        raise ResourceNotFound(request.resource_id)
    if not request.target_id:
        return
    port = state.get("port", request.target_id)
    if port is None:
        raise TargetResourceNotFound(request.target_id)
    if port.get("vnic_type", "normal") != "normal":
        raise LoggingTypeNotSupported(SECURITY_GROUP, request.target_id)
    if request.resource_id and request.resource_id not in port.get("security_groups", ()):
        raise InvalidResourceConstraint(request.resource_id, request.target_id)
