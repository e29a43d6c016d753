"""/v3/groups."""

from typing import Any

from weft.api.identity.resource import Resource, crud
from weft.commands.identity.groups import create_group, delete_group, update_group
from weft.store.records import Record
from weft.wire.keystone.resources import GROUP


def _shown(record: Record) -> dict[str, Any]:
    return {name: record.get(name) for name in ("name", "domain_id", "description")}


GROUPS = Resource(
    kind="group",
    plural="groups",
    spec=GROUP,
    shown=_shown,
    filters=("name", "domain_id"),
    create=create_group,
    update=update_group,
    delete=delete_group,
    open_verbs=("delete",),
    of_domain=True,
)


ROUTES = crud(GROUPS)
