"""A project's ready-made network: made, and taken down, step by step.

A network, a subnet of each default pool, and a router between these and the default external network. Each step is one
commit and follows from what there is, so whoever comes next goes on where somebody stopped.
Source: neutron, services/auto_allocate/db.py.
"""

import uuid
from collections.abc import Callable
from typing import Any

from weft.commands.addressing.errors import SubnetAllocationError
from weft.commands.addressing.subnetpools import default_subnetpool
from weft.commands.context import Context
from weft.commands.l3.interfaces import add_interface
from weft.commands.l3.owners import INTERFACE_OWNERS
from weft.commands.l3.routers import CreateRouter, create_routers, delete_router
from weft.commands.l3.unplugging import remove_interface
from weft.commands.networks import CreateNetwork, create_networks, delete_network
from weft.commands.quotas.checking import within_quota
from weft.commands.services.default_network import default_external_network
from weft.commands.services.errors import AutoAllocationFailure
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.model import Invalid, NotFound
from weft.store.kinds import NETWORK, PORT, ROUTER, SUBNET
from weft.store.kinds.services import AUTO_ALLOCATED_TOPOLOGY
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

IP_VERSIONS = (4, 6)

Step = Callable[[State, str, Context], Writes]


def ready_network(state: State, project_id: str) -> str | None:
    """Return the project's ready-made network, if it is ready and still there."""
    topology = _topology(state, project_id)
    if topology is None or not topology.get("is_ready"):
        return None
    network = state.get(NETWORK.name, topology.get("network_id"))
    return network.key.id if network is not None else None


def check_requirements(state: State) -> None:
    """Raise AutoAllocationFailure if the cloud lacks a default external network or a default pool."""
    _external_network(state)
    if not _pools(state):
        raise AutoAllocationFailure("No default subnetpools defined")


def next_step(state: State, project_id: str, context: Context) -> Writes:
    """Return the next step towards the project's network; nothing if it is ready. Raises AutoAllocationFailure."""
    topology = _topology(state, project_id)
    network_id = topology.get("network_id") if topology is not None else None
    if topology is None or state.get(NETWORK.name, network_id or "") is None:
        return _begin(state, project_id, context)
    try:
        for pool in _pools(state):
            if not _has_subnet(state, topology, pool.get("ip_version")):
                return _subnet(state, topology, pool, context)
    except (Invalid, NotFound, SubnetAllocationError):
        raise AutoAllocationFailure("Unable to provide project private network") from None
    try:
        return _join(state, topology, context)
    except Invalid:
        raise AutoAllocationFailure("Unable to provide external connectivity") from None


def next_step_down(state: State, project_id: str, context: Context) -> Writes:
    """Return the next step towards the project having no ready-made network; nothing if it has none.

    Raises what deleting raises: RouterInUse, NetworkInUse.
    """
    topology = _topology(state, project_id)
    if topology is None:
        return Writes(())
    router_id, network_id = topology.get("router_id") or "", topology.get("network_id") or ""
    if state.get(ROUTER.name, router_id) is not None:
        for subnet in _subnets(state, topology):
            if _is_joined(state, router_id, subnet):
                return remove_interface(state, router_id, {"subnet_id": subnet.key.id}, context)[0]
        return delete_router(state, router_id, context)
    if state.get(NETWORK.name, network_id) is not None:
        return delete_network(state, network_id, context)
    return Writes((Write(topology.key, {DELETED: True}),), actor=context.actor, verb="delete auto-allocated topology")


def _topology(state: State, project_id: str) -> Record | None:
    return state.get(AUTO_ALLOCATED_TOPOLOGY.name, _id(project_id))


def _id(project_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"weft:topology/{project_id}"))


def _external_network(state: State) -> Record:
    network = default_external_network(state)
    if network is None:
        raise AutoAllocationFailure("No default router:external network")
    return network


def _pools(state: State) -> list[Record]:
    return [pool for version in IP_VERSIONS if (pool := default_subnetpool(state, version)) is not None]


def _begin(state: State, project_id: str, context: Context) -> Writes:
    _external_network(state)
    if not _pools(state):
        raise AutoAllocationFailure("Unable to provide project private network")
    request = CreateNetwork(project_id=project_id, name="auto_allocated_network", admin_state_up=False)
    writes = create_networks(state, [request], context)
    network_id = next(write.key.id for write in writes.writes if write.key.kind == NETWORK.name)
    values: dict[str, Any] = {"project_id": project_id, "network_id": network_id, "router_id": None}
    key = Key("fabric", AUTO_ALLOCATED_TOPOLOGY.name, _id(project_id))
    return _with(_counted(state, writes, NETWORK.name, project_id, context), key, is_ready=False, **values)


def _subnet(state: State, topology: Record, pool: Record, context: Context) -> Writes:
    project_id, version = topology.get("project_id"), pool.get("ip_version")
    request = CreateSubnet(
        project_id=project_id,
        network_id=topology.get("network_id"),
        name=f"auto_allocated_subnet_v{version}",
        ip_version=version,
        subnetpool_id=pool.key.id,
    )
    return _counted(state, create_subnets(state, [request], context), SUBNET.name, project_id, context)


def _join(state: State, topology: Record, context: Context) -> Writes:
    """Return the next step that joins the subnets to the outside, or says that all is done."""
    project_id, router_id = topology.get("project_id"), topology.get("router_id") or ""
    if state.get(ROUTER.name, router_id) is None:
        gateway = {"network_id": _external_network(state).key.id}
        router = CreateRouter(project_id=project_id, name="auto_allocated_router", external_gateway_info=gateway)
        writes = create_routers(state, [router], context)
        made = next(write.key.id for write in writes.writes if write.key.kind == ROUTER.name)
        return _with(_counted(state, writes, ROUTER.name, project_id, context), topology.key, router_id=made)
    for subnet in _subnets(state, topology):
        if not _is_joined(state, router_id, subnet):
            return add_interface(state, router_id, {"subnet_id": subnet.key.id}, context)[0]
    if topology.get("is_ready"):
        return Writes(())
    up = Write(Key("fabric", NETWORK.name, topology.get("network_id")), {"admin_state_up": True})
    return _with(Writes((up,), actor=context.actor, verb="auto-allocate topology"), topology.key, is_ready=True)


def _subnets(state: State, topology: Record) -> list[Record]:
    found = state.referrers(NETWORK.name, topology.get("network_id"), SUBNET.name)
    return sorted(found, key=lambda subnet: (subnet.get("ip_version"), subnet.key.id))


def _has_subnet(state: State, topology: Record, ip_version: int) -> bool:
    return any(subnet.get("ip_version") == ip_version for subnet in _subnets(state, topology))


def _is_joined(state: State, router_id: str, subnet: Record) -> bool:
    return any(
        port.get("device_owner") in INTERFACE_OWNERS
        and any(ip["subnet_id"] == subnet.key.id for ip in port.get("fixed_ips", ()))
        for port in state.referrers(ROUTER.name, router_id, PORT.name)
    )


def _counted(state: State, writes: Writes, kind: str, project_id: str, context: Context) -> Writes:
    return within_quota(state, kind, {project_id: 1}, writes, context, {})


def _with(writes: Writes, key: Key, **values: Any) -> Writes:
    said = Write(key, {**values, DELETED: False})  # it may have been so before: its ID is the project's
    return Writes((*writes.writes, said), writes.claims, actor=writes.actor, verb=writes.verb)
