"""`/v2.0/security-groups` and `/v2.0/security-group-rules`: the default group, rules, and what is refused."""

import pytest

from tests.api.neutron.callers import client_for, error_of

UNKNOWN = "11111111-2222-3333-4444-555555555555"


async def make(client, kind: str, **values) -> dict:
    answer = await client.post(f"/v2.0/{kind.replace('_', '-')}s", json={kind: values})
    assert answer.status_code == 201, answer.text
    return answer.json()[kind]


async def refused(client, kind: str, **values) -> tuple[int, str, str]:
    return error_of(await client.post(f"/v2.0/{kind.replace('_', '-')}s", json={kind: values}))


async def groups_of(client, **query) -> list[dict]:
    return (await client.get("/v2.0/security-groups", params=query)).json()["security_groups"]


async def default_of(client) -> dict:
    (group,) = await groups_of(client, name="default")
    return group


async def test_every_project_has_a_default_group_from_the_first_look(alice, bob):
    group = await default_of(alice)
    assert (group["description"], group["stateful"], group["shared"]) == ("Default security group", True, False)
    assert (group["project_id"], group["tenant_id"], group["tags"]) == ("p-alice", "p-alice", [])
    said = {
        (rule["direction"], rule["ethertype"], rule["remote_group_id"], rule["protocol"], rule["belongs_to_default_sg"])
        for rule in group["security_group_rules"]
    }
    assert said == {
        ("egress", "IPv4", None, None, True),
        ("egress", "IPv6", None, None, True),
        ("ingress", "IPv4", group["id"], None, True),
        ("ingress", "IPv6", group["id"], None, True),
    }
    assert await groups_of(alice) == [group]
    assert (await default_of(bob))["id"] != group["id"]


async def test_a_new_group_lets_everything_out_and_nothing_in(alice):
    group = await make(alice, "security_group", name="web", description="w")
    assert {(rule["direction"], rule["ethertype"]) for rule in group["security_group_rules"]} == {
        ("egress", "IPv4"),
        ("egress", "IPv6"),
    }
    assert all(rule["description"] is None for rule in group["security_group_rules"])
    assert group["revision_number"] == 1
    assert {one["name"] for one in await groups_of(alice)} == {"default", "web"}
    changed = await alice.put(f"/v2.0/security-groups/{group['id']}", json={"security_group": {"name": "db"}})
    assert changed.json()["security_group"]["name"] == "db"
    assert (await alice.delete(f"/v2.0/security-groups/{group['id']}")).status_code == 204
    gone = (404, "SecurityGroupNotFound", f"Security group {group['id']} does not exist")
    assert error_of(await alice.get(f"/v2.0/security-groups/{group['id']}")) == gone


async def test_groups_in_bulk(alice):
    answer = await alice.post("/v2.0/security-groups", json={"security_groups": [{"name": "a"}, {"name": "b"}]})
    assert [group["name"] for group in answer.json()["security_groups"]] == ["a", "b"]
    assert [len(group["security_group_rules"]) for group in answer.json()["security_groups"]] == [2, 2]


async def test_a_rule_as_it_is_shown(alice):
    group = await make(alice, "security_group", name="web")
    rule = await make(
        alice, "security_group_rule", security_group_id=group["id"], direction="ingress", protocol="TCP",
        port_range_min="80", port_range_max=443, remote_ip_prefix="10.0.0.5/24", description="in",
    )  # fmt: skip
    times = {rule.pop("created_at"), rule.pop("updated_at")}
    assert len(times) == 1
    assert rule.pop("id")
    assert rule == {
        "project_id": "p-alice",
        "tenant_id": "p-alice",
        "security_group_id": group["id"],
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 80,
        "port_range_max": 443,
        "remote_ip_prefix": "10.0.0.5/24",
        "normalized_cidr": "10.0.0.0/24",
        "remote_group_id": None,
        "remote_address_group_id": None,
        "belongs_to_default_sg": False,
        "description": "in",
        "revision_number": 0,
    }


async def test_rules_show_in_their_group_and_bump_its_revision(alice):
    group = await make(alice, "security_group", name="web")
    rule = await make(alice, "security_group_rule", security_group_id=group["id"], direction="ingress")
    shown = (await alice.get(f"/v2.0/security-groups/{group['id']}")).json()["security_group"]
    assert rule["id"] in {one["id"] for one in shown["security_group_rules"]}
    assert shown["revision_number"] == 2
    assert (await alice.delete(f"/v2.0/security-group-rules/{rule['id']}")).status_code == 204
    shown = (await alice.get(f"/v2.0/security-groups/{group['id']}")).json()["security_group"]
    assert (len(shown["security_group_rules"]), shown["revision_number"]) == (2, 3)
    again = await make(alice, "security_group_rule", security_group_id=group["id"], direction="ingress")
    assert (await alice.get(f"/v2.0/security-group-rules/{again['id']}")).status_code == 200


async def test_rules_can_be_filtered(alice):
    group = await make(alice, "security_group", name="web")
    await make(alice, "security_group_rule", security_group_id=group["id"], direction="ingress", protocol="udp")
    for query, count in (
        ({"security_group_id": group["id"]}, 3),
        ({"security_group_id": group["id"], "direction": "ingress"}, 1),
        ({"protocol": "udp"}, 1),
        ({"ethertype": "ipv6", "security_group_id": group["id"]}, 1),
        ({"belongs_to_default_sg": "true"}, 4),
    ):
        found = (await alice.get("/v2.0/security-group-rules", params=query)).json()["security_group_rules"]
        assert len(found) == count, query


RULE_REFUSALS = [
    ("no such protocol", {"protocol": "foo"}, 400, "SecurityGroupRuleInvalidProtocol", "protocol foo not supported"),
    ("a protocol beyond a byte", {"protocol": 256}, 400, "SecurityGroupRuleInvalidProtocol", "256"),
    ("no such ethertype", {"ethertype": "x"}, 400, "SecurityGroupRuleInvalidEtherType",
     "Security group rule for ethertype 'x' not supported. Allowed values are ['IPv4', 'IPv6']."),
    ("no such direction", {"direction": "up"}, 400, "HTTPBadRequest",
     "Invalid input for direction. Reason: up is not in valid_values."),
    ("no such port", {"port_range_min": 99999}, 400, "SecurityGroupInvalidPortValue", "Invalid value for port 99999"),
    ("not a prefix", {"remote_ip_prefix": "bad"}, 400, "InvalidCIDR", "Invalid CIDR bad given as IP prefix."),
    ("ports of no protocol", {"port_range_min": 1}, 400, "SecurityGroupProtocolRequiredWithPorts",
     "Must also specify protocol if port range is given."),
    ("half a range", {"protocol": "sctp", "port_range_min": 5}, 400, "SecurityGroupInvalidPortRange",
     "For TCP/UDP protocols, port_range_min must be <= port_range_max"),
    ("port zero", {"protocol": "tcp", "port_range_min": 0, "port_range_max": 5}, 400, "SecurityGroupInvalidPortValue",
     "Invalid value for port 0"),
    ("ports where there are none", {"protocol": "gre", "port_range_min": 5}, 400, "SecurityGroupInvalidProtocolForPort",
     "Ports cannot be specified for protocol 47. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE."),
    ("an ICMP type beyond a byte", {"protocol": "icmp", "port_range_min": 256}, 400, "SecurityGroupInvalidIcmpValue",
     "Invalid value for ICMP type (port_range_min) 256. It must be 0 to 255."),
    ("an ICMP code alone", {"protocol": "icmp", "port_range_max": 1}, 400, "SecurityGroupMissingIcmpType",
     "ICMP code (port-range-max) 1 is provided but ICMP type (port-range-min) is missing."),
    ("IPv6's protocol in IPv4", {"protocol": "ipv6-icmp"}, 400, "SecurityGroupEthertypeConflictWithProtocol",
     "Invalid ethertype IPv4 for protocol ipv6-icmp."),
    ("a prefix of the other version", {"remote_ip_prefix": "fd00::/64"}, 400, "SecurityGroupRuleParameterConflict",
     "Conflicting value ethertype IPv4 for CIDR fd00::/64"),
    ("two remotes", {"remote_ip_prefix": "10.0.0.0/8", "remote_group_id": "x"}, 400,
     "SecurityGroupMultipleRemoteEntites",
     "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."),
    ("no such remote group", {"remote_group_id": UNKNOWN}, 404, "SecurityGroupNotFound",
     f"Security group {UNKNOWN} does not exist"),
    ("no such address group", {"remote_address_group_id": UNKNOWN}, 404, "AddressGroupNotFound",
     f"Address group {UNKNOWN} could not be found."),
    ("no such group", {"security_group_id": UNKNOWN}, 404, "SecurityGroupNotFound",
     f"Security group {UNKNOWN} does not exist"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "status", "kind", "text"), [row[1:] for row in RULE_REFUSALS], ids=[row[0] for row in RULE_REFUSALS]
)
async def test_rules_that_are_refused(admin, values, status, kind, text):
    group = await make(admin, "security_group", name="web")
    rule = {"security_group_id": group["id"], "direction": "ingress", **values}
    found = await refused(admin, "security_group_rule", **rule)
    assert found[:2] == (status, kind)
    assert text in found[2]


async def test_a_group_holds_a_rule_once(alice):
    group = await make(alice, "security_group", name="web")
    said = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    rule = await make(alice, "security_group_rule", **said, remote_ip_prefix="0.0.0.0/0")
    told = (409, "SecurityGroupRuleExists", f"Security group rule already exists. Rule id is {rule['id']}.")
    assert await refused(alice, "security_group_rule", **said) == told
    assert await refused(alice, "security_group_rule", **{**said, "protocol": "6"}) == told
    other = {**said, "protocol": "udp"}
    twice = await alice.post("/v2.0/security-group-rules", json={"security_group_rules": [other, other]})
    assert error_of(twice)[:2] == (409, "DuplicateSecurityGroupRuleInPost")
    both = [other, {**said, "protocol": "icmp"}]
    answer = await alice.post("/v2.0/security-group-rules", json={"security_group_rules": both})
    assert [one["protocol"] for one in answer.json()["security_group_rules"]] == ["udp", "icmp"]


async def test_a_bulk_of_rules_is_for_one_group(alice):
    ids = [(await make(alice, "security_group", name=name))["id"] for name in "ab"]
    rules = [{"security_group_id": id, "direction": "ingress"} for id in ids]
    answer = await alice.post("/v2.0/security-group-rules", json={"security_group_rules": rules})
    told = (400, "SecurityGroupNotSingleGroupRules", "Only allowed to update rules for one security profile at a time")
    assert error_of(answer) == told


async def test_the_name_default_is_taken(alice, admin):
    taken = (409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
    assert await refused(alice, "security_group", name="Default") == taken
    group = await make(alice, "security_group", name="web")
    path = f"/v2.0/security-groups/{group['id']}"
    assert error_of(await alice.put(path, json={"security_group": {"name": "default"}})) == taken
    path = f"/v2.0/security-groups/{(await default_of(alice))['id']}"
    kept = (409, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
    assert error_of(await alice.put(path, json={"security_group": {"name": "mine"}})) == kept
    changed = await alice.put(path, json={"security_group": {"description": "ours"}})
    assert changed.json()["security_group"]["description"] == "ours"
    kept = (409, "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.")
    assert error_of(await alice.delete(path)) == kept
    assert (await admin.delete(path)).status_code == 204
    again = await default_of(alice)  # the next look makes it anew
    assert (again["description"], len(again["security_group_rules"])) == ("Default security group", 4)


async def test_a_group_that_ports_have_stays(alice):
    network = (await alice.post("/v2.0/networks", json={"network": {}})).json()["network"]
    group = await make(alice, "security_group", name="web")
    port = await make(alice, "port", network_id=network["id"], security_groups=[group["id"]])
    path = f"/v2.0/security-groups/{group['id']}"
    in_use = (409, "SecurityGroupInUse", f"Security Group {group['id']} in use.")
    assert error_of(await alice.delete(path)) == in_use
    assert error_of(await alice.put(path, json={"security_group": {"stateful": False}})) == in_use
    await alice.put(f"/v2.0/ports/{port['id']}", json={"port": {"security_groups": []}})
    changed = await alice.put(path, json={"security_group": {"stateful": False}})
    assert changed.json()["security_group"]["stateful"] is False
    assert (await alice.delete(path)).status_code == 204


async def test_rules_that_name_a_group_go_with_it(alice):
    one, other = [await make(alice, "security_group", name=name) for name in "ab"]
    rule = await make(
        alice, "security_group_rule", security_group_id=one["id"], direction="ingress", remote_group_id=other["id"]
    )
    assert (await alice.delete(f"/v2.0/security-groups/{other['id']}")).status_code == 204
    assert (await alice.get(f"/v2.0/security-group-rules/{rule['id']}")).status_code == 404


async def test_other_projects_groups_are_not_there(alice, bob, admin, store):
    group = await make(alice, "security_group", name="web")
    rule = await make(alice, "security_group_rule", security_group_id=group["id"], direction="ingress")
    for path in (f"security-groups/{group['id']}", f"security-group-rules/{rule['id']}"):
        assert (await bob.get(f"/v2.0/{path}")).status_code == 404
        assert (await bob.delete(f"/v2.0/{path}")).status_code == 404
        assert (await admin.get(f"/v2.0/{path}")).status_code == 200
    assert (await refused(bob, "security_group_rule", security_group_id=group["id"], direction="egress"))[0] in (
        403,
        404,
    )
    found = (await bob.get("/v2.0/security-group-rules")).json()["security_group_rules"]
    assert {one["project_id"] for one in found} == {"p-bob"}
    theirs = await make(
        admin, "security_group_rule", security_group_id=group["id"], direction="ingress", protocol="tcp"
    )
    assert (await alice.get(f"/v2.0/security-group-rules/{theirs['id']}")).status_code == 200
    listed = (await alice.get("/v2.0/security-group-rules")).json()["security_group_rules"]
    assert theirs["id"] in {one["id"] for one in listed}
    async with client_for(store, "reader") as reader:
        assert (await refused(reader, "security_group", name="x"))[:2] == (403, "PolicyNotAuthorized")


async def test_a_rule_cannot_be_changed(alice):
    (rule, *_) = (await default_of(alice))["security_group_rules"]
    answer = await alice.put(f"/v2.0/security-group-rules/{rule['id']}", json={"security_group_rule": {}})
    assert answer.status_code in (404, 405)


async def test_tags(alice):
    group = await make(alice, "security_group", name="web")
    path = f"/v2.0/security-groups/{group['id']}/tags"
    assert (await alice.put(path, json={"tags": ["red"]})).json() == {"tags": ["red"]}
    assert [one["id"] for one in await groups_of(alice, tags="red")] == [group["id"]]


async def test_default_groups_and_every_groups_rules_count(alice, admin):
    await default_of(alice)
    details = (await admin.get("/v2.0/quotas/p-alice/details.json")).json()["quota"]
    assert (details["security_group"]["used"], details["security_group_rule"]["used"]) == (1, 4)
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"security_group_rule": 7}})
    group = await make(alice, "security_group", name="web")
    over = (409, "OverQuota", "Quota exceeded for resources: ['security_group_rule'].")
    assert await refused(alice, "security_group", name="db") == over
    await make(alice, "security_group_rule", security_group_id=group["id"], direction="ingress")
    said = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    assert await refused(alice, "security_group_rule", **said) == over
