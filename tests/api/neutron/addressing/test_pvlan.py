"""Private VLANs: what a network is, and what its ports are in it."""

import pytest

from tests.api.neutron.callers import error_of, make, refused


async def test_ports_of_a_private_vlan(alice):
    plain = await make(alice, "network")
    assert plain["pvlan"] is False
    assert (await make(alice, "port", network_id=plain["id"]))["pvlan_type"] is None
    assert await refused(alice, "port", network_id=plain["id"], pvlan_type="isolated") == (
        400,
        "PVLANNotEnabledOnNetwork",
        f"PVLAN is not enabled on network {plain['id']}.",
    )
    network = await make(alice, "network", pvlan=True)
    usual = await make(alice, "port", network_id=network["id"])
    assert (usual["pvlan_type"], usual["pvlan_community"]) == ("promiscuous", None)
    alone = await make(alice, "port", network_id=network["id"], pvlan_type="isolated")
    path = f"/v2.0/ports/{alone['id']}"
    both = {"pvlan_type": "community", "pvlan_community": "web"}
    joined = (await alice.put(path, json={"port": both})).json()["port"]
    assert (joined["pvlan_type"], joined["pvlan_community"]) == ("community", "web")
    kept = (await alice.put(path, json={"port": {"pvlan_type": "community", "name": "n"}})).json()["port"]
    assert kept["pvlan_community"] == "web"
    found = await alice.get("/v2.0/ports?pvlan_community=web")
    assert [port["id"] for port in found.json()["ports"]] == [alone["id"]]
    left = (await alice.put(path, json={"port": {"pvlan_type": "isolated"}})).json()["port"]
    assert (left["pvlan_type"], left["pvlan_community"]) == ("isolated", None)
    answer = await alice.put(path, json={"port": {"pvlan_community": "web"}})
    assert error_of(answer) == (
        400,
        "PVLANCannotSetCommunityName",
        f'PVLAN community name cannot be set if port type is not "community" for this port: {alone["id"]}.',
    )
    await alice.put(f"/v2.0/networks/{network['id']}", json={"network": {"pvlan": False}})
    freed = (await alice.put(path, json={"port": {"name": "m"}})).json()["port"]
    assert freed["pvlan_type"] is None


REFUSED = [
    ({"pvlan_type": "community"}, "PVLANCommunityNameRequired"),
    ({"pvlan_type": "community", "pvlan_community": ""}, "HTTPBadRequest"),
    ({"pvlan_type": "community", "pvlan_community": "1st"}, "HTTPBadRequest"),
    ({"pvlan_type": "hermit"}, "HTTPBadRequest"),
    ({"pvlan_community": "web"}, "PVLANCannotSetCommunityName"),
    ({"port_security_enabled": False}, "PVLANPortSecurityDisabled"),
]


@pytest.mark.parametrize(("values", "kind"), REFUSED, ids=[str(case[0]) for case in REFUSED])
async def test_ports_that_cannot_be(alice, values, kind):
    network = await make(alice, "network", pvlan=True)
    assert (await refused(alice, "port", network_id=network["id"], **values))[:2] == (400, kind)


async def test_networks_that_cannot_be(alice):
    assert (await refused(alice, "network", pvlan=True, port_security_enabled=False))[1] == (
        "PVLANNetworkPortSecurityDisabled"
    )
    network = await make(alice, "network", port_security_enabled=False)
    answer = await alice.put(f"/v2.0/networks/{network['id']}", json={"network": {"pvlan": True}})
    assert error_of(answer)[1] == "PVLANNetworkPortSecurityDisabled"
