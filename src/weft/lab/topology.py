"""The lab's namespaces and devices: made when missing, left alone when whole, removed when ours.

Every namespace carries the lab's mark as alias of its `lo`, every device in the caller's namespace as its own alias;
what does not carry it is not ours, whatever its name.
"""

import contextlib
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import msgspec

from weft.lab.layout import MGMT_BRIDGE, MGMT_HOST, UNDERLAY_NET, WAN_NETNS, Layout, Node, Site
from weft.lab.processes import kill_all_in
from weft.lab.shell import ToolFailed, ip_batch, run, set_sysctls
from weft.lab.wan.rules import MARK, TABLE, TUN
from weft.model import Conflict

NETNS_DIR = Path("/run/netns")
TUN_QUEUE = 10_000  # packets; a burst of superpackets comes out of segmentation as hundreds


class NotOurs(Conflict):
    """A namespace or device with a name that the lab needs is there, and the lab did not make it."""

    code = "not_ours"


class Present(msgspec.Struct, frozen=True):
    """What the kernel holds under the lab's names."""

    netns: frozenset[str]  # ours
    whole: frozenset[str]  # those of them whose making came to its end
    strangers: frozenset[str]  # names with our prefix, not ours
    devices: frozenset[str]  # in the caller's namespace, ours
    wan_devices: frozenset[str]


def look(mark: str, claimed: Collection[str] = ()) -> Present:
    """Read what there is. `claimed` names are in the lab's state: one of them that bears no mark yet, and nothing
    that anybody put there, is what a crash left between its making and its marking."""
    ours: set[str] = set()
    whole: set[str] = set()
    strangers: set[str] = set()
    for name in _netns_names():
        links = _netns_links(name)
        loopback = next((link for link in links if link["ifname"] == "lo"), {})
        alias, is_up = loopback.get("ifalias", ""), "UP" in loopback.get("flags", ())
        unfinished = name in claimed and not alias and not is_up and len(links) <= 1
        (ours if alias == mark or unfinished else strangers).add(name)
        if alias == mark and is_up:
            whole.add(name)
    devices = {link["ifname"]: link.get("ifalias", "") for link in _links(None) if link["ifname"].startswith("weft-")}
    mine = {name for name, alias in devices.items() if alias == mark or (not alias and name in claimed)}
    wan = {link["ifname"] for link in _links(WAN_NETNS)} if WAN_NETNS in whole else set()
    return Present(
        frozenset(ours),
        frozenset(whole),
        frozenset(strangers | (devices.keys() - mine)),
        frozenset(mine),
        frozenset(wan),
    )


def check_free(layout: Layout, present: Present) -> None:
    """Raises NotOurs if a name that the lab needs is taken by something it did not make."""
    if taken := sorted(names(layout) & present.strangers):
        error = NotOurs(f"in use by something this lab did not make: {', '.join(taken)}")
        error.hint = "another lab? take it down where it was brought up (its `weft lab down`, with its WEFT_VAR)"
        raise error


def names(layout: Layout) -> frozenset[str]:
    """Return the names that a lab takes, of namespaces and of devices."""
    return frozenset({WAN_NETNS, MGMT_BRIDGE, *(node.netns for node in layout.nodes)})


def build(layout: Layout, mark: str) -> list[str]:
    """Make what is missing; returns the names of the nodes that were made anew. Raises NotOurs, ToolFailed."""
    present = look(mark, names(layout))
    check_free(layout, present)
    if MGMT_BRIDGE not in present.devices:
        _make_bridge(mark, [node for node in layout.nodes if node.mgmt_device in present.devices])
    if WAN_NETNS not in present.whole:
        if WAN_NETNS in present.netns:
            remove_netns(WAN_NETNS)
        _make_wan(mark)
    elif TUN not in present.wan_devices:
        _make_tun()
    for site in layout.sites:
        if not {site.switch, site.uplink, site.router_port} <= present.wan_devices:
            delete_links({site.switch, site.uplink} & present.wan_devices, WAN_NETNS)
            _make_site(site, [node for node in site.nodes if node.name in present.wan_devices])
    missing = [node for node in layout.nodes if not _is_whole(node, present)]
    for node in missing:
        if node.netns in present.netns:  # half a node: a crash, or somebody's hand
            remove_netns(node.netns)
    delete_links({node.mgmt_device for node in missing} & present.devices)  # held by a namespace without a name
    delete_links({node.name for node in missing} & present.wan_devices, WAN_NETNS)
    _make_nodes(missing, mark)
    return [node.name for node in missing]


def remove(mark: str, claimed: Collection[str] = ()) -> list[str]:
    """Remove all that is ours; returns the names."""
    present = look(mark, claimed)
    for netns in present.netns:
        kill_all_in(netns)
    delete_links(present.devices)  # their far ends go with them
    for netns in present.netns:
        remove_netns(netns)
    return sorted(present.netns | present.devices)


def delete_links(names: Collection[str], netns: str | None = None) -> None:
    """Delete devices, those that are still there: one whose far end's namespace has died goes by itself, some time."""
    for name in names:
        with contextlib.suppress(ToolFailed):
            ip_batch([f"link del {name}"], netns)
    if left := {link["ifname"] for link in _links(netns)}.intersection(names):
        raise ToolFailed(f"could not delete {', '.join(sorted(left))}")


def remove_netns(netns: str) -> None:
    """Kill what runs in a namespace and delete it, with its devices."""
    kill_all_in(netns)
    run(["ip", "netns", "del", netns])


def netns_exists(netns: str) -> bool:
    """Is there a namespace of that name, whosever it is?"""
    return (NETNS_DIR / netns).exists()


def add_netns(netns: str, mark: str) -> None:
    """Make a namespace that bears the mark. Whoever makes it sets its `lo` up when it is whole."""
    run(["ip", "netns", "add", netns])
    ip_batch([f'link set lo alias "{mark}"'], netns)


# ---- making
def _make_bridge(mark: str, nodes: Iterable[Node]) -> None:
    """Make the bridge; `nodes` were on the one before."""
    ip_batch(
        [
            f"link add {MGMT_BRIDGE} type bridge",
            f'link set {MGMT_BRIDGE} alias "{mark}"',
            f"addr add {MGMT_HOST} dev {MGMT_BRIDGE}",
            f"link set {MGMT_BRIDGE} up",
            *(f"link set {node.mgmt_device} master {MGMT_BRIDGE}" for node in nodes),
        ]
    )


def _make_wan(mark: str) -> None:
    add_netns(WAN_NETNS, mark)
    # The WAN is IPv4 only; reverse-path filters would drop what the forwarder gives back.
    set_sysctls(
        WAN_NETNS,
        {
            "net.ipv6.conf.all.disable_ipv6": 1,
            "net.ipv6.conf.default.disable_ipv6": 1,
            "net.ipv4.conf.all.arp_ignore": 1,  # a gateway's address is answered for by its own device only
            "net.ipv4.conf.all.rp_filter": 0,
            "net.ipv4.conf.default.rp_filter": 0,
            "net.ipv4.conf.all.send_redirects": 0,
            "net.ipv4.conf.default.send_redirects": 0,
            "net.ipv4.ip_forward": 1,
        },
    )
    _make_tun()
    ip_batch([f"rule add fwmark {MARK} lookup {TABLE}", "link set lo up"], WAN_NETNS)


def _make_tun() -> None:
    ip_batch(
        [
            f"tuntap add {TUN} mode tun",
            f"link set {TUN} txqueuelen {TUN_QUEUE} up",
            f"route add default dev {TUN} table {TABLE}",
        ],
        WAN_NETNS,
    )


def _make_site(site: Site, nodes: Iterable[Node]) -> None:
    """Make a site's switch and its way to the router; `nodes` were on the one before.

    The router has a device of its own, not the bridge's: the kernel would split tunnelled superpackets on their way
    into a bridge device, which halves the throughput, and passes them whole through a veth.
    """
    ip_batch(
        [
            f"link add {site.switch} type bridge",
            f"link set {site.switch} up",
            f"link add {site.router_port} type veth peer name {site.uplink}",
            f"link set {site.uplink} master {site.switch} up",
            f"addr add {site.gateway}/24 dev {site.router_port}",
            f"link set {site.router_port} up",
            *(f"link set {node.name} master {site.switch}" for node in nodes),
        ],
        WAN_NETNS,
    )


def _make_nodes(nodes: list[Node], mark: str) -> None:
    for node in nodes:
        add_netns(node.netns, mark)
        # Our devices speak no IPv6 of their own: no router solicitations into tenants' networks.
        set_sysctls(node.netns, {"net.ipv6.conf.all.disable_ipv6": 1, "net.ipv6.conf.default.disable_ipv6": 1})
    ip_batch([line for node in nodes for line in _mgmt_lines(node, mark)])
    ip_batch([line for node in nodes for line in _underlay_lines(node)], WAN_NETNS)
    for node in nodes:
        ip_batch(_inner_lines(node), node.netns)


def _mgmt_lines(node: Node, mark: str) -> list[str]:
    return [
        f"link add {node.mgmt_device} type veth peer name mgmt0 netns {node.netns}",
        f'link set {node.mgmt_device} alias "{mark}"',
        f"link set {node.mgmt_device} master {MGMT_BRIDGE} up",
    ]


def _underlay_lines(node: Node) -> list[str]:
    return [
        f"link add {node.name} type veth peer name eth0 netns {node.netns}",
        f"link set {node.name} master switch-{node.site} up",
    ]


def _inner_lines(node: Node) -> list[str]:
    return [
        f"addr add {node.mgmt_ip}/16 dev mgmt0",
        "link set mgmt0 up",
        f"addr add {node.underlay_ip}/24 dev eth0",
        "link set eth0 up",
        f"route add {UNDERLAY_NET} via 198.19.{node.site_number}.254",
        "link set lo up",  # last: the sign that the node is whole
    ]


# ---- looking
def _is_whole(node: Node, present: Present) -> bool:
    return node.netns in present.whole and node.mgmt_device in present.devices and node.name in present.wan_devices


def _netns_names() -> list[str]:
    if not NETNS_DIR.is_dir():
        return []
    return [entry.name for entry in NETNS_DIR.iterdir() if entry.name.startswith("weft-")]


def _netns_links(netns: str) -> list[dict[str, Any]]:
    try:
        return _links(netns)
    except ToolFailed:  # a file left over from a namespace that is gone
        return []


def _links(netns: str | None) -> list[dict[str, Any]]:
    text = run(["ip", *(["-n", netns] if netns else []), "-j", "link", "show"])
    links: list[dict[str, Any]] = json.loads(text or "[]")
    return [link for link in links if link]
