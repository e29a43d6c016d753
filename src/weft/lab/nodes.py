"""weftd on the lab's nodes: its configuration, its start and its end."""

import contextlib
import secrets
import shutil
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from weft.lab.home import Home, write_atomic
from weft.lab.layout import API_PORT, NATS_PORT, Layout, Node
from weft.lab.processes import Process, kill, processes, spawn

SECRET_BYTES = 48
PINS = Path("/sys/fs/bpf/weft")  # where weftd pins, by node, if its configuration does not say otherwise


def write_secrets(home: Home) -> None:
    """Make the fabric's secret and the admin's password, unless they are there."""
    if not home.secret_file.exists():
        write_atomic(home.secret_file, secrets.token_hex(SECRET_BYTES).encode(), mode=0o600)
    if not home.password_file.exists():
        write_atomic(home.password_file, secrets.token_urlsafe(18).encode(), mode=0o600)


def write_configs(home: Home, layout: Layout) -> None:
    """Write every node's weftd.toml."""
    for node in layout.nodes:
        write_atomic(config_file(home, node), config_text(home, layout, node).encode())


def start_nodes(home: Home, nodes: Iterable[Node]) -> list[Node]:
    """Start weftd where it does not run; returns where it was started. Does not wait for it to be ready."""
    running = {process.node for process in processes(home) if process.role == "weftd"}
    started = [node for node in nodes if node.name not in running]
    for node in started:
        kill(home, lambda process, name=node.name: process.node == name)  # type: ignore[misc]  # its NATS, left alone
        argv = [*_weftd(), "--config", str(config_file(home, node))]
        spawn(home, node.name, node.netns, argv, log_file(home, node))
    return started


def kill_nodes(home: Home, nodes: Collection[Node], *, wipe: bool) -> list[Process]:
    """SIGKILL every process of these nodes, and delete what they keep if `wipe`; returns the processes killed.

    What runs in the kernel goes on: their machines, and the eBPF that carries their packets.
    """
    names = {node.name for node in nodes}
    killed = kill(home, lambda process: process.node in names)
    if wipe:
        for node in nodes:
            shutil.rmtree(state_dir(home, node), ignore_errors=True)
    return killed


def forget_kernel(names: Iterable[str]) -> None:
    """Remove what these nodes' weftd pinned: programs and maps, for which there is no weftd any more."""
    for name in names:
        shutil.rmtree(PINS / name, ignore_errors=True)
    with contextlib.suppress(OSError):  # others are in use, or there is none
        PINS.rmdir()


def config_text(home: Home, layout: Layout, node: Node) -> str:
    """Return the node's weftd.toml (agent/config.py says what each line means)."""
    site = layout.site(node.site)
    lines = [
        "[node]",
        f'name = "{node.name}"',
        f'site = "{node.site}"',
        f"site_number = {node.site_number}",
        f'underlay_ip = "{node.underlay_ip}"',
        'underlay_device = "eth0"',
        f'state_dir = "{state_dir(home, node)}"',
        "",
        "[api]",
        f'listen = "0.0.0.0:{API_PORT}"',
        f'public_url = "{node.api_url}"',
        "",
        "[nats]",
        f"serve = {str(node.serves_nats).lower()}",
        f'listen = "0.0.0.0:{NATS_PORT}"',
        f'url = "{"nats://127.0.0.1:" + str(NATS_PORT) if node.serves_nats else site.nats_url}"',
        f'advertise = "{site.nats_url}"',
        "",
        "[fabric]",
        f'secret_file = "{home.secret_file}"',
        f'admin_password_file = "{home.password_file}"',
    ]
    for peer in layout.sites:
        if peer.name != node.site:
            lines += ["", "[[peers]]", f'site = "{peer.name}"', f'url = "{peer.nats_url}"']
    return "\n".join([*lines, ""])


def config_file(home: Home, node: Node) -> Path:
    """Where the node's weftd.toml is."""
    return home.node_dir(node.name) / "weftd.toml"


def log_file(home: Home, node: Node) -> Path:
    """Where what its weftd says goes, over all its starts."""
    return home.node_dir(node.name) / "weftd.log"


def state_dir(home: Home, node: Node) -> Path:
    """The node's disk: what `kill --wipe` loses. Its configuration and log are beside it, not in it."""
    return home.node_dir(node.name) / "state"


def _weftd() -> list[str]:
    script = Path(sys.executable).with_name("weftd")
    return [str(script)] if script.exists() else [sys.executable, "-m", "weft.agent.main"]
