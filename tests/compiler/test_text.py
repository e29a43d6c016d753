"""Plans as text: golden, so that a change of wording or order is seen."""

from tests.compiler.intents import LONDON, PARIS, intent, network, port, subnet
from weft.compiler import compile_plan, diff_text, plan_text

BLUE = (network(), subnet(dns=("10.0.0.2",)), subnet("blue6", cidr="2001:db8::/64", ipv6_ra_mode="slaac"))
A = port("a", addresses=(("blue4", "10.0.0.10"), ("blue6", "2001:db8::a")))
FIRST = compile_plan(intent(*BLUE, A, port("c")), LONDON)

GOLDEN = """\
plan london revision 1
tunnel 192.0.2.1
ports tapa0000000-00: open a0000000-0000-0000-0000-000000000000 vni=100 mac=fa:16:00:00:00:0a mtu_bytes=1450 \
addresses=10.0.0.10,2001:db8::a
ports tapc0000000-00: open c0000000-0000-0000-0000-000000000000 vni=100 mac=fa:16:00:00:00:0c mtu_bytes=1450 \
addresses=10.0.0.12
fdb 100 fa:16:00:00:00:0a: device tapa0000000-00
fdb 100 fa:16:00:00:00:0c: device tapc0000000-00
neighbours 100 10.0.0.10: fa:16:00:00:00:0a
neighbours 100 10.0.0.12: fa:16:00:00:00:0c
neighbours 100 2001:db8::a: fa:16:00:00:00:0a
neighbours 100 fe80::f816:ff:fe00:a: fa:16:00:00:00:0a
flood 100: devices=tapa0000000-00,tapc0000000-00 tunnels=-
dhcp4 tapa0000000-00: address=10.0.0.10 prefix_length=24 server=10.0.0.1 gateway=10.0.0.1 dns_servers=10.0.0.2 \
routes=- mtu_bytes=1450 lease_s=86400 domain=weft.internal host_name=host-10-0-0-10
dhcp4 tapc0000000-00: address=10.0.0.12 prefix_length=24 server=10.0.0.1 gateway=10.0.0.1 dns_servers=10.0.0.2 \
routes=- mtu_bytes=1450 lease_s=86400 domain=weft.internal host_name=host-10-0-0-12
ra tapa0000000-00: managed=no other=no router_lifetime_s=0 prefixes=2001:db8::/64/yes dns_servers=- mtu_bytes=1450
"""


def test_a_plan_reads_line_by_line() -> None:
    assert plan_text(FIRST) == GOLDEN


def test_a_difference_shows_what_goes_and_what_comes() -> None:
    second = compile_plan(intent(*BLUE, A, port("c", PARIS), port("d", PARIS, network="grey"), revision=2), LONDON)
    lines = diff_text(FIRST, second).splitlines()
    assert lines[0] == "plan london revision 1 → 2"
    assert [line.split(": ")[0] for line in lines[1:]] == [
        "- dhcp4 tapc0000000-00",
        "- fdb 100 fa:16:00:00:00:0c",
        "+ fdb 100 fa:16:00:00:00:0c",
        "- flood 100",
        "+ flood 100",
        "- ports tapc0000000-00",
    ]
    assert diff_text(FIRST, FIRST).splitlines()[1:] == []
