"""One real weftd in a namespace of its own: started, killed, asked through its API."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.dataplane.netns import inside, ip, namespaces, run_in
from weft.dataplane import sweep

NAMESPACE = "weft-t-weftd"
PIN_DIR = Path("/sys/fs/bpf/weft-test-weftd")
WEFTD = Path(sys.executable).with_name("weftd")
URL = "http://127.0.0.1:9696"
CONFIG = """
[node]
name = "a1"
site = "a"
site_number = 1
underlay_ip = "192.0.2.1"
underlay_device = "ul"
state_dir = "{directory}/state"
[fabric]
secret_file = "{directory}/secret"
admin_password_file = "{directory}/password"
[api]
listen = "127.0.0.1:9696"
public_url = "http://127.0.0.1:9696"
[nats]
listen = "127.0.0.1:4222"
[dataplane]
pin_dir = "{pin_dir}"
"""


def write_config(directory: Path, **replaced: str) -> Path:
    """Write weftd.toml, the secret and the password; `replaced` exchanges texts of the configuration."""
    secret = directory / "secret"
    secret.write_text("5" * 64)
    secret.chmod(0o600)
    (directory / "password").write_text("secret")
    text = CONFIG.format(directory=directory, pin_dir=PIN_DIR)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    path = directory / "weftd.toml"
    path.write_text(text)
    return path


def until(what: Callable[[], Any], *, deadline_s: float = 15.0) -> Any:
    """Return what `what` gives once it is true."""
    end = time.monotonic() + deadline_s
    while True:
        with contextlib.suppress(httpx.TransportError, KeyError):
            if found := what():
                return found
        assert time.monotonic() < end, f"not within {deadline_s} s"
        time.sleep(0.02)


class Node:
    """weftd, its logs and its API."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.config = write_config(directory)
        self.log = directory / "weftd.log"
        self._weftd: subprocess.Popen[bytes] | None = None
        self._headers: dict[str, str] = {}

    def start(self) -> float:
        """Start weftd and return how many seconds it took to be ready."""
        ready = self.directory / "state" / "ready"
        ready.unlink(missing_ok=True)
        started = time.monotonic()
        with self.log.open("ab") as log:
            self._weftd = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{NAMESPACE}", WEFTD, "--config", self.config],
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        until(ready.exists)
        return time.monotonic() - started

    def kill(self) -> None:
        """kill -9, nats-server too: the whole of control is gone."""
        assert self._weftd
        self._weftd.kill()
        self._weftd.wait()
        self._kill_nats()

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        assert self._weftd
        self._weftd.terminate()
        return self._weftd.wait(10)

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the API as admin."""
        with inside(NAMESPACE), httpx.Client(base_url=URL, timeout=10) as client:
            if not self._headers:
                self._headers = {"X-Auth-Token": _token(client)}
            answer = client.request(method, path, json=body, headers=self._headers)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    def clean_up(self) -> None:
        if self._weftd and self._weftd.poll() is None:
            self.kill()
        self._kill_nats()
        with inside(NAMESPACE):
            sweep(PIN_DIR)

    def _kill_nats(self) -> None:
        pid_file = self.directory / "state" / "nats" / "nats.pid"
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(pid_file.read_text()), signal.SIGKILL)


def _token(client: httpx.Client) -> str:
    user = {"name": "admin", "domain": {"id": "default"}, "password": "secret"}
    scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
    return client.post("/identity/v3/auth/tokens", json={"auth": auth}).headers["X-Subject-Token"]


@contextlib.contextmanager
def node_in_namespace(directory: Path, machines: list[str]) -> Iterator[Node]:
    """Make the node's namespace and those of some machines; weftd is not started yet."""
    with namespaces(NAMESPACE, *machines):
        ip(
            NAMESPACE,
            "link add ul type veth peer name ul-far",
            "addr add 192.0.2.1/24 dev ul",
            "link set ul up",
            "link set ul-far up",
        )
        node = Node(directory)
        try:
            yield node
        finally:
            node.clean_up()


def plug(port: dict[str, Any], machine: str) -> None:
    """Give a machine its device, as a hypervisor would, and its addresses."""
    device = f"tap{port['id'][:11]}"
    ip(
        NAMESPACE,
        f"link add {device} type veth peer name eth0 address {port['mac_address']} netns {machine}",
        f"link set {device} up",
    )
    addresses = [fixed["ip_address"] for fixed in port["fixed_ips"]]
    ip(machine, *(f"addr add {address}/24 dev eth0" for address in addresses), "link set eth0 up")


def unplug(port: dict[str, Any]) -> None:
    ip(NAMESPACE, f"link del tap{port['id'][:11]}")


def start_ping(machine: str, address: str, seconds: float) -> subprocess.Popen[str]:
    count = round(seconds / 0.01)
    return subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{machine}", "ping", "-q", "-i0.01", f"-c{count}", "-W1", address],
        stdout=subprocess.PIPE,
        text=True,
    )


def ping_once(machine: str, address: str) -> bool:
    return run_in(machine, "ping", "-q", "-c1", "-W1", address, check=False).returncode == 0
