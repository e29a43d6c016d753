"""Makes the WAN's namespace obey the WAN's state."""

import contextlib
import os
import shutil
import signal
import sys
import time
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from weft.lab.home import Home, LabState, write_atomic
from weft.lab.layout import WAN_NETNS, Layout
from weft.lab.processes import kill, processes, spawn
from weft.lab.shell import ToolFailed, inside, run
from weft.lab.wan.forwarder import ForwarderConfig
from weft.lab.wan.rules import netem_commands, nft_rules
from weft.lab.wan.shapes import Shape, Wan
from weft.model import Unavailable

FORWARDER_NODE = "wan"  # what the forwarder's process is marked with
FORWARDER_START_S = 10.0

Method = Literal["kernel forwarding", "netem", "user-space forwarder"]


def apply_wan(home: Home, state: LabState) -> Method:
    """Make the WAN what `state` says; returns who carries shaped pairs. In force when this returns.

    A pair that becomes shaped goes to the forwarder first knowing it; one that is plain again is sent past it last.
    Raises Unavailable if the forwarder does not come up, ToolFailed if the kernel refuses the rules.
    """
    layout, wan = state.layout, state.wan
    netem = has_netem()
    if netem:
        _apply_netem(layout, wan)
    elif wan.shaped:
        _run_forwarder(home, layout, wan)
    run(inside(WAN_NETNS, ["nft", "-f", "-"]), stdin=nft_rules(layout, wan, netem=netem))
    if not wan.shaped:
        kill(home, lambda process: process.node == FORWARDER_NODE)
    return method(wan)


def method(wan: Wan) -> Method:
    """Return who carries the pairs between sites."""
    if not wan.shaped:
        return "kernel forwarding"
    return "netem" if has_netem() else "user-space forwarder"


@cache
def has_netem() -> bool:
    """Ask this kernel, in a namespace of its own, so that nobody's devices are touched."""
    if os.environ.get("WEFT_LAB_NETEM") == "no":  # to see the forwarder on a kernel that has netem
        return False
    probe = ["unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"]
    if shutil.which("tc") is None:
        return False
    try:
        run(probe)
    except ToolFailed:
        return False
    return True


def forwarder_config(layout: Layout, wan: Wan, generation: int) -> ForwarderConfig:
    """Return what the forwarder is to be told: each shaped pair in both directions."""
    shapes: dict[str, Shape] = {}
    for shaped in wan.shaped:
        one, other = (layout.site(name).number for name in shaped.pair)
        shapes[f"{one}>{other}"] = shapes[f"{other}>{one}"] = shaped.shape
    return ForwarderConfig(generation, shapes)


def _apply_netem(layout: Layout, wan: Wan) -> None:
    for port, lines in netem_commands(layout, wan).items():
        with contextlib.suppress(ToolFailed):  # nothing was there to delete
            run(inside(WAN_NETNS, ["tc", "qdisc", "del", "dev", port, "root"]))
        if lines:
            run(inside(WAN_NETNS, ["tc", "-batch", "-"]), stdin="\n".join(lines) + "\n")


def _run_forwarder(home: Home, layout: Layout, wan: Wan) -> None:
    config_file = home.wan_dir / "forwarder.json"
    generation = time.time_ns()
    write_atomic(config_file, msgspec.json.encode(forwarder_config(layout, wan, generation)))
    running = [process.pid for process in processes(home) if process.role == "forwarder"]
    if running:
        os.kill(running[0], signal.SIGHUP)
    else:
        argv = [sys.executable, "-m", "weft.lab.wan.forwarder", str(config_file)]
        running = [spawn(home, FORWARDER_NODE, WAN_NETNS, argv, home.wan_dir / "forwarder.log")]
    _await_applied(config_file, generation, home.wan_dir / "forwarder.log")


def _await_applied(config_file: Path, generation: int, log: Path) -> None:
    applied = config_file.with_suffix(".applied")
    deadline = time.monotonic() + FORWARDER_START_S
    while not (applied.exists() and applied.read_text() == str(generation)):
        if time.monotonic() > deadline:
            raise Unavailable(
                f"the WAN's forwarder did not take its configuration in {FORWARDER_START_S:.0f} s; see {log}"
            )
        time.sleep(0.01)
