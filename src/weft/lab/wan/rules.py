"""The WAN as kernel rules: text for nft and tc, computed from the WAN's state; pure.

Pairs that are neither cut nor shaped cross by plain kernel forwarding. Cut pairs are dropped. Shaped pairs take one
of two ways. With netem, the packet's priority names the class of the router's port that delays it. Without,
a mark sends it to a tun device, from which the forwarder takes it and gives it back when it is due; coming from
there it is no longer marked. The tun device makes the kernel split superpackets and finish checksums first, so
nothing needs to be switched off at the nodes. Everything is exact: a packet of a plain pair meets two set lookups.
"""

from collections.abc import Iterable, Sequence

from weft.lab.layout import Layout
from weft.lab.wan.shapes import Pair, Shape, Wan

TUN = "weft-tun"
MARK = 1
TABLE = 100  # the routing table of marked packets


def nft_rules(layout: Layout, wan: Wan, *, netem: bool) -> str:
    """Return the whole ruleset, in a form that replaces the one before at once (`nft -f`)."""
    cut = _elements(layout, wan.cut)
    shaped = [] if netem else _elements(layout, (s.pair for s in wan.shaped))
    priorities = _priorities(layout, wan) if netem else []
    return "\n".join(
        [
            "table ip weft-wan",
            "delete table ip weft-wan",
            "table ip weft-wan {",
            _set("cut", cut),
            _set("shaped", shaped),
            "\tchain steer {",
            "\t\ttype filter hook prerouting priority mangle;",
            f'\t\tiifname != "{TUN}" ip saddr . ip daddr @shaped meta mark set {MARK}',
            "\t}",
            "\tchain transit {",
            "\t\ttype filter hook forward priority filter;",
            "\t\tip saddr . ip daddr @cut counter drop",
            *[f"\t\tip saddr {src} ip daddr {dst} meta priority set {to}" for src, dst, to in priorities],
            "\t}",
            "}",
            "",
        ]
    )


def netem_commands(layout: Layout, wan: Wan) -> dict[str, list[str]]:
    """Return per port of the router the `tc -batch` lines that make its shaped pairs' classes; [] = none needed.

    Class 1:<n> of a site's port carries what comes from site number n. What has no class passes unshaped.
    """
    lines: dict[str, list[str]] = {site.router_port: [] for site in layout.sites}
    for shaped in wan.shaped:
        for source, target in _directions(shaped.pair):
            device = layout.site(target).router_port
            minor = f"{layout.site(source).number:x}"
            if not lines[device]:
                lines[device].append(f"qdisc replace dev {device} root handle 1: htb")
            lines[device].append(f"class add dev {device} parent 1: classid 1:{minor} htb rate 100gbit quantum 60000")
            lines[device].append(f"qdisc add dev {device} parent 1:{minor} netem {_netem(shaped.shape)}")
    return lines


def _netem(shape: Shape) -> str:
    words = ["limit", "100000"]
    if shape.delay_ms:
        words += ["delay", f"{shape.delay_ms:g}ms"]
    if shape.loss_pct:
        words += ["loss", f"{shape.loss_pct:g}%"]
    if shape.rate_mbit:
        words += ["rate", f"{shape.rate_mbit:g}mbit"]
    return " ".join(words)


def _priorities(layout: Layout, wan: Wan) -> list[tuple[str, str, str]]:
    return [
        (layout.site(source).prefix, layout.site(target).prefix, f"1:{layout.site(source).number:x}")
        for shaped in wan.shaped
        for source, target in _directions(shaped.pair)
    ]


def _elements(layout: Layout, pairs: Iterable[Pair]) -> list[str]:
    return [
        f"{layout.site(source).prefix} . {layout.site(target).prefix}"
        for pair in pairs
        for source, target in _directions(pair)
    ]


def _directions(pair: Pair) -> tuple[Pair, Pair]:
    return pair, (pair[1], pair[0])


def _set(name: str, elements: Sequence[str]) -> str:
    held = f"\n\t\telements = {{ {', '.join(elements)} }}" if elements else ""
    return f"\tset {name} {{\n\t\ttypeof ip saddr . ip daddr\n\t\tflags interval{held}\n\t}}"
