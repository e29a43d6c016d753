"""`/v2.0/routers/{id}/conntrack_helpers`."""

import httpx
import pytest

from tests.api.neutron.callers import error_of


@pytest.fixture
def url(place) -> str:
    return f"/v2.0/routers/{place.router['id']}/conntrack_helpers"


async def add(client: httpx.AsyncClient, url: str, **values: object) -> httpx.Response:
    body = {"protocol": "udp", "port": 69, "helper": "tftp", **values}
    return await client.post(url, json={"conntrack_helper": body})


async def test_a_helper_lives(alice, place, url):
    made = (await add(alice, url, port="69")).json()["conntrack_helper"]
    assert made == {"id": made["id"], "protocol": "udp", "port": 69, "helper": "tftp"}
    assert (await alice.get(f"{url}?protocol=udp&port=69")).json() == {"conntrack_helpers": [made]}
    router = (await alice.get(f"/v2.0/routers/{place.router['id']}")).json()["router"]
    assert router["conntrack_helpers"] == [{"protocol": "udp", "port": 69, "helper": "tftp"}]
    body = {"conntrack_helper": {"protocol": "tcp", "helper": "ftp", "port": 21}}
    changed = (await alice.put(f"{url}/{made['id']}", json=body)).json()["conntrack_helper"]
    assert changed == {"id": made["id"], "protocol": "tcp", "port": 21, "helper": "ftp"}
    assert (await alice.delete(f"{url}/{made['id']}")).status_code == 204
    told = (404, "ConntrackHelperNotFound", f"Conntrack Helper {made['id']} could not be found.")
    assert error_of(await alice.get(f"{url}/{made['id']}")) == told


async def test_refusals(alice, place, url):
    made = (await add(alice, url)).json()["conntrack_helper"]
    other = (await add(alice, url, port=70)).json()["conntrack_helper"]
    values = {"router_id": place.router["id"], "protocol": "udp", "port": 69, "helper": "tftp"}
    duplicate = (
        400,
        "BadRequest",
        "Bad conntrack_helper request: A duplicate conntrack helper entry with same attributes already exists, "
        f"conflicting values are {values}.",
    )
    assert error_of(await add(alice, url)) == duplicate
    assert error_of(await alice.put(f"{url}/{other['id']}", json={"conntrack_helper": {"port": 69}})) == duplicate
    assert error_of(await add(alice, url, protocol="tcp")) == (
        400,
        "InvalidProtocolForHelper",
        "Conntrack Helper tftp does not support: tcp. Supported protocols are: udp",
    )
    assert error_of(await add(alice, url, helper="nope")) == (
        400, "ConntrackHelperNotAllowed", "Conntrack Helper nope is not allowed.",
    )  # fmt: skip
    assert error_of(await add(alice, url, port=99999)) == (
        400,
        "HTTPBadRequest",
        "Invalid input for port. Reason: '99999' is too large - must be no larger than '65535'.",
    )
    same = await alice.put(f"{url}/{made['id']}", json={"conntrack_helper": {}})
    assert same.json()["conntrack_helper"] == made


async def test_helpers_go_with_their_router(alice, bob, store, place, url):
    await add(alice, url)
    assert error_of(await add(bob, url))[:2] == (404, "RouterNotFound")
    assert (await alice.delete(f"/v2.0/routers/{place.router['id']}")).status_code == 204
    assert not store.state.of_kind("conntrack_helper")
