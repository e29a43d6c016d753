"""An identity service over a store in memory, and a client to talk to it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from weft.api.gate import Gate
from weft.api.identity.app import identity_app
from weft.api.identity.seeding import seed_identity
from weft.api.identity.service import Identity
from weft.api.prefixes import Prefixes
from weft.api.settings import ApiSettings
from weft.store.simulated.memory import MemoryStore

SECRET = b"s" * 32
PASSWORD = "correct horse"


class Client:
    """Speaks Keystone v3 with one service, in shorthand."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.now_ms = 1_700_000_000_000
        identity.now_ms = lambda: self.now_ms
        app = Gate(Prefixes({"/identity": identity_app(identity)}, otherwise=_nothing))
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://weft.test")
        self.token = ""

    async def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("X-Auth-Token", self.token)
        return await self.http.request(method, "/identity/v3" + path, json=json, headers=named)

    async def log_in(self, name: str, password: str, scope: Any = None) -> httpx.Response:
        """Ask for a token."""
        user = {"name": name, "domain": {"id": "default"}, "password": password}
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        if scope is not None:
            auth["scope"] = scope
        return await self("POST", "/auth/tokens", {"auth": auth})

    async def make(self, kind: str, **values: Any) -> Any:
        """Create something and return it."""
        response = await self("POST", f"/{kind}s", {kind: values})
        assert response.status_code == 201, response.text
        return response.json()[kind]


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(scope["path"])


@pytest.fixture
async def guest() -> AsyncIterator[Client]:
    """Someone without a token."""
    store = MemoryStore(site="a", node="a1")
    await seed_identity(store, SECRET, PASSWORD)
    client = Client(Identity(store, ApiSettings(SECRET, public_url="http://weft.test")))
    yield client
    await client.http.aclose()
    client.identity.passwords.close()


@pytest.fixture
async def api(guest: Client) -> Client:
    """The administrator."""
    response = await guest.log_in("admin", PASSWORD, {"project": {"name": "admin", "domain": {"id": "default"}}})
    assert response.status_code == 201, response.text
    guest.token = response.headers["X-Subject-Token"]
    return guest


class Cast:
    """People and things that many stories need, in shorthand."""

    def __init__(self, api: Client) -> None:
        self.api = api

    async def role(self, name: str) -> str:
        return str((await self.api("GET", f"/roles?name={name}")).json()["roles"][0]["id"])

    async def member(self, name: str, project: str, role: str = "member") -> tuple[str, str, str]:
        """Make a user with a role in a project of that name; return the IDs of user, project and role."""
        user = await self.api.make("user", name=name, password="pw")
        made = await self.api.make("project", name=project)
        role_id = await self.role(role)
        assert (await self.api("PUT", f"/projects/{made['id']}/users/{user['id']}/roles/{role_id}")).status_code == 204
        return user["id"], made["id"], role_id

    async def token(self, name: str, project_id: str, password: str = "pw") -> str:
        answer = await self.api.log_in(name, password, {"project": {"id": project_id}})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["X-Subject-Token"])

    def roles(self, token: str) -> set[str]:
        """What a token stands for now. Raises Unauthenticated."""
        return set(self.api.identity.authenticate(token).roles)


@pytest.fixture
def cast(api: Client) -> Cast:
    """Shorthand for making users and the like, as the administrator."""
    return Cast(api)
