"""OS-ENDPOINT-POLICY: an endpoint goes by its own policy, else by its region's, else by its service's."""

import pytest

NOBODY = "f" * 32


@pytest.fixture
async def place(api) -> dict:
    """An endpoint in a region that lies in another, and three policies."""
    await api.make("region", id="north")
    await api.make("region", id="oslo", parent_region_id="north")
    service = await api.make("service", type="image", name="glance")
    values = {"service_id": service["id"], "interface": "public", "url": "http://x.test", "region_id": "oslo"}
    found = {"service": service["id"], "endpoint": (await api.make("endpoint", **values))["id"]}
    for name in ("one", "two", "three"):
        made = await api("POST", "/policies", {"policy": {"type": "text/plain", "blob": name}})
        found[name] = made.json()["policy"]["id"]
    return found


def of(place: dict, policy: str, where: str) -> str:
    return f"/policies/{place[policy]}/OS-ENDPOINT-POLICY/{where.format(**place)}"


async def policy_of(api, place: dict) -> str | None:
    answer = await api("GET", f"/endpoints/{place['endpoint']}/OS-ENDPOINT-POLICY/policy")
    return answer.json()["policy"]["blob"] if answer.status_code == 200 else None


async def test_the_nearest_policy_goes_for_an_endpoint(api, place):
    assert await policy_of(api, place) is None
    for policy, where in (
        ("one", "services/{service}"),
        ("two", "services/{service}/regions/north"),
        ("three", "endpoints/{endpoint}"),
    ):
        path = of(place, policy, where)
        assert (await api("HEAD", path)).status_code == 404
        assert (await api("PUT", path)).status_code == 204
        assert (await api("HEAD", path)).status_code == 204
        assert await policy_of(api, place) == policy
        listed = (await api("GET", of(place, policy, "endpoints"))).json()["endpoints"]
        assert [each["id"] for each in listed] == [place["endpoint"]]
    for policy, where, then in (
        ("three", "endpoints/{endpoint}", "two"),
        ("two", "services/{service}/regions/north", "one"),
        ("one", "services/{service}", None),
    ):
        assert (await api("DELETE", of(place, policy, where))).status_code == 204
        assert await policy_of(api, place) == then


async def test_another_policy_takes_the_place(api, place):
    for policy in ("one", "two"):
        await api("PUT", of(place, policy, "endpoints/{endpoint}"))
    assert await policy_of(api, place) == "two"
    assert (await api("HEAD", of(place, "one", "endpoints/{endpoint}"))).status_code == 404
    assert (await api("DELETE", of(place, "one", "endpoints/{endpoint}"))).status_code == 404


async def test_a_policy_that_is_gone_goes_for_nothing(api, place):
    await api("PUT", of(place, "one", "endpoints/{endpoint}"))
    assert (await api("DELETE", f"/policies/{place['one']}")).status_code == 204
    assert await policy_of(api, place) is None
    assert not api.identity.store.state.of_kind("policy_association")


@pytest.mark.parametrize(
    "path",
    [
        f"/policies/{NOBODY}/OS-ENDPOINT-POLICY/endpoints/{{endpoint}}",
        f"/policies/{{one}}/OS-ENDPOINT-POLICY/endpoints/{NOBODY}",
        f"/policies/{{one}}/OS-ENDPOINT-POLICY/services/{NOBODY}",
        "/policies/{one}/OS-ENDPOINT-POLICY/services/{service}/regions/nowhere",
    ],
)
async def test_what_is_not_there_is_not_found(api, place, path):
    assert (await api("PUT", path.format(**place))).status_code == 404
