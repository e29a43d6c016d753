"""Regions, services and endpoints that an operator adds to those that follow from the sites."""

import pytest


async def test_an_operators_service_joins_the_catalogue(api):
    service = await api.make("service", type="compute", name="nova")
    await api.make("region", id="north", description="cold")
    url = "http://nova.test/v2.1/%(project_id)s"
    endpoint = await api.make("endpoint", service_id=service["id"], interface="public", url=url, region_id="north")
    assert endpoint["region"] == endpoint["region_id"] == "north"
    catalog = (await api("GET", "/auth/catalog")).json()["catalog"]
    nova = next(each for each in catalog if each["type"] == "compute")
    project = api.identity.authenticate(api.token).project_id
    assert [(each["region"], each["url"]) for each in nova["endpoints"]] == [
        ("north", f"http://nova.test/v2.1/{project}")
    ]
    assert {each["type"] for each in catalog} == {"identity", "network", "weft", "compute"}
    await api("PATCH", f"/endpoints/{endpoint['id']}", {"endpoint": {"enabled": False}})
    catalog = (await api("GET", "/auth/catalog")).json()["catalog"]
    assert next(each for each in catalog if each["type"] == "compute")["endpoints"] == []
    assert (await api("DELETE", "/regions/north")).status_code == 403
    assert (await api("DELETE", f"/services/{service['id']}")).status_code == 204
    assert (await api("GET", f"/endpoints/{endpoint['id']}")).status_code == 404, "its endpoints go with it"
    assert (await api("DELETE", "/regions/north")).status_code == 204


@pytest.mark.parametrize("kind", ["region", "service", "endpoint"])
async def test_what_follows_from_the_sites_is_read_and_not_changed(api, kind):
    id = (await api("GET", f"/{kind}s")).json()[f"{kind}s"][0]["id"]
    assert (await api("GET", f"/{kind}s/{id}")).status_code == 200
    assert (await api("PATCH", f"/{kind}s/{id}", {kind: {"description": "x"}})).status_code == 403
    assert (await api("DELETE", f"/{kind}s/{id}")).status_code == 403


@pytest.mark.parametrize(
    ("why", "path", "body", "status", "says"),
    [
        ("taken by a site", "/regions", {"region": {"id": "RegionOne"}}, 409, "Duplicate ID, RegionOne."),
        ("no such parent", "/regions", {"region": {"id": "x", "parent_region_id": "no"}}, 404, "region: no"),
        ("in itself", "/regions", {"region": {"id": "x", "parent_region_id": "x"}}, 400, "circular region"),
        ("no type", "/services", {"service": {"name": "x"}}, 400, "'type' is a required property"),
        (
            "no such service",
            "/endpoints",
            {"endpoint": {"service_id": "x", "interface": "public", "url": "http://a"}},
            400,
            "endpoint service_id in service table",
        ),
        (
            "no such interface",
            "/endpoints",
            {"endpoint": {"service_id": "x", "interface": "secret", "url": "http://a"}},
            400,
            "'secret' is not one of ['admin', 'internal', 'public']",
        ),
    ],
)
async def test_refusals(api, why, path, body, status, says):
    answer = await api("POST", path, body)
    assert (answer.status_code, says in answer.json()["error"]["message"]) == (status, True), answer.text


async def test_regions_come_back_and_a_put_names_one(api):
    assert (await api("PUT", "/regions/south", {"region": {}})).status_code == 201
    assert (await api("DELETE", "/regions/south")).status_code == 204
    made = await api.make("region", id="south", description="again")
    assert made["description"] == "again"
