"""Default limits: who may change them, and that they hold."""

import pytest

from weft.store.quotas import DEFAULTS, limit_of


async def put(fabric, body, token="admin"):
    return await fabric.http.put("/weft/v1/quotas", json=body, headers={"X-Auth-Token": token})


async def test_defaults_are_neutrons_until_they_are_changed(fabric):
    assert (await fabric.get("/quotas", token="ann")).json() == {"quotas": DEFAULTS}
    changed = await put(fabric, {"quotas": {"port": 2000, "router": -1}})
    assert changed.json() == {"quotas": {**DEFAULTS, "port": 2000, "router": -1}}
    assert limit_of(fabric.store.state, "port", "any project") == 2000


async def test_a_tenant_may_not_change_them(fabric):
    assert (await put(fabric, {"quotas": {"port": 1}}, token="ann")).status_code == 403


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"quotas": {"ports": 1}}, "ports has no limit; these have: network, subnet"),
        ({"quotas": {"port": -2}}, "must be from -1 (none) to 2147483647"),
        ({"quotas": {"port": "many"}}, "Expected `int`, got `str`"),
        ({"quota": {}}, "Object"),
        ([], "Expected `object`"),
    ],
)
async def test_bad_limits(fabric, body, message):
    answer = await put(fabric, body)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]


async def test_a_body_has_its_bounds(fabric):
    answer = await put(fabric, {"quotas": {"x" * 70_000: 1}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")
