"""`/v2.0/trunks`: the verbs, subports, refusals, and what a trunk does to its ports."""

import httpx
import pytest

from tests.api.neutron.callers import error_of, make, refused

NOWHERE = "11111111-1111-1111-1111-111111111111"


def vlan(port: dict, tag: object, kind: str = "vlan") -> dict:
    return {"port_id": port["id"], "segmentation_type": kind, "segmentation_id": tag}


async def change(client: httpx.AsyncClient, trunk: dict, action: str, *subports: object) -> httpx.Response:
    return await client.put(f"/v2.0/trunks/{trunk['id']}/{action}", json={"sub_ports": list(subports)})


@pytest.fixture
async def network(alice: httpx.AsyncClient) -> dict:
    return await make(alice, "network", name="web")


@pytest.fixture
async def parent(alice: httpx.AsyncClient, network: dict) -> dict:
    return await make(alice, "port", network_id=network["id"], name="parent")


@pytest.fixture
async def child(alice: httpx.AsyncClient, network: dict) -> dict:
    return await make(alice, "port", network_id=network["id"], name="child")


async def test_a_trunk_lives(alice, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], name="t", sub_ports=[vlan(child, "7")])
    assert trunk == {
        "id": trunk["id"],
        "name": "t",
        "description": "",
        "project_id": "p-alice",
        "tenant_id": "p-alice",
        "admin_state_up": True,
        "port_id": parent["id"],
        "sub_ports": [vlan(child, 7)],
        "status": "DOWN",
        "tags": [],
        "revision_number": 1,
        "created_at": trunk["created_at"],
        "updated_at": trunk["created_at"],
    }
    url = f"/v2.0/trunks/{trunk['id']}"
    assert (await alice.get(url)).json() == {"trunk": trunk}
    assert (await alice.get(f"/v2.0/trunks?port_id={parent['id']}&status=DOWN")).json() == {"trunks": [trunk]}
    changed = (await alice.put(url, json={"trunk": {"name": "u", "description": "d"}})).json()["trunk"]
    assert (changed["name"], changed["description"], changed["revision_number"]) == ("u", "d", 2)
    assert (await alice.delete(url)).status_code == 204
    assert error_of(await alice.get(url)) == (404, "TrunkNotFound", f"Trunk {trunk['id']} could not be found.")


async def test_the_parent_tells_of_its_trunk_and_the_subport_is_marked(alice, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], sub_ports=[vlan(child, 7)])
    shown = (await alice.get(f"/v2.0/ports/{parent['id']}")).json()["port"]
    carried = {**vlan(child, 7), "mac_address": child["mac_address"]}
    assert shown["trunk_details"] == {"trunk_id": trunk["id"], "sub_ports": [carried]}
    shown = (await alice.get(f"/v2.0/ports/{child['id']}")).json()["port"]
    assert "trunk_details" not in shown
    assert shown["device_owner"] == "trunk:subport"
    await alice.delete(f"/v2.0/trunks/{trunk['id']}")
    assert "trunk_details" not in (await alice.get(f"/v2.0/ports/{parent['id']}")).json()["port"]
    assert (await alice.get(f"/v2.0/ports/{child['id']}")).json()["port"]["device_owner"] == ""


async def test_subports_come_and_go_and_come_again(alice, network, parent, child):
    other = await make(alice, "port", network_id=network["id"])
    trunk = await make(alice, "trunk", port_id=parent["id"])
    answer = await change(alice, trunk, "add_subports", vlan(child, 7), vlan(other, 8))
    assert answer.status_code == 200
    assert answer.json()["id"] == trunk["id"]  # bare: no "trunk" around it
    assert answer.json()["sub_ports"] == [vlan(child, 7), vlan(other, 8)]
    got = await alice.get(f"/v2.0/trunks/{trunk['id']}/get_subports")
    assert got.json() == {"sub_ports": [vlan(child, 7), vlan(other, 8)]}
    answer = await change(alice, trunk, "remove_subports", {"port_id": child["id"]})
    assert answer.json()["sub_ports"] == [vlan(other, 8)]
    answer = await change(alice, trunk, "add_subports", vlan(child, 9))
    assert answer.json()["sub_ports"] == [vlan(other, 8), vlan(child, 9)]


async def test_ports_of_a_trunk_stay(alice, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], sub_ports=[vlan(child, 7)])
    assert error_of(await alice.delete(f"/v2.0/ports/{parent['id']}")) == (
        409, "PortInUseAsTrunkParent", f"Port {parent['id']} is currently a parent port for trunk {trunk['id']}.",
    )  # fmt: skip
    assert error_of(await alice.delete(f"/v2.0/ports/{child['id']}")) == (
        409, "PortInUseAsSubPort", f"Port {child['id']} is currently a subport for trunk {trunk['id']}.",
    )  # fmt: skip
    await alice.delete(f"/v2.0/trunks/{trunk['id']}")
    assert (await alice.delete(f"/v2.0/ports/{parent['id']}")).status_code == 204
    assert (await alice.delete(f"/v2.0/ports/{child['id']}")).status_code == 204


async def test_what_a_trunk_cannot_carry(admin, alice, network, parent, child):
    used = await make(alice, "port", network_id=network["id"], device_id="vm")
    large = await make(admin, "network", mtu=1400, project_id="p-alice")
    small = await make(alice, "port", network_id=large["id"])

    async def told(*subports: object, port: dict = parent) -> tuple[int, str, str]:
        return await refused(alice, "trunk", port_id=port["id"], sub_ports=list(subports))

    def bad(reason: str) -> tuple[int, str, str]:
        return 400, "HTTPBadRequest", f"Invalid input for sub_ports. Reason: {reason}."

    def wrong(reason: str) -> tuple[int, str, str]:
        return 400, "InvalidInput", f"Invalid input for operation: {reason}."

    bare = {"port_id": child["id"]}
    missing = "missing segmentation information. Must specify both segmentation_id and segmentation_type"
    assert await told({"x": 1}) == bad("A valid port UUID must be specified")
    assert await told(5) == bad("Invalid data format for subport: '5' is not a dict")
    assert await told({"port_id": "x"}) == bad("Invalid UUID for subport: 'x'")
    assert await told(vlan(child, 7), vlan(child, 8)) == bad(f"Non unique UUID for subport: '{child['id']}'")
    assert await told(vlan(child, 7), vlan(used, 7)) == bad(f"Segmentation ID '7' for '{used['id']}' is not unique")
    assert await told(bare) == wrong(f"Invalid subport details '{bare}': {missing}")
    assert await told({**bare, "segmentation_id": 3}) == bad(
        f"Invalid subport details '{ {**bare, 'segmentation_id': 3} }': {missing}"
    )
    assert await told(vlan(child, 5000)) == wrong("Segmentation ID '5000' is not in range")
    assert await told(vlan(child, "x")) == wrong("Invalid subport details: segmentation_id 'x' is not an integer")
    assert await told(vlan(child, 5, "qinq")) == wrong("Unknown segmentation_type 'qinq'")
    assert await told({**bare, "segmentation_type": "inherit"}) == wrong("Unknown segmentation_type 'vxlan'")
    assert await told(vlan({"id": NOWHERE}, 5)) == (404, "PortNotFound", f"Port {NOWHERE} could not be found.")
    assert await told(vlan(parent, 5)) == (
        409,
        "ParentPortInUse",
        f"Port {parent['id']} is currently in use and is not eligible for use as a parent port.",
    )
    assert await told(vlan(used, 5)) == (
        409,
        "PortInUse",
        f"Unable to complete operation on port {used['id']} for network {network['id']}. Port already has an attached "
        "device vm.",
    )
    assert await told(vlan(child, 5), port=small) == (
        409,
        "SubPortMtuGreaterThanTrunkPortMtu",
        f"MTU 1450 of subport {child['id']} cannot be greater than MTU 1400 of trunk {small['id']}.",
    )


async def test_a_port_has_one_part_in_one_trunk(alice, network, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], sub_ports=[vlan(child, 7)])
    again = await refused(alice, "trunk", port_id=parent["id"])
    assert again[:2] == (409, "ParentPortInUse")
    assert await refused(alice, "trunk", port_id=child["id"]) == (
        409, "TrunkPortInUse", f"Port {child['id']} is in use by another trunk.",
    )  # fmt: skip
    assert error_of(await change(alice, trunk, "add_subports", vlan(child, 8)))[1] == "TrunkPortInUse"
    other = await make(alice, "port", network_id=network["id"])
    assert error_of(await change(alice, trunk, "add_subports", vlan(other, 7))) == (
        409,
        "DuplicateSubPort",
        f"segmentation_type vlan and segmentation_id 7 already in use on trunk {trunk['id']}.",
    )


async def test_a_bound_port_neither_becomes_nor_leaves_a_trunk(admin, alice, parent):
    await admin.put(f"/v2.0/ports/{parent['id']}", json={"port": {"binding:host_id": "a1"}})
    assert (await refused(alice, "trunk", port_id=parent["id"]))[1] == "ParentPortInUse"
    await admin.put(f"/v2.0/ports/{parent['id']}", json={"port": {"binding:host_id": ""}})
    trunk = await make(alice, "trunk", port_id=parent["id"])
    await admin.put(f"/v2.0/ports/{parent['id']}", json={"port": {"binding:host_id": "a1"}})
    told = error_of(await alice.delete(f"/v2.0/trunks/{trunk['id']}"))
    assert told == (409, "TrunkInUse", f"Trunk {trunk['id']} is currently in use.")


async def test_a_disabled_trunk_stays_as_it_is(alice, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], admin_state_up=False)
    told = (409, "TrunkDisabled", f"Trunk {trunk['id']} is currently disabled.")
    assert error_of(await change(alice, trunk, "add_subports", vlan(child, 8))) == told
    assert error_of(await change(alice, trunk, "remove_subports", vlan(child, 8))) == told
    assert error_of(await alice.delete(f"/v2.0/trunks/{trunk['id']}")) == told
    await alice.put(f"/v2.0/trunks/{trunk['id']}", json={"trunk": {"admin_state_up": True}})
    assert (await alice.delete(f"/v2.0/trunks/{trunk['id']}")).status_code == 204


async def test_actions_say_what_is_wrong_with_them(alice, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"])
    url = f"/v2.0/trunks/{trunk['id']}"
    missing = (404, "SubPortNotFound", f"SubPort {child['id']} on trunk {trunk['id']} could not be found.")
    assert error_of(await change(alice, trunk, "remove_subports", {"port_id": child["id"]})) == missing
    for body, value in (({}, None), ({"sub_ports": {}}, {}), ({"sub_ports": "x"}, "x")):
        told = error_of(await alice.put(f"{url}/add_subports", json=body))
        reason = f"Invalid data format for subports: '{value}' is not a list"
        assert told == (400, "InvalidInput", f"Invalid input for operation: {reason}.")
    assert (await alice.get(f"{url}/add_subports")).status_code == 405
    assert (await alice.put(f"{url}/get_subports", json={})).status_code == 405
    assert (await alice.put(f"{url}/nothing", json={})).status_code == 404
    assert error_of(await alice.put(url, json={"trunk": {"sub_ports": []}})) == (
        400, "HTTPBadRequest", "Cannot update read-only attribute sub_ports",
    )  # fmt: skip


async def test_no_bulk(alice, parent):
    answer = await alice.post("/v2.0/trunks", json={"trunks": [{"port_id": parent["id"]}]})
    assert error_of(answer) == (400, "HTTPBadRequest", "Bulk operation not supported")


async def test_other_projects_neither_see_nor_use(alice, bob, parent, child):
    trunk = await make(alice, "trunk", port_id=parent["id"], sub_ports=[])
    assert (await bob.get("/v2.0/trunks")).json() == {"trunks": []}
    assert error_of(await bob.get(f"/v2.0/trunks/{trunk['id']}"))[1] == "TrunkNotFound"
    assert error_of(await change(bob, trunk, "add_subports", vlan(child, 8)))[1] == "TrunkNotFound"
    assert (await refused(bob, "trunk", port_id=child["id"]))[1] == "PortNotFound"
    own = await make(bob, "network")
    mine = await make(bob, "port", network_id=own["id"])
    assert (await refused(bob, "trunk", port_id=mine["id"], sub_ports=[vlan(child, 3)]))[1] == "PortNotFound"
