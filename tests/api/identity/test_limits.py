"""Limits that services beside Weft look up."""

import pytest


@pytest.fixture
async def cores(api):
    """A service with a default for its cores: (service, registered limit)."""
    service = (await api.make("service", type="compute"))["id"]
    row = {"service_id": service, "resource_name": "cores", "default_limit": 10}
    made = await api("POST", "/registered_limits", {"registered_limits": [row]})
    assert made.status_code == 201, made.text
    return service, made.json()["registered_limits"][0]["id"]


async def make(api, status, **values):
    answer = await api("POST", "/limits", {"limits": [{"resource_name": "cores", "resource_limit": 5, **values}]})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_limit_replaces_a_default(api, cores, cast):
    service, default = cores
    _, project, _ = await cast.member("ann", "shop")
    limit = (await make(api, 201, service_id=service, project_id=project))["limits"][0]
    assert (limit["domain_id"], limit["resource_limit"]) == (None, 5)
    changed = await api("PATCH", f"/limits/{limit['id']}", {"limit": {"resource_limit": -1}})
    assert changed.json()["limit"]["resource_limit"] == -1
    for method, body in (("PATCH", {"registered_limit": {"default_limit": 1}}), ("DELETE", None)):
        refused = await api(method, f"/registered_limits/{default}", body)
        assert (refused.status_code, "associated with it" in refused.text) == (403, True)
    admins, api.token = api.token, await cast.token("ann", project)
    assert [each["id"] for each in (await api("GET", "/limits")).json()["limits"]] == [limit["id"]]
    assert (await api("GET", f"/limits/{limit['id']}")).status_code == 200
    assert (await api("DELETE", f"/limits/{limit['id']}")).status_code == 403
    api.token = admins
    assert (await api("DELETE", f"/limits/{limit['id']}")).status_code == 204
    assert (await api("DELETE", f"/registered_limits/{default}")).status_code == 204
    gone = await api("GET", f"/registered_limits/{default}")
    assert gone.json()["error"]["message"] == f"Could not find registered limit for {default}."


async def test_refusals(api, cores):
    service, _ = cores
    assert "no corresponding" in (await make(api, 403, service_id="a" * 32, domain_id="default"))["error"]["message"]
    await make(api, 400, service_id=service)
    await make(api, 400, service_id=service, domain_id="default", project_id="a")
    await make(api, 404, service_id=service, domain_id="nowhere")
    await make(api, 400, service_id=service, domain_id="default", resource_limit=-2)
    await make(api, 201, service_id=service, domain_id="default")
    await make(api, 409, service_id=service, domain_id="default")
    for body in ({}, {"registered_limits": []}, {"registered_limits": [7]}, []):
        assert (await api("POST", "/registered_limits", body)).status_code == 400
    twice = {"service_id": service, "resource_name": "ram", "default_limit": 1}
    assert (await api("POST", "/registered_limits", {"registered_limits": [twice, twice]})).status_code == 409
    assert (await api("GET", "/limits/model")).json()["model"]["name"] == "flat"
