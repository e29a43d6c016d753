"""The default group: every project has one from the first time somebody looks.

Its ID follows from the project's, so that sites that cannot see each other make one record, not two. It is
*seeded*: stamped with the time at which the project came to be, older than whatever anybody did to the group, so
that a site that makes it late takes nothing back. Source: neutron, db/securitygroups_db.py.
"""

import uuid
from functools import lru_cache

from weft.commands.security.default_rules import templates_for
from weft.commands.security.rules import rules_from_templates
from weft.commands.security.statefulness import default_stateful
from weft.commands.seeds import SEED_HLC, seed_record
from weft.store.kinds import PROJECT, SECURITY_GROUP
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write

DEFAULT_NAME = "default"
_DESCRIPTION = "Default security group"
_NAMESPACE = uuid.UUID("a4f3c1f0-0f3b-4d63-9a0e-2f1f6a8f7d25")  # random once; part of the format


@lru_cache(maxsize=65536)
def default_group_id(project_id: str) -> str:
    """Return the ID of a project's default group, whether it is there or not."""
    return str(uuid.uuid5(_NAMESPACE, project_id))


def default_group_key(project_id: str) -> Key:
    """Return the key of a project's default group."""
    return Key("fabric", SECURITY_GROUP.name, default_group_id(project_id))


def is_default_group(group: Record) -> bool:
    """Tell whether this is its project's default group."""
    return group.key.id == default_group_id(group.get("project_id") or "")


def default_group_records(state: State, project_id: str) -> list[Record]:
    """Return the default group and its rules, to be seeded."""
    project = state.get(PROJECT.name, project_id)
    hlc = project.oldest.hlc if project is not None else SEED_HLC
    group_id = default_group_id(project_id)
    records = [
        seed_record(key.kind, key.id, values, hlc)
        for key, values in rules_from_templates(templates_for(state, is_default=True), group_id, project_id).items()
    ]
    return [seed_record(SECURITY_GROUP.name, group_id, _group_values(state, project_id), hlc), *records]


def default_group_writes(state: State, project_id: str) -> list[Write]:
    """Return the writes that make the default group if it is not there: an administrator deleted it once."""
    key = default_group_key(project_id)
    if state.get(SECURITY_GROUP.name, key.id) is not None:
        return []
    rules = rules_from_templates(templates_for(state, is_default=True), key.id, project_id)
    writes = [Write(key, {**_group_values(state, project_id), DELETED: False})]
    return [*writes, *(Write(rule, {**values, DELETED: False}) for rule, values in rules.items())]


def _group_values(state: State, project_id: str) -> dict[str, object]:
    return {
        "project_id": project_id,
        "name": DEFAULT_NAME,
        "description": _DESCRIPTION,
        "stateful": default_stateful(state, project_id),
        "tags": [],
    }
