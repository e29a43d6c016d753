"""Ports that a partition kept from a subnet get their self-made address from their own site, and only there."""

import asyncio
import contextlib

import pytest

from tests.commands.replica import Replica
from weft.agent import completion
from weft.agent.completion import complete_addresses, subnets_to_look_at
from weft.commands.networks import CreateNetwork, create_networks
from weft.commands.ports import CreatePort, create_ports
from weft.commands.subnets import CreateSubnet, create_subnets
from weft.store.protocol import Change
from weft.store.simulated.memory import MemoryStore


def healed() -> tuple[Replica, str, str]:
    """Return site c after the heal: a port made there, a SLAAC subnet made at a, neither knowing of the other."""
    first, cut_off = Replica("a"), Replica("c", seed=7)
    network = first.do(create_networks, [CreateNetwork(project_id="p")])[0].key.id
    cut_off.hear(first)
    port = cut_off.do(create_ports, [CreatePort(project_id="p", network_id=network)])[0].key.id
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    new = CreateSubnet(project_id="p", network_id=network, ip_version=6, cidr="fd00::/64", **modes)
    subnet = first.do(create_subnets, [new])[0].key.id
    cut_off.hear(first)
    return cut_off, port, subnet


def test_only_the_ports_own_site_looks():
    site, port, subnet = healed()
    record = site.state.get("port", port)
    news = [Change(record.key, None, record, 1)]
    assert subnets_to_look_at(site.state, news, "c") == {subnet}
    assert subnets_to_look_at(site.state, news, "a") == set()


def test_a_new_subnet_is_looked_at_and_an_old_one_is_not():
    site, _, subnet = healed()
    record = site.state.get("subnet", subnet)
    assert subnets_to_look_at(site.state, [Change(record.key, None, record, 1)], "c") == {subnet}
    assert subnets_to_look_at(site.state, [Change(record.key, record, record, 1)], "c") == set()


@pytest.mark.parametrize(("site", "addresses"), [("c", 1), ("a", 0)])
async def test_the_address_arrives(monkeypatch, site, addresses):
    monkeypatch.setattr(completion, "SETTLE_S", 0)
    source, port, subnet = healed()
    store = MemoryStore(site=site, node=f"{site}1")
    for record in source.state.raw_records():
        store.absorb(record)
    duty = asyncio.create_task(complete_addresses(store))
    for _ in range(50):
        await asyncio.sleep(0.002)
        if store.state.get("port", port).get("fixed_ips"):
            break
    fixed_ips = store.state.get("port", port).get("fixed_ips")
    assert len(fixed_ips) == addresses
    assert all(ip["subnet_id"] == subnet and ip["ip_address"].startswith("fd00::f816:") for ip in fixed_ips)
    duty.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await duty
