"""Who uses an object on the strength of an entry, so that it cannot be taken away.

Source: neutron, objects/rbac_db.py (_validate_rbac_policy_delete), db/db_base_plugin_v2.py
(ensure_no_project_ports_on_network), db/external_net_db.py (_validate_ext_not_in_use_by_project).
"""

from weft.commands.errors import InvalidSharedSetting
from weft.commands.l3.owners import GATEWAY
from weft.commands.sharing.entries import ACCESS_EXTERNAL, ACCESS_SHARED, EVERYONE, entries_on
from weft.commands.sharing.errors import RbacPolicyInUse
from weft.store.paths import referring_paths
from weft.store.protocol import State
from weft.store.records import Record

_ROUTERS_DEPEND = "There are routers attached to this network that depend on this policy for access."


def check_removal(state: State, entry: Record, new_target: str | None = None) -> None:
    """Raise RbacPolicyInUse if somebody would lose what it uses when the entry goes, or names `new_target` instead."""
    object_type, object_id, target = entry.get("object_type"), entry.get("object_id"), entry.get("target_project")
    owned = state.get(object_type, object_id)
    if owned is None or new_target == target:
        return
    if entry.get("action") == ACCESS_EXTERNAL:
        _check_gateways(state, owned, target, new_target)
        return
    widens = object_type != "network" and new_target == EVERYONE
    is_owners = target == owned.get("project_id")
    if widens or is_owners or users(state, owned) <= _still_allowed(state, owned, target, ACCESS_SHARED):
        return
    details = str(InvalidSharedSetting(object_id)) if object_type == "network" else f"project_id={target}"
    raise RbacPolicyInUse(object_id, details)


def users(state: State, record: Record) -> set[str]:
    """Return the projects that use an object: of a network, those with ports there; of others, of what refers to it."""
    kind, id = record.key.kind, record.key.id
    kinds = ["port"] if kind == "network" else sorted({by for by, _ in referring_paths(kind)})
    found = {used.get("project_id") for by in kinds for used in state.referrers(kind, id, by)}
    return {project_id for project_id in found if project_id}  # Neutron's own (a router's gateway) have none


def _still_allowed(state: State, owned: Record, without: str, action: str) -> set[str]:
    """Return who may use the object if the entry for `without` were gone; everybody who uses it, if everyone may."""
    targets = {entry.get("target_project") for entry in entries_on(state, owned.key.id, action)} - {without}
    if EVERYONE in targets:
        return users(state, owned)
    if without != EVERYONE:  # others are none of this entry's business
        targets |= users(state, owned) - {without}
    # Neutron counts the owner's own use of what is no network as use by anybody, and so do its tests.
    return targets | ({owned.get("project_id")} if owned.key.kind == "network" or without != EVERYONE else set())


def _check_gateways(state: State, network: Record, target: str, new_target: str | None) -> None:
    if target == EVERYONE and network.get("is_default"):
        raise RbacPolicyInUse(network.key.id, "Default external networks must be shared to everyone.")
    left = {entry.get("target_project") for entry in entries_on(state, network.key.id, ACCESS_EXTERNAL)} - {target}
    if EVERYONE in left:
        return
    routed = _projects_with_gateways(state, network)
    stranded = routed - left - {new_target} if target == EVERYONE else routed & {target}
    if stranded:
        raise RbacPolicyInUse(network.key.id, _ROUTERS_DEPEND)


def _projects_with_gateways(state: State, network: Record) -> set[str]:
    routers = [
        state.get("router", port.get("device_id", ""))
        for port in state.referrers("network", network.key.id, "port")
        if port.get("device_owner") == GATEWAY
    ]
    return {router.get("project_id") for router in routers if router is not None}
