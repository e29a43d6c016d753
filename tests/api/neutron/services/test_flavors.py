"""`/v2.0/flavors`, `/v2.0/service_profiles`, `/v2.0/service-providers`."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make, refused

DVR = "neutron.services.l3_router.service_providers.dvr.DvrDriver"
NOWHERE = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
async def flavor(admin: httpx.AsyncClient) -> dict:
    return await make(admin, "flavor", name="fast", service_type="L3_ROUTER_NAT")


@pytest.fixture
async def profile(admin: httpx.AsyncClient) -> dict:
    return await make(admin, "service_profile", driver=DVR)


async def give(client: httpx.AsyncClient, flavor: dict, profile_id: str) -> httpx.Response:
    body = {"service_profile": {"id": profile_id}}
    return await client.post(f"/v2.0/flavors/{flavor['id']}/service_profiles", json=body)


async def test_a_flavor_lives(admin, alice, flavor):
    assert flavor == {
        "id": flavor["id"],
        "name": "fast",
        "description": "",
        "service_type": "L3_ROUTER_NAT",
        "enabled": True,
        "service_profiles": [],
    }
    url = f"/v2.0/flavors/{flavor['id']}"
    body = {"flavor": {"name": "slow", "enabled": None, "service_profiles": [NOWHERE]}}
    changed = (await admin.put(url, json=body)).json()["flavor"]
    assert changed == {**flavor, "name": "slow"}
    assert (await alice.get("/v2.0/flavors?name=slow")).json() == {"flavors": [changed]}
    assert error_of(await alice.put(url, json=body))[:2] == (403, "PolicyNotAuthorized")
    assert (await admin.delete(url)).status_code == 204
    assert error_of(await admin.get(url)) == (404, "FlavorNotFound", f"Flavor {flavor['id']} could not be found.")


async def test_what_no_flavor_can_be(admin):
    assert await refused(admin, "flavor", service_type="NOPE") == (
        400, "InvalidServiceType", "Invalid service type: NOPE.",
    )  # fmt: skip
    assert await refused(admin, "flavor", name="x") == (
        400, "HTTPBadRequest", "Failed to parse request. Required attribute 'service_type' not specified",
    )  # fmt: skip
    assert (await refused(admin, "flavor", service_type="L3_ROUTER_NAT", project_id="p-admin"))[:2] == (
        400, "HTTPBadRequest",
    )  # fmt: skip


async def test_a_profile_lives(admin, alice, profile):
    assert profile == {"id": profile["id"], "description": "", "driver": DVR, "metainfo": "", "enabled": True}
    url = f"/v2.0/service_profiles/{profile['id']}"
    changed = (await admin.put(url, json={"service_profile": {"metainfo": "{}"}})).json()["service_profile"]
    assert changed["metainfo"] == "{}"
    assert (await alice.get("/v2.0/service_profiles")).json() == {"service_profiles": []}
    assert (await admin.delete(url)).status_code == 204
    told = (404, "ServiceProfileNotFound", f"Service Profile {profile['id']} could not be found.")
    assert error_of(await admin.get(url)) == told


async def test_what_no_profile_can_be(admin):
    assert await refused(admin, "service_profile") == (
        400, "ServiceProfileEmpty", "Service Profile needs either a driver or metainfo.",
    )  # fmt: skip
    assert await refused(admin, "service_profile", driver="x") == (
        404, "ServiceProfileDriverNotFound", "Service Profile driver x could not be found.",
    )  # fmt: skip


async def test_a_flavor_is_given_a_profile_and_loses_it(admin, flavor, profile):
    answer = await give(admin, flavor, profile["id"])
    assert (answer.status_code, answer.json()) == (201, {"service_profile": {"id": flavor["id"]}})
    shown = (await admin.get(f"/v2.0/flavors/{flavor['id']}")).json()["flavor"]
    assert shown["service_profiles"] == [profile["id"]]
    assert error_of(await give(admin, flavor, profile["id"])) == (
        409,
        "FlavorServiceProfileBindingExists",
        f"Service Profile {profile['id']} is already associated with flavor {flavor['id']}.",
    )
    used = (409, "ServiceProfileInUse", f"Service Profile {profile['id']} is used by some service instance.")
    assert error_of(await admin.delete(f"/v2.0/service_profiles/{profile['id']}")) == used
    body = {"service_profile": {"description": "x"}}
    assert error_of(await admin.put(f"/v2.0/service_profiles/{profile['id']}", json=body)) == used
    url = f"/v2.0/flavors/{flavor['id']}/service_profiles/{profile['id']}"
    assert (await admin.get(url)).status_code == 200
    assert (await admin.delete(url)).status_code == 204
    assert error_of(await admin.delete(url)) == (
        404,
        "FlavorServiceProfileBindingNotFound",
        f"Service Profile {profile['id']} is not associated with flavor {flavor['id']}.",
    )
    assert (await give(admin, flavor, profile["id"])).status_code == 201  # and again


async def test_flavors_take_only_profiles_that_there_are(admin, flavor):
    assert error_of(await give(admin, flavor, NOWHERE))[:2] == (404, "ServiceProfileNotFound")
    assert error_of(await give(admin, {"id": NOWHERE}, NOWHERE))[:2] == (404, "FlavorNotFound")


async def test_a_flavor_that_goes_lets_go_of_its_profile(admin, flavor, profile):
    await give(admin, flavor, profile["id"])
    await admin.delete(f"/v2.0/flavors/{flavor['id']}")
    assert (await admin.delete(f"/v2.0/service_profiles/{profile['id']}")).status_code == 204


async def test_a_flavor_with_routers_stays(admin, flavor, profile):
    await give(admin, flavor, profile["id"])
    router = await make(admin, "router", flavor_id=flavor["id"])
    told = (409, "FlavorInUse", f"Flavor {flavor['id']} is used by some service instance.")
    assert error_of(await admin.delete(f"/v2.0/flavors/{flavor['id']}")) == told
    await admin.delete(f"/v2.0/routers/{router['id']}")
    assert (await admin.delete(f"/v2.0/flavors/{flavor['id']}")).status_code == 204


async def test_providers(alice):
    found = (await alice.get("/v2.0/service-providers?service_type=L3_ROUTER_NAT")).json()["service_providers"]
    assert [provider["name"] for provider in found] == ["dvr", "dvrha", "ha", "single_node"]
    assert found[0] == {"service_type": "L3_ROUTER_NAT", "name": "dvr", "default": False}
    assert (await alice.get("/v2.0/service-providers?name=x")).json() == {"service_providers": []}
