"""After all that was asked, the state is one that proper requests could have led to. Runs after the operations."""

from typing import Any

import pytest

from weft.api.neutron.resource import Resource
from weft.api.neutron.resources import RESOURCES
from weft.store.kinds import KINDS
from weft.store.paths import values_at
from weft.store.state import MergedState
from weft.store.wire import decode_record, encode_record

from .cloud import Cloud

pytestmark = pytest.mark.fuzz

TOPS = [resource for resource in RESOURCES if resource.parent is None]
LISTED = [resource for resource in TOPS if "list" in resource.verbs]
DELETABLE = [resource for resource in LISTED if "delete" in resource.verbs]


def test_every_reference_leads_somewhere(cloud: Cloud):
    dangling = [
        f"{record.key}.{path} → {kind} {target}"
        for record in cloud.store.state.live_records()
        for path, kind in KINDS[record.key.kind].refers
        for target in values_at(record, path)
        if target and cloud.store.state.get(kind, target) is None
    ]
    assert not dangling


def test_another_site_that_hears_of_it_holds_the_same(cloud: Cloud):
    other = MergedState()
    for record in cloud.store.state.raw_records():
        other.apply(decode_record(encode_record(record), None))
    assert {r.key: r for r in other.live_records()} == {r.key: r for r in cloud.store.state.live_records()}


def test_a_site_alone_has_no_conflicts(cloud: Cloud):
    cloud.store.settle()
    assert [record.get("message") for record in cloud.store.state.of_kind("conflict")] == []


@pytest.mark.parametrize("resource", LISTED, ids=lambda resource: resource.collection)
@pytest.mark.parametrize("caller", ["admin", "member"])
def test_pages_and_shows_agree_with_the_list(cloud: Cloud, resource: Resource, caller: str):
    path = f"/v2.0/{resource.url_path}"
    whole = listed(cloud, resource, caller)
    paged, query = [], "limit=7"
    while query:
        answer = cloud.ask("GET", f"{path}?{query}", caller=caller).json()
        paged += still(answer[resource.collection])
        links = {link["rel"]: link["href"] for link in answer.get(f"{resource.collection}_links", ())}
        query = links["next"].partition("?")[2] if "next" in links else ""
    assert sorted(paged, key=repr) == sorted(whole, key=repr)
    if "show" in resource.verbs:
        for each in whole[:50]:
            shown = cloud.ask("GET", f"{path}/{id_of(each)}", caller=caller)
            if resource.name == "rule_type" and caller != "admin":
                assert shown.status_code in (403, 404)  # for administrators, other than the list
                continue
            assert shown.json()[resource.name].items() >= each.items()  # a list may say less


def test_the_cloud_can_be_emptied(cloud: Cloud):
    """Nothing holds on to what is gone: in some order everything can be deleted."""
    for network in listed(cloud, named("networks")):
        assert cloud.ask("PUT", f"/v2.0/networks/{network['id']}", {"network": {"shared": False}}).status_code == 200
    unplug_routers(cloud)
    part_local_ips(cloud)
    refusals: dict[str, str] = {}
    for _ in range(len(DELETABLE)):
        refusals = {}
        for resource in DELETABLE:
            for each in listed(cloud, resource):
                if each.get("default") is True:  # the ranges that are there by themselves
                    continue
                answer = cloud.ask("DELETE", f"/v2.0/{resource.url_path}/{each['id']}")
                if answer.status_code != 204:
                    refusals[f"{resource.name} {each['id']}"] = answer.text
        if not refusals:
            break
    assert not refusals


def unplug_routers(cloud: Cloud) -> None:
    """Take all that leads through routers away, and their interfaces: nobody may delete these as ports."""
    for floatingip in listed(cloud, named("floatingips")):
        path = f"/v2.0/floatingips/{floatingip['id']}"
        for forwarding in cloud.ask("GET", f"{path}/port_forwardings").json()["port_forwardings"]:
            assert cloud.ask("DELETE", f"{path}/port_forwardings/{forwarding['id']}").status_code == 204
        assert cloud.ask("DELETE", path).status_code == 204
    for router in listed(cloud, named("routers")):
        assert cloud.ask("PUT", f"/v2.0/routers/{router['id']}", {"router": {"routes": []}}).status_code == 200
    for port in listed(cloud, named("ports")):
        if port["device_owner"] == "network:router_interface":
            path = f"/v2.0/routers/{port['device_id']}/remove_router_interface"
            unplugged = cloud.ask("PUT", path, {"port_id": port["id"]})
            assert unplugged.status_code == 200, unplugged.text


def part_local_ips(cloud: Cloud) -> None:
    """End the use of local IPs: a port that uses the one whose address it holds keeps it, and is kept by it."""
    for local_ip in listed(cloud, named("local_ips")):
        path = f"/v2.0/local_ips/{local_ip['id']}/port_associations"
        for association in cloud.ask("GET", path).json()["port_associations"]:
            assert cloud.ask("DELETE", f"{path}/{association['fixed_port_id']}").status_code == 204


def id_of(shown: dict[str, Any]) -> str:
    """Return what an object is called in paths: not all have an ID."""
    return str(next(shown[name] for name in ("id", "network_id", "type") if name in shown))


def listed(cloud: Cloud, resource: Resource, caller: str = "admin") -> list[dict[str, Any]]:
    answer = cloud.ask("GET", f"/v2.0/{resource.url_path}", caller=caller)
    assert answer.status_code == 200, answer.text
    return still(answer.json()[resource.collection])


def still(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return objects without what moves on from one request to the next."""
    return [{name: value for name, value in each.items() if name != "heartbeat_timestamp"} for each in shown]


def named(collection: str) -> Resource:
    return next(resource for resource in RESOURCES if resource.collection == collection)
