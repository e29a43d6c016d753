"""A service that passes on a user's request shows its own token too."""

import httpx
import pytest

from weft.api.app import create_app
from weft.api.identity.seeding import seed_identity
from weft.api.settings import ApiSettings
from weft.store.simulated.memory import MemoryStore


class Cloud:
    def __init__(self):
        self.now_ms = 1_700_000_000_000
        self.store = MemoryStore(site="a", node="a1")

    async def start(self):
        await seed_identity(self.store, b"s" * 32, "pw")
        app = create_app(self.store, ApiSettings(b"s" * 32), now_ms=lambda: self.now_ms)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://weft.test")
        admin = await self.log_in("admin", "admin")
        self.admin = admin
        for name, roles in (("nova", ("service", "member")), ("ann", ("member",))):
            made = await self.ask("POST", "/users", {"user": {"name": name, "password": "pw"}})
            project = (await self.ask("GET", "/projects?name=service"))["projects"][0]["id"]
            for role in roles:
                id = (await self.ask("GET", f"/roles?name={role}"))["roles"][0]["id"]
                await self.ask("PUT", f"/projects/{project}/users/{made['user']['id']}/roles/{id}")

    async def ask(self, method, path, body=None):
        answer = await self.http.request(method, "/identity/v3" + path, json=body, headers={"X-Auth-Token": self.admin})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def log_in(self, name, project):
        domain = {"id": "default"}
        user = {"name": name, "domain": domain, "password": "pw"}
        scope = {"project": {"name": project, "domain": domain}}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
        answer = await self.http.post("/identity/v3/auth/tokens", json={"auth": auth})
        return answer.headers["X-Subject-Token"]


@pytest.fixture
async def cloud():
    made = Cloud()
    await made.start()
    yield made
    await made.http.aclose()


async def test_a_users_token_may_run_out_while_a_service_is_at_work(cloud):
    anns = await cloud.log_in("ann", "service")
    cloud.now_ms += 2 * 3_600_000
    novas, other = await cloud.log_in("nova", "service"), await cloud.log_in("ann", "service")
    for why, headers, status in (
        ("run out", {}, 401),
        ("passed on by a service", {"X-Service-Token": novas}, 200),
        ("passed on by another user", {"X-Service-Token": other}, 401),
        ("passed on by nobody", {"X-Service-Token": "nonsense"}, 401),
        ("run out", {}, 401),
    ):
        answer = await cloud.http.get("/v2.0/networks", headers={"X-Auth-Token": anns, **headers})
        assert answer.status_code == status, why
    cloud.now_ms += 48 * 3_600_000
    novas = await cloud.log_in("nova", "service")
    answer = await cloud.http.get("/v2.0/networks", headers={"X-Auth-Token": anns, "X-Service-Token": novas})
    assert answer.status_code == 401, "two days are enough"


async def test_a_service_may_ask_what_such_a_token_was(cloud):
    anns = await cloud.log_in("ann", "service")
    cloud.now_ms += 2 * 3_600_000
    headers = {"X-Auth-Token": await cloud.log_in("nova", "service"), "X-Subject-Token": anns}
    for query, status in (("", 404), ("?allow_expired=1", 200)):
        assert (await cloud.http.get(f"/identity/v3/auth/tokens{query}", headers=headers)).status_code == status
    headers["X-Auth-Token"] = await cloud.log_in("ann", "service")
    assert (await cloud.http.get("/identity/v3/auth/tokens?allow_expired=1", headers=headers)).status_code == 404
