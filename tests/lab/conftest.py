"""A lab of our own: in a private corner of this machine, so that a developer's lab is neither seen nor touched."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from weft.lab.private import privately

COMMAND_S = 120
BIN = Path(sys.executable).parent


ASK = """
import json, sys, traceback
from weft.lab.home import Home
from weft.lab.tenants import admin_api
for line in sys.stdin:
    site, method, path, body = json.loads(line)
    try:
        home = Home()
        with admin_api(home, home.load().layout.site(site).nodes) as api:
            told = [api.request(method, path, **({"json": body} if body is not None else {})), ""]
    except Exception:
        told = [None, traceback.format_exc()]
    print(json.dumps(told), flush=True)
"""


class Corner:
    """A private corner with nothing in it yet, and commands run there."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self._holder = subprocess.Popen(privately(["sleep", "infinity"]))
        self._first = self._first_process()
        self._asker: subprocess.Popen[str] | None = None

    def close(self) -> None:
        self._holder.kill()  # the first process dies with it (--kill-child), and all the others with that
        self._holder.wait()
        if self._asker is not None:
            self._asker.communicate()

    def run(
        self, *argv: str, stdin: str | None = None, within_s: float = COMMAND_S
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there; whatever it does."""
        enter, env = self.inside(argv)
        return subprocess.run(
            enter, input=stdin, capture_output=True, text=True, env=env, timeout=within_s, check=False
        )

    def sh(self, script: str) -> str:
        """Run a shell script that must succeed; returns what it prints."""
        return said(self.run("sh", "-ec", script))

    def weft(self, *words: str) -> str:
        """Run `weft …`, which must succeed; returns what it prints."""
        return said(self.run(str(BIN / "weft"), *words))

    def refused(self, *words: str) -> str:
        """Run `weft …`, which must fail without a traceback; returns what it says."""
        done = self.run(str(BIN / "weft"), *words)
        assert done.returncode not in (0, -9), done.stdout
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def json(self, *words: str) -> Any:
        """Run `weft … -f json`; returns what it prints as values."""
        return json.loads(self.weft(*words, "-f", "json"))

    def openstack(self, cloud: str, *words: str) -> Any:
        """Run the stock client; returns what it prints as values, None if nothing."""
        form = [] if words[1] in ("delete", "set", "unset") else ["-f", "json"]
        text = said(self.run(str(BIN / "openstack"), "--os-cloud", cloud, *words, *form))
        return json.loads(text) if text.strip() else None

    def api(self, site: str, method: str, path: str, body: Any = None) -> Any:
        """Ask a site's API as admin; returns the answer's body. One process asks all: starting it takes a second."""
        if self._asker is None:
            enter, env = self.inside([sys.executable, "-c", ASK])
            self._asker = subprocess.Popen(enter, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        assert self._asker.stdin is not None
        assert self._asker.stdout is not None
        self._asker.stdin.write(json.dumps([site, method, path, body]) + "\n")
        self._asker.stdin.flush()
        answer, failure = json.loads(self._asker.stdout.readline())
        assert not failure, failure
        return answer

    def unanswered(self, machine: str, *addresses: str, count: int = 2) -> list[str]:
        """Let a machine ping all addresses at once; returns, in order, those that did not answer all `count` pings."""
        ping = f"nsenter --net=/run/netns/weft-m-{machine} ping -q -n -c {count} -i 0.2 -W 2"
        script = "".join(f"{{ {ping} {each} | grep -q ' {count} received' || echo {each}; }} &\n" for each in addresses)
        silent = self.sh(script + "wait").split()  # as they give up, each in its own time
        return [each for each in addresses if each in silent]

    @property
    def clouds(self) -> Path:
        return self.var / "lab" / "clouds.yaml"

    def inside(self, argv: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        """Return the command line that runs `argv` in the corner, and its environment."""
        env = {**os.environ, "WEFT_VAR": str(self.var), "COLUMNS": "200", "OS_CLIENT_CONFIG_FILE": str(self.clouds)}
        return ["nsenter", f"--target={self._first}", "--net", "--mount", "--pid", "--", *argv], env

    def _first_process(self) -> int:
        """Return the pid, as seen from here, of what runs in the corner, once it is set up."""
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            pids = children.read_text().split()
            if pids and Path(f"/proc/{pids[0]}/comm").read_text().strip() == "sleep":
                return int(pids[0])
            time.sleep(0.01)
        raise TimeoutError("the private corner did not come up")


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command printed; fails the test if it failed."""
    assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def eventually(holds: Callable[[], bool], deadline_s: float = 10.0) -> None:
    """Return when `holds` does; fails the test after `deadline_s`."""
    deadline = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corner]:
    """An empty corner, its lab gone from disk when the tests end."""
    made = Corner(tmp_path_factory.mktemp("corner"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def lab(corner: Corner) -> Iterator[Corner]:
    """Three sites of two nodes, healthy; what a module's tests make there, they share."""
    corner.weft("lab", "up")
    yield corner
    corner.weft("lab", "down")


@pytest.fixture(scope="module")
def tapestry(lab: Corner) -> dict[str, str]:
    """A tenant's network with both families, made at site a; IDs by name."""
    network = lab.openstack("weft-a-demo", "network", "create", "tapestry")["id"]
    v4 = {"network_id": network, "ip_version": 4, "cidr": "10.10.0.0/24"}
    v6 = {"network_id": network, "ip_version": 6, "cidr": "fd00:10::/64"}
    slaac = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    lab.api("a", "POST", "/v2.0/subnets", {"subnets": [v4, v6 | slaac]})
    return {"network": network}


@pytest.fixture(scope="module")
def site(corner: Corner) -> Iterator[Corner]:
    """One site of one node."""
    corner.weft("lab", "up", "--sites", "1", "--nodes", "1")
    yield corner
    corner.weft("lab", "down")
