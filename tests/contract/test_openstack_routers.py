"""The `openstack` command, as installed from PyPI, works on routers and floating IPs."""

import json

import pytest

pytestmark = pytest.mark.clients


@pytest.fixture
def show(openstack_client):
    """Run a command and return what it shows."""

    def run(*words: str) -> dict | list:
        return json.loads(openstack_client(*words, "-f", "json"))

    return run


@pytest.fixture
def networks(openstack_client, show):
    """Make an external network and one behind it, each with a subnet."""
    show("network", "create", "ext", "--external")
    show("subnet", "create", "ext4", "--network", "ext", "--subnet-range", "198.51.100.0/24", "--no-dhcp")
    show("network", "create", "int")
    show("subnet", "create", "int4", "--network", "int", "--subnet-range", "10.8.0.0/24")
    yield
    openstack_client("network", "delete", "int", "ext")


def test_a_router_from_its_creation_to_its_end(openstack_client, show, networks):
    router = show("router", "create", "gw", "--external-gateway", "ext", "--description", "by command", "--tag", "red")
    (ip,) = router["external_gateway_info"]["external_fixed_ips"]
    assert ip["ip_address"].startswith("198.51.100.")
    assert (router["status"], router["tags"], router["distributed"]) == ("ACTIVE", ["red"], False)
    openstack_client("router", "add", "subnet", "gw", "int4")
    changed = show("router", "show", "gw")
    assert [one["ip_address"] for one in changed["interfaces_info"]] == ["10.8.0.1"]
    openstack_client("router", "set", "gw", "--route", "destination=172.16.0.0/16,gateway=10.8.0.9")
    openstack_client("router", "add", "route", "gw", "--route", "destination=172.17.0.0/16,gateway=10.8.0.9")
    assert len(show("router", "show", "gw")["routes"]) == 2
    openstack_client("router", "remove", "route", "gw", "--route", "destination=172.16.0.0/16,gateway=10.8.0.9")
    told = openstack_client("router", "remove", "subnet", "gw", "int4", fails=True)
    assert "required by one or more routes" in told
    openstack_client("router", "unset", "gw", "--route", "destination=172.17.0.0/16,gateway=10.8.0.9")
    openstack_client("router", "set", "gw", "--disable", "--disable-snat", "--external-gateway", "ext")
    assert show("router", "show", "gw")["external_gateway_info"]["enable_snat"] is False
    openstack_client("router", "set", "gw", "--distributed")
    assert [row["Name"] for row in show("router", "list", "--long")] == ["gw"]
    assert "has ports still attached" in openstack_client("router", "delete", "gw", fails=True)
    openstack_client("router", "remove", "subnet", "gw", "int4")
    port = show("port", "create", "leg", "--network", "int")
    openstack_client("router", "add", "port", "gw", "leg")
    openstack_client("router", "remove", "port", "gw", port["id"])
    openstack_client("router", "unset", "gw", "--external-gateway")
    openstack_client("router", "delete", "gw")
    assert show("router", "list") == []


def test_several_gateways(openstack_client, show, networks):
    show("router", "create", "two", "--external-gateway", "ext")
    openstack_client("router", "add", "gateway", "two", "ext", "--fixed-ip", "ip-address=198.51.100.77")
    gateways = show("router", "show", "two")["external_gateways"]
    assert len(gateways) == 2
    assert gateways[1]["external_fixed_ips"][0]["ip_address"] == "198.51.100.77"
    openstack_client("router", "remove", "gateway", "two", "ext", "--fixed-ip", "ip-address=198.51.100.77")
    assert len(show("router", "show", "two")["external_gateways"]) == 1
    openstack_client("router", "delete", "two")


def test_a_floating_ip_to_a_port_and_back(openstack_client, show, networks):
    show("router", "create", "gw", "--external-gateway", "ext")
    openstack_client("router", "add", "subnet", "gw", "int4")
    port = show("port", "create", "vm", "--network", "int")
    made = show("floating", "ip", "create", "ext", "--port", "vm", "--description", "by command", "--tag", "red")
    assert (made["port_id"], made["status"], made["tags"]) == (port["id"], "DOWN", ["red"])
    address = made["floating_ip_address"]
    assert show("floating", "ip", "show", address)["fixed_ip_address"] == port["fixed_ips"][0]["ip_address"]
    assert [row["Port"] for row in show("floating", "ip", "list", "--router", "gw")] == [port["id"]]
    openstack_client("floating", "ip", "unset", "--port", address)
    assert show("floating", "ip", "show", address)["port_id"] is None
    openstack_client("floating", "ip", "set", "--port", "vm", address)
    openstack_client("port", "delete", "vm")
    assert show("floating", "ip", "show", address)["router_id"] is None
    openstack_client("floating", "ip", "delete", address)
    openstack_client("router", "remove", "subnet", "gw", "int4")
    openstack_client("router", "delete", "gw")
    assert show("floating", "ip", "list") == []
