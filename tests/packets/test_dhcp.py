"""DHCPv4 and DHCPv6 conversations, message by message (RFC 2131, 8415)."""

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LL,
    DUID_LLT,
    DHCP6_Advertise,
    DHCP6_Confirm,
    DHCP6_Decline,
    DHCP6_InfoRequest,
    DHCP6_Rebind,
    DHCP6_Release,
    DHCP6_Renew,
    DHCP6_Reply,
    DHCP6_Request,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptDNSDomains,
    DHCP6OptDNSServers,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptRapidCommit,
    DHCP6OptServerId,
    DHCP6OptStatusCode,
)
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from tests.packets.harness import SHOT
from tests.packets.scene import BROADCAST, W1, W1_LINK_LOCAL, W2, bench_plan, eth, ipv4, ipv6, v4, v6
from tests.packets.test_answers import answer_to
from weft.dataplane.drops import DropReason
from weft.dataplane.reference import Model
from weft.dataplane.templates import FABRIC_LINK_LOCAL, FABRIC_MAC

pytestmark = pytest.mark.kernel

SERVER = "10.0.0.254"
CHADDR = bytes.fromhex(W1.mac.replace(":", ""))


def message(kind: str, *, unicast: bool = False, flags: int = 0, ciaddr: str = "0.0.0.0", **options: str) -> Packet:
    """Return a client's message, padded as BOOTP wants it."""
    ip = ipv4(dst=SERVER) if unicast else IP(src="0.0.0.0", dst="255.255.255.255")
    head = eth(FABRIC_MAC if unicast else BROADCAST) / ip / UDP(sport=68, dport=67)
    bootp = BOOTP(chaddr=CHADDR, xid=0xABCD1234, flags=flags, ciaddr=ciaddr)
    return head / bootp / DHCP(options=[("message-type", kind), *options.items(), "end"])


def options_of(packet: Packet) -> dict[str | int, object]:
    pairs = [option for option in packet[DHCP].options if isinstance(option, tuple)]  # not "end" and "pad"
    return {option[0]: option[1] if len(option) == 2 else option[1:] for option in pairs}


@pytest.mark.parametrize(
    ("sentence", "asked", "kind"),
    [
        ("discover is offered", message("discover"), 2),
        ("selecting us is acknowledged", message("request", server_id=SERVER, requested_addr=v4(W1)), 5),
        ("a rebooted client keeps its address", message("request", requested_addr=v4(W1)), 5),
        ("renewing is acknowledged", message("request", unicast=True, ciaddr=v4(W1)), 5),
        ("rebinding is acknowledged", message("request", ciaddr=v4(W1)), 5),
    ],
)
def test_a_client_is_served(bench, sentence, asked, kind):
    answer = answer_to(bench, asked)
    options = options_of(answer)
    assert options["message-type"] == kind, sentence
    assert (answer[Ether].dst, answer[Ether].src, answer[IP].src, answer[IP].ttl) == (W1.mac, FABRIC_MAC, SERVER, 64)
    assert answer[IP].dst == v4(W1)
    assert (answer[UDP].sport, answer[UDP].dport) == (67, 68)
    bootp = answer[BOOTP]
    assert (bootp.op, bootp.xid, bootp.yiaddr, bootp.siaddr) == (2, 0xABCD1234, v4(W1), SERVER)
    assert bootp.chaddr[:6] == CHADDR
    assert options == {
        "message-type": kind,
        "server_id": SERVER,
        "lease_time": 86400,
        "renewal_time": 43200,
        "rebinding_time": 75600,
        "subnet_mask": "255.255.255.0",
        "interface-mtu": 1450,
        "router": SERVER,
        "name_server": ("192.0.2.53", "192.0.2.54"),
        "classless_static_routes": ["172.16.0.0/12:10.0.0.7", "0.0.0.0/0:10.0.0.254"],
        "hostname": b"host-w1",
        "domain": b"example.org",
    }


def test_a_client_that_cannot_hear_unicast_is_answered_by_broadcast(bench):
    answer = answer_to(bench, message("discover", flags=0x8000))
    assert (answer[IP].dst, answer[BOOTP].flags.value) == ("255.255.255.255", 0x8000)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("it remembers another network's address", message("request", requested_addr="192.168.7.7")),
        ("it wants another's address", message("request", server_id=SERVER, requested_addr=v4(W2))),
        ("it renews a lost address", message("request", ciaddr="10.0.0.77")),
    ],
)
def test_a_client_is_told_to_start_over(bench, sentence, asked):
    answer = answer_to(bench, asked)
    assert options_of(answer) == {"message-type": 6, "server_id": SERVER}, sentence
    assert (answer[BOOTP].yiaddr, answer[BOOTP].ciaddr, answer[IP].dst) == ("0.0.0.0", "0.0.0.0", "255.255.255.255")
    assert len(answer[UDP]) == 8 + 300


def test_inform_gets_options_and_no_lease(bench):
    answer = answer_to(bench, message("inform", unicast=True, ciaddr=v4(W1)))
    options = options_of(answer)
    assert options["message-type"] == 5
    assert not {"lease_time", "renewal_time", "rebinding_time"} & options.keys()
    assert options["name_server"] == ("192.0.2.53", "192.0.2.54")
    assert (answer[BOOTP].yiaddr, answer[BOOTP].ciaddr, answer[IP].dst) == ("0.0.0.0", v4(W1), v4(W1))


CLIENT = DHCP6OptClientId(duid=DUID_LLT(lladdr=W1.mac, timeval=7))
US = DHCP6OptServerId(duid=DUID_LL(lladdr=FABRIC_MAC))
LEASE = DHCP6OptIA_NA(iaid=0xCAFE0001)


def message6(*parts: Packet) -> Packet:
    packet = eth("33:33:00:01:00:02") / ipv6(src=W1_LINK_LOCAL, dst="ff02::1:2") / UDP(sport=546, dport=547)
    for part in parts:
        packet /= part
    return packet


@pytest.mark.parametrize(
    ("sentence", "asked", "kind", "leased"),
    [
        ("solicit is advertised", message6(DHCP6_Solicit(trid=0x123456), CLIENT, LEASE), DHCP6_Advertise, True),
        (
            "rapid commit is not granted",
            message6(DHCP6_Solicit(trid=0x123456), CLIENT, DHCP6OptRapidCommit(), LEASE),
            DHCP6_Advertise,
            True,
        ),
        ("request is granted", message6(DHCP6_Request(trid=0x123456), CLIENT, US, LEASE), DHCP6_Reply, True),
        ("renew", message6(DHCP6_Renew(trid=0x123456), CLIENT, US, LEASE), DHCP6_Reply, True),
        ("rebind", message6(DHCP6_Rebind(trid=0x123456), CLIENT, LEASE), DHCP6_Reply, True),
        ("release is noted", message6(DHCP6_Release(trid=0x123456), CLIENT, US, LEASE), DHCP6_Reply, False),
        ("decline is noted", message6(DHCP6_Decline(trid=0x123456), CLIENT, US, LEASE), DHCP6_Reply, False),
        ("information", message6(DHCP6_InfoRequest(trid=0x123456), CLIENT), DHCP6_Reply, False),
    ],
)
def test_a_v6_client_is_served(bench, sentence, asked, kind, leased):
    answer = answer_to(bench, asked)
    assert answer[UDP].payload.__class__ is kind, sentence
    assert answer[kind].trid == 0x123456
    assert (answer[IPv6].src, answer[IPv6].dst) == (str(FABRIC_LINK_LOCAL), W1_LINK_LOCAL)
    assert bytes(CLIENT) in bytes(answer)
    assert answer[DHCP6OptServerId].duid.lladdr == FABRIC_MAC
    assert answer[DHCP6OptDNSServers].dnsservers == [v6(W2)]
    assert answer[DHCP6OptDNSDomains].dnsdomains == ["example.org."]
    assert (DHCP6OptIA_NA in answer) == leased
    assert (DHCP6OptStatusCode in answer) != leased
    if not leased:
        assert answer[DHCP6OptStatusCode].statuscode == 0  # success
    else:
        assert (answer[DHCP6OptIA_NA].iaid, answer[DHCP6OptIA_NA].T1) == (0xCAFE0001, 1800)
        address = answer[DHCP6OptIAAddress]
        assert (address.addr, address.preflft, address.validlft) == (v6(W1), 3600, 3600)


@pytest.mark.parametrize(
    ("sentence", "address", "status"),
    [
        ("its own address is still right", v6(W1), 0),
        ("one of another network is not on this link", "2001:db8:77::1", 4),
    ],
)
def test_an_address_is_confirmed_or_refused(bench, sentence, address, status):
    held = DHCP6OptIA_NA(iaid=1, ianaopts=[DHCP6OptIAAddress(addr=address)])
    answer = answer_to(bench, message6(DHCP6_Confirm(trid=7), CLIENT, held))
    assert answer[DHCP6OptStatusCode].statuscode == status, sentence
    assert DHCP6OptIA_NA not in answer
    assert bytes(CLIENT) in bytes(answer)


def test_who_asks_for_information_may_be_nameless(bench):
    answer = answer_to(bench, message6(DHCP6_InfoRequest(trid=7)))
    assert DHCP6OptClientId not in answer
    assert answer[DHCP6OptDNSServers].dnsservers == [v6(W2)]


@pytest.mark.parametrize("length", [1, 2, 3, 10, 127, 128])
def test_identifiers_of_every_length_come_back_whole(bench, length):
    raw = DHCP6OptClientId(duid=bytes(range(1, length + 1)), optlen=length)
    answer = answer_to(bench, message6(DHCP6_InfoRequest(trid=1), raw))
    assert bytes(raw) in bytes(answer)


def test_an_identifier_too_long_is_refused(bench):
    raw = DHCP6OptClientId(duid=bytes(129), optlen=129)
    assert bench.send(bytes(message6(DHCP6_InfoRequest(trid=1), raw))).verdict == SHOT


def test_a_server_that_is_named_only_in_part_is_another_one(bench):
    cut_off = DHCP6OptServerId(duid=DUID_LL(lladdr=FABRIC_MAC), optlen=19)  # the packet ends where our name does
    frame = bytes(message6(DHCP6_Renew(trid=1), CLIENT, LEASE, cut_off))
    assert bench.send(frame).reason is DropReason.DHCP_FOREIGN
    assert Model(bench_plan()).from_port(W1.device, frame).reason == "dhcp_foreign"
