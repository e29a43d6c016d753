"""`/v2.0/address-groups`: what is in them, and what is refused."""

from tests.api.neutron.callers import error_of
from tests.api.neutron.security.test_groups import make, refused


async def test_addresses_come_and_go(alice):
    group = await make(alice, "address_group", name="office", addresses=["10.0.0.1/32", "10.0.1.7/24"])
    assert group["addresses"] == ["10.0.0.1/32", "10.0.1.0/24"]
    assert {"name", "description", "project_id", "tenant_id", "revision_number"} < set(group)
    path = f"/v2.0/address-groups/{group['id']}"
    added = await alice.put(f"{path}/add_addresses", json={"addresses": ["10.0.7.1", "fd00::1/64"]})
    assert added.status_code == 200
    assert added.json()["address_group"]["addresses"] == ["10.0.0.1/32", "10.0.1.0/24", "10.0.7.1/32", "fd00::/64"]
    again = await alice.put(f"{path}/add_addresses", json={"addresses": ["10.0.0.1/32"]})
    text = f"Addresses ['10.0.0.1/32'] already exist in the address group {group['id']}."
    assert error_of(again) == (400, "AddressesAlreadyExist", text)
    removed = await alice.put(f"{path}/remove_addresses", json={"addresses": ["10.0.1.0/24"]})
    assert "10.0.1.0/24" not in removed.json()["address_group"]["addresses"]
    absent = await alice.put(f"{path}/remove_addresses", json={"addresses": ["9.9.9.9"]})
    text = f"Addresses ['9.9.9.9/32'] not found in the address group {group['id']}."
    assert error_of(absent) == (404, "AddressesNotFound", text)
    bad = await alice.put(f"{path}/add_addresses", json={"addresses": ["bad"]})
    assert error_of(bad) == (400, "AddrFormatError", "invalid IPNetwork bad")
    read_only = await alice.put(path, json={"address_group": {"addresses": []}})
    assert error_of(read_only) == (400, "HTTPBadRequest", "Cannot update read-only attribute addresses")
    renamed = await alice.put(path, json={"address_group": {"name": "home"}})
    assert renamed.json()["address_group"]["name"] == "home"


async def test_what_is_no_prefix(alice):
    text = "Invalid input for addresses. Reason: '10.0.0.1' is not a valid IP subnet."
    assert await refused(alice, "address_group", addresses=["10.0.0.1"]) == (400, "HTTPBadRequest", text)


async def test_rules_hold_an_address_group(alice, bob):
    group = await make(alice, "address_group", name="office")
    security_group = await make(alice, "security_group", name="web")
    rule = await make(
        alice,
        "security_group_rule",
        security_group_id=security_group["id"],
        direction="ingress",
        remote_address_group_id=group["id"],
    )
    assert rule["remote_address_group_id"] == group["id"]
    path = f"/v2.0/address-groups/{group['id']}"
    text = f"Address group {group['id']} is in use on one or more security group rules."
    assert error_of(await alice.delete(path)) == (409, "AddressGroupInUse", text)
    assert error_of(await bob.get(path))[:2] == (404, "AddressGroupNotFound")
    await alice.delete(f"/v2.0/security-group-rules/{rule['id']}")
    assert (await alice.delete(path)).status_code == 204
