"""What is not a network is shared as networks are: qos policies, security groups, address scopes, groups and pools."""

import pytest

from tests.api.neutron.callers import error_of

CAROL, DAVE = "c" * 32, "d" * 32

OTHERS = [  # type, path, body, who makes it
    ("qos_policy", "qos/policies", {"policy": {"name": "x"}}, "admin"),
    ("security_group", "security-groups", {"security_group": {"name": "x"}}, "carol"),
    ("address_group", "address-groups", {"address_group": {"name": "x"}}, "carol"),
    ("address_scope", "address-scopes", {"address_scope": {"name": "x", "ip_version": 4}}, "carol"),
    ("subnetpool", "subnetpools", {"subnetpool": {"name": "x", "prefixes": ["10.0.0.0/8"]}}, "carol"),
]


async def made_for_carol(client, path: str, body: dict) -> dict:
    [(name, values)] = body.items()
    answer = await client.post(f"/v2.0/{path}", json={name: {**values, "project_id": CAROL}})
    assert answer.status_code == 201, answer.text
    return answer.json()[name]


@pytest.mark.parametrize(("kind", "path", "body", "maker"), OTHERS, ids=[case[0] for case in OTHERS])
async def test_an_entry_opens_it_and_goes_with_it(request, admin, carol, dave, bob, kind, path, body, maker):
    client = request.getfixturevalue(maker)
    thing = await made_for_carol(client, path, body)
    at = f"/v2.0/{path}/{thing['id']}"
    entry = {"object_type": kind, "object_id": thing["id"], "action": "access_as_shared", "target_tenant": DAVE}
    assert (await dave.get(at)).status_code == 404
    answer = await carol.post("/v2.0/rbac-policies", json={"rbac_policy": entry})
    assert answer.status_code == 201, answer.text
    [shown] = (await dave.get(at)).json().values()
    assert shown.get("shared", True) is True
    [listed] = (await dave.get(f"/v2.0/{path}")).json().values()
    assert thing["id"] in [each["id"] for each in listed]
    assert (await bob.get(at)).status_code == 404
    assert (await dave.delete(at)).status_code == 403
    assert (await client.delete(at)).status_code == 204
    assert (await admin.get("/v2.0/rbac-policies")).json() == {"rbac_policies": []}


async def test_a_group_in_use_stays_open(carol, dave):
    group = await made_for_carol(carol, "security-groups", OTHERS[1][2])
    entry = {"object_type": "security_group", "object_id": group["id"], "action": "access_as_shared"}
    body = {"rbac_policy": {**entry, "target_tenant": DAVE}}
    made = (await carol.post("/v2.0/rbac-policies", json=body)).json()["rbac_policy"]
    network = (await dave.post("/v2.0/networks", json={"network": {}})).json()["network"]
    port = {"network_id": network["id"], "security_groups": [group["id"]]}
    assert (await dave.post("/v2.0/ports", json={"port": port})).status_code == 201
    told = error_of(await carol.delete(f"/v2.0/rbac-policies/{made['id']}"))
    assert told == (
        409,
        "RbacPolicyInUse",
        f"RBAC policy on object {group['id']} cannot be removed because other objects depend on it.\n"
        f"Details: project_id={DAVE}",
    )


async def test_a_pool_is_opened_only_to_those_who_see_its_scope(carol):
    scope = await made_for_carol(carol, "address-scopes", OTHERS[3][2])
    pool = await made_for_carol(
        carol, "subnetpools", {"subnetpool": {"name": "x", "prefixes": ["10.0.0.0/8"], "address_scope_id": scope["id"]}}
    )
    entries = [
        {"object_type": kind, "object_id": thing["id"], "action": "access_as_shared", "target_tenant": DAVE}
        for kind, thing in (("subnetpool", pool), ("address_scope", scope), ("subnetpool", pool))
    ]
    answers = [await carol.post("/v2.0/rbac-policies", json={"rbac_policy": entry}) for entry in entries]
    assert [answer.status_code for answer in answers] == [400, 201, 201]
    assert "target project doesn't have access to associated address scope" in answers[0].text


async def test_an_administrator_shares_a_qos_policy_with_all(admin, dave):
    made = (await admin.post("/v2.0/qos/policies", json={"policy": {"name": "x", "shared": True}})).json()["policy"]
    assert made["shared"] is True
    at = f"/v2.0/qos/policies/{made['id']}"
    assert (await dave.get(at)).json()["policy"]["shared"] is True
    answer = await admin.put(at, json={"policy": {"shared": False}})
    assert answer.json()["policy"]["shared"] is False
    assert (await dave.get(at)).status_code == 404


async def test_who_may_make_no_part_of_anything_learns_nothing_of_the_whole(admin, dave):
    made = (await admin.post("/v2.0/qos/policies", json={"policy": {"name": "x"}})).json()["policy"]
    for id in (made["id"], "e" * 32):
        body = {"bandwidth_limit_rule": {"max_kbps": 1}}
        told = error_of(await dave.post(f"/v2.0/qos/policies/{id}/bandwidth_limit_rules", json=body))
        assert told == (403, "PolicyNotAuthorized", "rule:create_policy_bandwidth_limit_rule is disallowed by policy")
