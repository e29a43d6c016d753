"""From records to intent: what is good gets through, what is not closes its own door only."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.records import FIELDS, NET, PORT, SUB, comes, goes, record
from weft.agent.intent import View
from weft.model import NodeId

IDS = {"network": NET, "subnet": SUB, "port": PORT, "node": "a1"}
TABLES = {"network": "networks", "subnet": "subnets", "port": "ports", "node": "nodes"}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_good_record_becomes_intent_and_goes_again(kind: str) -> None:
    view = View(NodeId("a1"))
    good = record(kind, IDS[kind])
    change = view.absorb([comes(good)])
    assert change is not None
    assert getattr(change, TABLES[kind])[IDS[kind]] is not None
    change = view.absorb([goes(good)])
    assert change is not None
    assert change.revision == 2
    assert getattr(change, TABLES[kind]) == {IDS[kind]: None}
    assert not view.faults({NET})


def test_an_unbound_port_is_no_intent() -> None:
    change = View(NodeId("a1")).absorb([comes(record("port", PORT, host=""))])
    assert change is not None
    assert change.ports == {PORT: None}


BAD = [
    ("a VNI that is a word", "network", {"vni": "blue"}),
    ("a VNI that is true", "network", {"vni": True}),
    ("a VNI beyond 24 bits", "network", {"vni": 1 << 24}),
    ("no VNI", "network", {"vni": ...}),
    ("an MTU no packet fits in", "network", {"mtu": 20}),
    ("a prefix with host bits", "subnet", {"cidr": "10.0.0.1/24"}),
    ("a prefix that is a number, which Python would take", "subnet", {"cidr": 10}),
    ("a gateway that is a network's", "subnet", {"gateway_ip": "224.0.0.1"}),
    ("a mode nobody knows", "subnet", {"ipv6_ra_mode": "carrier-pigeon"}),
    ("a route without next hop", "subnet", {"host_routes": [{"destination": "10.0.0.0/8"}]}),
    ("a network that is no UUID", "port", {"network_id": "../../etc"}),
    ("a MAC of a group", "port", {"mac_address": "01:00:5e:00:00:01"}),
    ("a MAC in capitals", "port", {"mac_address": "FA:16:00:00:00:01"}),
    ("addresses that are no list", "port", {"fixed_ips": {"ip_address": "10.0.0.7"}}),
    ("an address with a zone", "port", {"fixed_ips": [{"subnet_id": SUB, "ip_address": "fe80::1%eth0"}]}),
    ("far too many addresses", "port", {"fixed_ips": [{"subnet_id": SUB, "ip_address": "10.0.0.7"}] * 65}),
    ("a tunnel of IPv6", "node", {"underlay_ip": "2001:db8::1"}),
]


@pytest.mark.parametrize(("why", "kind", "fields"), BAD, ids=[case[0] for case in BAD])
def test_an_unusable_record_is_a_fault_until_it_is_mended(why: str, kind: str, fields: dict[str, Any]) -> None:
    view = View(NodeId("a1"))
    change = view.absorb([comes(record(kind, IDS[kind], **fields))])
    assert change is not None
    assert getattr(change, TABLES[kind]) == {IDS[kind]: None}
    (fault,) = view.faults({NET})
    assert fault.subject == f"{kind} {IDS[kind]}"
    view.absorb([comes(record(kind, IDS[kind]))])
    assert not view.faults({NET})


def test_a_fault_is_told_only_where_it_matters() -> None:
    view = View(NodeId("b1"))
    view.absorb([comes(record("port", PORT, mac_address=7)), comes(record("network", NET, vni=0))])
    assert not view.faults(set())


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@given(kind=st.sampled_from(sorted(FIELDS)), id=st.text(max_size=40), data=st.data())
def test_no_record_whatever_raises(kind: str, id: str, data: st.DataObject) -> None:
    chosen = data.draw(st.dictionaries(st.sampled_from(sorted(FIELDS[kind])), _json, min_size=1))
    view = View(NodeId("a1"))
    for each in (id, IDS[kind]):
        assert view.absorb([comes(record(kind, each, **chosen))]) is not None
    view.faults({NET})


@pytest.mark.parametrize(("fields", "is_guarded"), [({}, True), ({"port_security_enabled": False}, False)])
def test_port_security_guards_a_port(fields: dict[str, Any], is_guarded: bool) -> None:
    change = View(NodeId("a1")).absorb([comes(record("port", PORT, **fields))])
    assert change is not None
    bound = change.ports[PORT]
    assert bound is not None
    assert bound.port.is_guarded is is_guarded


HOST_NAMES = [
    ("a name", "web", "web"),
    ("a full name", "web.weft.internal.", "web"),
    ("no name", "", ""),
    ("no such field", ..., ""),
    ("not a name", "-web-", ""),
    ("a number", 7, ""),
]


@pytest.mark.parametrize(
    ("dns_name", "expected"), [case[1:] for case in HOST_NAMES], ids=[case[0] for case in HOST_NAMES]
)
def test_a_machine_is_called_by_the_first_label(dns_name: object, expected: str) -> None:
    change = View(NodeId("a1")).absorb([comes(record("port", PORT, dns_name=dns_name))])
    assert change is not None
    bound = change.ports[PORT]
    assert bound is not None
    assert bound.port.host_name == expected
