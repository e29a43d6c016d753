"""Whatever is sent, the answer is Neutron's kind of answer, and nothing half-written stays behind."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.neutron.callers import authenticate, client_for, error_of, hand_over_to_oneself, make
from weft.api.neutron import neutron_app
from weft.api.neutron.resources import RESOURCES
from weft.model import Unavailable
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.wire import decode_record, encode_record
from weft.store.writes import Write, Writes

ODD = [
    "",
    " ",
    "x" * 300,
    "\x00",
    "\ud800",
    "💥",
    "1",
    "-1",
    "true",
    "::",
    "10.0.0.5",
    "10.0.0.0/24",
    "::/0",
    "%zz",
    "fe80::1%eth0",
]
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.sampled_from(ODD)
keys = st.sampled_from(["subnet_id", "ip_address", "start", "end", "destination", "nexthop", "x"])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
)
names = st.sampled_from(sorted({attribute.name for resource in RESOURCES for attribute in resource.attributes}))
fine = {
    "network": {},
    "subnet": {"ip_version": 4, "cidr": "10.9.0.0/16"},
    "port": {},
}


async def ask(app: Any, method: str, path: str, body: bytes = b"", query: bytes = b"") -> tuple[int, bytes]:
    """Send a request as raw bytes; return status and body."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-auth-token", b"admin"), (b"host", b"weft.test")]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def cloud() -> tuple[MemoryStore, Any, str]:
    """Return a store, its API, and a network with a subnet."""
    store = MemoryStore()
    await store.commit(Writes((Write(Key("fabric", "site", "a"), {"number": 1}, create=True),)))
    hand_over_to_oneself(store)
    app = neutron_app(store, authenticate)
    _, answer = await ask(app, "POST", "/v2.0/networks", b'{"network": {}}')
    network_id = json.loads(answer)["network"]["id"]
    body = {"subnet": {"network_id": network_id, "ip_version": 4, "cidr": "10.0.0.0/24"}}
    await ask(app, "POST", "/v2.0/subnets", json.dumps(body).encode())
    return store, app, network_id


def check(status: int, body: bytes) -> None:
    assert status in (200, 201, 400, 403, 404, 409), body
    if status >= 400:
        assert json.loads(body)["NeutronError"].keys() == {"type", "message", "detail"}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["network", "subnet", "port"]), st.dictionaries(names, values, max_size=3), st.booleans())
def test_no_value_of_any_attribute_breaks_a_create_or_an_update(kind, odd, is_bulk):
    async def run() -> None:
        store, app, network_id = await cloud()
        base = {"network_id": network_id} if kind != "network" else {}
        one = {**base, **fine[kind], **odd}
        before = len(store.state)
        document = {f"{kind}s": [{**base, **fine[kind]}, one]} if is_bulk else {kind: one}
        status, body = await ask(app, "POST", f"/v2.0/{kind}s", json.dumps(document).encode())
        check(status, body)
        if status != 201:
            assert len(store.state) == before
        for record in store.state.raw_records():
            decode_record(encode_record(record), None)  # the log and the peers take it too
        existing = {"network": network_id}.get(kind) or next(iter(store.state.of_kind("subnet"))).key.id
        if kind != "port":
            status, body = await ask(app, "PUT", f"/v2.0/{kind}s/{existing}", json.dumps({kind: odd}).encode())
            check(status, body)

    asyncio.run(run())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()))
def test_no_body_breaks_anything(body):
    async def run() -> None:
        _, app, network_id = await cloud()
        for method, path in (
            ("POST", "networks"),
            ("PUT", f"networks/{network_id}"),
            ("PUT", f"networks/{network_id}/tags"),
        ):
            status, answer = await ask(app, method, f"/v2.0/{path}", body)
            check(status, answer)

    asyncio.run(run())


words = st.sampled_from(
    ["", "a", "1", "-1", "true", "%", "%00", "%ff", "=", "ip_address=", "ip_address=x", "10.0.0.5", "9" * 40]
)
asked = st.sampled_from(["limit", "marker", "fields", "sort_key", "sort_dir", "page_reverse", "tags", "not-tags-any"])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["networks", "subnets", "ports"]), st.lists(st.tuples(names | asked, words), max_size=4))
def test_no_query_breaks_a_list(collection, pairs):
    async def run() -> None:
        _, app, _ = await cloud()
        query = "&".join(f"{name}={word}" for name, word in pairs).encode()
        check(*await ask(app, "GET", f"/v2.0/{collection}", query=query))

    asyncio.run(run())


@pytest.mark.parametrize("depth", [100, 5000])
async def test_deep_nesting_is_refused_not_followed(alice, depth):
    answer = await alice.post("/v2.0/networks", content=b'{"network":' + b"[" * depth + b"]" * depth + b"}")
    assert answer.status_code == 400


async def test_a_cut_off_site_without_vnis_says_so(store, admin, alice):
    async def nobody_answers(pool: str, item: str | None, owners: tuple[str, ...]) -> None:
        raise Unavailable("site b cannot be reached")

    await store.commit(Writes((Write(Key("fabric", "site", "b"), {"number": 2}, create=True),)))
    store.transfer = nobody_answers
    await admin.put("/v2.0/quotas/p-alice", json={"quota": {"network": -1}})
    await alice.post("/v2.0/networks", json={"networks": [{}] * 256})
    status, kind, message = error_of(await alice.post("/v2.0/networks", json={"network": {}}))
    assert (status, kind) == (409, "NoNetworkAvailable")
    assert message.startswith("vni with none left at this site; one would have to come from site")


async def test_a_cut_off_site_names_who_has_what_it_lacks(store, alice):
    network = await make(alice, "network")
    other = Write(Key("fabric", "site", "b"), {"number": 2}, create=True)
    await store.commit(Writes((other,)))
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/26")

    async def nobody_answers(pool: str, item: str | None, owners: tuple[str, ...]) -> None:
        raise Unavailable(f"site {', '.join(owners)} cannot be reached")

    store.transfer = nobody_answers
    theirs = next(
        name.removeprefix("block.")
        for name, field in store.state.get("subnet", subnet["id"]).fields.items()
        if name.startswith("block.") and field.value == "b"
    )
    size = store.state.get("subnet", subnet["id"]).get("block_size")
    address = f"10.0.0.{int(theirs) * size + 1}"
    answer = await alice.post(
        "/v2.0/ports", json={"port": {"network_id": network["id"], "fixed_ips": [{"ip_address": address}]}}
    )
    status, kind, message = error_of(answer)
    assert (status, kind) == (409, "IpAddressGenerationFailure")
    assert message == (
        f"IP address {address} of subnet {subnet['id']} would have to come from site b: site b cannot be reached"
    )
    assert (await alice.get("/v2.0/ports")).json() == {"ports": []}
    async with client_for(store, "alice") as again:
        assert (await make(again, "port", network_id=network["id"]))["fixed_ips"]
