"""Credentials that must be shown again: sealed in the record, told to their owner."""

import json

import pytest


async def test_a_blob_is_sealed_in_the_record_and_told_to_its_owner(api):
    me = api.identity.authenticate(api.token).user_id
    made = await api.make("credential", type="totp", blob="secret words", user_id=me)
    assert made["blob"] == "secret words"
    record = api.identity.store.state.get("credential", made["id"])
    assert "secret words" not in str(record)
    changed = await api("PATCH", f"/credentials/{made['id']}", {"credential": {"blob": "other words"}})
    assert changed.json()["credential"]["blob"] == "other words"
    listed = (await api("GET", f"/credentials?user_id={me}&type=totp")).json()["credentials"]
    assert [each["blob"] for each in listed] == ["other words"]
    assert (await api("DELETE", f"/credentials/{made['id']}")).status_code == 204
    assert (await api("GET", f"/credentials/{made['id']}")).status_code == 404


async def test_ec2_keys_are_credentials_too(api):
    who = api.identity.authenticate(api.token)
    path = f"/users/{who.user_id}/credentials/OS-EC2"
    made = (await api("POST", path, {"tenant_id": who.project_id})).json()["credential"]
    assert (made["user_id"], made["tenant_id"], made["trust_id"]) == (who.user_id, who.project_id, None)
    assert (await api("GET", f"{path}/{made['access']}")).json()["credential"] == made
    assert (await api("GET", path)).json()["credentials"] == [made]
    stored = (await api("GET", "/credentials?type=ec2")).json()["credentials"][0]
    assert json.loads(stored["blob"])["secret"] == made["secret"]
    assert (await api("DELETE", f"{path}/{made['access']}")).status_code == 204
    assert (await api("GET", f"{path}/{made['access']}")).status_code == 404


@pytest.mark.parametrize(
    ("why", "body", "status"),
    [
        ("no project", {"type": "ec2", "blob": '{"access": "a", "secret": "b"}'}, 400),
        ("no access key", {"type": "ec2", "blob": "{}", "project_id": "x"}, 400),
        ("no JSON", {"type": "ec2", "blob": "[", "project_id": "x"}, 400),
        ("no such user", {"type": "x", "blob": "y", "user_id": "nobody"}, 404),
    ],
)
async def test_refusals(api, why, body, status):
    me = api.identity.authenticate(api.token).user_id
    assert (await api("POST", "/credentials", {"credential": {"user_id": me, **body}})).status_code == status, why


async def test_others_do_not_see_them(api, cast):
    me = api.identity.authenticate(api.token).user_id
    made = await api.make("credential", type="totp", blob="secret words", user_id=me)
    _, project, _ = await cast.member("ann", "shop")
    api.token = await cast.token("ann", project)
    assert (await api("GET", "/credentials")).json()["credentials"] == []
    assert (await api("GET", f"/credentials/{made['id']}")).status_code == 403
    theirs = await api("POST", "/credentials", {"credential": {"type": "x", "blob": "y", "user_id": me}})
    assert theirs.status_code == 403
