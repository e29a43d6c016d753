"""Stock clients at two sites at once, one of them cut off: each does a whole day's work, and then both know of both."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .conftest import Corner, eventually, said

pytestmark = pytest.mark.lab

DAY = Path(__file__).with_name("sdk_day.py")

Made = dict[str, dict[str, str]]  # site → collection → ID


def day(lab: Corner, site: str, word: str) -> dict[str, str]:
    """Let openstacksdk do a day's work at a site; returns the IDs of what stays, by collection."""
    made: dict[str, str] = json.loads(said(lab.run(sys.executable, str(DAY), f"weft-{site}", word)))
    return made


@pytest.fixture(scope="module")
def made(lab: Corner) -> Made:
    """What was made at sites a and c while c was cut off from all others."""
    lab.weft("lab", "cut", "c")
    with ThreadPoolExecutor() as both:
        days = {site: both.submit(day, lab, site, word) for site, word in (("a", "warp"), ("c", "woof"))}
        return {site: each.result() for site, each in days.items()}


def shown(lab: Corner, site: str, collection: str, id: str) -> Any:
    """Return an object as a site shows it, None if the site does not know it."""
    found = lab.api(site, "GET", f"/v2.0/{collection}?id={id}")
    return next(iter(next(value for key, value in found.items() if isinstance(value, list))), None)


def test_a_cut_off_site_serves_its_clients(lab: Corner, made: Made):
    for site, other in (("a", "c"), ("c", "a")):
        for collection, id in made[site].items():
            assert shown(lab, site, collection, id) is not None, (site, collection)
            assert shown(lab, other, collection, id) is None, (other, collection)


def test_the_command_works_at_the_cut_off_site(lab: Corner, made: Made):
    names = {row["Name"] for row in lab.openstack("weft-c-demo", "router", "list")}
    assert names == {"r-woof"}
    agents = lab.openstack("weft-c", "network", "agent", "list")
    assert {"c1", "c2"} <= {row["Host"] for row in agents if row["Alive"]}
    shown_agent = lab.openstack("weft-c", "network", "agent", "show", agents[0]["ID"])
    assert shown_agent["host"] == agents[0]["Host"]


def test_once_together_both_know_of_both_alike(lab: Corner, made: Made):
    lab.weft("lab", "heal")
    eventually(lambda: len({site["digest"] for site in digests(lab)}) == 1, 30)
    for collection in made["a"]:
        for site in ("a", "c"):
            ours = shown(lab, "a", collection, made[site][collection])
            assert ours is not None, (site, collection)
            assert ours == shown(lab, "c", collection, made[site][collection])


def test_the_other_sites_things_are_ones_own_to_change(lab: Corner, made: Made):
    """What was made at c is taken apart at a, as if it had been made there."""
    ids = made["c"]
    lab.api("a", "DELETE", f"/v2.0/trunks/{ids['trunks']}")
    lab.api("a", "DELETE", f"/v2.0/floatingips/{ids['floatingips']}")
    lab.api("a", "PUT", f"/v2.0/routers/{ids['routers']}/remove_router_interface", {"subnet_id": ids["subnets"]})
    lab.api("a", "DELETE", f"/v2.0/routers/{ids['routers']}")
    lab.api("a", "DELETE", f"/v2.0/ports/{ids['ports']}")
    for collection in ("security-groups", "qos/policies", "subnetpools", "subnets", "networks"):
        lab.api("a", "DELETE", f"/v2.0/{collection}/{ids[collection]}")
    eventually(lambda: all(shown(lab, "c", collection, id) is None for collection, id in ids.items()), 20)


def digests(lab: Corner) -> list[dict[str, Any]]:
    sites: list[dict[str, Any]] = lab.json("lab", "status")["sites"]
    return [node for site in sites for node in site["nodes"]]
