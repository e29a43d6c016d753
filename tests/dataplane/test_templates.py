"""Prepared answers are whole packets by themselves: lengths and checksums right, options as asked."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether

from tests.dataplane.fabric import RA, W1, dhcp4_entry
from weft.dataplane.frames import internet_checksum
from weft.dataplane.records import LEASE_LEN, REPLY_MAX
from weft.dataplane.templates import classless_routes, dhcp4_frame, dhcp6_frame, dhcp6_lease, ra_frame
from weft.plan import Dhcp6Entry, Ipv6Prefix

ENTRY = dhcp4_entry(W1)


@given(st.binary(max_size=80))
def test_what_carries_its_own_checksum_sums_to_zero(data):
    even = data + bytes(len(data) % 2)
    assert internet_checksum(even + internet_checksum(even).to_bytes(2, "big")) == 0


def test_without_routes_there_is_no_option_121():
    plain = replace(ENTRY, routes=(), gateway=None, dns_servers=(), domain="", host_name="")
    frame = dhcp4_frame(plain, W1.mac)
    assert len(frame) == 14 + 20 + 8 + 300
    assert Ether(frame)[IP].len == len(frame) - 14


@pytest.mark.parametrize(
    ("routes", "gateway", "expected"),
    [
        ((("10.0.0.0/8", "10.0.0.7"),), None, "080a 0a000007"),
        ((("10.0.0.0/8", "10.0.0.7"),), "10.0.0.1", "080a 0a000007 00 0a000001"),
        ((("0.0.0.0/0", "10.0.0.7"),), "10.0.0.1", "00 0a000007"),
        ((("192.0.2.128/25", "10.0.0.7"),), None, "19c0000280 0a000007"),
        ((("192.0.2.1/32", "10.0.0.7"),), None, "20c0000201 0a000007"),
    ],
    ids=["a network", "the gateway becomes the default route", "unless there is one", "25 bits", "a host"],
)
def test_routes_are_written_with_as_few_bytes_as_they_need(routes, gateway, expected):
    entry = replace(
        ENTRY,
        routes=tuple((prefix, IPv4Address(next_hop)) for prefix, next_hop in routes),
        gateway=IPv4Address(gateway) if gateway else None,
    )
    assert classless_routes(entry) == bytes.fromhex(expected.replace(" ", ""))


def test_an_option_too_long_is_named():
    with pytest.raises(ValueError, match=r"option 121 has 4.. bytes, 255 fit"):
        dhcp4_frame(replace(ENTRY, routes=ENTRY.routes * 60), W1.mac)


def test_a_dozen_prefixes_fit():
    prefixes = tuple(Ipv6Prefix(f"2001:db8:{i:x}::/64", autonomous=True) for i in range(12))
    assert len(ra_frame(replace(RA, prefixes=prefixes))) <= REPLY_MAX


def test_options_only_lends_nothing():
    entry = Dhcp6Entry(address=None, dns_servers=(), lease_s=60, domain="")
    assert dhcp6_lease(entry) == b""
    assert len(dhcp6_lease(replace(entry, address=IPv6Address("2001:db8::1")))) == LEASE_LEN
    assert len(dhcp6_frame(entry, W1.mac)) == 14 + 40 + 8 + 4 + 14
