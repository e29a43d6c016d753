"""Security groups on ports: the default one, none, others' ones, and port security."""

import pytest

from tests.api.neutron.callers import client_for, error_of, make, refused
from tests.api.neutron.security.test_groups import default_of
from tests.api.neutron.security.test_groups import make as make_group

UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def network(alice) -> str:
    return (await make(alice, "network"))["id"]


async def test_a_port_is_in_the_default_group_unless_told(alice, network):
    port = await make(alice, "port", network_id=network)
    assert port["security_groups"] == [(await default_of(alice))["id"]]
    assert (await make(alice, "port", network_id=network, security_groups=[]))["security_groups"] == []
    assert (await make(alice, "port", network_id=network, security_groups=None))["security_groups"] == []
    group = await make_group(alice, "security_group", name="web")
    port = await make(alice, "port", network_id=network, security_groups=[group["id"]])
    assert port["security_groups"] == [group["id"]]
    found = (await alice.get(f"/v2.0/ports?security_groups={group['id']}")).json()["ports"]
    assert [one["id"] for one in found] == [port["id"]]


async def test_an_administrators_port_is_in_its_projects_group(admin, alice, network):
    port = await make(admin, "port", network_id=network, project_id="p-alice")
    assert port["security_groups"] == [(await default_of(alice))["id"]]


async def test_groups_of_nobody_and_of_others_are_not_there(alice, bob, network):
    theirs = await make_group(bob, "security_group", name="web")
    for id in (UNKNOWN, theirs["id"]):
        told = (404, "SecurityGroupNotFound", f"Security group {id} does not exist")
        assert await refused(alice, "port", network_id=network, security_groups=[id]) == told
        port = await make(alice, "port", network_id=network)
        answer = await alice.put(f"/v2.0/ports/{port['id']}", json={"port": {"security_groups": [id]}})
        assert error_of(answer) == told


async def test_without_port_security_there_are_no_groups(alice, network):
    group = (await default_of(alice))["id"]
    port = await make(alice, "port", network_id=network, port_security_enabled=False)
    assert (port["port_security_enabled"], port["security_groups"]) == (False, [])
    needs = (
        400,
        "PortSecurityAndIPRequiredForSecurityGroups",
        "Port security must be enabled and port must have an IP address in order to use security groups.",
    )
    told = await refused(alice, "port", network_id=network, port_security_enabled=False, security_groups=[group])
    assert told == needs
    path = f"/v2.0/ports/{port['id']}"
    assert error_of(await alice.put(path, json={"port": {"security_groups": [group]}})) == needs
    change = {"security_groups": [group], "port_security_enabled": True}
    assert (await alice.put(path, json={"port": change})).json()["port"]["security_groups"] == [group]
    assert error_of(await alice.put(path, json={"port": {"port_security_enabled": False}})) == (
        409,
        "PortSecurityPortHasSecurityGroup",
        "Port has security group associated. Cannot disable port security or IP address until security group is "
        "removed.",
    )
    change = {"security_groups": [], "port_security_enabled": False}
    assert (await alice.put(path, json={"port": change})).json()["port"]["port_security_enabled"] is False


async def test_the_network_says_whether_ports_are_secured(alice):
    network = await make(alice, "network", port_security_enabled=False)
    port = await make(alice, "port", network_id=network["id"])
    assert (port["port_security_enabled"], port["security_groups"]) == (False, [])


async def test_the_clouds_own_devices_are_trusted(admin):
    network = await make(admin, "network")
    port = await make(admin, "port", network_id=network["id"], device_owner="network:dhcp")
    assert (port["port_security_enabled"], port["security_groups"]) == (False, [])


async def test_stateful_and_stateless_do_not_mix(alice, network):
    stateless = await make_group(alice, "security_group", name="quick", stateful=False)
    groups = [stateless["id"], (await default_of(alice))["id"]]
    assert await refused(alice, "port", network_id=network, security_groups=groups) == (
        409,
        "SecurityGroupConflict",
        "Error Cannot apply both stateful and stateless security groups on the same port at the same time while "
        "attempting the operation.",
    )


async def test_a_shared_group_serves_other_projects(alice, bob, admin):
    group = await make_group(alice, "security_group", name="ours")
    policy = {"object_type": "security_group", "object_id": group["id"], "action": "access_as_shared"}
    answer = await admin.post("/v2.0/rbac-policies", json={"rbac_policy": {**policy, "target_tenant": "*"}})
    assert answer.status_code == 201, answer.text
    seen = (await bob.get(f"/v2.0/security-groups/{group['id']}")).json()["security_group"]
    assert seen["shared"] is True
    network = await make(bob, "network")
    port = await make(bob, "port", network_id=network["id"], security_groups=[group["id"]])
    assert port["security_groups"] == [group["id"]]
    entry = answer.json()["rbac_policy"]["id"]
    assert error_of(await admin.delete(f"/v2.0/rbac-policies/{entry}"))[:2] == (409, "RbacPolicyInUse")
    rule = await bob.post(
        "/v2.0/security-group-rules",
        json={"security_group_rule": {"security_group_id": group["id"], "direction": "ingress"}},
    )
    assert rule.status_code == 403


async def test_a_service_changes_the_groups_of_anybodys_port(alice, network, store):
    port = await make(alice, "port", network_id=network, security_groups=[])
    group = (await default_of(alice))["id"]
    async with client_for(store, "nova") as nova:
        answer = await nova.put(f"/v2.0/ports/{port['id']}", json={"port": {"security_groups": [group]}})
    assert answer.json()["port"]["security_groups"] == [group]
