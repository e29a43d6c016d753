"""The arithmetic of subnets, against the plain reading of it."""

from ipaddress import IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.commands.errors import GatewayConflictWithAllocationPools, OverlappingAllocationPools
from weft.commands.prefixes import (
    check_gateway_outside,
    check_pools,
    default_gateway,
    default_pools,
    eui64_address,
    overlaps,
    pool_ranges,
    usable_range,
)


def prefixes(longest: int = 32, shortest: int = 20):
    return st.builds(
        lambda base, length: ip_network((base, length), strict=False),
        st.integers(1 << 24, (1 << 32) - 1),
        st.integers(shortest, longest),
    )


@given(prefixes(), st.integers(0, 1 << 32))
def test_default_pools_are_all_hosts_but_the_gateway(prefix, place):
    gateway = str(prefix[place % prefix.num_addresses])
    pools = default_pools(prefix, gateway)
    held = {value for one in pool_ranges(pools) for value in range(one.first, one.last + 1)}
    hosts = {int(host) for host in prefix.hosts()} or {int(prefix.network_address)}
    assert held == (hosts - {int(ip_address(gateway))} if len(hosts) > 1 else hosts)
    check_pools(pools, prefix)
    if len(hosts) > 1:
        check_gateway_outside(gateway, pools)


@given(prefixes(), prefixes())
def test_overlapping_is_mutual_and_means_a_shared_address(one, other):
    assert overlaps(one, other) == overlaps(other, one)
    first, last = max(one[0], other[0]), min(one[-1], other[-1])
    assert overlaps(one, other) == (first <= last)


def test_families_never_overlap():
    assert not overlaps(ip_network("0.0.0.0/1"), ip_network("::/1"))


@pytest.mark.parametrize(
    ("prefix", "gateway", "first", "last"),
    [
        ("10.0.0.0/24", "10.0.0.1", "10.0.0.1", "10.0.0.254"),
        ("10.0.0.0/31", "10.0.0.1", "10.0.0.0", "10.0.0.1"),
        ("10.0.0.7/32", "10.0.0.8", "10.0.0.7", "10.0.0.7"),
        ("fd00::/64", "fd00::", "fd00::1", "fd00::ffff:ffff:ffff:ffff"),
        ("fd00::5/128", "fd00::5", "fd00::5", "fd00::5"),
    ],
)
def test_gateways_and_limits(prefix, gateway, first, last):
    network = ip_network(prefix)
    assert default_gateway(network) == gateway
    assert usable_range(network) == (int(ip_address(first)), int(ip_address(last)))


@given(st.integers(0, (1 << 48) - 1))
def test_self_made_addresses_are_as_rfc_4291_says(value):
    mac = ":".join(f"{octet:02x}" for octet in value.to_bytes(6))
    interface = int(IPv6Address(eui64_address("fd00:1::/64", mac))) & ((1 << 64) - 1)
    assert interface >> 24 & 0xFFFF == 0xFFFE
    assert (interface >> 40) ^ (1 << 17) == value >> 24
    assert interface & 0xFFFFFF == value & 0xFFFFFF


def test_the_rfcs_own_example():
    assert eui64_address("2001:db8::/64", "34:56:78:9a:bc:de") == "2001:db8::3656:78ff:fe9a:bcde"


def test_conflicts_name_both_sides():
    prefix = ip_network("10.0.0.0/24")
    pools = [{"start": "10.0.0.2", "end": "10.0.0.9"}, {"start": "10.0.0.5", "end": "10.0.0.6"}]
    with pytest.raises(OverlappingAllocationPools, match=r"10\.0\.0\.2-10\.0\.0\.9 10\.0\.0\.5-10\.0\.0\.6"):
        check_pools(pools, prefix)
    with pytest.raises(GatewayConflictWithAllocationPools):
        check_gateway_outside("10.0.0.3", pools)
