"""Which agent hosts what: everything everywhere, but for what administrators say otherwise."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make
from weft.commands.services.agents import DHCP, L3, agent_id, agents_of
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes

NOWHERE = "11111111-1111-1111-1111-111111111111"
DHCP1, L31 = agent_id(DHCP, "a1"), agent_id(L3, "a1")


@pytest.fixture(autouse=True)
async def agents(store: MemoryStore) -> None:
    writes = [Write(key, values) for node in ("a1", "a2") for key, values in agents_of(node, "a")]
    await store.commit(Writes(tuple(writes)))


async def listed(client: httpx.AsyncClient, path: str, collection: str) -> list[str]:
    answer = await client.get(f"/v2.0/{path}")
    assert answer.status_code == 200, answer.text
    return sorted(one["id"] for one in answer.json()[collection])


async def test_a_network_with_dhcp_is_on_every_dhcp_agent(admin):
    network = await make(admin, "network")
    path = f"networks/{network['id']}/dhcp-agents"
    assert await listed(admin, path, "agents") == []
    await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    assert await listed(admin, path, "agents") == sorted([DHCP1, agent_id(DHCP, "a2")])
    assert await listed(admin, f"agents/{DHCP1}/dhcp-networks", "networks") == [network["id"]]
    assert await listed(admin, f"agents/{L31}/dhcp-networks", "networks") == []
    (shown,) = (await admin.get(f"/v2.0/agents/{DHCP1}/dhcp-networks")).json()["networks"]
    assert shown["provider:network_type"] == "vxlan"
    assert await listed(admin, f"networks/{NOWHERE}/dhcp-agents", "agents") == []


async def test_a_network_is_put_on_an_agent_and_taken_off(admin, store):
    network = await make(admin, "network")
    url, body = f"/v2.0/agents/{DHCP1}/dhcp-networks", {"network_id": network["id"]}
    answer = await admin.post(url, json=body)
    assert (answer.status_code, answer.json()) == (201, None)
    assert await listed(admin, f"agents/{DHCP1}/dhcp-networks", "networks") == [network["id"]]
    assert error_of(await admin.post(url, json=body)) == (
        409,
        "NetworkHostedByDHCPAgent",
        f"The network {network['id']} has been already hosted by the DHCP Agent {DHCP1}.",
    )
    assert (await admin.delete(f"{url}/{network['id']}")).status_code == 204
    assert await listed(admin, f"agents/{DHCP1}/dhcp-networks", "networks") == []
    assert error_of(await admin.delete(f"{url}/{network['id']}")) == (
        409,
        "NetworkNotHostedByDhcpAgent",
        f"The network {network['id']} is not hosted by the DHCP Agent {DHCP1}.",
    )
    await admin.post(url, json=body)
    assert (await admin.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert not store.state.of_kind("hosting")


async def test_what_cannot_be_scheduled(admin):
    network = await make(admin, "network")
    body = {"network_id": network["id"]}
    assert error_of(await admin.post(f"/v2.0/agents/{L31}/dhcp-networks", json=body)) == (
        404, "InvalidDHCPAgent", f"Agent {L31} is not a valid DHCP Agent or has been disabled.",
    )  # fmt: skip
    await admin.put(f"/v2.0/agents/{DHCP1}", json={"agent": {"admin_state_up": False}})
    assert error_of(await admin.post(f"/v2.0/agents/{DHCP1}/dhcp-networks", json=body))[1] == "InvalidDHCPAgent"
    assert error_of(await admin.post("/v2.0/agents/nope/dhcp-networks", json=body))[1] == "AgentNotFound"
    nowhere = await admin.post(f"/v2.0/agents/{DHCP1}/dhcp-networks", json={"network_id": NOWHERE})
    assert error_of(nowhere)[:2] == (404, "NetworkNotFound")
    assert (await admin.post(f"/v2.0/agents/{DHCP1}/dhcp-networks", json={})).status_code == 400
    assert (await admin.put(f"/v2.0/agents/{DHCP1}/dhcp-networks", json={})).status_code == 405
    assert (await admin.get(f"/v2.0/agents/{DHCP1}/dhcp-networks/{network['id']}")).status_code == 405


async def test_routers_are_scheduled_alike(admin):
    network = await make(admin, "network")
    subnet = await make(admin, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    router = await make(admin, "router")
    agents = f"routers/{router['id']}/l3-agents"
    assert await listed(admin, agents, "agents") == []
    await admin.put(f"/v2.0/routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    everywhere = await listed(admin, agents, "agents")
    assert len(everywhere) == 2
    for agent in everywhere:
        assert (await admin.delete(f"/v2.0/agents/{agent}/l3-routers/{router['id']}")).status_code == 204
    assert await listed(admin, agents, "agents") == []
    for _ in range(2):  # Neutron minds no repetition
        answer = await admin.post(f"/v2.0/agents/{L31}/l3-routers", json={"router_id": router["id"]})
        assert answer.status_code == 201
    assert await listed(admin, agents, "agents") == [L31]
    assert await listed(admin, f"agents/{L31}/l3-routers", "routers") == [router["id"]]
    assert error_of(await admin.post(f"/v2.0/agents/{DHCP1}/l3-routers", json={"router_id": router["id"]})) == (
        404, "InvalidL3Agent", f"Agent {DHCP1} is not a L3 Agent or has been disabled",
    )  # fmt: skip
    assert error_of(await admin.get(f"/v2.0/routers/{NOWHERE}/l3-agents"))[1] == "RouterNotFound"


async def test_it_is_the_administrators_business(alice):
    network = await make(alice, "network")
    for path, rule in (
        (f"networks/{network['id']}/dhcp-agents", "get_dhcp-agents"),
        (f"agents/{DHCP1}/dhcp-networks", "get_dhcp-networks"),
    ):
        told = error_of(await alice.get(f"/v2.0/{path}"))
        assert told == (403, "PolicyNotAuthorized", f"rule:{rule} is disallowed by policy")
