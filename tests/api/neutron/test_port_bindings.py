"""`/v2.0/ports/{id}/bindings`: preparing another host, moving there, and what is refused."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.neutron.callers import client_for, error_of, make
from weft.store.records import Key
from weft.store.writes import Write, Writes


@pytest.fixture
async def nova(store) -> AsyncIterator[httpx.AsyncClient]:
    node = Write(Key("fabric", "node", "a2"), {"site": "a", "underlay_ip": "198.19.1.2"}, create=True)
    await store.commit(Writes((node,)))
    async with client_for(store, "nova") as client:
        yield client


@pytest.fixture
async def port(admin) -> dict:
    network = await make(admin, "network")
    values = {"device_owner": "compute:nova", "device_id": "vm", "binding:host_id": "a1"}
    return await make(admin, "port", network_id=network["id"], **values)


async def prepare(nova, port: dict, host: str, **values) -> httpx.Response:
    return await nova.post(f"/v2.0/ports/{port['id']}/bindings", json={"binding": {"host": host, **values}})


async def bindings_of(nova, port: dict) -> dict[str, str]:
    found = (await nova.get(f"/v2.0/ports/{port['id']}/bindings")).json()["bindings"]
    return {binding["host"]: binding["status"] for binding in found}


async def test_a_move(nova, admin, port):
    assert await bindings_of(nova, port) == {"a1": "ACTIVE"}
    made = await prepare(nova, port, "a2", profile={"migrating_to": "a2"})
    assert made.status_code == 201
    assert made.json()["binding"] == {
        "host": "a2",
        "vif_type": "tap",
        "vif_details": {"port_filter": True, "connectivity": "l2"},
        "vnic_type": "normal",
        "profile": {"migrating_to": "a2"},
        "status": "INACTIVE",
    }
    assert await bindings_of(nova, port) == {"a1": "ACTIVE", "a2": "INACTIVE"}
    path = f"/v2.0/ports/{port['id']}/bindings"
    activated = await nova.put(f"{path}/a2/activate")
    assert (activated.status_code, activated.json()["binding"]["status"]) == (200, "ACTIVE")
    assert await bindings_of(nova, port) == {"a2": "ACTIVE", "a1": "INACTIVE"}
    shown = (await admin.get(f"/v2.0/ports/{port['id']}")).json()["port"]
    assert (shown["binding:host_id"], shown["binding:profile"]) == ("a2", {"migrating_to": "a2"})
    assert (await nova.delete(f"{path}/a1")).status_code == 204
    assert await bindings_of(nova, port) == {"a2": "ACTIVE"}
    assert (await prepare(nova, port, "a1")).status_code == 201  # and back


async def test_one_binding_can_be_shown_and_changed(nova, admin, port):
    await prepare(nova, port, "a2")
    for host in ("a1", "a2"):
        path = f"/v2.0/ports/{port['id']}/bindings/{host}"
        changed = await admin.put(path, json={"binding": {"profile": {"x": host}}})  # no rule: administrators only
        assert changed.json()["binding"]["profile"] == {"x": host}
        assert (await nova.get(path)).json()["binding"]["profile"] == {"x": host}
    assert (await admin.get(f"/v2.0/ports/{port['id']}")).json()["port"]["binding:profile"] == {"x": "a1"}


async def test_refusals(nova, port):
    id = port["id"]
    path = f"/v2.0/ports/{id}/bindings"
    for host in ("a1", "a2"):
        await prepare(nova, port, "a2")
        text = f"Binding for port {id} on host {host} already exists."
        assert error_of(await prepare(nova, port, host)) == (409, "PortBindingAlreadyExists", text)
    text = f"Binding for port {id} on host a1 is already active."
    assert error_of(await nova.put(f"{path}/a1/activate")) == (409, "PortBindingAlreadyActive", text)
    text = f"Binding for port {id} for host nowhere could not be found."
    for answer in (
        await nova.get(f"{path}/nowhere"),
        await nova.delete(f"{path}/nowhere"),
        await nova.put(f"{path}/nowhere/activate"),
    ):
        assert error_of(answer) == (404, "PortBindingNotFound", text)
    text = f"Binding for port {id} on host nowhere could not be created or updated."
    assert error_of(await prepare(nova, port, "nowhere")) == (500, "PortBindingError", text)


async def test_only_what_can_be_moved_has_several(nova, admin):
    network = await make(admin, "network")
    port = await make(admin, "port", network_id=network["id"])
    text = f"Bad port request: Invalid port {port['id']}. Operation only valid on compute and shared filesystem ports."
    assert error_of(await nova.get(f"/v2.0/ports/{port['id']}/bindings")) == (400, "BadRequest", text)
    assert error_of(await prepare(nova, port, "a1")) == (400, "BadRequest", text)


async def test_bindings_are_novas(alice, admin, nova, port):
    answer = await prepare(admin, port, "a2")
    assert error_of(answer)[:2] == (403, "PolicyNotAuthorized")
    assert (await alice.get(f"/v2.0/ports/{port['id']}/bindings")).status_code == 404
    gone = "/v2.0/ports/11111111-2222-3333-4444-555555555555/bindings"
    assert error_of(await nova.get(gone))[:2] == (404, "PortNotFound")


async def test_bindings_go_with_their_port(nova, admin, port, store):
    await prepare(nova, port, "a2")
    assert len(store.state.of_kind("port_binding")) == 1
    assert (await admin.delete(f"/v2.0/ports/{port['id']}")).status_code == 204
    assert not store.state.of_kind("port_binding")


async def test_a_port_that_is_a_whole_device_has_its_devices_mac_while_it_is_bound(admin, nova):
    network = await make(admin, "network")
    port = await make(admin, "port", network_id=network["id"], **{"binding:vnic_type": "direct-physical"})
    own, path = port["mac_address"], f"/v2.0/ports/{port['id']}"
    profile = {"pci_slot": "0000:06:00.0", "device_mac_address": "52:54:00:AA:BB:CC"}
    bound = await nova.put(path, json={"port": {"binding:host_id": "a1", "binding:profile": profile}})
    assert bound.json()["port"]["mac_address"] == "52:54:00:aa:bb:cc"
    freed = await nova.put(path, json={"port": {"binding:host_id": "", "binding:profile": {}}})
    assert freed.json()["port"]["mac_address"] not in (own, "52:54:00:aa:bb:cc")
    plain = await make(admin, "port", network_id=network["id"])
    kept = await nova.put(f"/v2.0/ports/{plain['id']}", json={"port": {"binding:profile": profile}})
    assert kept.json()["port"]["mac_address"] == plain["mac_address"]
