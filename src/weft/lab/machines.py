"""The lab's machines as records: which there are, where, with which ports. `plug.py` makes them real.

A record is written before its machine is made, and says so, so that `down` and `delete` know of half a machine.
"""

import json
import os
import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from weft.lab.home import Home, write_atomic
from weft.lab.layout import Layout
from weft.lab.shell import ToolFailed, run
from weft.model import Conflict, Invalid, NotFound

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")  # no dots: they begin the ends of file names


class Device(msgspec.Struct, frozen=True):
    """One network device of a machine."""

    device: str  # "eth0", inside the machine
    port_id: str
    mac: str
    tap: str  # its other end, in the node's namespace
    network_id: str
    fixed_ips: tuple[str, ...]
    addresses: tuple[str, ...] = ()  # with prefix length, as configured


class Machine(msgspec.Struct, frozen=True):
    """A namespace that plays a virtual machine."""

    name: str
    site: str
    node: str
    device_id: str  # UUID: what its ports' device_id says
    given_ports: tuple[str, ...] = ()  # not created by the lab: unbound, not deleted, when the machine goes
    devices: tuple[Device, ...] = ()
    state: Literal["making", "ready"] = "making"

    @property
    def netns(self) -> str:
        return machine_netns(self.name)


class NoSuchMachine(NotFound):
    """The lab has no machine of that name."""

    code = "no_such_machine"


def machine_netns(name: str) -> str:
    """Return what its namespace is called."""
    return f"weft-m-{name}"


def check_name(name: str) -> None:
    """Raises Invalid."""
    if not NAME.fullmatch(name):
        raise Invalid(f"machine name {name!r}: letters and digits, '-' and '_' between them, at most 40")


def reserve(home: Home, machine: Machine) -> None:
    """Take the name: of two that want it at once, one raises Conflict."""
    file = _file(home, machine.name)
    draft = file.with_name(f"{machine.name}.{os.getpid()}.new")
    write_atomic(draft, msgspec.json.encode(machine))
    try:
        os.link(draft, file)  # unlike a rename, this refuses to replace
    except FileExistsError as err:
        error = Conflict(f"there is a machine {machine.name!r} already")
        error.hint = f"weft lab machine delete {machine.name}"
        raise error from err
    finally:
        draft.unlink()


def keep(home: Home, machine: Machine) -> None:
    """Write the machine's record anew."""
    write_atomic(_file(home, machine.name), msgspec.json.encode(machine))


def forget(home: Home, name: str) -> None:
    """Delete the machine's record and files."""
    _file(home, name).unlink(missing_ok=True)
    for file in home.machines_dir.glob(f"{name}.*"):  # its resolv.conf and logs; names have no dots
        file.unlink(missing_ok=True)


def load_machine(home: Home, name: str) -> Machine:
    """Raises NoSuchMachine."""
    try:
        return msgspec.json.decode(_file(home, name).read_bytes(), type=Machine)
    except FileNotFoundError as err:
        raise NoSuchMachine(f"the lab has no machine {name!r}") from err
    except msgspec.MsgspecError as err:
        raise Conflict(f"the record of machine {name!r} is damaged: {err}") from err


def all_machines(home: Home) -> list[Machine]:
    """Return every machine, by name."""
    machines = []
    for file in sorted(home.machines_dir.glob("*.json")):
        try:
            machines.append(load_machine(home, file.stem))
        except NoSuchMachine:  # deleted meanwhile
            continue
    return machines


def least_loaded(layout: Layout, site: str, machines: list[Machine]) -> str:
    """Return the node of `site` with the fewest machines, the first of equals."""
    loads = {node.name: 0 for node in layout.site(site).nodes}
    for machine in machines:
        if machine.node in loads:
            loads[machine.node] += 1
    return min(loads, key=lambda node: loads[node])


def live_addresses(netns: str) -> dict[str, list[str]]:
    """Return, by device, what is configured now, with prefix length; link-local and unconfirmed ones left out."""
    try:
        links: list[dict[str, Any]] = json.loads(run(["ip", "-n", netns, "-j", "addr", "show"]) or "[]")
    except ToolFailed:  # the machine's namespace is gone
        return {}
    return {
        link["ifname"]: [
            f"{each['local']}/{each['prefixlen']}"
            for each in link.get("addr_info", ())
            if each.get("scope") == "global" and not each.get("tentative")
        ]
        for link in links
        if link and link["ifname"] != "lo"
    }


def _file(home: Home, name: str) -> Path:
    check_name(name)
    return home.machines_dir / f"{name}.json"
