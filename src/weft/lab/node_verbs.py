"""`weft lab kill`, `start` and `exec`: what happens to nodes, and inside of things."""

import os
from collections.abc import Sequence

from weft.lab.home import Home
from weft.lab.machines import NoSuchMachine, load_machine
from weft.lab.nodes import kill_nodes, start_nodes, write_configs
from weft.lab.plug import resolv_file
from weft.lab.processes import Process
from weft.lab.shell import inside, require_root_and_tools
from weft.lab.topology import netns_exists
from weft.lab.up import await_healthy
from weft.model import Invalid

# What a machine has of its own besides its network: a name, /sys and a resolv.conf. $0 name, $1 resolv.conf, then CMD.
ENTER = """
hostname "$0" 2>/dev/null
mount -t sysfs weft /sys 2>/dev/null
[ ! -s "$1" ] || mount --bind "$1" "$(readlink -f /etc/resolv.conf)" 2>/dev/null
shift
exec "$@"
"""


def kill(home: Home, place: str, *, wipe: bool) -> list[Process]:
    """SIGKILL every process of a site or node, with its disk if `wipe`; returns them. Machines stay."""
    require_root_and_tools()
    with home.locked(alone=False):
        return kill_nodes(home, home.load().layout.nodes_of(place), wipe=wipe)


def start(home: Home, place: str, *, wait: bool) -> int:
    """Start what does not run of a site or node; returns how many, when all that run are healthy if `wait`."""
    require_root_and_tools()
    with home.locked(alone=False):
        state = home.load()
        nodes = state.layout.nodes_of(place)
        write_configs(home, state.layout)
        started = start_nodes(home, nodes)
    if wait:
        await_healthy(home, state, nodes)
    return len(started)


def enter(home: Home, name: str, command: Sequence[str]) -> None:
    """Become `command` in the machine (or on the node) of that name: terminal, input and exit code are its own."""
    require_root_and_tools()
    argv = entered(home, name, command)
    os.execvp(argv[0], argv)


def entered(home: Home, name: str, command: Sequence[str]) -> list[str]:
    """Return the command line that runs `command` there. Raises NoSuchMachine."""
    layout = home.load().layout
    try:
        machine = load_machine(home, name)
    except NoSuchMachine:
        for node in layout.nodes:
            if node.name == name:
                return inside(node.netns, command)
        raise
    if not netns_exists(machine.netns):
        error = Invalid(f"machine {name} is not running")
        error.hint = "weft lab up makes it anew"
        raise error
    shell = ["unshare", "--mount", "--uts", "sh", "-c", ENTER, name, str(resolv_file(home, name)), *command]
    return inside(machine.netns, shell)
