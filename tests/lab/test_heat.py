"""A real Heat with Weft's identity service and Weft's Neutron: a stack comes, changes, grows and goes.

It takes trusts (what Heat does on its owner's behalf later), a domain of Heat's own with users in it (who may signal a
resource), and of the network whatever a template can have.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.heat.service import Heat

from .conftest import Corner, eventually

pytestmark = [pytest.mark.lab, pytest.mark.heat]

TEMPLATE = str(Path(__file__).with_name("heat") / "stack.yaml")


@pytest.fixture(scope="module")
def heat(site: Corner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heat]:
    made = Heat(site, tmp_path_factory.mktemp("heat"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stack(site: Corner, heat: Heat) -> str:
    """The name of a stack that is there."""
    public = site.api("a", "POST", "/v2.0/networks", {"network": {"name": "public", "router:external": True}})
    subnet = {"network_id": public["network"]["id"], "ip_version": 4, "cidr": "198.51.100.0/24"}
    site.api("a", "POST", "/v2.0/subnets", {"subnet": subnet})
    heat.openstack("stack", "create", "-t", TEMPLATE, "--parameter", "public=public", "warp")
    heat.until("warp", "CREATE_COMPLETE")
    return "warp"


def listed(site: Corner, collection: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.api("a", "GET", f"/v2.0/{collection}{query}")[
        collection.rpartition("/")[2].replace("-", "_")
    ]
    return found


def trusts(site: Corner) -> list[Any]:
    found: list[Any] = site.api("a", "GET", "/identity/v3/OS-TRUST/trusts")["trusts"]
    return found


def test_a_stack_comes(site: Corner, stack: str):
    [port] = listed(site, "ports", "?name=web")
    [floatingip] = listed(site, "floatingips")
    assert (floatingip["port_id"], floatingip["floating_ip_address"][:11]) == (port["id"], "198.51.100.")
    [trunk] = listed(site, "trunks")
    assert [each["segmentation_id"] for each in trunk["sub_ports"]] == [7]
    [policy] = listed(site, "qos/policies")
    assert [rule["max_kbps"] for rule in policy["rules"]] == [1000]
    assert len(trusts(site)) == 1


def test_it_changes(site: Corner, heat: Heat, stack: str):
    changed = ("--parameter", "public=public", "--parameter", "kbps=2000", "--parameter", "description=second")
    heat.openstack("stack", "update", "-t", TEMPLATE, *changed, stack)
    heat.until(stack, "UPDATE_COMPLETE")
    [policy] = listed(site, "qos/policies")
    assert (policy["description"], policy["rules"][0]["max_kbps"]) == ("second", 2000)


def test_it_grows_on_its_owners_behalf(site: Corner, heat: Heat, stack: str):
    """Nobody's token is at hand when a signal comes: Heat goes by the trust."""
    assert len(listed(site, "ports", "?name=scaled")) == 1
    heat.openstack("stack", "resource", "signal", stack, "more")
    eventually(lambda: len(listed(site, "ports", "?name=scaled")) == 2, 30)


def test_it_goes_and_leaves_nothing(site: Corner, heat: Heat, stack: str):
    heat.openstack("stack", "delete", "--yes", stack)
    heat.until(stack, "DELETE_COMPLETE")
    for collection in ("ports", "routers", "floatingips", "trunks", "qos/policies"):
        assert listed(site, collection) == []
    assert [network["name"] for network in listed(site, "networks")] == ["public"]
    assert {group["name"] for group in listed(site, "security-groups")} <= {"default"}
    assert trusts(site) == []
    in_domain = f"?domain_id={heat.domain}"
    assert site.api("a", "GET", f"/identity/v3/projects{in_domain}")["projects"] == []
    [left] = site.api("a", "GET", f"/identity/v3/users{in_domain}")["users"]
    assert left["name"] == "heat_domain_admin"
