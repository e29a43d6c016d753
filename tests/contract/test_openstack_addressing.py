"""The `openstack` command works on subnet pools, address scopes, segments and their ranges."""

import json

import pytest

pytestmark = pytest.mark.clients


def test_subnet_pools_and_address_scopes(openstack_client):
    def show(*words: str) -> dict:
        return json.loads(openstack_client(*words, "-f", "json"))

    scope = show("address", "scope", "create", "cli", "--ip-version", "4", "--no-share")
    pool = show(
        "subnet", "pool", "create", "cli", "--pool-prefix", "10.20.0.0/16", "--pool-prefix", "10.21.0.0/16",
        "--default-prefix-length", "24", "--min-prefix-length", "20", "--address-scope", "cli",
        "--default-quota", "65536", "--tag", "red",
    )  # fmt: skip
    assert (pool["prefixes"], pool["address_scope_id"], pool["tags"]) == (["10.20.0.0/15"], scope["id"], ["red"])
    openstack_client("subnet", "pool", "set", "cli", "--pool-prefix", "10.24.0.0/16", "--name", "renamed")
    changed = show("subnet", "pool", "show", "renamed")
    assert (changed["prefixes"], changed["default_prefixlen"]) == (["10.20.0.0/15", "10.24.0.0/16"], 24)
    openstack_client("network", "create", "cli")
    subnet = show("subnet", "create", "cli4", "--network", "cli", "--subnet-pool", "renamed")
    assert (subnet["cidr"], subnet["subnetpool_id"]) == ("10.24.0.0/24", pool["id"])  # of the smallest block that does
    smaller = show("subnet", "create", "cli5", "--network", "cli", "--subnet-pool", "renamed", "--prefix-length", "28")
    assert smaller["cidr"] == "10.24.1.0/28"
    assert show("network", "show", "cli")["ipv4_address_scope"] == scope["id"]
    assert [row["ID"] for row in show("subnet", "pool", "list", "--address-scope", "cli")] == [pool["id"]]
    openstack_client("network", "delete", "cli")
    openstack_client("subnet", "pool", "delete", "renamed")
    openstack_client("address", "scope", "set", "cli", "--name", "gone")
    openstack_client("address", "scope", "delete", "gone")
    assert show("address", "scope", "list") == []


def test_provider_networks_segments_and_ranges(openstack_client):
    def show(*words: str) -> dict:
        return json.loads(openstack_client(*words, "-f", "json"))

    ranged = show(
        "network", "segment", "range", "create", "cli", "--shared", "--network-type", "vlan",
        "--physical-network", "public", "--minimum", "100", "--maximum", "103",
    )  # fmt: skip
    network = show(
        "network", "create", "cli", "--provider-network-type", "vlan", "--provider-physical-network", "public",
        "--provider-segment", "101", "--external", "--transparent-vlan",
    )  # fmt: skip
    assert (network["provider:segmentation_id"], network["router:external"]) == (101, True)
    used = show("network", "segment", "range", "show", ranged["id"])
    assert "101" in json.dumps(used["used"])
    (first,) = show("network", "segment", "list", "--network", "cli")
    assert (first["Network Type"], first["Segment"]) == ("vlan", 101)
    openstack_client("network", "segment", "set", first["ID"], "--name", "first", "--description", "of the rack")
    assert show("network", "segment", "show", "first")["description"] == "of the rack"
    second = show("network", "segment", "create", "second", "--network", "cli", "--network-type", "geneve")
    assert second["segmentation_id"] > 0
    subnet = show(
        "subnet", "create", "cli4", "--network", "cli", "--subnet-range", "10.8.0.0/24", "--network-segment", "first",
        "--service-type", "network:floatingip", "--dns-publish-fixed-ip",
    )  # fmt: skip
    assert (subnet["segment_id"], subnet["service_types"]) == (first["ID"], ["network:floatingip"])
    openstack_client("network", "segment", "delete", "second")
    openstack_client("network", "delete", "cli")
    openstack_client("network", "segment", "range", "set", ranged["id"], "--name", "renamed")
    openstack_client("network", "segment", "range", "delete", "renamed")
    assert all(row["Default"] for row in show("network", "segment", "range", "list"))
