"""`/v2.0/log/…`: what is to be logged, and what can be."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make
from weft.store.records import Key
from weft.store.writes import Write, Writes

LOGS = "/v2.0/log/logs"
NOWHERE = "11111111-1111-1111-1111-111111111111"


async def log_of(client: httpx.AsyncClient, **values: object) -> httpx.Response:
    return await client.post(LOGS, json={"log": {"resource_type": "security_group", **values}})


@pytest.fixture
async def port(admin: httpx.AsyncClient) -> dict:
    network = await make(admin, "network")
    return await make(admin, "port", network_id=network["id"])


async def test_security_groups_can_be_logged(admin):
    answer = await admin.get("/v2.0/log/loggable-resources")
    assert answer.json() == {"loggable_resources": [{"type": "security_group"}]}
    assert (await admin.post("/v2.0/log/loggable-resources", json={})).status_code == 405


async def test_a_log_lives(admin):
    log = (await log_of(admin, name="all", description="d")).json()["log"]
    assert log == {
        "id": log["id"],
        "name": "all",
        "description": "d",
        "project_id": "p-admin",
        "tenant_id": "p-admin",
        "resource_type": "security_group",
        "resource_id": None,
        "target_id": None,
        "event": "ALL",
        "enabled": True,
        "revision_number": 1,
        "created_at": log["created_at"],
        "updated_at": log["created_at"],
    }
    url = f"{LOGS}/{log['id']}"
    changed = await admin.put(url, json={"log": {"enabled": False, "name": "none"}})
    assert (changed.json()["log"]["enabled"], changed.json()["log"]["name"]) == (False, "none")
    assert error_of(await admin.put(url, json={"log": {"event": "DROP"}})) == (
        400, "HTTPBadRequest", "Cannot update read-only attribute event",
    )  # fmt: skip
    assert len((await admin.get(f"{LOGS}?event=ALL&enabled=False")).json()["logs"]) == 1
    assert (await admin.get(f"{url}/tags")).status_code == 404
    assert (await admin.delete(url)).status_code == 204
    told = (404, "LogResourceNotFound", f"Log resource {log['id']} could not be found.")
    assert error_of(await admin.get(url)) == told


async def test_refused_logs(admin, store, port):
    group = Write(Key("fabric", "security_group", NOWHERE[:-1] + "2"), {"project_id": "p-admin"}, create=True)
    await store.commit(Writes((group,)))
    direct = await make(admin, "port", network_id=port["network_id"], **{"binding:vnic_type": "direct"})
    refused = [
        ({"resource_type": "x"}, 400, "InvalidLogResourceType", "Invalid log resource_type: x."),
        ({"event": "x"}, 400, "HTTPBadRequest", "Invalid input for event. Reason: x is not in valid_values."),
        ({"resource_id": NOWHERE}, 404, "ResourceNotFound", f"Resource {NOWHERE} could not be found."),
        ({"target_id": NOWHERE}, 404, "TargetResourceNotFound", f"Target resource {NOWHERE} could not be found."),
        ({"target_id": direct["id"]}, 409, "LoggingTypeNotSupported",
         f"Logging type security_group is not supported on port {direct['id']}."),
        ({"resource_id": group.key.id, "target_id": port["id"]}, 400, "InvalidResourceConstraint",
         f"Invalid resource constraint between resource (security_group {group.key.id}) and target resource "
         f"(port {port['id']})."),
    ]  # fmt: skip
    for values, status, kind, message in refused:
        assert error_of(await log_of(admin, **values)) == (status, kind, message)


async def test_a_log_goes_with_its_port_unless_it_is_off(admin, port):
    kept = (await log_of(admin)).json()["log"]
    off = (await log_of(admin, target_id=port["id"], enabled=False)).json()["log"]
    await log_of(admin, target_id=port["id"])
    assert (await admin.delete(f"/v2.0/ports/{port['id']}")).status_code == 204
    left = {log["id"] for log in (await admin.get(LOGS)).json()["logs"]}
    assert left == {kept["id"], off["id"]}


async def test_members_log_nothing(alice):
    assert error_of(await log_of(alice))[:2] == (403, "PolicyNotAuthorized")
    assert (await alice.get("/v2.0/log/loggable-resources")).json() == {"loggable_resources": []}
