"""`/v2.0/default-security-group-rules` and `/v2.0/security-groups-default-statefulness`: what new groups begin with."""

from tests.api.neutron.callers import error_of
from tests.api.neutron.security.test_groups import default_of, make, refused


async def test_four_templates_are_there_from_the_beginning(alice):
    rules = (await alice.get("/v2.0/default-security-group-rules")).json()["default_security_group_rules"]
    said = {(rule["direction"], rule["remote_group_id"], rule["used_in_non_default_sg"]) for rule in rules}
    assert (len(rules), said) == (4, {("egress", None, True), ("ingress", "PARENT", False)})
    assert set(rules[0]) == {
        "id", "description", "direction", "ethertype", "protocol", "port_range_min", "port_range_max",
        "remote_ip_prefix", "remote_group_id", "remote_address_group_id", "used_in_default_sg",
        "used_in_non_default_sg",
    }  # fmt: skip


async def test_templates_make_the_rules_of_new_groups(admin, alice, bob):
    values = {"direction": "ingress", "protocol": "icmp", "remote_group_id": "PARENT"}
    flags = {"used_in_default_sg": True, "used_in_non_default_sg": True}
    template = await make(admin, "default_security_group_rule", **values, **flags)
    for group in (await default_of(alice), await make(alice, "security_group", name="web")):
        (rule,) = [rule for rule in group["security_group_rules"] if rule["protocol"] == "icmp"]
        assert rule["remote_group_id"] == group["id"]
    told = await refused(admin, "default_security_group_rule", **values, **flags)
    text = f"Default Security group rule already exists. Rule id is {template['id']}."
    assert told == (409, "DefaultSecurityGroupRuleExists", text)
    path = f"/v2.0/default-security-group-rules/{template['id']}"
    assert (await alice.delete(path)).status_code == 403
    assert (await admin.delete(path)).status_code == 204
    assert len((await default_of(bob))["security_group_rules"]) == 4
    gone = f"Default Security Group rule {template['id']} does not exist"
    assert error_of(await admin.get(path)) == (404, "DefaultSecurityGroupRuleNotFound", gone)


async def test_templates_are_the_administrators(alice, admin):
    flags = {"used_in_default_sg": True, "used_in_non_default_sg": True}
    assert (await refused(alice, "default_security_group_rule", direction="ingress", **flags))[0] == 403
    told = await refused(admin, "default_security_group_rule", direction="ingress")
    text = "Failed to parse request. Required attribute 'used_in_default_sg' not specified"
    assert told == (400, "HTTPBadRequest", text)


async def test_new_groups_can_be_stateless_by_default(admin, alice):
    path = "/v2.0/security-groups-default-statefulness"

    async def setting(**values) -> dict:
        answer = await admin.post(path, json={"security_groups_default_statefulness": values})
        assert answer.status_code == 201, answer.text
        return answer.json()["security_groups_default_statefulness"]

    assert (await make(alice, "security_group", name="one"))["stateful"] is True
    everywhere = await setting(project_id=None, stateful=False)
    assert everywhere == {"id": everywhere["id"], "project_id": None, "stateful": False}
    assert (await make(alice, "security_group", name="two"))["stateful"] is False
    await setting(project_id="p-alice", stateful=True)
    assert (await make(alice, "security_group", name="three"))["stateful"] is True
    assert (await make(alice, "security_group", name="four", stateful=False))["stateful"] is False
    again = await admin.post(path, json={"security_groups_default_statefulness": {"project_id": "p-alice"}})
    text = "A security group default statefulness setting already exists for project 'p-alice'."
    assert error_of(again) == (409, "SecurityGroupDefaultStatefulnessAlreadyExists", text)
    assert len((await admin.get(path)).json()["security_groups_default_statefulness"]) == 2
    one = f"{path}/{everywhere['id']}"
    changed = await admin.put(one, json={"security_groups_default_statefulness": {"stateful": True}})
    assert changed.json()["security_groups_default_statefulness"]["stateful"] is True
    assert (await admin.delete(one)).status_code == 204
    assert (await admin.get(one)).status_code == 404
