"""Which objects a caller may know of. What it may not is answered as if it were not there."""

from collections.abc import Collection

from weft.api.caller import Caller
from weft.api.neutron.policy import rights_of
from weft.store.kinds import KINDS
from weft.store.protocol import State
from weft.store.records import Record


def may_see(caller: Caller, record: Record, state: State) -> bool:
    """Tell whether the object exists as far as `caller` is concerned.

    What belongs to no project (agents, flavors) is there for all; what is shown of it the rules say.
    Own objects; shared and external networks and their subnets; ports and subnets of own networks; rules of own groups.
    """
    if sees_everything(caller) or not _has_owner(record.key.kind):
        return True
    if caller.project_id is not None and record.get("project_id") == caller.project_id:
        return True
    if record.key.kind == "security_group_rule":
        group = state.get("security_group", record.get("security_group_id", ""))
        return group is not None and group.get("project_id") == caller.project_id
    if record.key.kind == "network":
        return _is_public(record)
    network = state.get("network", record.get("network_id", ""))
    if network is None:
        return False
    if network.get("project_id") == caller.project_id:
        return True
    return record.key.kind == "subnet" and _is_public(network)


def all_visible(caller: Caller, kind: str, state: State) -> Collection[Record]:
    """Return every object of `kind` that `caller` may know of, without a look at those of strangers.

    The same as asking `may_see` of each, but a tenant's list costs what the tenant has, not what the cloud has.
    """
    if sees_everything(caller) or not _has_owner(kind):
        return state.of_kind(kind)
    own = state.lookup(kind, "project_id", caller.project_id) if caller.project_id is not None else ()
    found = {record.key.id: record for record in own}
    if kind == "security_group_rule":
        groups = state.lookup("security_group", "project_id", caller.project_id) if caller.project_id else ()
        for group in groups:
            rules = state.lookup(kind, "security_group_id", group.key.id)
            found.update((rule.key.id, rule) for rule in rules)
        return found.values()
    if kind not in ("network", "subnet", "port"):
        return own
    networks = state.lookup("network", "project_id", caller.project_id) if caller.project_id is not None else ()
    if kind != "port":
        networks = [*networks, *(network for network in state.of_kind("network") if _is_public(network))]
    for network in networks:
        seen = (network,) if kind == "network" else state.referrers("network", network.key.id, kind)
        found.update((record.key.id, record) for record in seen)
    return found.values()


def sees_everything(caller: Caller) -> bool:
    """Tell whether other projects' objects exist for `caller`: for administrators and for services, such as Nova."""
    return rights_of(caller).sees_everything


def _has_owner(kind: str) -> bool:
    return "project_id" in KINDS[kind].indexed


def _is_public(network: Record) -> bool:
    return bool(network.get("shared") or network.get("external"))
