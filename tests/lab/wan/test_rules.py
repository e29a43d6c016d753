"""The WAN as text for nft and tc."""

from weft.lab.layout import layout
from weft.lab.wan.rules import netem_commands, nft_rules
from weft.lab.wan.shapes import Shape, ShapedPair, Wan

LAB = layout(3, 2)
WAN = Wan(cut=(("a", "c"),), shaped=(ShapedPair(("a", "b"), Shape(delay_ms=20, loss_pct=0.5, rate_mbit=100)),))
A_TO_B, B_TO_A = "198.19.1.0/24 . 198.19.2.0/24", "198.19.2.0/24 . 198.19.1.0/24"
A_TO_C, C_TO_A = "198.19.1.0/24 . 198.19.3.0/24", "198.19.3.0/24 . 198.19.1.0/24"


def test_without_netem_both_directions_of_a_pair_are_cut_or_steered():
    rules = nft_rules(LAB, WAN, netem=False)
    cut, shaped = rules.split("set shaped")
    assert f"elements = {{ {A_TO_C}, {C_TO_A} }}" in cut
    assert f"elements = {{ {A_TO_B}, {B_TO_A} }}" in shaped
    assert "priority set" not in rules


def test_with_netem_priorities_name_the_class_of_the_site_it_comes_from():
    rules = nft_rules(LAB, WAN, netem=True)
    assert "ip saddr 198.19.1.0/24 ip daddr 198.19.2.0/24 meta priority set 1:1" in rules
    assert "ip saddr 198.19.2.0/24 ip daddr 198.19.1.0/24 meta priority set 1:2" in rules
    assert A_TO_B not in rules  # nothing goes to the forwarder


def test_a_plain_wan_has_empty_sets():
    assert "elements" not in nft_rules(LAB, Wan(), netem=False)
    assert netem_commands(LAB, Wan()) == {"site-a": [], "site-b": [], "site-c": []}


def test_netem_sits_where_packets_leave_for_the_receiving_site():
    commands = netem_commands(LAB, WAN)
    assert commands["site-b"] == [
        "qdisc replace dev site-b root handle 1: htb",
        "class add dev site-b parent 1: classid 1:1 htb rate 100gbit quantum 60000",
        "qdisc add dev site-b parent 1:1 netem limit 100000 delay 20ms loss 0.5% rate 100mbit",
    ]
    assert commands["site-a"][1].startswith("class add dev site-a parent 1: classid 1:2 ")
    assert commands["site-c"] == []
