"""Addresses, prefixes and MACs: what counts as one, and its one canonical form."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.wire.neutron.addresses import (
    canonical_ip,
    canonical_mac,
    canonical_prefix,
    ip_problem,
    mac_problem,
    nameservers_problem,
    pools_problem,
    route_prefix_problem,
)
from weft.wire.neutron.attributes import BadValue


@given(st.ip_addresses())
def test_every_address_is_one_and_its_canonical_form_stays(address):
    text = str(address)
    assert ip_problem(text) is None
    assert canonical_ip(text) == canonical_ip(canonical_ip(text)) == text


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("::ffff:1.2.3.4", str(ip_address("::ffff:1.2.3.4"))),
        ("10.0.0.1", "10.0.0.1"),
        ("not one", "not one"),
        (None, None),
        (7, 7),
    ],
)
def test_spellings_of_addresses(spelling, canonical):
    assert canonical_ip(spelling) == canonical


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("10.0.0", "'10.0.0' is not a valid IP address"),
        ("10.0.0.256", "'10.0.0.256' is not a valid IP address"),
        ("fe80::1%eth0", "'fe80::1%eth0' is not a valid IP address"),
        ("010.0.0.1", "'010.0.0.1' is not an accepted IP address, '10.0.0.1' is recommended"),
        (5, "'5' is not a valid IP address"),
        (None, "'None' is not a valid IP address"),
        (" 10.0.0.1", "' 10.0.0.1' is not a valid IP address"),
    ],
)
def test_what_is_no_address(value, text):
    assert ip_problem(value) == text


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("10.0.0.7/24", "10.0.0.0/24"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0/24"),
        ("10.0.0.7", "10.0.0.7/32"),
        ("2001:DB8::7/64", "2001:db8::/64"),
        (None, None),
    ],
)
def test_spellings_of_prefixes(spelling, canonical):
    assert canonical_prefix(spelling) == canonical


@pytest.mark.parametrize("value", ["", "x", "10.0.0.0/33", "10.0.0.0/-1", "fe80::%eth0/64", 5, [], {}, "10.0.0.0/24/8"])
def test_what_is_no_prefix(value):
    with pytest.raises(BadValue, match="is not in a CIDR format"):
        canonical_prefix(value)


@given(st.binary(min_size=6, max_size=6), st.sampled_from(":-."))
def test_macs_in_any_spelling(octets, separator):
    plain = octets.hex(":")
    groups = 2 if separator == "." else 1
    assert canonical_mac(octets.hex(separator, groups)) == plain
    assert canonical_mac(octets.hex().upper()) == plain
    assert (mac_problem(plain) is None) == (plain not in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"))


def test_short_pairs_are_filled_up():
    assert canonical_mac("52:54:0:0:0:5") == "52:54:00:00:00:05"


@pytest.mark.parametrize("value", ["", "x", "52:54:00:00:00", "52:54:00:00:00:0g", 5, None, "52:54-00:00:00:01"])
def test_what_is_no_mac(value):
    assert mac_problem(canonical_mac(value)) == f"'{value}' is not a valid MAC address"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("10.0.0.0/8", None),
        ("10.0.0.1/8", "'10.0.0.1/8' is not a valid CIDR"),
        ("10.0.0.0", "'10.0.0.0' is not a valid CIDR"),
        ("127.0.0.0/8", "'127.0.0.0/8' is not a routable CIDR"),
        (5, "'5' is not a valid CIDR"),
    ],
)
def test_destinations_of_routes(value, text):
    assert route_prefix_problem(value) == text


def test_lists_name_what_is_wrong_in_them():
    assert pools_problem([{"start": "10.0.0.2"}]) == (
        "Validation of dictionary's keys failed. Expected keys: {'end', 'start'} Provided keys: {'start'}"
    )
    assert pools_problem([5]) == "Invalid input. '5' must be a dictionary with keys: ['start', 'end']"
    assert nameservers_problem(["9.9.9.9", "x"]) == "'x' is not a valid nameserver. 'x' is not a valid IP address"
