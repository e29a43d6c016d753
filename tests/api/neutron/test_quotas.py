"""`/v2.0/quotas`, and creates held to them."""

import asyncio

import pytest

from tests.api.neutron.callers import client_for, error_of, make
from weft.model import Unavailable
from weft.store.quotas import DEFAULTS
from weft.store.records import Key
from weft.store.writes import Write, Writes


async def test_neutrons_defaults_hold_until_an_administrator_says_otherwise(admin, alice):
    quota = (await alice.get("/v2.0/quotas/p-alice")).json()["quota"]
    assert quota == DEFAULTS
    assert (await alice.get("/v2.0/quotas/p-alice/default.json")).json()["quota"] == DEFAULTS
    changed = await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 7, "port": "-1"}})
    assert changed.status_code == 200
    assert changed.json()["quota"] == {**DEFAULTS, "network": 7, "port": -1}
    assert (await alice.get("/v2.0/quotas/p-alice")).json()["quota"]["network"] == 7
    listed = (await admin.get("/v2.0/quotas")).json()["quotas"]
    assert listed == [{**DEFAULTS, "network": 7, "port": -1, "project_id": "p-alice", "tenant_id": "p-alice"}]
    assert (await admin.delete("/v2.0/quotas/p-alice")).status_code == 204
    assert (await alice.get("/v2.0/quotas/p-alice")).json()["quota"] == DEFAULTS
    assert (await admin.get("/v2.0/quotas")).json()["quotas"] == []
    told = "Quota for project p-alice could not be found."
    assert error_of(await admin.delete("/v2.0/quotas/p-alice")) == (404, "TenantQuotaNotFound", told)


async def test_details_say_what_is_used(alice):
    await make(alice, "network")
    details = (await alice.get("/v2.0/quotas/p-alice/details.json")).json()["quota"]
    assert details["network"] == {"limit": 100, "used": 1, "reserved": 0}
    assert details["subnet"]["used"] == 0


async def test_the_callers_own_project_is_told(alice):
    assert (await alice.get("/v2.0/quotas/project")).json() == {"project": {"project_id": "p-alice"}}
    assert (await alice.get("/v2.0/quotas/tenant.json")).json() == {"tenant": {"tenant_id": "p-alice"}}


async def test_no_more_than_the_limit(admin, alice, bob):
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 2}})
    first = await make(alice, "network")
    await make(alice, "network")
    over = error_of(await alice.post("/v2.0/networks", json={"network": {}}))
    assert over == (409, "OverQuota", "Quota exceeded for resources: ['network'].")
    await make(bob, "network")
    await alice.delete(f"/v2.0/networks/{first['id']}")
    await make(alice, "network")


async def test_a_bulk_that_does_not_fit_makes_nothing(admin, alice):
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 2}})
    assert error_of(await alice.post("/v2.0/networks", json={"networks": [{}, {}, {}]}))[1] == "OverQuota"
    assert (await alice.get("/v2.0/networks")).json()["networks"] == []
    assert (await alice.post("/v2.0/networks", json={"networks": [{}, {}]})).status_code == 201


async def test_an_administrator_creates_on_the_projects_account(admin, alice):
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 1}})
    await make(admin, "network", project_id="p-alice")
    assert error_of(await alice.post("/v2.0/networks", json={"network": {}}))[1] == "OverQuota"


async def test_many_at_once_stop_at_the_limit(admin, alice):
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 5}})
    answers = await asyncio.gather(*(alice.post("/v2.0/networks", json={"network": {}}) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 7


async def test_a_cut_off_site_stops_at_its_share(store, admin, alice):
    async def nobody_answers(pool: str, item: str | None, owners: tuple[str, ...]) -> None:
        raise Unavailable(f"site {', '.join(owners)} cannot be reached")

    await store.commit(Writes((Write(Key("fabric", "site", "b"), {"number": 2}, create=True),)))
    store.transfer = nobody_answers
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 5}})
    for _ in range(3):
        await make(alice, "network")
    status, kind, message = error_of(await alice.post("/v2.0/networks", json={"network": {}}))
    assert (status, kind) == (409, "OverQuota")
    assert "would have to come from site b: site b cannot be reached" in message


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"quota": {"network": -2}}, "HTTPBadRequest", "'-2' is too small - must be at least '-1'"),
        ({"quota": {"network": 1 << 31}}, "HTTPBadRequest", "is too large"),
        ({"quota": {"netwrk": 2}}, "HTTPBadRequest", "Unrecognized attribute(s) 'netwrk'"),
        ({"quota": {"network": "a"}}, "InvalidInput", "'a' is not an integer"),
        ({"quota": []}, "HTTPBadRequest", "Unable to find 'quota'"),
        ({}, "HTTPBadRequest", "Unable to find 'quota'"),
    ],
)
async def test_bad_limits(admin, body, kind, message):
    status, told, text = error_of(await admin.put("/v2.0/quotas/p-alice", json=body))
    assert (status, told) == (400, kind)
    assert message in text


@pytest.mark.parametrize("project", ["*", "two%20words", "%C3%BC", "x" * 65])
async def test_what_is_no_projects_id(admin, project):
    answer = await admin.put(f"/v2.0/quotas/{project}", json={"quota": {"network": 1}})
    assert error_of(answer)[:2] == (400, "HTTPBadRequest")


async def test_a_limit_below_what_is_used_needs_force(admin, alice):
    await make(alice, "network")
    status, kind, text = error_of(await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 0}}))
    assert (status, kind) == (400, "HTTPBadRequest")
    assert text == "Quota limit 0 for network must be greater than or equal to already used 1"
    forced = await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": 0, "force": True}})
    assert forced.json()["quota"]["network"] == 0


async def test_who_may(store, alice, bob):
    assert (await bob.get("/v2.0/quotas/p-alice")).status_code == 403
    assert (await alice.put("/v2.0/quotas/p-alice", json={"quota": {"network": 200}})).status_code == 403
    assert (await alice.delete("/v2.0/quotas/p-alice")).status_code == 403
    async with client_for(store, "reader") as reader:
        assert (await reader.get("/v2.0/quotas/p-alice")).status_code == 200
    assert (await alice.post("/v2.0/quotas", json={"quota": {}})).status_code == 501
