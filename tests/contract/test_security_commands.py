"""The `openstack` command, as installed from PyPI, works on security groups, address groups and guarded ports."""

import json

import pytest

pytestmark = pytest.mark.clients


def test_groups_rules_and_ports(openstack_client):
    def show(*words: str) -> dict:
        return json.loads(openstack_client(*words, "-f", "json"))

    group = show("security", "group", "create", "web", "--description", "by command", "--stateless")
    assert (group["name"], group["stateful"], len(group["rules"])) == ("web", False, 2)
    openstack_client("security", "group", "set", "web", "--stateful", "--tag", "red")
    rule = show(
        "security", "group", "rule", "create", "web", "--protocol", "tcp", "--dst-port", "80:443",
        "--remote-ip", "10.0.0.0/8", "--description", "http",
    )  # fmt: skip
    assert (rule["port_range_min"], rule["port_range_max"], rule["remote_ip_prefix"]) == (80, 443, "10.0.0.0/8")
    show("security", "group", "rule", "create", "web", "--protocol", "icmp", "--icmp-type", "8", "--egress")
    show("security", "group", "rule", "create", "web", "--ethertype", "IPv6", "--remote-group", "web")
    listed = show("security", "group", "rule", "list", "web", "--long")
    assert len(listed) == 5
    addresses = show("address", "group", "create", "office", "--address", "10.0.0.0/24", "--address", "10.0.9.1")
    assert sorted(addresses["addresses"]) == ["10.0.0.0/24", "10.0.9.1/32"]
    openstack_client("address", "group", "set", "office", "--address", "10.0.8.0/24")
    openstack_client("address", "group", "unset", "office", "--address", "10.0.0.0/24")
    assert sorted(show("address", "group", "show", "office")["addresses"]) == ["10.0.8.0/24", "10.0.9.1/32"]
    show("security", "group", "rule", "create", "web", "--remote-address-group", "office")
    assert len(show("default", "security", "group", "rule", "list")) == 4

    openstack_client("network", "create", "guarded")
    port = show(
        "port", "create", "guarded", "--network", "guarded", "--security-group", "web",
        "--allowed-address", "ip-address=10.9.0.0/24", "--extra-dhcp-option", "name=bootfile-name,value=a",
        "--dns-name", "web",
    )  # fmt: skip
    assert port["security_group_ids"] == [group["id"]]
    assert port["allowed_address_pairs"] == [{"ip_address": "10.9.0.0/24", "mac_address": port["mac_address"]}]
    assert port["extra_dhcp_opts"] == [{"opt_name": "bootfile-name", "opt_value": "a", "ip_version": 4}]
    assert "in use" in openstack_client("security", "group", "delete", "web", fails=True)
    openstack_client("port", "unset", "guarded", "--security-group", "web")
    openstack_client("port", "set", "guarded", "--no-allowed-address")
    openstack_client("port", "set", "guarded", "--disable-port-security")
    assert show("port", "show", "guarded")["port_security_enabled"] is False
    openstack_client("port", "delete", "guarded")
    openstack_client("network", "delete", "guarded")
    openstack_client("security", "group", "delete", "web")
    openstack_client("address", "group", "delete", "office")
