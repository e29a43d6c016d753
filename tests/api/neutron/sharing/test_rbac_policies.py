"""RBAC policies: what is opened to whom, what others then see, and what keeps an entry from going."""

import pytest

from tests.api.neutron.callers import error_of, make

CAROL, DAVE = "c" * 32, "d" * 32
PATH = "/v2.0/rbac-policies"


def body(network: dict, target: str, action: str = "access_as_shared", **more: object) -> dict:
    entry = {"object_type": "network", "object_id": network["id"], "action": action, "target_tenant": target}
    return {"rbac_policy": {**entry, **more}}


async def entry(client, network, target, action="access_as_shared", **more) -> dict:
    answer = await client.post(PATH, json=body(network, target, action, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()["rbac_policy"]


async def listed(client, path, *names) -> list:
    [found] = (await client.get(f"/v2.0/{path}")).json().values()
    return [{name: each[name] for name in names} for each in found]


async def test_an_entry_has_what_neutrons_have(carol):
    network = await make(carol, "network")
    made = await entry(carol, network, DAVE)
    assert made == {
        "id": made["id"],
        "object_type": "network",
        "object_id": network["id"],
        "target_tenant": DAVE,
        "action": "access_as_shared",
        "project_id": CAROL,
        "tenant_id": CAROL,
    }
    assert (await carol.get(f"{PATH}/{made['id']}")).json() == {"rbac_policy": made}
    assert (await carol.get(f"{PATH}?target_tenant={DAVE}")).json() == {"rbac_policies": [made]}


async def test_the_project_it_names_sees_the_network_and_its_subnets_and_plugs_in(carol, dave, bob):
    network = await make(carol, "network")
    subnet = await make(carol, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    made = await entry(carol, network, DAVE)
    assert await listed(dave, "networks", "id", "shared") == [{"id": network["id"], "shared": True}]
    assert await listed(dave, "subnets", "id") == [{"id": subnet["id"]}]
    assert await listed(carol, "networks", "shared") == [{"shared": False}]  # with its owner's eyes
    assert await listed(bob, "networks") == []
    assert len(await listed(dave, "networks?shared=true")) == 1
    assert await listed(dave, "networks?shared=false") == []
    port = await make(dave, "port", network_id=network["id"])
    told = error_of(await carol.delete(f"{PATH}/{made['id']}"))
    assert told == (
        409,
        "RbacPolicyInUse",
        f"RBAC policy on object {network['id']} cannot be removed because other objects depend on it.\n"
        f"Details: Unable to reconfigure sharing settings for network {network['id']}. Multiple projects are using it.",
    )
    assert (await dave.delete(f"/v2.0/ports/{port['id']}")).status_code == 204
    assert (await carol.delete(f"{PATH}/{made['id']}")).status_code == 204
    assert error_of(await dave.get(f"/v2.0/networks/{network['id']}"))[0] == 404
    assert await entry(carol, network, DAVE) == made  # the same entry is the same record


async def test_shared_is_an_entry_for_everyone(admin, dave):
    network = await make(admin, "network", shared=True)
    assert network["shared"]
    assert await listed(admin, "rbac-policies", "object_id", "target_tenant", "action") == [
        {"object_id": network["id"], "target_tenant": "*", "action": "access_as_shared"}
    ]
    port = await make(dave, "port", network_id=network["id"])
    path = f"/v2.0/networks/{network['id']}"
    told = error_of(await admin.put(path, json={"network": {"shared": False}}))
    assert told[:2] == (409, "InvalidSharedSetting")
    kept = await entry(admin, network, DAVE)
    answer = await admin.put(path, json={"network": {"shared": False}})
    assert answer.json()["network"]["shared"] is False
    assert answer.json()["network"]["revision_number"] > network["revision_number"]
    assert (await dave.get(path)).json()["network"]["shared"] is True
    assert error_of(await admin.delete(f"{PATH}/{kept['id']}"))[:2] == (409, "RbacPolicyInUse")
    assert (await admin.put(path, json={"network": {"shared": True}})).status_code == 200
    assert (await admin.delete(f"{PATH}/{kept['id']}")).status_code == 204
    await dave.delete(f"/v2.0/ports/{port['id']}")
    assert (await admin.delete(path)).status_code == 204
    assert await listed(admin, "rbac-policies") == []


async def test_external_is_an_entry_too(admin, carol, dave):
    network = await make(carol, "network")
    made = await entry(carol, network, DAVE, "access_as_external")
    shown = (await dave.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert (shown["router:external"], shown["shared"]) == (True, False)
    assert (await carol.delete(f"{PATH}/{made['id']}")).status_code == 204
    assert (await carol.get(f"/v2.0/networks/{network['id']}")).json()["network"]["router:external"] is False
    external = await make(admin, "network", **{"router:external": True})
    assert await listed(dave, "networks?router:external=true", "id") == [{"id": external["id"]}]
    await admin.put(f"/v2.0/networks/{external['id']}", json={"network": {"router:external": False}})
    assert await listed(dave, "networks") == []
    assert await listed(admin, "rbac-policies") == []


async def test_only_an_administrator_opens_to_everyone(carol, admin):
    network = await make(carol, "network")
    guarded = "(((rule:create_rbac_policy and rule:create_rbac_policy:object_type) and "
    told = error_of(await carol.post(PATH, json=body(network, "*")))
    assert told == (
        403,
        "PolicyNotAuthorized",
        f"({guarded}rule:create_rbac_policy:object_id) and rule:create_rbac_policy:target_tenant) and "
        "rule:create_rbac_policy:action) is disallowed by policy",
    )
    made = await entry(carol, network, DAVE)
    told = error_of(await carol.put(f"{PATH}/{made['id']}", json={"rbac_policy": {"target_tenant": "*"}}))
    assert told == (
        403,
        "PolicyNotAuthorized",
        "(rule:update_rbac_policy and rule:update_rbac_policy:target_tenant) is disallowed by policy",
    )
    answer = await admin.put(f"{PATH}/{made['id']}", json={"rbac_policy": {"target_tenant": "*"}})
    assert answer.json()["rbac_policy"] == {**made, "target_tenant": "*"}
    again = await entry(carol, network, DAVE)
    assert again["id"] != made["id"]


async def test_other_projects_do_not_see_entries_even_those_that_name_them(carol, dave):
    network = await make(carol, "network")
    made = await entry(carol, network, DAVE)
    assert await listed(dave, "rbac-policies") == []
    told = (404, "RbacPolicyNotFound", f"RBAC policy of type unknown with ID {made['id']} not found")
    assert error_of(await dave.get(f"{PATH}/{made['id']}")) == told
    assert error_of(await dave.delete(f"{PATH}/{made['id']}")) == told


REFUSED = [
    ("an unknown type", {"object_type": "netwok"}, 400, "InvalidInput", "'netwok' is not a valid RBAC object type."),
    (
        "an action that networks do not have",
        {"action": "access_as_foo"},
        400,
        "InvalidActionForType",
        "Invalid action 'access_as_foo' for object type 'network'. "
        "Valid actions: ('access_as_shared', 'access_as_external')",
    ),
    (
        "no project",
        {"target_tenant": "pp"},
        400,
        "InvalidInput",
        "Invalid input for operation: 'pp' is not a valid target project ID; expected a UUID or '*'.",
    ),
    ("an attribute of its answer", {"target_project": DAVE}, 400, "HTTPBadRequest", "Unrecognized attribute(s)"),
    ("an object that is not there", {"object_id": "e" * 32}, 400, "InvalidInput", "could not be found"),
]


@pytest.mark.parametrize(("values", "status", "kind", "told"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
async def test_refusals(carol, values, status, kind, told):
    network = await make(carol, "network")
    answer = error_of(await carol.post(PATH, json=body(network, DAVE, **values)))
    assert answer[:2] == (status, kind)
    assert told in answer[2]


async def test_ones_own_only_and_once_only(carol, dave):
    network = await make(carol, "network")
    hidden = error_of(await dave.post(PATH, json=body(network, DAVE)))
    await entry(carol, network, DAVE)
    seen = error_of(await dave.post(PATH, json=body(network, DAVE)))
    assert "could not be found" in hidden[2]
    told = "Invalid input for operation: Only admins can manipulate policies on networks they do not own."
    assert seen == (400, "InvalidInput", told)
    twice = error_of(await carol.post(PATH, json=body(network, DAVE)))
    assert twice == (409, "DuplicateRbacPolicy", "An RBAC policy already exists with those values.")


async def test_entries_count_towards_a_quota(carol):
    network = await make(carol, "network")
    answers = [await carol.post(PATH, json=body(network, f"{number:032x}")) for number in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {201}
    assert error_of(answers[10]) == (409, "OverQuota", "Quota exceeded for resources: ['rbac_policy'].")
