"""One real weftd, its real nats-server and the real kernel: what the API promises is what machines get."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.agent.node import (
    NAMESPACE,
    PIN_DIR,
    WEFTD,
    Node,
    node_in_namespace,
    ping_once,
    plug,
    start_ping,
    unplug,
    until,
    write_config,
)
from tests.dataplane.netns import run_in

M1, M2 = "weft-t-m1", "weft-t-m2"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node_in_namespace(tmp_path_factory.mktemp("weftd"), [M1, M2]) as node:
        assert node.start() < 3 * _patience()
        yield node


@pytest.fixture(scope="module")
def ports(node: Node) -> list[dict[str, Any]]:
    """Two ports on one network, bound to the node, each with its machine plugged in and reported ACTIVE."""
    network = node.call("POST", "/v2.0/networks", {"network": {"name": "blue"}})["network"]
    subnet = {"network_id": network["id"], "cidr": "10.0.0.0/24", "ip_version": 4}
    node.call("POST", "/v2.0/subnets", {"subnet": subnet})
    ports = []
    for machine in (M1, M2):
        body = {"port": {"network_id": network["id"], "binding:host_id": "a1", "name": machine}}
        port = node.call("POST", "/v2.0/ports", body)["port"]
        assert port["status"] == "DOWN"
        plug(port, machine)
        until(lambda port=port: status(node, port) == "ACTIVE")
        ports.append(port)
    return ports


def status(node: Node, port: dict[str, Any]) -> str:
    return str(node.call("GET", f"/v2.0/ports/{port['id']}")["port"]["status"])


def address(port: dict[str, Any]) -> str:
    return str(port["fixed_ips"][0]["ip_address"])


def _patience() -> float:
    """How much slower than promised a busy machine may be."""
    return 1 + os.getloadavg()[0] / (os.cpu_count() or 1)


@pytest.mark.kernel
@pytest.mark.nats
def test_a_port_follows_its_device(node: Node, ports: list[dict[str, Any]]) -> None:
    assert ping_once(M1, address(ports[1]))
    unplug(ports[0])
    until(lambda: status(node, ports[0]) == "DOWN")
    plug(ports[0], M1)
    until(lambda: status(node, ports[0]) == "ACTIVE")
    until(lambda: ping_once(M1, address(ports[1])))


@pytest.mark.kernel
@pytest.mark.nats
def test_a_closed_port_is_closed_in_the_kernel_and_opens_again(node: Node, ports: list[dict[str, Any]]) -> None:
    path = f"/v2.0/ports/{ports[0]['id']}"
    node.call("PUT", path, {"port": {"admin_state_up": False}})
    until(lambda: not ping_once(M1, address(ports[1])))
    assert status(node, ports[0]) == "DOWN"
    node.call("PUT", path, {"port": {"admin_state_up": True}})
    until(lambda: ping_once(M1, address(ports[1])))
    until(lambda: status(node, ports[0]) == "ACTIVE")


@pytest.mark.kernel
@pytest.mark.nats
def test_kill_9_of_everything_loses_no_packet_and_a_restart_writes_nothing(
    node: Node, ports: list[dict[str, Any]]
) -> None:
    assert ping_once(M1, address(ports[1]))
    plan_before = node.call("GET", "/weft/v1/nodes/a1/plan")["tables"]
    ping = start_ping(M1, address(ports[1]), seconds=5)
    time.sleep(1)
    node.kill()
    time.sleep(1)
    already_logged = node.log.stat().st_size
    node.start()
    output, _ = ping.communicate(timeout=20)
    assert " 0% packet loss" in output, output
    until(lambda: node.call("GET", "/weft/v1/nodes/a1/plan")["tables"] == plan_before)
    until(lambda: status(node, ports[0]) == "ACTIVE")
    events = [json.loads(line) for line in node.log.read_bytes()[already_logged:].decode().splitlines()]
    assert [event for event in events if event["event"] == "plan applied"] == []


@pytest.mark.kernel
@pytest.mark.nats
def test_an_orderly_stop_leaves_forwarding_running(node: Node, ports: list[dict[str, Any]]) -> None:
    assert node.stop() == 0
    assert not (node.directory / "state" / "ready").exists()
    assert ping_once(M1, address(ports[1]))
    node.start()
    assert ping_once(M1, address(ports[1]))


def refuse(config: Path, *, code: int = 1, netns: bool = True) -> str:
    """Start weftd, which must give up with `code`; return the one line it says why."""
    command = [str(WEFTD), "--config", str(config)]
    if netns:
        done = run_in(NAMESPACE, *command, check=False)
    else:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    return line


@pytest.mark.kernel
@pytest.mark.nats
class TestWhatWeftdCannotDo:
    """Every reason not to start is one line that says what to do."""

    def test_api_port_in_use(self, node: Node, tmp_path: Path) -> None:
        line = refuse(write_config(tmp_path))
        assert line.startswith("weftd: error: cannot listen on 127.0.0.1:9696")
        assert "ss -ltnp" in line

    def test_no_nats_binary(self, node: Node, tmp_path: Path) -> None:
        config = write_config(tmp_path, **{"127.0.0.1:9696": "127.0.0.1:0", "[nats]": '[nats]\nserver = "/nope"'})
        line = refuse(config)
        assert line.startswith("weftd: error: nats.server = '/nope' is not an executable file hint: ")

    def test_nats_port_in_use(self, node: Node, tmp_path: Path) -> None:
        config = write_config(tmp_path, **{"127.0.0.1:9696": "127.0.0.1:0", 'name = "a1"': 'name = "a9"'})
        line = refuse(config)
        assert "127.0.0.1:4222" in line
        assert "nats.listen" in line

    def test_full_disk(self, node: Node, tmp_path: Path) -> None:
        disk = tmp_path / "small"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
        try:
            line = refuse(write_config(tmp_path, **{f"{tmp_path}/state": str(disk)}))
        finally:
            subprocess.run(["umount", str(disk)], check=True)
        assert f"the disk of node.state_dir {disk} is full" in line
        assert "hint: free" in line

    def test_not_root(self, node: Node, tmp_path: Path) -> None:
        config = write_config(tmp_path)
        for path in (tmp_path, *tmp_path.iterdir()):
            os.chown(path, 65534, 65534)
        code = "import os, sys; os.setgid(65534); os.setuid(65534); os.execv(sys.argv[1], sys.argv[1:])"
        command = ["/usr/bin/python3", "-c", code, str(WEFTD), "--config", str(config)]
        for parent in tmp_path.parents[:3]:
            parent.chmod(0o755)
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 1, done.stderr
        assert "weftd: error: the data plane needs root hint: start weftd as root" in done.stderr

    def test_pins_outside_bpffs(self, node: Node, tmp_path: Path) -> None:
        config = write_config(tmp_path, **{"127.0.0.1:9696": "127.0.0.1:0", str(PIN_DIR): str(tmp_path / "pins")})
        assert refuse(config).startswith("weftd: error: ")


BAD_FILES = [
    ("a missing file", {}, "No such file"),
    ("no TOML", {"[node]": "[node"}, "Expected"),
    ("an unknown key", {"[nats]": "[nats]\ncolour = 1"}, "colour"),
    ("a number that is a word", {"site_number = 1": 'site_number = "one"'}, "site_number"),
    ("a site number of 0", {"site_number = 1": "site_number = 0"}, "1..65535"),
    ("an address that is none", {"192.0.2.1": "192.0.2.300"}, "192.0.2.300"),
    ("a secret that is not there", {"/secret": "/nothing"}, "openssl rand"),
    ("an address to listen on without port", {'listen = "127.0.0.1:9696"': 'listen = "nowhere"'}, "nowhere"),
]


@pytest.mark.parametrize(("why", "replaced", "says"), BAD_FILES, ids=[case[0] for case in BAD_FILES])
def test_a_bad_configuration_is_one_line(why: str, replaced: dict[str, str], says: str, tmp_path: Path) -> None:
    config = write_config(tmp_path, **{"[dataplane]": "[dataplane]\nenabled = false", **replaced})
    if why == "a missing file":
        config.unlink()
    line = refuse(config, netns=False)
    assert line.startswith("weftd: error: ")
    assert says in line


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    config = write_config(tmp_path, **{"[dataplane]": "[dataplane]\nenabled = false"})
    (tmp_path / "secret").chmod(0o644)
    assert "hint: chmod 600" in refuse(config, netns=False)


def test_a_wrong_option_is_a_usage_error() -> None:
    done = subprocess.run([WEFTD, "--colour"], capture_output=True, text=True, check=False)
    assert done.returncode == 2


@pytest.mark.nats
def test_a_node_without_data_plane_serves_the_api_and_tells_systemd(tmp_path: Path) -> None:
    """No root, no kernel: any machine may be one more API."""
    config = write_config(
        tmp_path,
        **{
            "[dataplane]": "[dataplane]\nenabled = false",
            "127.0.0.1:9696": "127.0.0.1:0",
            'listen = "127.0.0.1:4222"': f'listen = "127.0.0.1:{(port := free_port())}"\nurl = "nats://127.0.0.1:{port}"',
        },
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(15)
        weftd = subprocess.Popen(
            [WEFTD, "--config", config],
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
        )
        try:
            assert systemd.recv(100) == b"READY=1"
        finally:
            weftd.terminate()
            assert weftd.wait(10) == 0


@pytest.mark.nats
def test_a_node_whose_site_log_is_down_serves_what_it_has(tmp_path: Path) -> None:
    """The API answers reads; what needs the log says 503 and why, and nothing ends."""
    api = f"127.0.0.1:{free_port()}"
    config = write_config(
        tmp_path,
        **{
            "[dataplane]": "[dataplane]\nenabled = false",
            '"127.0.0.1:9696"': f'"{api}"',
            'listen = "127.0.0.1:4222"': f'serve = false\nurl = "nats://127.0.0.1:{free_port()}"',
        },
    )
    weftd = subprocess.Popen([WEFTD, "--config", config], stderr=subprocess.DEVNULL)
    try:
        answer = until(lambda: httpx.get(f"http://{api}/"))
        assert answer.json()["versions"][0]["id"] == "v2.0"
        until((tmp_path / "state" / "ready").exists)
        assert httpx.get(f"http://{api}/weft/v1/health").json()["in_sync"] is False
        assert weftd.poll() is None
    finally:
        weftd.terminate()
        assert weftd.wait(10) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
