"""The `openstack` command, as installed from PyPI, works on networks, subnets and ports."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.clients


def test_network_subnet_and_port(openstack_client):
    def show(*words: str) -> dict:
        return json.loads(openstack_client(*words, "-f", "json"))

    network = show("network", "create", "cli", "--description", "by command", "--tag", "red")
    assert (network["name"], network["status"], network["tags"]) == ("cli", "ACTIVE", ["red"])
    subnet = show(
        "subnet", "create", "cli4", "--network", "cli", "--subnet-range", "10.7.0.0/24",
        "--dns-nameserver", "9.9.9.9", "--allocation-pool", "start=10.7.0.10,end=10.7.0.20",
        "--host-route", "destination=10.9.0.0/16,gateway=10.7.0.9",
    )  # fmt: skip
    assert (subnet["gateway_ip"], subnet["dns_nameservers"]) == ("10.7.0.1", ["9.9.9.9"])
    port = show("port", "create", "cli", "--network", "cli", "--fixed-ip", "subnet=cli4,ip-address=10.7.0.15")
    assert port["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": "10.7.0.15"}]
    openstack_client("port", "set", "cli", "--name", "renamed", "--host", "a1", "--tag", "blue")
    changed = show("port", "show", "renamed")
    assert (changed["binding_host_id"], changed["tags"]) == ("a1", ["blue"])
    listed = show("port", "list", "--network", "cli")
    assert [row["ID"] for row in listed] == [port["id"]]
    openstack_client("network", "set", "cli", "--disable")
    openstack_client("subnet", "set", "cli4", "--no-dhcp", "--gateway", "none")
    assert show("subnet", "show", "cli4")["gateway_ip"] is None
    openstack_client("port", "delete", "renamed")
    openstack_client("subnet", "delete", "cli4")
    openstack_client("network", "delete", "cli")
    assert show("network", "list", "--name", "cli") == []


def test_the_installed_command_says_what_a_forked_one_does(openstack_client, clouds):
    """The others are forked, by forking.py; this is what a person's shell starts."""
    openstack_client("network", "create", "seen-by-both")
    command = [Path(sys.executable).with_name("openstack"), "network", "list", "-f", "json"]
    environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "weft", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "seen-by-both" in done.stdout
    assert done.stdout == openstack_client("network", "list", "-f", "json")
