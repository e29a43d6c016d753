"""What rules say: canonical form, and when two say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.commands.security.traffic import FIELDS, Traffic, checked_traffic, traffic_key
from weft.model import Invalid

CANONICAL = [
    ("IPv6's ICMP has one name", {"ethertype": "IPv6", "protocol": "icmp"}, {"protocol": "ipv6-icmp"}),
    ("its old name too", {"ethertype": "IPv6", "protocol": "icmpv6"}, {"protocol": "ipv6-icmp"}),
    ("and one number", {"ethertype": "IPv6", "protocol": "1"}, {"protocol": "58"}),
    ("in IPv4 it stays", {"protocol": "icmp"}, {"protocol": "icmp"}),
    (
        "all ports are no ports",
        {"protocol": "tcp", "port_range_min": 1, "port_range_max": 65535},
        {"port_range_min": None, "port_range_max": None},
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in CANONICAL], ids=[row[0] for row in CANONICAL])
def test_canonical_form(given, expected):
    values = checked_traffic(Traffic(direction="ingress", **given))
    assert {name: values[name] for name in expected} == expected


SAME = [
    ("a name and its number", {"protocol": "tcp"}, {"protocol": "6"}, True),
    ("anywhere, said and unsaid", {"remote_ip_prefix": "0.0.0.0/0"}, {}, True),
    ("both names of number 0", {"protocol": "ip"}, {"protocol": "hopopt"}, True),
    ("another protocol", {"protocol": "tcp"}, {"protocol": "udp"}, False),
    ("another direction", {}, {"direction": "egress"}, False),
    ("one port more", {"port_range_max": 80}, {"port_range_max": 81}, False),
    ("host bits count", {"remote_ip_prefix": "10.0.0.1/24"}, {"remote_ip_prefix": "10.0.0.2/24"}, False),
]


@pytest.mark.parametrize(("one", "other", "same"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_when_two_say_the_same(one, other, same):
    base = {"direction": "ingress", "ethertype": "IPv4"}
    assert (traffic_key({**base, **one}) == traffic_key({**base, **other})) is same


traffic = st.builds(
    Traffic,
    direction=st.sampled_from(["ingress", "egress"]),
    ethertype=st.sampled_from(["IPv4", "IPv6"]),
    protocol=st.sampled_from([None, "tcp", "6", "icmp", "1", "58", "icmpv6", "ipv6-icmp", "gre", "0", "ip"]),
    port_range_min=st.none() | st.integers(0, 65535),
    port_range_max=st.none() | st.integers(0, 65535),
    remote_ip_prefix=st.sampled_from([None, "10.0.0.5/24", "fd00::1/64", "0.0.0.0/0", "::/0"]),
    remote_group_id=st.sampled_from([None, "g"]),
    remote_address_group_id=st.sampled_from([None, "a"]),
)


@given(traffic)
def test_what_is_accepted_is_accepted_again_unchanged(wanted):
    try:
        values = checked_traffic(wanted)
    except Invalid:
        return
    assert set(values) == set(FIELDS)
    assert checked_traffic(Traffic(**values)) == values
    remotes = [values[name] for name in ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")]
    assert sum(map(bool, remotes)) <= 1
    if values["port_range_min"] is not None and values["port_range_max"] is not None and values["protocol"] != "icmp":
        assert values["protocol"] is not None
