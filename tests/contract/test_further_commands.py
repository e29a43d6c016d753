"""The `openstack` command works on trunks, flavors, agents, zones and figures of addresses."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.clients


def test_trunk(openstack_client):
    def show(*words: str) -> Any:
        return json.loads(openstack_client(*words, "-f", "json"))

    openstack_client("network", "create", "trunked")
    for name in ("parent", "child", "late"):
        openstack_client("port", "create", name, "--network", "trunked")
    trunk = show(
        "network", "trunk", "create", "t", "--parent-port", "parent",
        "--subport", "port=child,segmentation-type=vlan,segmentation-id=7",
    )  # fmt: skip
    assert (trunk["status"], len(trunk["sub_ports"])) == ("DOWN", 1)
    openstack_client("network", "trunk", "set", "t", "--subport", "port=late,segmentation-type=vlan,segmentation-id=8")
    assert len(show("network", "subport", "list", "--trunk", "t")) == 2
    openstack_client("network", "trunk", "unset", "t", "--subport", "late")
    assert [row["Name"] for row in show("network", "trunk", "list")] == ["t"]
    openstack_client("network", "trunk", "delete", "t")
    openstack_client("port", "delete", "parent", "child", "late")
    openstack_client("network", "delete", "trunked")


def test_agents_zones_and_figures(openstack_client):
    def show(*words: str) -> Any:
        return json.loads(openstack_client(*words, "-f", "json"))

    agents = show("network", "agent", "list", "--host", "a1")
    assert sorted(agent["Agent Type"] for agent in agents) == ["DHCP agent", "L3 agent", "Weft agent"]
    assert all(agent["Alive"] for agent in agents)
    openstack_client("network", "agent", "set", agents[0]["ID"], "--description", "in the cellar")
    assert show("network", "agent", "show", agents[0]["ID"])["description"] == "in the cellar"
    zones = show("availability", "zone", "list", "--network")
    assert {(zone["Zone Name"], zone["Zone Status"]) for zone in zones} == {("a", "available")}
    openstack_client("network", "create", "counted")
    openstack_client("subnet", "create", "counted", "--network", "counted", "--subnet-range", "10.71.0.0/24")
    openstack_client("port", "create", "counted", "--network", "counted")
    figures = show("ip", "availability", "show", "counted")
    assert (figures["used_ips"], figures["total_ips"]) == (1, 253)
    rows = [row for row in show("ip", "availability", "list") if row["Network Name"] == "counted"]
    assert [(row["Used IPs"], row["Total IPs"]) for row in rows] == [(1, 253)]
    assert len(show("network", "agent", "list", "--network", "counted")) == 2
    openstack_client("port", "delete", "counted")
    openstack_client("network", "delete", "counted")


def test_flavor_and_profile(openstack_client):
    def show(*words: str) -> Any:
        return json.loads(openstack_client(*words, "-f", "json"))

    openstack_client("network", "flavor", "create", "fast", "--service-type", "L3_ROUTER_NAT")
    profile = show("network", "flavor", "profile", "create", "--metainfo", "{}", "--description", "p")
    openstack_client("network", "flavor", "add", "profile", "fast", profile["id"])
    assert show("network", "flavor", "show", "fast")["service_profile_ids"] == [profile["id"]]
    openstack_client("network", "flavor", "remove", "profile", "fast", profile["id"])
    openstack_client("network", "flavor", "profile", "delete", profile["id"])
    openstack_client("network", "flavor", "delete", "fast")
    assert len(show("network", "service", "provider", "list")) == 4
