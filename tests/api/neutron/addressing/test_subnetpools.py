"""Subnet pools and address scopes over HTTP: answers and refusals as a stock Neutron 29 gives them."""

import pytest

from tests.api.neutron.callers import error_of, make, refused
from weft.store.granting import top_ups
from weft.store.pools import live_sites, pool_key, pool_named
from weft.store.records import Key
from weft.store.usage import Usage
from weft.store.writes import Write, Writes

NOBODY = "11111111-1111-1111-1111-111111111111"


async def pool(client, **values):
    return await make(client, "subnetpool", **{"name": "p", "prefixes": ["10.0.0.0/16"], **values})


async def scope(client, **values):
    answer = await client.post("/v2.0/address-scopes", json={"address_scope": {"name": "s", "ip_version": 4, **values}})
    assert answer.status_code == 201, answer.text
    return answer.json()["address_scope"]


async def test_a_pool_as_shown(alice):
    made = await pool(alice, prefixes=["10.11.0.0/16", "10.10.0.5/16", "10.10.1.0/24"])
    assert made["prefixes"] == ["10.10.0.0/15"]
    assert (made["min_prefixlen"], made["max_prefixlen"], made["default_prefixlen"]) == ("8", "32", "8")
    assert (made["ip_version"], made["default_quota"], made["address_scope_id"]) == (4, None, None)
    assert (made["is_default"], made["shared"], made["tags"], made["description"]) == (False, False, [], "")
    assert made["project_id"] == made["tenant_id"] == "p-alice"
    assert not {"grants_id", "default_for"} & made.keys()
    found = await alice.get("/v2.0/subnetpools?min_prefixlen=8&name=p&ip_version=4")
    assert found.json()["subnetpools"] == [made]
    six = await pool(alice, prefixes=["2001:db8::/48"])
    assert (six["min_prefixlen"], six["max_prefixlen"]) == ("64", "128")


REFUSED = [
    ({"prefixes": []}, "EmptySubnetPoolPrefixList", "Empty subnet pool prefix list."),
    (
        {"prefixes": ["10.0.0.0/8", "2001:db8::/48"]},
        "PrefixVersionMismatch",
        "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.",
    ),
    ({"name": ""}, "HTTPBadRequest", "Invalid input for name. Reason: '' Blank strings are not permitted."),
    (
        {"prefixes": "10.0.0.0/8"},
        "HTTPBadRequest",
        "Invalid input for prefixes. Reason: '10.0.0.0/8' is not a list.",
    ),
    (
        {"prefixes": ["10.0.0.0/8", "10.0.0.0/8"]},
        "HTTPBadRequest",
        "Invalid input for prefixes. Reason: Duplicate items in the list: '10.0.0.0/8'.",
    ),
    (
        {"prefixes": ["10.0.0.0"]},
        "HTTPBadRequest",
        "Invalid input for prefixes. Reason: '10.0.0.0' is not a valid IP subnet.",
    ),
    (
        {"min_prefixlen": 24, "max_prefixlen": 20},
        "IllegalSubnetPoolPrefixBounds",
        "Illegal prefix bounds: min_prefixlen=24, max_prefixlen=20.",
    ),
    (
        {"max_prefixlen": 33},
        "IllegalSubnetPoolPrefixBounds",
        "Illegal prefix bounds: max_prefixlen=33, ip_version_max=32.",
    ),
    (
        {"default_prefixlen": 4},
        "IllegalSubnetPoolPrefixBounds",
        "Illegal prefix bounds: default_prefixlen=4, min_prefixlen=8.",
    ),
    (
        {"default_prefixlen": 30, "max_prefixlen": 28},
        "IllegalSubnetPoolPrefixBounds",
        "Illegal prefix bounds: default_prefixlen=30, max_prefixlen=28.",
    ),
    (
        {"min_prefixlen": -1},
        "HTTPBadRequest",
        "Invalid input for min_prefixlen. Reason: '-1' should be non-negative.",
    ),
    ({"min_prefixlen": 0}, "UnsupportedMinSubnetPoolPrefix", "Prefix '0' not supported in IPv4 pool."),
    ({"tags": ["a"]}, "HTTPBadRequest", "Attribute 'tags' not allowed in POST"),
]


@pytest.mark.parametrize(("values", "kind", "message"), REFUSED, ids=[case[2] for case in REFUSED])
async def test_pools_that_make_no_sense(alice, values, kind, message):
    assert await refused(alice, "subnetpool", **{"name": "p", "prefixes": ["10.0.0.0/8"], **values}) == (
        400,
        kind,
        message,
    )


async def test_one_default_per_ip_version(admin):
    first = await pool(admin, is_default=True)
    again = (
        400,
        "InvalidInput",
        "Invalid input for operation: A default subnetpool for this IP family has already been set. Only one default "
        "may exist per IP family.",
    )
    assert await refused(admin, "subnetpool", name="q", prefixes=["10.1.0.0/16"], is_default=True) == again
    await pool(admin, prefixes=["2001:db8::/48"], is_default=True)
    other = await pool(admin, prefixes=["10.2.0.0/16"])
    path = f"/v2.0/subnetpools/{other['id']}"
    assert error_of(await admin.put(path, json={"subnetpool": {"is_default": True}})) == again
    await admin.put(f"/v2.0/subnetpools/{first['id']}", json={"subnetpool": {"is_default": False}})
    assert (await admin.put(path, json={"subnetpool": {"is_default": True}})).json()["subnetpool"]["is_default"]


async def test_prefixes_may_only_grow_unless_removed_by_name(alice):
    made = await pool(alice, prefixes=["10.10.0.0/15"])
    path = f"/v2.0/subnetpools/{made['id']}"
    assert error_of(await alice.put(path, json={"subnetpool": {"prefixes": ["10.10.0.0/16"]}})) == (
        400,
        "IllegalSubnetPoolPrefixUpdate",
        "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.",
    )
    assert error_of(await alice.put(path, json={"subnetpool": {"prefixes": []}}))[1] == "IllegalSubnetPoolPrefixUpdate"
    grown = await alice.put(path, json={"subnetpool": {"prefixes": ["10.12.0.0/16", "10.10.0.0/15"]}})
    assert grown.json()["subnetpool"]["prefixes"] == ["10.10.0.0/15", "10.12.0.0/16"]
    added = await alice.put(f"{path}/add_prefixes", json={"prefixes": ["10.40.0.0/24", "10.41.0.1/24"]})
    assert added.json() == {"prefixes": ["10.10.0.0/15", "10.12.0.0/16", "10.40.0.0/24", "10.41.0.0/24"]}
    removed = await alice.put(f"{path}/remove_prefixes", json={"prefixes": ["10.40.0.0/25", "99.0.0.0/8"]})
    left = ["10.10.0.0/15", "10.12.0.0/16", "10.40.0.128/25", "10.41.0.0/24"]
    assert removed.json() == {"prefixes": left}
    nothing = await alice.put(f"{path}/remove_prefixes", json={"prefixes": ["99.0.0.0/8"]})
    assert (nothing.status_code, nothing.json()) == (200, {"prefixes": left})
    for action, prefixes, kind, message in (
        ("add_prefixes", [], "HTTPBadRequest", "Request body contains invalid data"),
        ("add_prefixes", ["xx"], "AddrFormatError", "invalid IPNetwork xx"),
        (
            "add_prefixes",
            ["2001:db8::/48"],
            "PrefixVersionMismatch",
            "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.",
        ),
    ):
        answer = await alice.put(f"{path}/{action}", json={"prefixes": prefixes})
        assert error_of(answer) == (400, kind, message)
    assert (await alice.put(f"{path}/nothing", json={})).status_code == 404


async def test_subnets_cut_from_a_pool(alice):
    made = await pool(
        alice, prefixes=["10.77.0.0/24"], min_prefixlen=24, default_prefixlen=26, max_prefixlen=28, default_quota=240
    )
    network = await make(alice, "network")
    from_pool = {"network_id": network["id"], "ip_version": 4, "subnetpool_id": made["id"]}
    first = await make(alice, "subnet", **from_pool)
    assert (first["cidr"], first["gateway_ip"], first["subnetpool_id"]) == ("10.77.0.0/26", "10.77.0.1", made["id"])
    assert first["allocation_pools"] == [{"start": "10.77.0.2", "end": "10.77.0.62"}]
    second = await make(
        alice,
        "subnet",
        **from_pool,
        cidr="10.77.0.128/26",
        allocation_pools=[{"start": "10.77.0.140", "end": "10.77.0.150"}],
    )
    assert (second["cidr"], second["gateway_ip"]) == ("10.77.0.128/26", "10.77.0.129")
    by_gateway = await make(alice, "subnet", **from_pool, prefixlen=28, gateway_ip="10.77.0.65")
    assert (by_gateway["cidr"], by_gateway["gateway_ip"]) == ("10.77.0.64/28", "10.77.0.65")
    without = await make(alice, "subnet", **from_pool, prefixlen=28, gateway_ip=None)
    assert (without["cidr"], without["gateway_ip"]) == ("10.77.0.80/28", None)
    for values, status, kind, message in (
        (
            {"prefixlen": 29},
            400,
            "MaxPrefixSubnetAllocationError",
            "Unable to allocate subnet with prefix length 29, maximum allowed prefix is 28.",
        ),
        (
            {"prefixlen": 23},
            400,
            "MinPrefixSubnetAllocationError",
            "Unable to allocate subnet with prefix length 23, minimum allowed prefix is 24.",
        ),
        (
            {"prefixlen": 26, "cidr": "10.77.0.0/26"},
            400,
            "BadRequest",
            "Bad subnets request: cidr and prefixlen must not be supplied together.",
        ),
        (
            {"ip_version": 6},
            400,
            "BadRequest",
            "Bad subnets request: Cannot allocate IPv6 subnet from IPv4 subnet pool.",
        ),
        (
            {"allocation_pools": [{"start": "10.77.0.3", "end": "10.77.0.9"}]},
            400,
            "BadRequest",
            "Bad subnets request: allocation_pools allowed only for specific subnet requests..",
        ),
        (
            {"cidr": "10.77.0.128/27"},
            409,
            "SubnetAllocationError",
            "Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.",
        ),
        ({"prefixlen": 25}, 409, "SubnetPoolQuotaExceeded", "Per-project subnet pool prefix quota exceeded."),
        (
            {"subnetpool_id": NOBODY},
            404,
            "SubnetPoolNotFound",
            f"Subnet pool {NOBODY} could not be found.",
        ),
        (
            {"use_default_subnetpool": True},
            400,
            "BadRequest",
            "Bad subnets request: subnetpool_id and use_default_subnetpool cannot both be specified.",
        ),
        (
            {"use_default_subnetpool": True, "subnetpool_id": None},
            400,
            "BadRequest",
            "Bad subnets request: No default subnetpool found for IPv4.",
        ),
        (
            {"subnetpool_id": None, "cidr": "192.168.0.0/24"},
            400,
            "NetworkSubnetPoolAffinityError",
            "Subnets hosted on the same network must be allocated from the same subnet pool.",
        ),
    ):
        assert await refused(alice, "subnet", **{**from_pool, **values}) == (status, kind, message)
    await alice.put(f"/v2.0/subnetpools/{made['id']}", json={"subnetpool": {"default_quota": 0}})
    assert (await refused(alice, "subnet", **from_pool, prefixlen=25))[2] == (
        "Failed to allocate subnet: Insufficient prefix space to allocate subnet size /25."
    )
    assert error_of(await alice.delete(f"/v2.0/subnetpools/{made['id']}")) == (
        400,
        "SubnetPoolDeleteError",
        "Unable to delete subnet pool: Subnet pool has existing allocations.",
    )
    answer = await alice.put(f"/v2.0/subnetpools/{made['id']}/remove_prefixes", json={"prefixes": ["10.77.0.0/30"]})
    assert error_of(answer)[1:] == (
        "IllegalSubnetPoolPrefixUpdate",
        "Illegal update to prefixes: One or more the prefixes to be removed is in use by a subnet..",
    )
    assert (await alice.delete(f"/v2.0/networks/{network['id']}")).status_code == 204
    assert (await alice.delete(f"/v2.0/subnetpools/{made['id']}")).status_code == 204


async def test_a_prefix_of_a_site_that_is_cut_off(store, alice):
    await store.commit(Writes((Write(Key("fabric", "site", "b"), {"number": 2}, create=True),)))
    made, network = await pool(alice), await make(alice, "network")
    found = pool_named(store.state, f"subnetpool.{made['id']}")
    given = top_ups(store.state, found, live_sites(store.state), Usage())
    await store.commit(Writes((Write(pool_key(found), given.fields),)))
    store.transfer = None
    from_pool = {"network_id": network["id"], "ip_version": 4, "subnetpool_id": made["id"]}
    status, kind, message = await refused(alice, "subnet", **from_pool, cidr="10.0.200.0/24")
    assert (status, kind) == (409, "SubnetAllocationError")
    assert message.startswith(f"prefix 10.0.200.0/24 of subnet pool {made['id']} would have to come from site b: ")
    assert (await make(alice, "subnet", **from_pool, prefixlen=24))["cidr"] == "10.0.0.0/24"


async def test_cutting_is_no_change_of_the_pool(alice):
    made, network = await pool(alice), await make(alice, "network")
    two = [{"name": "b", "prefixes": ["10.8.0.0/16"]}] * 2
    answer = await alice.post("/v2.0/subnetpools", json={"subnetpools": two})
    assert error_of(answer) == (400, "HTTPBadRequest", "Bulk operation not supported")
    bulk = [{"network_id": network["id"], "ip_version": 4, "subnetpool_id": made["id"], "prefixlen": 24}] * 3
    answer = await alice.post("/v2.0/subnets", json={"subnets": bulk})
    assert [subnet["cidr"] for subnet in answer.json()["subnets"]] == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    assert (await alice.get(f"/v2.0/subnetpools/{made['id']}")).json()["subnetpool"] == made
    await alice.delete(f"/v2.0/subnets/{answer.json()['subnets'][1]['id']}")
    assert (await make(alice, "subnet", **bulk[0]))["cidr"] == "10.0.1.0/24"


async def test_ipv6_subnets_of_a_pool(alice):
    made, network = await pool(alice, prefixes=["2001:db8:77::/60"]), await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=6, subnetpool_id=made["id"])
    assert (subnet["cidr"], subnet["gateway_ip"]) == ("2001:db8:77::/64", "2001:db8:77::1")
    assert subnet["allocation_pools"] == [{"start": "2001:db8:77::2", "end": "2001:db8:77:0:ffff:ffff:ffff:ffff"}]


async def test_prefixes_that_are_told_later(alice):
    network = await make(alice, "network")
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    asked = {"network_id": network["id"], "ip_version": 6, "subnetpool_id": "prefix_delegation"}
    assert (await refused(alice, "subnet", **asked))[2] == (
        "Bad subnets request: IPv6 RA Mode must be SLAAC or Stateless for Prefix Delegation.."
    )
    assert (await refused(alice, "subnet", **{**asked, "ip_version": 4}))[2] == (
        "Bad subnets request: Prefix Delegation can only be used with IPv6 subnets.."
    )
    subnet = await make(alice, "subnet", **asked, **modes)
    assert (subnet["cidr"], subnet["gateway_ip"], subnet["subnetpool_id"]) == ("::/64", "::", "prefix_delegation")


async def test_a_networks_subnets_join_a_pool(alice, bob):
    made, network = await pool(alice), await make(alice, "network")
    subnet = await make(alice, "subnet", network_id=network["id"], ip_version=4, cidr="192.168.3.0/24")
    path = f"/v2.0/subnetpools/{made['id']}/onboard_network_subnets"
    answer = await alice.put(path, json={"network_id": network["id"]})
    assert (answer.status_code, answer.json()) == (200, [{"id": subnet["id"], "cidr": "192.168.3.0/24"}])
    shown = (await alice.get(f"/v2.0/subnetpools/{made['id']}")).json()["subnetpool"]
    assert shown["prefixes"] == ["10.0.0.0/16", "192.168.3.0/24"]
    assert (await alice.get(f"/v2.0/subnets/{subnet['id']}")).json()["subnet"]["subnetpool_id"] == made["id"]
    assert error_of(await alice.put(path, json={"network_id": network["id"]})) == (
        400,
        "IllegalSubnetPoolUpdate",
        f"Illegal subnetpool update : Onboarding subnet {subnet['id']}: 192.168.3.0/24 conflicts with allocated "
        f"prefixes in subnet pool {made['id']}.",
    )
    assert error_of(await alice.put(path, json={}))[1:] == (
        "InvalidInput",
        "Invalid input for operation: network_id must be specified..",
    )
    assert error_of(await alice.put(path, json={"network_id": NOBODY}))[:2] == (404, "NetworkNotFound")
    other = await make(bob, "network")
    assert error_of(await alice.put(path, json={"network_id": other["id"]}))[:2] == (404, "NetworkNotFound")


async def test_address_scopes(alice, bob):
    mine = await scope(alice)
    assert mine == {
        "id": mine["id"],
        "name": "s",
        "ip_version": 4,
        "shared": False,
        "project_id": "p-alice",
        "tenant_id": "p-alice",
    }
    path = f"/v2.0/address-scopes/{mine['id']}"
    assert (await alice.put(path, json={"address_scope": {"name": "t"}})).json()["address_scope"]["name"] == "t"
    assert error_of(await bob.get(path)) == (
        404,
        "AddressScopeNotFound",
        f"Address scope {mine['id']} could not be found.",
    )
    made = await pool(alice, address_scope_id=mine["id"])
    network = await make(alice, "network")
    assert network["ipv4_address_scope"] is None
    await make(alice, "subnet", network_id=network["id"], ip_version=4, subnetpool_id=made["id"], prefixlen=24)
    shown = (await alice.get(f"/v2.0/networks/{network['id']}")).json()["network"]
    assert (shown["ipv4_address_scope"], shown["ipv6_address_scope"]) == (mine["id"], None)
    assert error_of(await alice.delete(path)) == (
        409,
        "AddressScopeInUse",
        f"Unable to complete operation on address scope {mine['id']}. There are one or more subnet pools in use on "
        "the address scope.",
    )
    conflict = (
        409,
        "AddressScopePrefixConflict",
        "Failed to associate address scope: subnetpools within an address scope must have unique prefixes.",
    )
    assert (
        await refused(alice, "subnetpool", name="q", prefixes=["10.0.7.0/24"], address_scope_id=mine["id"]) == conflict
    )
    six = await scope(alice, ip_version=6)
    status, kind, message = await refused(
        alice, "subnetpool", name="q", prefixes=["10.9.0.0/24"], address_scope_id=six["id"]
    )
    assert (status, kind) == (400, "IllegalSubnetPoolIpVersionAssociationToAddressScope")
    assert message.endswith(f"cannot associate with address scope {six['id']} because subnetpool ip_version is not 6.")
    assert (await refused(bob, "subnetpool", name="q", prefixes=["10.9.0.0/24"], address_scope_id=mine["id"]))[:2] == (
        404,
        "AddressScopeNotFound",
    )
    other = await pool(alice, prefixes=["10.5.0.0/16"])
    two = await make(alice, "network")
    await make(alice, "subnet", network_id=two["id"], ip_version=4, subnetpool_id=made["id"], prefixlen=24)
    assert await refused(
        alice, "subnet", network_id=two["id"], ip_version=4, subnetpool_id=other["id"], prefixlen=24
    ) == (
        400,
        "NetworkAddressScopeAffinityError",
        "Subnets of the same address family hosted on the same network must all participate in the same address scope.",
    )
    free = await scope(alice)
    assert (await alice.delete(f"/v2.0/address-scopes/{free['id']}")).status_code == 204


async def test_a_shared_scope_stays_shared(admin, alice):
    shared = await scope(admin, shared=True)
    path = f"/v2.0/address-scopes/{shared['id']}"
    assert error_of(await admin.put(path, json={"address_scope": {"shared": False}})) == (
        400,
        "AddressScopeUpdateError",
        f"Unable to update address scope {shared['id']} : Shared address scope can't be unshared.",
    )
    made = await pool(alice, address_scope_id=shared["id"])
    answer = await alice.put(f"/v2.0/subnetpools/{made['id']}", json={"subnetpool": {"name": "new"}})
    assert error_of(answer) == (
        400,
        "IllegalSubnetPoolUpdate",
        f"Illegal subnetpool update : subnetpool {made['id']} cannot be updated when associated with shared address "
        f"scope {shared['id']}.",
    )
