"""A real site of one node for benchmarks: weftd with its own NATS, on loopback, in a directory of its own."""

import contextlib
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common import wait_until

READY_DEADLINE_S = 30
STOP_DEADLINE_S = 20
LOG_TAIL_CHARACTERS = 2000


@dataclass
class Site:
    """A running weftd."""

    url: str
    password: str
    process: subprocess.Popen[bytes]
    ready_s: float  # from exec to weftd's own word that it is ready, and an API that says so too
    directory: Path


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """Start a site without a data plane, wait until it is ready, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as name:
        directory = Path(name)
        site = start_site(directory)
        try:
            yield site
        finally:
            stop_site(site)


def start_site(directory: Path) -> Site:
    """Start weftd on `directory`, which may hold the state of an earlier run; return once it is ready."""
    config = directory / "weftd.toml"
    if not config.exists():
        write_config(directory)
    url = next(line.split('"')[1] for line in config.read_text().splitlines() if line.startswith("public_url"))
    log = (directory / "weftd.log").open("ab")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "weft.agent.main", "--config", str(config)], stdout=log, stderr=log
    )

    def is_ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"weftd ended: {(directory / 'weftd.log').read_text()[-LOG_TAIL_CHARACTERS:]}")
        return (directory / "state" / "ready").exists() and is_healthy(url)

    try:
        wait_until(is_ready, deadline_s=READY_DEADLINE_S, what="weftd ready", every_s=0.01)
    except BaseException:
        process.kill()
        raise
    password = (directory / "admin-password").read_text().strip()
    return Site(url, password, process, time.monotonic() - started, directory)


def stop_site(site: Site) -> None:
    """Stop weftd and, with it, its NATS."""
    site.process.terminate()
    try:
        site.process.wait(STOP_DEADLINE_S)
    except subprocess.TimeoutExpired:
        site.process.kill()


def write_config(directory: Path) -> None:
    """Write the files a first start needs."""
    api, nats = free_port(), free_port()
    (directory / "secret").write_text(secrets.token_hex(32))
    (directory / "secret").chmod(0o600)
    (directory / "admin-password").write_text(secrets.token_urlsafe())
    (directory / "weftd.toml").write_text(
        f"""[node]
name = "bench1"
site = "bench"
site_number = 1
underlay_ip = "127.0.0.1"
underlay_device = "lo"
state_dir = "{directory}/state"
[api]
listen = "127.0.0.1:{api}"
public_url = "http://127.0.0.1:{api}"
[nats]
listen = "127.0.0.1:{nats}"
url = "nats://127.0.0.1:{nats}"
[fabric]
secret_file = "{directory}/secret"
admin_password_file = "{directory}/admin-password"
[dataplane]
enabled = false
"""
    )


def is_healthy(url: str) -> bool:
    """The site says that it is ready to take writes."""
    try:
        with urllib.request.urlopen(f"{url}/weft/v1/health", timeout=2) as answer:
            return bool(json.load(answer)["in_sync"])
    except (urllib.error.URLError, OSError, ValueError):
        return False


def free_port() -> int:
    """Return a TCP port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
