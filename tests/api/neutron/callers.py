"""Who calls the API in tests: a caller's name is its token."""

import httpx

from weft.api.caller import Caller, Unauthenticated
from weft.api.neutron import neutron_app
from weft.store.granting import hand_over
from weft.store.pools import pool_key, pool_named
from weft.store.protocol import Change
from weft.store.simulated.memory import MemoryStore
from weft.store.usage import Usage
from weft.store.writes import Write, Writes

CALLERS = {
    "admin": Caller("u-admin", project_id="p-admin", roles=frozenset({"admin", "member", "reader"})),
    "alice": Caller("u-alice", project_id="p-alice", roles=frozenset({"member", "reader"})),
    "bob": Caller("u-bob", project_id="p-bob", roles=frozenset({"member", "reader"})),
    "reader": Caller("u-reader", project_id="p-alice", roles=frozenset({"reader"})),
    "carol": Caller(
        "u-carol", project_id="c" * 32, roles=frozenset({"member", "reader"})
    ),  # IDs as Keystone makes them
    "dave": Caller("u-dave", project_id="d" * 32, roles=frozenset({"member", "reader"})),
    "nova": Caller("u-nova", project_id="p-service", roles=frozenset({"service", "member", "reader"})),
}


def hand_over_to_oneself(store: MemoryStore) -> None:
    """Let a site that is alone give itself blocks of the reserve, as its store does."""

    async def transfer(pool_name: str, item: str | None, owners: tuple[str, ...]) -> None:
        pool = pool_named(store.state, pool_name)
        assert pool is not None
        usage = Usage()
        usage.absorb(Change(record.key, None, record, 0) for record in store.state.live_records())
        fields, _ = hand_over(store.state, pool, usage, store.site, store.site, item, ())
        await store.commit(Writes((Write(pool_key(pool), fields),)))

    store.transfer = transfer


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
