"""`/v2.0/qos/…`: policies, rules of every type, by policy and by their own IDs, and what uses them."""

import pytest

from tests.api.neutron.callers import error_of, make

RULES = {
    "bandwidth_limit": ({"max_kbps": 1000}, {"max_kbps": 1000, "max_burst_kbps": 0, "direction": "egress"}),
    "dscp_marking": ({"dscp_mark": 16}, {"dscp_mark": 16}),
    "minimum_bandwidth": ({"min_kbps": "200"}, {"min_kbps": 200, "direction": "egress"}),
    "minimum_packet_rate": ({"min_kpps": 7}, {"min_kpps": 7, "direction": "egress"}),
    "packet_rate_limit": (
        {"max_kpps": 9, "direction": "ingress"},
        {"max_kpps": 9, "max_burst_kpps": 0, "direction": "ingress"},
    ),
}


async def make_policy(client, **values):
    answer = await client.post("/v2.0/qos/policies", json={"policy": {"name": "gold", **values}})
    assert answer.status_code == 201, answer.text
    return answer.json()["policy"]


async def add_rule(client, policy, type_name, **values):
    return await client.post(f"/v2.0/qos/policies/{policy['id']}/{type_name}_rules", json={f"{type_name}_rule": values})


async def test_a_policy_shows_its_rules_of_every_type(admin):
    policy = await make_policy(admin, description="fast")
    assert (policy["rules"], policy["shared"], policy["is_default"]) == ([], False, False)
    for type_name, (given, shown) in RULES.items():
        answer = await add_rule(admin, policy, type_name, **given)
        assert answer.status_code == 201
        rule = answer.json()[f"{type_name}_rule"]
        assert {**rule, "id": None} == {**shown, "id": None}
        one = f"/v2.0/qos/policies/{policy['id']}/{type_name}_rules/{rule['id']}"
        assert (await admin.get(one)).json() == {f"{type_name}_rule": rule}
        listed = await admin.get(f"/v2.0/qos/policies/{policy['id']}/{type_name}_rules")
        assert listed.json() == {f"{type_name}_rules": [rule]}
    shown = (await admin.get(f"/v2.0/qos/policies/{policy['id']}")).json()["policy"]["rules"]
    assert [rule["type"] for rule in shown] == list(RULES)
    assert {rule["qos_policy_id"] for rule in shown} == {policy["id"]}


@pytest.mark.parametrize("type_name", [name for name in RULES if name != "packet_rate_limit"])
async def test_a_rule_goes_by_its_own_id_too(admin, type_name):
    policy = await make_policy(admin)
    given, _ = RULES[type_name]
    rule = (await add_rule(admin, policy, type_name, **given)).json()[f"{type_name}_rule"]
    alias = f"/v2.0/qos/alias_{type_name}_rules/{rule['id']}"
    assert (await admin.get(alias)).json() == {f"alias_{type_name}_rule": rule}
    field = next(iter(given))
    changed = await admin.put(alias, json={f"alias_{type_name}_rule": {field: 8}})
    assert changed.json()[f"alias_{type_name}_rule"][field] == 8
    assert (await admin.delete(alias)).status_code == 204
    assert error_of(await admin.get(alias))[1] == "QosRuleNotFound"


async def test_rules_of_one_policy_do_not_contradict_each_other(admin):
    policy = await make_policy(admin)
    limit = (await add_rule(admin, policy, "bandwidth_limit", max_kbps=1000)).json()["bandwidth_limit_rule"]
    assert error_of(await add_rule(admin, policy, "bandwidth_limit", max_kbps=2000)) == (
        409,
        "QoSRulesConflict",
        f"Rule bandwidth_limit conflicts with rule {limit['id']} which already exists in QoS Policy {policy['id']}.",
    )
    assert (await add_rule(admin, policy, "bandwidth_limit", max_kbps=2000, direction="ingress")).status_code == 201
    assert error_of(await add_rule(admin, policy, "minimum_bandwidth", min_kbps=2000)) == (
        409,
        "QoSRuleParameterConflict",
        f"Unable to add the rule with value 2000 to the policy {policy['id']} as the existing rule of type "
        "bandwidth_limit has value 1000.",
    )
    assert (await add_rule(admin, policy, "minimum_bandwidth", min_kbps=200)).status_code == 201
    one = f"/v2.0/qos/policies/{policy['id']}/bandwidth_limit_rules/{limit['id']}"
    refused = error_of(await admin.put(one, json={"bandwidth_limit_rule": {"max_kbps": 5}}))
    assert refused[1] == "QoSRuleParameterConflict"
    await add_rule(admin, policy, "minimum_packet_rate", min_kpps=1)
    mixed = error_of(await add_rule(admin, policy, "minimum_packet_rate", min_kpps=1, direction="any"))
    assert mixed[1] == "QoSRuleParameterConflict"


@pytest.mark.parametrize(
    ("type_name", "given", "message"),
    [
        ("bandwidth_limit", {}, "Failed to parse request. Required attribute 'max_kbps' not specified"),
        ("bandwidth_limit", {"max_kbps": -1}, "'-1' is too small - must be at least '0'"),
        ("bandwidth_limit", {"max_kbps": 1, "direction": "up"}, "Invalid input for direction."),
        ("dscp_marking", {"dscp_mark": 17}, "Invalid input for dscp_mark. Reason: 17 is not in valid_values."),
    ],
)
async def test_bad_rules(admin, type_name, given, message):
    policy = await make_policy(admin)
    status, kind, text = error_of(await add_rule(admin, policy, type_name, **given))
    assert (status, kind) == (400, "HTTPBadRequest")
    assert message in text


async def test_a_rule_is_found_at_its_own_policy_only(admin):
    one, other = await make_policy(admin), await make_policy(admin)
    rule = (await add_rule(admin, one, "dscp_marking", dscp_mark=8)).json()["dscp_marking_rule"]
    elsewhere = await admin.get(f"/v2.0/qos/policies/{other['id']}/dscp_marking_rules/{rule['id']}")
    assert error_of(elsewhere)[:2] == (404, "QosRuleNotFound")
    nowhere = await admin.get(f"/v2.0/qos/policies/{rule['id']}/dscp_marking_rules")
    assert error_of(nowhere)[:2] == (404, "QosPolicyNotFound")


async def test_a_project_has_one_default_which_its_networks_get(admin):
    default = await make_policy(admin, is_default=True, project_id="p-alice", shared=True)
    again = await admin.post("/v2.0/qos/policies", json={"policy": {"is_default": True, "project_id": "p-alice"}})
    message = "A default QoS policy exists for project p-alice."
    assert error_of(again) == (409, "QoSPolicyDefaultAlreadyExists", message)
    network = await make(admin, "network", project_id="p-alice")
    assert network["qos_policy_id"] == default["id"]
    port = await make(admin, "port", project_id="p-alice", network_id=network["id"])
    assert (port["qos_policy_id"], port["qos_network_policy_id"]) == (None, default["id"])
    assert (await make(admin, "network", project_id="p-alice", qos_policy_id=None))["qos_policy_id"] is None


async def test_a_policy_in_use_stays(admin):
    policy = await make_policy(admin)
    await add_rule(admin, policy, "dscp_marking", dscp_mark=8)
    network = await make(admin, "network", qos_policy_id=policy["id"])
    status, kind, text = error_of(await admin.delete(f"/v2.0/qos/policies/{policy['id']}"))
    assert (status, kind) == (409, "QosPolicyInUse")
    assert text == f"QoS Policy {policy['id']} is used by network {network['id']}."
    await admin.put(f"/v2.0/networks/{network['id']}", json={"network": {"qos_policy_id": None}})
    assert (await admin.delete(f"/v2.0/qos/policies/{policy['id']}")).status_code == 204


async def test_no_such_policy(admin, alice):
    unknown = "11111111-1111-4111-8111-111111111111"
    network = await make(alice, "network")
    body = {"network_id": network["id"], "qos_policy_id": unknown}
    assert error_of(await admin.post("/v2.0/ports", json={"port": body}))[:2] == (404, "QosPolicyNotFound")
    foreign = await make_policy(admin)
    hidden = await alice.post("/v2.0/networks", json={"network": {"qos_policy_id": foreign["id"]}})
    assert hidden.status_code in (403, 404)


async def test_the_types_there_are(admin, alice):
    listed = (await admin.get("/v2.0/qos/rule-types", params={"all_rules": "true"})).json()["rule_types"]
    assert sorted(listed, key=lambda one: one["type"]) == [{"type": name} for name in sorted(RULES)]
    assert (await alice.get("/v2.0/qos/rule-types/dscp_marking")).status_code == 403
    one = (await admin.get("/v2.0/qos/rule-types/dscp_marking")).json()["rule_type"]
    assert one["drivers"][0]["supported_parameters"][0]["parameter_name"] == "dscp_mark"
    assert (await admin.get("/v2.0/qos/rule-types/none")).status_code == 404
    assert (await admin.post("/v2.0/qos/rule-types", json={})).status_code == 405


async def test_several_at_once_are_not_taken(admin):
    answer = await admin.post("/v2.0/qos/policies", json={"policies": [{}, {}]})
    assert error_of(answer) == (400, "HTTPBadRequest", "Bulk operation not supported")


@pytest.mark.parametrize("path", ["policies", "qos/policies"])
async def test_tags_are_served_where_neutron_serves_them_and_where_one_would_look(admin, path):
    policy = await make_policy(admin)
    tags = f"/v2.0/{path}/{policy['id']}/tags"
    assert (await admin.put(tags, json={"tags": ["red"]})).json() == {"tags": ["red"]}
    assert (await admin.get(tags)).json() == {"tags": ["red"]}
    assert (await admin.get("/v2.0/policies")).status_code == 404


@pytest.mark.parametrize("kind", ["network", "port"])
async def test_a_policy_that_its_owner_may_not_use_stays_on(admin, alice, kind):
    network = await make(alice, "network")
    held = network if kind == "network" else await make(alice, "port", network_id=network["id"])
    path = f"/v2.0/{kind}s/{held['id']}"
    policy = await make_policy(admin)
    await admin.put(path, json={kind: {"qos_policy_id": policy["id"]}})
    refused = await alice.put(path, json={kind: {"qos_policy_id": None}})
    told = f"Failed to remove provided policy {policy['id']} because you are not authorized."
    assert error_of(refused) == (403, "PolicyRemoveAuthorizationError", told)
    assert (await alice.put(path, json={kind: {"name": "other"}})).status_code == 200
    await admin.put(f"/v2.0/qos/policies/{policy['id']}", json={"policy": {"shared": True}})
    freed = await alice.put(path, json={kind: {"qos_policy_id": None}})
    assert freed.json()[kind]["qos_policy_id"] is None
