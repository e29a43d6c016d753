"""Who calls the API in tests: a caller's name is its token."""

import httpx

from weft.api.caller import Caller, Unauthenticated
from weft.api.neutron import neutron_app
from weft.store.simulated.memory import MemoryStore

CALLERS = {
    "admin": Caller("u-admin", project_id="p-admin", roles=frozenset({"admin", "member", "reader"})),
    "alice": Caller("u-alice", project_id="p-alice", roles=frozenset({"member", "reader"})),
    "bob": Caller("u-bob", project_id="p-bob", roles=frozenset({"member", "reader"})),
    "reader": Caller("u-reader", project_id="p-alice", roles=frozenset({"reader"})),
    "nova": Caller("u-nova", project_id="p-service", roles=frozenset({"service", "member", "reader"})),
}


def authenticate(token: str | None) -> Caller:
    """Take a caller's name for its token."""
    if token not in CALLERS:
        raise Unauthenticated
    return CALLERS[token]


def client_for(store: MemoryStore, token: str | None) -> httpx.AsyncClient:
    headers = {"X-Auth-Token": token} if token else {}
    transport = httpx.ASGITransport(neutron_app(store, authenticate))
    return httpx.AsyncClient(transport=transport, base_url="http://weft.test:9696", headers=headers)


async def make(client: httpx.AsyncClient, kind: str, **values: object) -> dict:
    """Create an object and return it."""
    answer = await client.post(f"/v2.0/{kind}s", json={kind: values})
    assert answer.status_code == 201, answer.text
    return answer.json()[kind]


async def refused(client: httpx.AsyncClient, kind: str, **values: object) -> tuple[int, str, str]:
    """Fail to create an object; return status, error type and message."""
    return error_of(await client.post(f"/v2.0/{kind}s", json={kind: values}))


def error_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Return status, error type and message of a refusal."""
    error = answer.json()["NeutronError"]
    assert error["detail"] == ""
    return answer.status_code, error["type"], error["message"]
