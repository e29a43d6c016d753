"""`/v2.0/agents` and `/v2.0/availability_zones`: nodes and sites, as Neutron's clients know them."""

import pytest

from tests.api.neutron.callers import error_of, refused
from weft.commands.services.agents import agents_of
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes


@pytest.fixture
async def nodes(store: MemoryStore) -> MemoryStore:
    """Let node a1, which is alive, and b1, which was never heard of, have announced themselves."""
    site = Write(Key("fabric", "site", "b"), {"number": 2}, create=True)
    agents = [
        Write(key, values, create=True)
        for node, site_id in (("a1", "a"), ("b1", "b"))
        for key, values in agents_of(node, site_id)
    ]
    await store.commit(Writes((site, *agents)))
    return store


async def listed(client, query: str = "", collection: str = "agents") -> list[dict]:
    return (await client.get(f"/v2.0/{collection}{query}")).json()[collection]


async def test_a_node_is_three_agents(admin, nodes):
    nodes.runtime.hear("b1", "beat", {"version": "1", "kernel": "6", "ports": 3, "started_ms": 1_700_000_000_000})
    agents = {agent["agent_type"]: agent for agent in await listed(admin, "?host=b1")}
    assert sorted(agents) == ["DHCP agent", "L3 agent", "Weft agent"]
    weft = agents["Weft agent"]
    assert weft == {
        "id": weft["id"],
        "agent_type": "Weft agent",
        "binary": "weftd",
        "topic": "N/A",
        "host": "b1",
        "admin_state_up": True,
        "alive": True,
        "created_at": weft["created_at"],
        "started_at": "2023-11-14 22:13:20",
        "heartbeat_timestamp": weft["heartbeat_timestamp"],
        "description": None,
        "availability_zone": None,
        "resources_synced": None,
        "configurations": {
            "tunneling_ip": None,
            "tunnel_types": ["vxlan"],
            "version": "1",
            "kernel": "6",
            "ports": 3,
        },
    }
    assert agents["L3 agent"]["availability_zone"] == "b"
    assert (await admin.get(f"/v2.0/agents/{weft['id']}")).json() == {"agent": weft}


async def test_silent_nodes_are_dead(admin, nodes):
    assert {agent["host"] for agent in await listed(admin, "?alive=false")} == {"b1"}
    assert {agent["host"] for agent in await listed(admin, "?alive=True")} == {"a1"}


async def test_agents_are_found_by_type_in_any_case(admin, nodes):
    found = await listed(admin, "?agent_type=DHCP%20Agent&sort_key=host&sort_dir=desc&fields=host")
    assert found == [{"host": "b1"}, {"host": "a1"}]


async def test_an_agent_is_described_switched_off_and_deleted(admin, nodes):
    (agent,) = await listed(admin, "?host=b1&agent_type=L3%20agent")
    url = f"/v2.0/agents/{agent['id']}"
    changed = await admin.put(url, json={"agent": {"description": "in the cellar", "admin_state_up": "no"}})
    shown = changed.json()["agent"]
    assert (shown["description"], shown["admin_state_up"]) == ("in the cellar", False)
    assert error_of(await admin.put(url, json={"agent": {"host": "x"}})) == (
        400, "HTTPBadRequest", "Cannot update read-only attribute host",
    )  # fmt: skip
    assert (await admin.delete(url)).status_code == 204
    assert error_of(await admin.get(url)) == (404, "AgentNotFound", f"Agent {agent['id']} could not be found.")


async def test_agents_are_not_made_by_hand(admin):
    assert error_of(await admin.post("/v2.0/agents", json={"agent": {}})) == (
        400, "BadRequest", "Bad agents request: Agent creation using API is not supported..",
    )  # fmt: skip


async def test_members_see_no_agents(alice, nodes):
    assert await listed(alice) == []
    (key, _), *_ = agents_of("a1", "a")
    assert (await alice.get(f"/v2.0/agents/{key.id}")).status_code == 404


async def test_sites_are_zones(admin, alice, nodes):
    everything = [
        {"name": name, "resource": resource, "state": "available"}
        for name in ("a", "b")
        for resource in ("network", "router")
    ]
    assert await listed(alice, collection="availability_zones") == everything
    (agent,) = await listed(admin, "?host=b1&agent_type=L3%20agent")
    await admin.put(f"/v2.0/agents/{agent['id']}", json={"agent": {"admin_state_up": False}})
    off = await listed(alice, "?state=unavailable", "availability_zones")
    assert off == [{"name": "b", "resource": "router", "state": "unavailable"}]
    assert await listed(alice, "?name=a&resource=router", "availability_zones") == [everything[1]]


async def test_hints_name_zones(alice, nodes):
    made = await alice.post("/v2.0/networks", json={"network": {"availability_zone_hints": ["b"]}})
    network = made.json()["network"]
    assert (network["availability_zone_hints"], network["availability_zones"]) == (["b"], ["b"])
    assert await refused(alice, "network", availability_zone_hints=["nova"]) == (
        404, "AvailabilityZoneNotFound", "AvailabilityZone nova could not be found.",
    )  # fmt: skip
    assert await refused(alice, "network", availability_zone_hints=["x" * 255]) == (
        400, "InvalidInput", "Invalid input for operation: Too many availability_zone_hints specified.",
    )  # fmt: skip
