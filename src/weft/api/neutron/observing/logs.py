"""`/v2.0/log/logs` and `/v2.0/log/loggable-resources`, described."""

from collections.abc import Collection

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Resource
from weft.commands.observing.errors import LogResourceNotFound, ResourceNotFound
from weft.commands.observing.logs import LOGGABLE, CreateLog, UpdateLog, create_logs, delete_log, update_log
from weft.store.records import Record
from weft.wire.neutron.observing.log import LOG, LOGGABLE_RESOURCE

LOGS = Resource(
    name="log",
    collection="logs",
    path="log/logs",
    attributes=LOG,
    create_request=CreateLog,
    update_request=UpdateLog,
    create=create_logs,
    update=update_log,
    delete=delete_log,
    not_found=LogResourceNotFound,
)


def _loggable(look: Look, asked: Asked) -> Collection[Record]:
    return [made_record("loggable_resource", name, {"type": name, "project_id": asked.project_id}) for name in LOGGABLE]


LOGGABLE_RESOURCES = Resource(
    name="loggable_resource",
    collection="loggable_resources",
    path="log/loggable-resources",
    verbs=frozenset({"list"}),
    made=_loggable,
    attributes=LOGGABLE_RESOURCE,
    not_found=ResourceNotFound,
)
