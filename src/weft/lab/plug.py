"""A machine in the kernel: its namespace, its devices, and how they get their addresses.

A device is a veth pair; its far end is the tap that the node's agent looks for. It is made with the inner end down,
so that the machine says nothing before its node has programmed the port, as a VM that boots does.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import msgspec

from weft.lab.home import Home
from weft.lab.layout import Node
from weft.lab.machines import Device, Machine, live_addresses
from weft.lab.shell import inside, ip_batch, set_sysctls
from weft.lab.topology import add_netns, netns_exists, remove_netns
from weft.model import Unavailable

DHCP_S = 15.0
METRIC = 100  # of the first device's routes; each further device's are one worse
HERE = Path(__file__).parent


class Subnet(msgspec.Struct, frozen=True):
    """How a machine gets an address of a subnet."""

    cidr: str
    gateway: str | None
    enable_dhcp: bool
    address_mode: str | None  # of IPv6: "slaac", "dhcpv6-stateful", "dhcpv6-stateless", None

    @property
    def is_static(self) -> bool:
        """Nobody tells the machine its address: it is configured as an image's user data would."""
        return not self.enable_dhcp or (":" in self.cidr and self.address_mode is None)


Subnets = Mapping[str, Subnet]  # by address, as a port's fixed_ips have it


def make_machine(machine: Machine, node: Node, mark: str) -> None:
    """Make the namespace and its devices, in place of what a crash may have left. Devices are still down."""
    if netns_exists(machine.netns):
        remove_netns(machine.netns)
    add_netns(machine.netns, mark)
    settings: dict[str, str | int] = {
        "accept_ra": 1,
        "autoconf": 1,
        "dad_transmits": 0,  # addresses come from Weft, which keeps them unique; this saves each boot a second
        "accept_dad": 0,
        "use_tempaddr": 0,
        "router_solicitation_delay": 0,
        "router_solicitation_interval": 1,
        "router_solicitations": 10,
    }
    set_sysctls(machine.netns, {f"net.ipv6.conf.default.{name}": value for name, value in settings.items()})
    for device in machine.devices:
        plug_device(machine, device, node)
    ip_batch(["link set lo up"], machine.netns)


def plug_device(machine: Machine, device: Device, node: Node) -> None:
    """Make one device, its inner end down, its tap up in the node's namespace."""
    ip_batch(
        [
            f"link add {device.tap} type veth peer name {device.device} address {device.mac} netns {machine.netns}",
            f"link set {device.tap} up",
        ],
        node.netns,
    )


def configure(home: Home, machine: Machine, subnets: Subnets) -> None:
    """Set the devices up and return when each has every address of its port. Raises Unavailable."""
    for index, device in enumerate(machine.devices):
        ip_batch([f"link set {device.device} up"], machine.netns)
        for address in device.fixed_ips:
            _get_address(home, machine, device, address, subnets[address], METRIC + index)
    await_addresses(machine)


def await_addresses(machine: Machine) -> None:
    """Return when every address of every port is configured. Raises Unavailable with those that are not."""
    deadline = time.monotonic() + DHCP_S
    while missing := _missing(machine):
        if time.monotonic() > deadline:
            raise Unavailable(f"machine {machine.name} did not get {', '.join(missing)} in {DHCP_S:.0f} s")
        time.sleep(0.03)


def replace_devices(machine: Machine, old: Node, new: Node) -> None:
    """Take the machine's devices from one node to another, their configuration kept; they end up."""
    for device in machine.devices:
        saved = _configuration(machine.netns, device.device)
        if _has_link(old.netns, device.tap):
            ip_batch([f"link del {device.tap}"], old.netns)
        plug_device(machine, device, new)
        ip_batch([f"link set {device.device} up", *saved], machine.netns)


def is_plugged(machine: Machine, node: Node) -> bool:
    """Are its namespace and all its taps there?"""
    return netns_exists(machine.netns) and all(_has_link(node.netns, device.tap) for device in machine.devices)


# ---- addresses
def _get_address(home: Home, machine: Machine, device: Device, address: str, subnet: Subnet, metric: int) -> None:
    if subnet.is_static:
        lines = [f"addr add {address}/{ip_network(subnet.cidr).prefixlen} dev {device.device}"]
        if subnet.gateway:
            lines.append(f"route add default via {subnet.gateway} dev {device.device} metric {metric}")
        ip_batch(lines, machine.netns)
    elif ":" not in address:
        # One request, no renewing: a lease that runs out takes nothing from a machine of the lab.
        flags = [
            "-n",
            "-q",
            "-f",
            "-t",
            "12",
            "-T",
            "1",
            "-O",
            "staticroutes",
            "-O",
            "mtu",
            "-s",
            str(HERE / "udhcpc.sh"),
        ]
        env = {"WEFT_METRIC": str(metric), "WEFT_RESOLV": str(resolv_file(home, machine.name))}
        _client(home, machine, device, ["busybox", "udhcpc", "-i", device.device, *flags], env)
    elif subnet.address_mode == "dhcpv6-stateful":
        if shutil.which("dhclient") is None:
            error = Unavailable(f"{address} is given by DHCPv6, for which the lab needs dhclient")
            error.hint = "apt-get install isc-dhcp-client"
            raise error
        files = [f"{home.machines_dir}/{machine.name}.{device.device}.{end}" for end in ("lease6", "pid6")]
        flags = ["-6", "-1", "-sf", str(HERE / "dhclient6.sh"), "-lf", files[0], "-pf", files[1]]
        _client(home, machine, device, ["dhclient", *flags, device.device], {})
    # else SLAAC: the kernel does it


def _client(home: Home, machine: Machine, device: Device, argv: Sequence[str], env: Mapping[str, str]) -> None:
    log = home.machines_dir / f"{machine.name}.{device.device}.log"
    with log.open("ab") as output:
        done = subprocess.run(
            inside(machine.netns, argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env},
            check=False,
        )
    if done.returncode:
        words = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise Unavailable(f"machine {machine.name}, {device.device}: no address by DHCP ({' '.join(words)})")


def resolv_file(home: Home, machine: str) -> Path:
    """What the machine sees as /etc/resolv.conf."""
    return home.machines_dir / f"{machine}.resolv"


def _missing(machine: Machine) -> list[str]:
    live = live_addresses(machine.netns)
    return [
        f"{address} on {device.device}"
        for device in machine.devices
        for address in device.fixed_ips
        if ip_address(address) not in {ip_address(each.split("/")[0]) for each in live.get(device.device, ())}
    ]


# ---- reading a device
def _configuration(netns: str, device: str) -> list[str]:
    """Return the `ip` commands that give a new device what this one was given, but for what RAs will bring again."""
    links = _ip_json(netns, ["addr", "show", "dev", device])
    lines = [f"link set {device} mtu {link['mtu']}" for link in links if "mtu" in link]
    for link in links:
        for each in link.get("addr_info", ()):
            if each["scope"] == "global" and not each.get("dynamic"):
                lines.append(f"addr add {each['local']}/{each['prefixlen']} dev {device}")
    for family in ("-4", "-6"):
        for route in _ip_json(netns, [family, "route", "show", "dev", device]):
            if route.get("protocol") not in ("kernel", "ra"):
                via = f"via {route['gateway']} " if "gateway" in route else ""
                onlink = " onlink" if "onlink" in route.get("flags", ()) else ""
                metric = f" metric {route['metric']}" if "metric" in route else ""
                target = "::/0" if family == "-6" and route["dst"] == "default" else route["dst"]
                lines.append(f"route add {target} {via}dev {device}{onlink}{metric}")
    return lines


def _ip_json(netns: str, words: Sequence[str]) -> list[dict[str, Any]]:
    done = subprocess.run(["ip", "-n", netns, "-j", *words], capture_output=True, check=False)
    if done.returncode or not done.stdout.strip():
        return []
    found: list[dict[str, Any]] = msgspec.json.decode(done.stdout)
    return [each for each in found if each]


def _has_link(netns: str, device: str) -> bool:
    return bool(_ip_json(netns, ["link", "show", "dev", device]))
