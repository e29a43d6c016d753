"""Whose eyes an object is open to besides its owner's: one line for each kind that others see too.

What has a project is its project's alone unless a line says more; what has none (flavors, agents, parts of other
things) is left to the policy. Source: neutron-lib, db/model_query.py; neutron, db/db_base_plugin_v2.py
(_port_filter_hook), db/external_net_db.py.
"""

from collections.abc import Iterable, Mapping

import msgspec

from weft.commands.sharing.entries import EVERYONE, entries_on, objects_shared_with
from weft.store.kinds import KINDS
from weft.store.protocol import State
from weft.store.records import Record


class Sight(msgspec.Struct, frozen=True):
    """Who else sees objects of a kind."""

    shared_by: str = (
        ""  # the kind whose entries open it: its own, or that of a thing it refers to ("network" → network_id)
    )
    owned_with: str = ""  # whoever owns the thing of this kind that it refers to
    flag: str = ""  # a field of its own that opens it to everyone


SIGHT: Mapping[str, Sight] = {
    "network": Sight(shared_by="network"),
    "subnet": Sight(shared_by="network"),
    "port": Sight(owned_with="network"),
    "security_group": Sight(shared_by="security_group"),
    "security_group_rule": Sight(owned_with="security_group"),
    "address_group": Sight(shared_by="address_group"),
    "address_scope": Sight(shared_by="address_scope"),
    "subnetpool": Sight(shared_by="subnetpool"),
    "qos_policy": Sight(shared_by="qos_policy"),
    "metering_label": Sight(flag="shared"),
}
_NOBODY_ELSE = Sight()


def sight_of(kind: str) -> Sight:
    """Return who else sees objects of a kind."""
    return SIGHT.get(kind, _NOBODY_ELSE)


def is_open_to(state: State, record: Record, project_id: str | None) -> bool:
    """Tell whether a project sees the object: as its owner, or because it is opened to it."""
    if "project_id" not in record.fields:
        return True
    if project_id is not None and record.get("project_id") == project_id:
        return True
    sight = sight_of(record.key.kind)
    if sight.shared_by:
        named = (EVERYONE, project_id)
        if any(entry.get("target_project") in named for entry in entries_on(state, _shared_thing(record, sight))):
            return True
    if sight.owned_with and project_id is not None:
        owner = state.get(sight.owned_with, record.get(f"{sight.owned_with}_id", ""))
        if owner is not None and owner.get("project_id") == project_id:
            return True
    return bool(sight.flag and record.get(sight.flag))


def all_open_to(state: State, kind: str, project_id: str | None) -> Iterable[Record]:
    """Return every object of a kind that a project sees, without a look at those of strangers.

    The same as asking `is_open_to` of each, but it costs what the project sees, not what the cloud has.
    """
    if kind not in KINDS or "project_id" not in KINDS[kind].indexed:
        return [record for record in state.of_kind(kind) if is_open_to(state, record, project_id)]
    found: dict[str, Record] = {}
    if project_id is not None:
        found.update((record.key.id, record) for record in state.lookup(kind, "project_id", project_id))
    sight = sight_of(kind)
    if sight.shared_by:
        for object_id in objects_shared_with(state, sight.shared_by, project_id):
            found.update((record.key.id, record) for record in _opened_with(state, kind, sight.shared_by, object_id))
    if sight.owned_with and project_id is not None:
        for owned in state.lookup(sight.owned_with, "project_id", project_id):
            found.update((record.key.id, record) for record in state.referrers(sight.owned_with, owned.key.id, kind))
    if sight.flag:
        found.update((record.key.id, record) for record in state.of_kind(kind) if record.get(sight.flag))
    return found.values()


def shared_thing(record: Record) -> str:
    """Return the ID of the object whose entries say whether this one is shared; "" where none do."""
    sight = sight_of(record.key.kind)
    return _shared_thing(record, sight) if sight.shared_by else ""


def _shared_thing(record: Record, sight: Sight) -> str:
    if sight.shared_by == record.key.kind:
        return record.key.id
    return str(record.get(f"{sight.shared_by}_id", ""))


def _opened_with(state: State, kind: str, shared_by: str, object_id: str) -> Iterable[Record]:
    if shared_by != kind:
        return state.referrers(shared_by, object_id, kind)
    record = state.get(kind, object_id)
    return () if record is None else (record,)
