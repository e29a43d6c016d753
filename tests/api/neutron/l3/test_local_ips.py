"""`/v2.0/local_ips` and the ports that use them."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make, refused

NOWHERE = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
async def network(alice: httpx.AsyncClient) -> dict:
    network = await make(alice, "network")
    await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    return network


async def associate(client: httpx.AsyncClient, local_ip: dict, **values: object) -> httpx.Response:
    url = f"/v2.0/local_ips/{local_ip['id']}/port_associations"
    return await client.post(url, json={"port_association": values})


async def test_a_local_ip_lives(alice, network):
    made = await make(alice, "local_ip", network_id=network["id"], name="n")
    assert made == {
        "id": made["id"],
        "name": "n",
        "description": "",
        "project_id": "p-alice",
        "tenant_id": "p-alice",
        "local_port_id": made["local_port_id"],
        "network_id": network["id"],
        "local_ip_address": made["local_ip_address"],
        "ip_mode": "translate",
        "revision_number": 1,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    holder = f"/v2.0/ports/{made['local_port_id']}"
    port = (await alice.get(holder)).json()["port"]
    assert (port["device_owner"], port["device_id"], port["security_groups"]) == ("network:local_ip", made["id"], [])
    assert error_of(await alice.delete(holder)) == (
        409,
        "ServicePortInUse",
        f"Port {port['id']} cannot be deleted directly via the port API: still referenced by Local IPs.",
    )
    url = f"/v2.0/local_ips/{made['id']}"
    changed = (await alice.put(url, json={"local_ip": {"name": "m"}})).json()["local_ip"]
    assert changed["name"] == "m"
    assert (await alice.get(f"/v2.0/local_ips?network_id={network['id']}")).json() == {"local_ips": [changed]}
    assert error_of(await alice.put(url, json={"local_ip": {"ip_mode": "passthrough"}}))[1] == "HTTPBadRequest"
    assert (await alice.delete(url)).status_code == 204
    assert error_of(await alice.get(url)) == (404, "LocalIPNotFound", f"Local IP {made['id']} could not be found.")
    assert (await alice.get(holder)).status_code == 404


async def test_a_port_may_lend_its_address(admin, alice, network):
    port = await make(alice, "port", network_id=network["id"])
    address = port["fixed_ips"][0]["ip_address"]
    made = await make(alice, "local_ip", local_port_id=port["id"], ip_mode="passthrough")
    assert (made["local_ip_address"], made["network_id"]) == (address, network["id"])
    assert (await alice.delete(f"/v2.0/local_ips/{made['id']}")).status_code == 204
    assert (await alice.delete(f"/v2.0/ports/{port['id']}")).status_code == 204
    chosen = await make(admin, "local_ip", network_id=network["id"], local_ip_address="10.0.0.200")
    assert chosen["local_ip_address"] == "10.0.0.200"


async def test_what_no_local_ip_can_be(admin, alice, bob, network):
    two = [{"ip_address": "10.0.0.8"}, {"ip_address": "10.0.0.9"}]
    several = await make(alice, "port", network_id=network["id"], fixed_ips=two)
    bare = await make(alice, "port", network_id=network["id"], fixed_ips=[])
    empty = await make(alice, "network")
    refusals = [
        ({}, 400, "LocalIPPortOrNetworkRequired",
         "Either Port ID or Network ID must be specified for Local IP create."),
        ({"network_id": NOWHERE}, 404, "NetworkNotFound", f"Network {NOWHERE} could not be found."),
        ({"local_port_id": NOWHERE}, 400, "BadRequest", f"Bad local_ip request: Port {NOWHERE} not found."),
        ({"network_id": empty["id"]}, 400, "BadRequest",
         f"Bad local_ip request: Network {empty['id']} does not contain any IPv4 subnet."),
        ({"local_port_id": bare["id"]}, 400, "LocalIPNoIP",
         f"Specified Port {bare['id']} has no fixed IPs configured."),
        ({"local_port_id": several["id"]}, 400, "LocalIPNoRequestedIP",
         f"Specified Port {several['id']} has several IPs, should specify exact IP address to use for Local IP."),
        ({"network_id": network["id"], "ip_mode": "x"}, 400, "HTTPBadRequest",
         "Invalid input for ip_mode. Reason: x is not in valid_values."),
    ]  # fmt: skip
    for values, status, kind, message in refusals:
        assert await refused(alice, "local_ip", **values) == (status, kind, message)
    told = await refused(admin, "local_ip", local_port_id=several["id"], local_ip_address="1.2.3.4")
    assert told == (
        400,
        "LocalIPRequestedIPNotFound",
        f"Specified Port {several['id']} does not have requested IP address: 1.2.3.4.",
    )
    assert (await refused(bob, "local_ip", local_port_id=several["id"]))[1] == "BadRequest"


async def test_ports_use_a_local_ip(alice, bob, network):
    local_ip = await make(alice, "local_ip", network_id=network["id"])
    port = await make(alice, "port", network_id=network["id"])
    answer = await associate(alice, local_ip, fixed_port_id=port["id"])
    association = {
        "local_ip_id": local_ip["id"],
        "fixed_port_id": port["id"],
        "fixed_ip": port["fixed_ips"][0]["ip_address"],
        "local_ip_address": local_ip["local_ip_address"],
        "host": "",
    }
    assert (answer.status_code, answer.json()) == (201, {"port_association": association})
    url = f"/v2.0/local_ips/{local_ip['id']}/port_associations"
    assert (await alice.get(url)).json() == {"port_associations": [association]}
    assert (await alice.get(f"{url}/{port['id']}")).json() == {"port_association": association}
    assert error_of(await associate(alice, local_ip, fixed_port_id=port["id"]))[0] == 409
    assert error_of(await associate(alice, local_ip, fixed_port_id=NOWHERE))[:2] == (400, "BadRequest")
    assert error_of(await associate(bob, local_ip, fixed_port_id=port["id"]))[1] == "LocalIPNotFound"
    assert error_of(await alice.delete(f"/v2.0/local_ips/{local_ip['id']}")) == (
        409, "LocalIPInUse", f"Local IP {local_ip['id']} is still associated with one or more ports.",
    )  # fmt: skip
    assert (await alice.delete(f"{url}/{port['id']}")).status_code == 204
    assert error_of(await alice.delete(f"{url}/{port['id']}")) == (
        404,
        "LocalIPAssociationNotFound",
        f"Local IP {local_ip['id']} association with port {port['id']} could not be found.",
    )
    assert (await associate(alice, local_ip, fixed_port_id=port["id"])).status_code == 201  # and again
    assert (await alice.delete(f"/v2.0/ports/{port['id']}")).status_code == 204
    assert (await alice.get(url)).json() == {"port_associations": []}
