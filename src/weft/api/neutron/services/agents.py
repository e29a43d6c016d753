"""`/v2.0/agents` and `/v2.0/availability_zones`, described."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Match, Resource
from weft.commands.l3.errors import AvailabilityZoneNotFound
from weft.commands.services.agents import DHCP, L3, CreateAgent, UpdateAgent, create_agents, delete_agent, update_agent
from weft.commands.services.errors import AgentNotFound
from weft.model import NodeId
from weft.store.clock import ms_from_hlc
from weft.store.pools import live_sites
from weft.store.records import Record
from weft.wire.neutron.services.agent import AGENT, AVAILABILITY_ZONE


def derive_agent(record: Record, look: Look) -> dict[str, Any]:
    """Return what an agent shows besides its record: whether its node lives, and since when."""
    host = NodeId(record.get("host", ""))
    beat = look.runtime.get(host, "beat")
    said = beat.value if beat is not None and isinstance(beat.value, dict) else {}
    created_ms = ms_from_hlc(record.oldest.hlc)
    started_ms = said.get("started_ms")
    return {
        "alive": look.runtime.is_alive(host),
        "created_at": _time(created_ms),
        "heartbeat_timestamp": _time(beat.at_ms if beat is not None else created_ms),
        "started_at": _time(started_ms if isinstance(started_ms, int) else created_ms),
        "configurations": _configurations(record, said, look),
        "resources_synced": None,
    }


def _configurations(record: Record, said: dict[str, Any], look: Look) -> dict[str, Any]:
    kind = record.get("agent_type")
    if kind == DHCP:
        return {"dhcp_driver": "weft"}
    if kind == L3:
        return {"agent_mode": "legacy"}  # Neutron's word for "routers can be put on it and taken off it"
    node = look.state.get("node", record.get("host", ""))
    figures: dict[str, Any] = {name: said[name] for name in ("version", "kernel", "ports") if name in said}
    return {**figures, "tunneling_ip": node.get("underlay_ip") if node else None, "tunnel_types": ["vxlan"]}


def _time(ms: int) -> str:
    """Return a time as Neutron writes an agent's: "2026-11-21 11:14:56"."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _of_type(values: Sequence[str]) -> Match:
    """Match an agent's type whatever its case: clients ask for "DHCP Agent", and Neutron's database finds them."""
    wanted = {value.lower() for value in values}
    return lambda record: str(record.get("agent_type")).lower() in wanted


AGENTS = Resource(
    name="agent",
    collection="agents",
    attributes=AGENT,
    create_request=CreateAgent,
    create=create_agents,
    update_request=UpdateAgent,
    update=update_agent,
    delete=delete_agent,
    not_found=AgentNotFound,
    derive=derive_agent,
    filters={"agent_type": _of_type},
)

ZONE_RESOURCES = {"network": DHCP, "router": L3}  # what a zone is for → whose agents make it available


def _zones(look: Look, asked: Asked) -> Collection[Record]:
    """Return every site as a zone: unavailable if administrators switched all of its agents off."""
    found = []
    for site in live_sites(look.state):
        agents = look.state.lookup("agent", "availability_zone", site)
        for resource, kind in ZONE_RESOURCES.items():
            states = [agent.get("admin_state_up", True) for agent in agents if agent.get("agent_type") == kind]
            word = "available" if any(states) or not states else "unavailable"
            values = {"name": site, "resource": resource, "state": word}
            found.append(made_record("availability_zone", f"{site}/{resource}", values))
    return found


AVAILABILITY_ZONES = Resource(
    name="availability_zone",
    collection="availability_zones",
    verbs=frozenset({"list"}),
    made=_zones,
    attributes=AVAILABILITY_ZONE,
    not_found=AvailabilityZoneNotFound,
)
