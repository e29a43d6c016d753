"""Agents: what clients of Neutron call the parts of a node's weftd. Source: neutron, db/agents_db.py."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.errors import BadRequest
from weft.commands.services.errors import AgentNotFound
from weft.store.kinds.services import AGENT, HOSTING
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes

DHCP, L3, WEFT = "DHCP agent", "L3 agent", "Weft agent"


class AgentType(NamedTuple):
    """What a node's weftd does, under the name that clients look for."""

    name: str
    topic: str
    has_zone: bool


# The first two names are Neutron's: clients ask for them. The third is the data plane.
AGENT_TYPES = (AgentType(DHCP, "dhcp_agent", True), AgentType(L3, "l3_agent", True), AgentType(WEFT, "N/A", False))


class UpdateAgent(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    admin_state_up: bool | UnsetType = UNSET
    description: str | UnsetType | None = UNSET


def agents_of(node: str, site: str) -> Iterable[tuple[Key, dict[str, str | None]]]:
    """Yield what a node's weftd writes of its agents: the record's key, and its fields."""
    for kind in AGENT_TYPES:
        values = {
            "agent_type": kind.name,
            "binary": "weftd",
            "topic": kind.topic,
            "host": node,
            "availability_zone": site if kind.has_zone else None,
        }
        yield Key("fabric", AGENT.name, agent_id(kind.name, node)), values


def agent_id(agent_type: str, node: str) -> str:
    """Return the ID of a node's agent."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"weft:agent/{agent_type}/{node}"))


class CreateAgent(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is always refused."""


def create_agents(state: State, requests: Sequence[CreateAgent], context: Context) -> Writes:
    """Refuse: agents announce themselves. Raises BadRequest."""
    raise BadRequest("agents", "Agent creation using API is not supported.")


def update_agent(state: State, agent_id: str, request: UpdateAgent, context: Context) -> Writes:
    """Return the write that changes what differs. Raises AgentNotFound."""
    agent = existing_agent(state, agent_id)
    values = changed_fields(agent, request)
    return Writes((Write(agent.key, values),) if values else (), actor=context.actor, verb="update agent")


def delete_agent(state: State, agent_id: str, context: Context) -> Writes:
    """Return the writes that forget the agent; a node that lives writes it anew. Raises AgentNotFound."""
    agent = existing_agent(state, agent_id)
    exceptions = state.referrers(AGENT.name, agent_id, HOSTING.name)
    writes = [Write(record.key, {DELETED: True}) for record in (*exceptions, agent)]
    return Writes(tuple(writes), actor=context.actor, verb="delete agent")


def existing_agent(state: State, agent_id: str) -> Record:
    """Return the agent. Raises AgentNotFound."""
    agent = state.get(AGENT.name, agent_id)
    if agent is None:
        raise AgentNotFound(agent_id)
    return agent
