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


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Any:
    """19 MiB per password would make these tests wait."""
    import weft.api.identity.passwords as passwords

    before = passwords.MEMORY_KIB, passwords.PASSES
    passwords.MEMORY_KIB, passwords.PASSES = 64, 1
    yield
    passwords.MEMORY_KIB, passwords.PASSES = before


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
