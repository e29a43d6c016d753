"""Which agent hosts what: every node serves every network and router, but for what administrators say otherwise.

Neutron's clients put networks on DHCP agents and routers on L3 agents. Here that is where it is already, so a record
is kept for each exception only. Nodes do not act on these yet. Source: neutron, db/agentschedulers_db.py and
db/l3_agentschedulers_db.py.
"""

import uuid
from collections.abc import Sequence

from weft.commands.context import Context
from weft.commands.errors import NetworkNotFound
from weft.commands.l3.errors import RouterNotFound
from weft.commands.services.agents import DHCP, L3, existing_agent
from weft.commands.services.errors import (
    InvalidDHCPAgent,
    InvalidL3Agent,
    NetworkHostedByDHCPAgent,
    NetworkNotHostedByDhcpAgent,
)
from weft.store.kinds import NETWORK, ROUTER
from weft.store.kinds.services import AGENT, HOSTING
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

KIND_OF = {DHCP: NETWORK.name, L3: ROUTER.name}  # type of agent → kind of what it hosts


def hosted_on(state: State, agent: Record, agent_type: str) -> list[Record]:
    """Return the networks or routers that an agent hosts: none if it is of another type. Looks at all of them."""
    if agent.get("agent_type") != agent_type:
        return []
    return [record for record in state.of_kind(KIND_OF[agent_type]) if is_hosted(state, agent, record)]


def agents_hosting(state: State, record: Record) -> list[Record]:
    """Return the agents that host a network or router."""
    agent_type = DHCP if record.key.kind == NETWORK.name else L3
    agents = state.lookup(AGENT.name, "agent_type", agent_type)
    return sorted(
        (agent for agent in agents if is_hosted(state, agent, record)), key=lambda agent: str(agent.get("host"))
    )


def is_hosted(state: State, agent: Record, record: Record) -> bool:
    """Tell whether an agent hosts a network or router: as was said of the two, or else if there is something to do."""
    exception = state.get(HOSTING.name, _id(agent.key.id, record.key.id))
    if exception is not None:
        return bool(exception.get("is_hosted"))
    if not agent.get("admin_state_up", True):
        return False
    if record.key.kind == NETWORK.name:
        return any(subnet.get("enable_dhcp") for subnet in state.referrers(NETWORK.name, record.key.id, "subnet"))
    return bool(state.referrers(ROUTER.name, record.key.id, "port"))


def add_network(state: State, agent_id: str, network_id: str, context: Context) -> Writes:
    """Return the write that puts a network on a DHCP agent.

    Raises AgentNotFound, NetworkNotFound, InvalidDHCPAgent, NetworkHostedByDHCPAgent.
    """
    agent, network = existing_agent(state, agent_id), _network(state, network_id)
    if agent.get("agent_type") != DHCP or not agent.get("admin_state_up", True):
        raise InvalidDHCPAgent(agent_id)
    if is_hosted(state, agent, network):
        raise NetworkHostedByDHCPAgent(network_id, agent_id)
    return _saying(agent, network, context, is_hosted=True)


def remove_network(state: State, agent_id: str, network_id: str, context: Context) -> Writes:
    """Return the write that takes a network off a DHCP agent.

    Raises NetworkNotHostedByDhcpAgent, NotFound of either.
    """
    agent, network = existing_agent(state, agent_id), _network(state, network_id)
    if agent.get("agent_type") != DHCP or not is_hosted(state, agent, network):
        raise NetworkNotHostedByDhcpAgent(network_id, agent_id)
    return _saying(agent, network, context, is_hosted=False)


def add_router(state: State, agent_id: str, router_id: str, context: Context) -> Writes:
    """Return the write that puts a router on an L3 agent; none if it is there.

    Raises AgentNotFound, RouterNotFound, InvalidL3Agent.
    """
    agent, router = existing_agent(state, agent_id), _router(state, router_id)
    if agent.get("agent_type") != L3 or not agent.get("admin_state_up", True):
        raise InvalidL3Agent(agent_id)
    return _saying(agent, router, context, is_hosted=True) if not is_hosted(state, agent, router) else Writes(())


def remove_router(state: State, agent_id: str, router_id: str, context: Context) -> Writes:
    """Return the write that takes a router off an L3 agent; none if it is not there. Raises NotFound of either."""
    agent, router = existing_agent(state, agent_id), _router(state, router_id)
    if agent.get("agent_type") != L3 or not is_hosted(state, agent, router):
        return Writes(())
    return _saying(agent, router, context, is_hosted=False)


def hosting_goes_with(state: State, record: Record, context: Context) -> Sequence[Write]:
    """Return the writes that forget what was said of a network or router that goes."""
    found = state.lookup(HOSTING.name, "object_id", record.key.id)
    return [Write(one.key, {DELETED: True}) for one in sorted(found, key=lambda one: one.key.id)]


def _saying(agent: Record, record: Record, context: Context, *, is_hosted: bool) -> Writes:
    values = {"agent_id": agent.key.id, "object_id": record.key.id, "is_hosted": is_hosted, DELETED: False}
    key = Key("fabric", HOSTING.name, _id(agent.key.id, record.key.id))
    return Writes((Write(key, values),), actor=context.actor, verb=f"schedule {record.key.kind}")


def _id(agent_id: str, object_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"weft:hosting/{agent_id}/{object_id}"))


def _network(state: State, network_id: str) -> Record:
    network = state.get(NETWORK.name, network_id)
    if network is None:
        raise NetworkNotFound(network_id)
    return network


def _router(state: State, router_id: str) -> Record:
    router = state.get(ROUTER.name, router_id)
    if router is None:
        raise RouterNotFound(router_id)
    return router
