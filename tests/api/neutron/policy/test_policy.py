"""Policy as clients meet it: refusals, what is hidden, an operator's own rules."""

import os
from pathlib import Path

import httpx
import pytest

from tests.api.neutron.callers import CALLERS, authenticate, client_for, error_of, make, refused
from weft.api.caller import Caller
from weft.api.neutron import neutron_app
from weft.api.neutron.policy import Policy, check, rights_of
from weft.api.neutron.policy.target import Target

ALICE = CALLERS["alice"]


def client_under(policy: Policy, store, token: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(neutron_app(store, authenticate, policy))
    return httpx.AsyncClient(transport=transport, base_url="http://weft.test", headers={"X-Auth-Token": token})


def write(file: Path, text: str, second: int) -> None:
    file.write_text(text)
    os.utime(file, (second, second))  # two writes within a clock tick are two versions all the same


def test_files_are_read_when_they_appear_change_and_go(tmp_path):
    file = tmp_path / "policy.yaml"
    policy, own = Policy(file), Target({"project_id": "p-alice"})
    assert check(policy.with_rights(ALICE, 0.0), "create_network", own)
    write(file, '"create_network": "!"', 1)
    assert check(policy.with_rights(ALICE, 0.5), "create_network", own)  # not looked at yet
    assert not check(policy.with_rights(ALICE, 1.5), "create_network", own)
    write(file, '"create_network": "rule:owner"', 2)
    assert check(policy.with_rights(ALICE, 3.0), "create_network", own)
    (tmp_path / "policy.d").mkdir()
    write(tmp_path / "policy.d" / "10-more.yaml", '"create_network": "!"', 3)
    assert not check(policy.with_rights(ALICE, 5.0), "create_network", own)
    (tmp_path / "policy.d" / "10-more.yaml").unlink()
    file.unlink()
    assert check(policy.with_rights(ALICE, 7.0), "create_network", own)


def test_a_bad_file_leaves_the_rules_as_they_were(tmp_path):
    file = tmp_path / "policy.yaml"
    write(file, '"create_network": "!"', 1)
    policy, own = Policy(file), Target({"project_id": "p-alice"})
    assert not check(policy.with_rights(ALICE, 0.0), "create_network", own)
    write(file, '"create_network": "(', 2)
    assert not check(policy.with_rights(ALICE, 2.0), "create_network", own)
    assert check(policy.with_rights(ALICE, 2.0), "create_router", own)


def test_an_operator_says_who_is_an_administrator(tmp_path):
    file = tmp_path / "policy.yaml"
    write(file, '"context_is_admin": "role:admin or role:overseer"', 1)
    policy = Policy(file)
    overseer = policy.with_rights(Caller("u", "p", roles=frozenset({"overseer"})), 0.0)
    assert overseer.is_admin
    assert rights_of(overseer).sees_everything


SCOPES = [("the system's", {"system_scope": "all"}, "system"), ("a domain's", {"domain_id": "d"}, "domain")]


@pytest.mark.parametrize(("scope", "told"), [case[1:] for case in SCOPES], ids=[case[0] for case in SCOPES])
async def test_rules_are_for_tokens_of_a_project(store, scope, told, admin):
    network = await make(admin, "network")
    caller = Caller("u", roles=frozenset({"admin", "member", "reader"}), **scope)
    transport = httpx.ASGITransport(neutron_app(store, lambda token: caller))
    async with httpx.AsyncClient(transport=transport, base_url="http://weft.test") as client:
        assert error_of(await client.post("/v2.0/networks", json={"network": {"project_id": "p"}})) == (
            403,
            "InvalidScope",
            f"rule:create_network requires a scope of ['project'], request was made with {told} scope.",
        )
        assert (await client.get("/v2.0/networks")).json() == {"networks": []}
        shown = error_of(await client.get(f"/v2.0/networks/{network['id']}"))
        assert shown == (404, "HTTPNotFound", "The resource could not be found.")


async def test_what_one_sees_but_may_not_change_is_forbidden_and_what_one_does_not_see_is_not_there(
    store, admin, alice
):
    shared = await make(admin, "network", shared=True)
    hidden = await make(admin, "network")
    told = error_of(await alice.put(f"/v2.0/networks/{shared['id']}", json={"network": {"name": "x"}}))
    assert told == (403, "PolicyNotAuthorized", "rule:update_network is disallowed by policy")
    assert error_of(await alice.delete(f"/v2.0/networks/{hidden['id']}"))[0] == 404


async def test_a_reader_reads_and_writes_nothing(store, alice):
    network = await make(alice, "network")
    async with client_for(store, "reader") as reader:
        assert (await reader.get(f"/v2.0/networks/{network['id']}")).status_code == 200
        assert (await refused(reader, "network"))[0] == 403
        assert (await reader.delete(f"/v2.0/networks/{network['id']}")).status_code == 403


async def test_only_services_set_a_ports_profile(store, admin):
    network = await make(admin, "network")
    profile = {"network_id": network["id"], "binding:profile": {"a": 1}}
    assert await refused(admin, "port", **profile) == (
        403,
        "PolicyNotAuthorized",
        "(rule:create_port and rule:create_port:binding:profile) is disallowed by policy",
    )
    async with client_for(store, "nova") as nova:
        assert (await make(nova, "port", **profile))["binding:profile"] == {"a": 1}


async def test_a_machines_port_is_deleted_by_its_service_on_the_owners_behalf(store, alice):
    network = await make(alice, "network")
    port = await make(alice, "port", network_id=network["id"], device_owner="compute:nova")
    path = f"/v2.0/ports/{port['id']}"
    told = error_of(await alice.delete(path))
    assert told == (403, "PolicyNotAuthorized", "rule:delete_port is disallowed by policy")
    assert (await alice.delete(path, headers={"X-Service-Token": "nova"})).status_code == 204


async def test_an_operator_shows_what_neutron_hides(store, tmp_path, alice):
    file = tmp_path / "policy.yaml"
    file.write_text('"get_network:provider:segmentation_id": "rule:owner"\n"get_network:name": "!"')
    network = await make(alice, "network", name="mine")
    assert "provider:segmentation_id" not in network
    async with client_under(Policy(file), store, "alice") as client:
        shown = (await client.get(f"/v2.0/networks/{network['id']}")).json()["network"]
        listed = (await client.get("/v2.0/networks")).json()["networks"]
    assert shown["provider:segmentation_id"] > 0
    assert "name" not in shown
    assert listed == [shown]


async def test_a_gateways_keys_have_rules_of_their_own(alice):
    router = await make(alice, "router")
    gateway = {"enable_snat": False, "external_fixed_ips": [], "network_id": router["id"]}
    body = {"router": {"external_gateway_info": gateway}}
    below = "rule:update_router:external_gateway_info"
    assert error_of(await alice.put(f"/v2.0/routers/{router['id']}", json=body)) == (
        403,
        "PolicyNotAuthorized",
        f"(rule:update_router and ({below} and ({below}:network_id and {below}:external_fixed_ips and "
        f"{below}:enable_snat))) is disallowed by policy",
    )


async def test_an_action_on_what_one_may_not_see_is_on_nothing(store, alice, tmp_path):
    router = await make(alice, "router")
    async with client_for(store, "reader") as reader:
        path = f"/v2.0/routers/{router['id']}/add_router_interface"
        told = error_of(await reader.put(path, json={}))
    assert told == (403, "PolicyNotAuthorized", "rule:add_router_interface is disallowed by policy")
    (tmp_path / "policy.yaml").write_text('"get_router": "!"')
    async with client_under(Policy(tmp_path / "policy.yaml"), store, "reader") as blind:
        assert error_of(await blind.put(path, json={})) == (404, "HTTPNotFound", "The resource could not be found.")
