"""Requests made to hurt: huge, deep, many, at once, again. Each gets a clear answer, soon."""

import asyncio
import json
import time

import pytest

from tests.api.neutron.callers import client_for, error_of, make
from tests.api.neutron.conftest import small_cloud
from weft.api.neutron.http import MAX_BODY_BYTES
from weft.store.simulated.memory import MemoryStore

HURRY_S = 2.0  # generous: what is bounded takes some ms
UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def network(alice):
    return await make(alice, "network", name="n")


@pytest.fixture(scope="module")
def crowd() -> MemoryStore:
    """Make a project with nearly as many ports as it may have; nobody changes them."""

    async def made() -> MemoryStore:
        store = await small_cloud()
        async with client_for(store, "alice") as alice:
            network_id = (await make(alice, "network", name="n"))["id"]
            ports = [{"network_id": network_id, "name": f"p{n}"} for n in range(450)]  # the quota is 500
            assert (await alice.post("/v2.0/ports", json={"ports": ports})).status_code == 201
        return store

    return asyncio.run(made())


# ---- deep
SHAPES = {
    "lists": ("[", "]"),
    "objects": ('{"a":', "}"),
    "both": ('[{"a":', "}]"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("depth", [10, 100, 200, 300, 450, 600, 900, 1100, 100_000])
@pytest.mark.parametrize("where", ["{}", '{{"network": {}}}', '{{"network": {{"name": {}}}}}', '{{"networks": [{}]}}'])
async def test_deep_bodies_are_refused(alice, shape: str, depth: int, where: str):
    opening, closing = SHAPES[shape]
    body = where.format(opening * depth + "1" + closing * depth)
    answer = await alice.post("/v2.0/networks", content=body.encode())
    assert error_of(answer)[0] == 400
    assert len(answer.content) < 3 * len(body) + 1000


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [("port", "binding:profile"), ("port", "allowed_address_pairs"), ("port", "fixed_ips"), ("subnet", "host_routes")],
)
@pytest.mark.parametrize("depth", [50, 300, 900])
async def test_deep_values_are_refused(admin, kind: str, attribute: str, depth: int):
    network_id = (await make(admin, "network"))["id"]
    deep = "[" * depth + "]" * depth
    more = '"ip_version": 4, "cidr": "10.0.0.0/24",' if kind == "subnet" else ""
    body = f'{{"{kind}": {{"network_id": "{network_id}", {more} "{attribute}": {deep}}}}}'
    answer = await admin.post(f"/v2.0/{kind}s", content=body.encode())
    assert answer.status_code == 400, answer.text


# ---- huge
async def test_what_is_longer_than_we_read_is_refused_wherever_it_is_sent(alice, network):
    body = b'{"network": {"name": "' + b"x" * MAX_BODY_BYTES + b'"}}'
    for method, path in [("POST", ""), ("PUT", f"/{network['id']}"), ("PUT", f"/{network['id']}/tags"), ("GET", "")]:
        answer = await alice.request(method, f"/v2.0/networks{path}", content=body)
        status, kind, told = error_of(answer)
        assert (status, kind) == (413, "HTTPRequestEntityTooLarge")
        assert str(MAX_BODY_BYTES) in told


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("name", "x" * 1_000_000),
        ("mtu", 10**400),
        ("mtu", -(10**400)),
        ("tags", ["x" * 255] * 5000),
        ("availability_zone_hints", ["x"] * 10_000),
        ("x" * 100_000, 1),
    ],
    ids=lambda value: str(value)[:10],
)
async def test_huge_values_are_refused_without_being_repeated_at_length(alice, attribute: str, value: object):
    started = time.monotonic()
    answer = await alice.post("/v2.0/networks", json={"network": {attribute: value}})
    assert answer.status_code in (201, 400), answer.text[:500]
    assert time.monotonic() - started < HURRY_S


async def test_a_bulk_has_an_end(alice):
    answer = await alice.post("/v2.0/networks", json={"networks": [{}] * 100_000})
    assert error_of(answer)[0] == 400
    assert (await alice.get("/v2.0/networks")).json() == {"networks": []}


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"id={n}" for n in range(8000)),
        "&".join(f"name={n}" for n in range(5000)),
        "&".join(f"tags={n}" for n in range(5000)),
        "tags=" + ",".join(str(n) for n in range(8000)),
        "&".join(f"fixed_ips=ip_address%3D10.0.0.{n}" for n in range(1500)),
        "&".join("fixed_ips=ip_address_substr%3D1" for n in range(2000)),
        "&".join(f"fields={n}" for n in range(4000)),
        "&".join("sort_key=name&sort_dir=asc" for _ in range(2000)),
        "&".join("sort_key=fixed_ips&sort_dir=asc" for _ in range(2000)),
        "&".join(f"nothing{n}=1" for n in range(4000)),
        "&".join("limit=1" for _ in range(8000)),
        "limit=" + "9" * 5000,
        "limit=" + "1" * 60_000,
        "marker=" + "x" * 60_000,
        "name=" + "%00" * 20_000,
        "mac_address=" + "0" * 60_000,
        "changed_since=" + "2" * 60_000,
        "&" * 60_000,
        "=" * 60_000,
        "%" * 60_000,
    ],
    ids=lambda query: query[:20],
)
async def test_huge_queries_are_answered_soon(crowd, query: str):
    async with client_for(crowd, "alice") as alice:
        started = time.monotonic()
        answer = await alice.get(f"/v2.0/ports?{query}")
    assert answer.status_code in (200, 400, 404), answer.text[:500]
    if answer.status_code != 200:
        assert "NeutronError" in answer.json()
    assert time.monotonic() - started < HURRY_S


@pytest.mark.parametrize("marker", ["x", UNKNOWN, "%00", "%F0%9F%92%A5", "'; drop table ports; --", "../../etc/passwd"])
async def test_a_marker_that_names_nothing_is_not_found(alice, marker: str):
    answer = await alice.get(f"/v2.0/networks?limit=1&marker={marker}")
    assert error_of(answer)[:2] == (404, "NetworkNotFound")


async def test_a_marker_of_a_stranger_is_not_found(alice, bob, network):
    answer = await bob.get(f"/v2.0/networks?limit=1&marker={network['id']}")
    assert error_of(answer)[0] == 404


# ---- at once
async def test_of_many_updates_of_one_revision_one_wins(alice, network):
    path = f"/v2.0/networks/{network['id']}"
    header = {"If-Match": f"revision_number={network['revision_number']}"}
    answers = await asyncio.gather(
        *(alice.put(path, json={"network": {"name": f"n{n}"}}, headers=header) for n in range(20))
    )
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    lost = [error_of(answer)[:2] for answer in answers if answer is not won[0]]
    assert lost == [(412, "RevisionNumberConstraintFailed")] * 19
    assert (await alice.get(path)).json() == won[0].json()


async def test_of_many_who_want_one_address_one_gets_it(alice, network):
    await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    body = {"port": {"network_id": network["id"], "fixed_ips": [{"ip_address": "10.0.0.9"}]}}
    answers = await asyncio.gather(*(alice.post("/v2.0/ports", json=body) for _ in range(20)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 19


async def test_a_network_that_is_deleted_while_ports_come_has_none(alice, network):
    path = f"/v2.0/networks/{network['id']}"
    creates = [alice.post("/v2.0/ports", json={"port": {"network_id": network["id"]}}) for _ in range(10)]
    answers = await asyncio.gather(*creates[:5], alice.delete(path), *creates[5:])
    made = [answer for answer in answers if answer.status_code == 201]
    gone = (await alice.get(path)).status_code == 404
    assert gone == (not made)
    assert len((await alice.get("/v2.0/ports")).json()["ports"]) == len(made)


# ---- again
async def test_a_replayed_request_does_what_it_says_again(alice, network):
    """No request is kept in mind: what a repeat does follows from the state it finds, as in Neutron."""
    header = {"X-Openstack-Request-Id": "req-01234567-89ab-cdef-0123-456789abcdef"}
    path = f"/v2.0/networks/{network['id']}"
    first, second = [await alice.post("/v2.0/networks", json={"network": {}}, headers=header) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["network"]["id"] != second.json()["network"]["id"]
    same = [await alice.put(path, json={"network": {"name": "same"}}, headers=header) for _ in range(2)]
    assert same[0].json() == same[1].json()
    gone = [(await alice.delete(path, headers=header)).status_code for _ in range(2)]
    assert gone == [204, 404]


async def test_a_replayed_conditional_update_is_refused(alice, network):
    path = f"/v2.0/networks/{network['id']}"
    header = {"If-Match": f"revision_number={network['revision_number']}"}
    statuses = [
        (await alice.put(path, content=json.dumps({"network": {"name": "newer"}}), headers=header)).status_code
        for _ in range(2)
    ]
    assert statuses == [200, 412]
