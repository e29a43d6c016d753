"""Before a site knows whom to let in, it says that it does not know: 503, never 401."""

import httpx
import pytest

from weft.api.app import create_app
from weft.api.identity.seeding import seed_identity
from weft.api.settings import ApiSettings
from weft.commands.identity.bootstrap import bootstrap_records
from weft.store.simulated.memory import MemoryStore

SECRET = b"s" * 32
AUTH = {
    "identity": {
        "methods": ["password"],
        "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "pw"}},
    }
}


@pytest.fixture
async def cloud():
    store = MemoryStore(site="a", node="a1")
    transport = httpx.ASGITransport(app=create_app(store, ApiSettings(SECRET)))
    async with httpx.AsyncClient(transport=transport, base_url="http://weft.test") as http:
        yield store, http


async def test_every_api_is_unavailable_until_the_first_records_are_there(cloud):
    store, http = cloud
    elsewhere = MemoryStore(site="b", node="b1")
    await seed_identity(elsewhere, SECRET, "pw")
    headers = {"X-Auth-Token": "from another site"}
    for method, path, status in (
        ("POST", "/identity/v3/auth/tokens", 503),
        ("GET", "/identity/v3/users", 503),
        ("GET", "/v2.0/networks", 503),
        ("GET", "/weft/v1/sites", 503),
        ("GET", "/identity/v3", 200),
    ):
        answer = await http.request(method, path, json={"auth": AUTH} if method == "POST" else None, headers=headers)
        assert answer.status_code == status, path
    await seed_identity(store, SECRET, "pw")
    assert (await http.get("/v2.0/networks", headers=headers)).status_code == 401
    assert (await http.post("/identity/v3/auth/tokens", json={"auth": AUTH})).status_code == 201


async def test_a_token_of_another_site_holds_as_soon_as_the_records_are_there(cloud):
    store, http = cloud
    elsewhere = MemoryStore(site="b", node="b1")
    await seed_identity(elsewhere, SECRET, "pw")
    transport = httpx.ASGITransport(app=create_app(elsewhere, ApiSettings(SECRET)))
    async with httpx.AsyncClient(transport=transport, base_url="http://b.test") as other:
        token = (await other.post("/identity/v3/auth/tokens", json={"auth": AUTH})).headers["X-Subject-Token"]
    headers = {"X-Auth-Token": token}
    assert (await http.get("/v2.0/networks", headers=headers)).status_code == 503
    await seed_identity(store, SECRET, "")
    assert (await http.get("/v2.0/networks", headers=headers)).status_code == 200


async def test_the_administrator_waits_for_a_password_that_another_site_was_told(cloud):
    store, http = cloud
    await seed_identity(store, SECRET, "")
    assert (await http.post("/identity/v3/auth/tokens", json={"auth": AUTH})).status_code == 503
    for record in bootstrap_records("$argon2id$not the right one"):
        store.absorb(record)
    assert (await http.post("/identity/v3/auth/tokens", json={"auth": AUTH})).status_code == 401
