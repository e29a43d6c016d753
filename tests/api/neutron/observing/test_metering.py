"""`/v2.0/metering/…`: labels and their rules."""

import httpx
import pytest

from tests.api.neutron.callers import error_of

LABELS, RULES = "/v2.0/metering/metering-labels", "/v2.0/metering/metering-label-rules"
NOWHERE = "11111111-1111-1111-1111-111111111111"


async def label_of(client: httpx.AsyncClient, **values: object) -> dict:
    answer = await client.post(LABELS, json={"metering_label": values})
    assert answer.status_code == 201, answer.text
    return answer.json()["metering_label"]


async def rule(client: httpx.AsyncClient, label: dict, **values: object) -> httpx.Response:
    body = {"metering_label_id": label["id"], "direction": "ingress", **values}
    return await client.post(RULES, json={"metering_label_rule": body})


@pytest.fixture
async def label(admin: httpx.AsyncClient) -> dict:
    return await label_of(admin, name="web")


async def test_a_label_lives(admin):
    label = await label_of(admin, name="web", description="what it serves", shared="yes")
    assert label == {
        "id": label["id"],
        "name": "web",
        "description": "what it serves",
        "shared": True,
        "project_id": "p-admin",
        "tenant_id": "p-admin",
    }
    url = f"{LABELS}/{label['id']}"
    assert (await admin.get(url)).json() == {"metering_label": label}
    assert (await admin.get(f"{LABELS}?name=web")).json() == {"metering_labels": [label]}
    assert (await admin.delete(url)).status_code == 204
    told = (404, "MeteringLabelNotFound", f"Metering label '{label['id']}' does not exist.")
    assert error_of(await admin.get(url)) == told


async def test_a_rule_lives_and_goes_with_its_label(admin, label):
    made = (await rule(admin, label, source_ip_prefix="10.3.0.5")).json()["metering_label_rule"]
    assert made == {
        "id": made["id"],
        "metering_label_id": label["id"],
        "direction": "ingress",
        "excluded": False,
        "remote_ip_prefix": None,
        "source_ip_prefix": "10.3.0.5/32",
        "destination_ip_prefix": None,
    }
    other = (await rule(admin, label, destination_ip_prefix="fd00::1/64")).json()["metering_label_rule"]
    assert other["destination_ip_prefix"] == "fd00::1/64"
    assert (await admin.delete(f"{RULES}/{made['id']}")).status_code == 204
    assert error_of(await admin.get(f"{RULES}/{made['id']}")) == (
        404, "MeteringLabelRuleNotFound", f"Metering label rule '{made['id']}' does not exist.",
    )  # fmt: skip
    listed = (await admin.get(f"{RULES}?metering_label_id={label['id']}")).json()["metering_label_rules"]
    assert listed == [other]
    await admin.delete(f"{LABELS}/{label['id']}")
    assert (await admin.get(RULES)).json() == {"metering_label_rules": []}


REFUSED = [
    ({}, 400, "Invalid",
     "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or "
     "'destination_ip_prefix'."),
    ({"remote_ip_prefix": "x"}, 400, "Invalid",
     "remote_ip_prefix: x is invalid ['x' does not appear to be an IPv4 or IPv6 interface]."),
    ({"remote_ip_prefix": "10.1.0.0/24", "source_ip_prefix": "10.2.0.0/24"}, 400, "Invalid",
     "Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'."),
    ({"remote_ip_prefix": "10.0.0.0/25"}, 409, "MeteringLabelRuleOverlaps",
     "Metering label rule with remote_ip_prefix '10.0.0.0/25' overlaps another."),
    ({"remote_ip_prefix": "10.8.0.0/24", "metering_label_id": NOWHERE}, 404, "MeteringLabelNotFound",
     f"Metering label '{NOWHERE}' does not exist."),
    ({"remote_ip_prefix": "10.8.0.0/24", "direction": "x"}, 400, "HTTPBadRequest",
     "Invalid input for direction. Reason: x is not in valid_values."),
]  # fmt: skip


@pytest.mark.parametrize(("values", "status", "kind", "message"), REFUSED)
async def test_refused_rules(admin, label, values, status, kind, message):
    assert (await rule(admin, label, remote_ip_prefix="10.0.0.5/24")).status_code == 201
    assert error_of(await rule(admin, label, **values)) == (status, kind, message)


async def test_rules_of_another_sort_may_overlap(admin, label):
    assert (await rule(admin, label, remote_ip_prefix="10.0.0.0/24")).status_code == 201
    assert (await rule(admin, label, remote_ip_prefix="10.0.0.0/24", direction="egress")).status_code == 201
    assert (await rule(admin, label, remote_ip_prefix="10.0.0.0/24", excluded=True)).status_code == 201


async def test_rules_in_bulk_are_compared_with_each_other(admin, label):
    one = {"metering_label_id": label["id"], "direction": "ingress", "remote_ip_prefix": "10.0.0.0/24"}
    answer = await admin.post(RULES, json={"metering_label_rules": [one, one]})
    assert error_of(answer)[1] == "MeteringLabelRuleOverlaps"
    assert (await admin.get(RULES)).json() == {"metering_label_rules": []}


async def test_nothing_is_changed(admin, label):
    assert (await admin.put(f"{LABELS}/{label['id']}", json={"metering_label": {"name": "x"}})).status_code == 405


async def test_members_make_no_labels_and_see_none_of_others(admin, alice, label):
    answer = await alice.post(LABELS, json={"metering_label": {"name": "x"}})
    assert error_of(answer) == (403, "PolicyNotAuthorized", "rule:create_metering_label is disallowed by policy")
    assert (await alice.get(LABELS)).json() == {"metering_labels": []}
