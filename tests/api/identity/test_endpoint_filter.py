"""OS-EP-FILTER: a project that was given endpoints sees these in its catalogue, and no others."""

import pytest

PREFIX = "/OS-EP-FILTER"
NOBODY = "f" * 32


@pytest.fixture
async def place(api) -> dict:
    """A service of an operator's with two endpoints, and the caller's project."""
    service = await api.make("service", type="image", name="glance")
    found = {"service": service["id"], "project": api.identity.authenticate(api.token).project_id}
    for interface in ("public", "admin"):
        values = {"service_id": service["id"], "interface": interface, "url": f"http://{interface}.test"}
        found[interface] = (await api.make("endpoint", **values))["id"]
    return found


async def seen(api) -> set[str]:
    """Return the endpoints in the catalogue of the caller's token."""
    catalog = (await api("GET", "/auth/catalog")).json()["catalog"]
    assert all(service["endpoints"] for service in catalog)
    return {endpoint["id"] for service in catalog for endpoint in service["endpoints"]}


async def ids(api, path: str, collection: str) -> set[str]:
    return {each["id"] for each in (await api("GET", f"{PREFIX}{path}")).json()[collection]}


async def test_a_project_sees_what_it_was_given_and_everything_without(api, place):
    everything = await seen(api)
    assert {place["public"], place["admin"]} < everything
    one = f"{PREFIX}/projects/{place['project']}/endpoints/{place['public']}"
    assert (await api("HEAD", one)).status_code == 404
    assert (await api("PUT", one)).status_code == 204
    written = len(api.identity.store.state.of_kind("project_endpoint"))
    assert (await api("PUT", one)).status_code == 204
    assert len(api.identity.store.state.of_kind("project_endpoint")) == written == 1
    assert (await api("HEAD", one)).status_code == 204
    assert await seen(api) == {place["public"]}
    assert await ids(api, f"/projects/{place['project']}/endpoints", "endpoints") == {place["public"]}
    assert await ids(api, f"/endpoints/{place['public']}/projects", "projects") == {place["project"]}
    assert (await api("DELETE", one)).status_code == 204
    assert await seen(api) == everything
    told = f"Endpoint {place['public']} not found in project {place['project']}"
    assert (await api("DELETE", one)).json()["error"]["message"] == told
    assert (await api("PUT", one)).status_code == 204, "and again"


async def test_a_group_is_all_that_its_filters_match(api, place):
    body = {"name": "outside", "description": "d", "filters": {"service_id": place["service"], "interface": "public"}}
    group = (await api("POST", f"{PREFIX}/endpoint_groups", {"endpoint_group": body})).json()["endpoint_group"]
    own = f"{PREFIX}/endpoint_groups/{group['id']}"
    assert group == {"id": group["id"], **body, "links": {"self": f"http://weft.test/identity/v3{own}"}}
    assert (await api("GET", own)).json()["endpoint_group"] == group
    assert await ids(api, f"/endpoint_groups/{group['id']}/endpoints", "endpoints") == {place["public"]}
    joined = f"{own}/projects/{place['project']}"
    assert (await api("GET", joined)).status_code == 404
    assert (await api("PUT", joined)).status_code == 204
    row = (await api("GET", joined)).json()["project_endpoint_group"]
    assert (row["endpoint_group_id"], row["project_id"]) == (group["id"], place["project"])
    assert (await api("HEAD", joined)).status_code == 200
    assert await ids(api, f"/endpoint_groups/{group['id']}/projects", "projects") == {place["project"]}
    assert await ids(api, f"/projects/{place['project']}/endpoint_groups", "endpoint_groups") == {group["id"]}
    assert await seen(api) == {place["public"]}
    changed = await api("PATCH", own, {"endpoint_group": {"filters": {"interface": "admin"}}})
    assert changed.json()["endpoint_group"]["filters"] == {"interface": "admin"}
    assert place["public"] not in await seen(api)
    assert (await api("DELETE", own)).status_code == 204
    assert place["public"] in await seen(api)
    assert not api.identity.store.state.of_kind("project_endpoint_group")


@pytest.mark.parametrize("filters", [{}, {"colour": "red"}, None])
async def test_a_group_has_filters_of_three_kinds(api, filters):
    body = {"name": "outside", "filters": filters}
    assert (await api("POST", f"{PREFIX}/endpoint_groups", {"endpoint_group": body})).status_code == 400


async def test_what_is_deleted_is_given_to_nobody(api, place):
    for what in ("public", "admin"):
        await api("PUT", f"{PREFIX}/projects/{place['project']}/endpoints/{place[what]}")
    await api("DELETE", f"/endpoints/{place['public']}")
    assert await seen(api) == {place["admin"]}
    await api("DELETE", f"/services/{place['service']}")
    assert not api.identity.store.state.of_kind("project_endpoint")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/projects/{project}/endpoints/" + NOBODY),
        ("PUT", "/projects/" + NOBODY + "/endpoints/{public}"),
        ("GET", "/projects/" + NOBODY + "/endpoints"),
        ("GET", "/endpoints/" + NOBODY + "/projects"),
        ("GET", "/endpoint_groups/" + NOBODY),
        ("PUT", "/endpoint_groups/" + NOBODY + "/projects/{project}"),
    ],
)
async def test_what_is_not_there_is_not_found(api, place, method, path):
    assert (await api(method, PREFIX + path.format(**place))).status_code == 404
