"""weftd on a kernel without something it needs: one line that names it, and on one without TCX links: as ever."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.node import NAMESPACE, PIN_DIR, Node, node_in_namespace, until
from tests.dataplane.netns import run_in

pytestmark = [pytest.mark.kernel, pytest.mark.nats]
LAUNCHER = Path(__file__).with_name("older_kernel.py")
NEEDS = "hint: Weft needs Linux 6.1 or newer with "
AS_ROOT = "hint: start weftd as root, or give it CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN"
LRU_PERCPU_HASH = 10

MISSING = {
    "bpf": (["bpf=ENOSYS"], "Function not implemented", NEEDS),
    "eBPF, by lockdown or a container": (["bpf=EPERM"], "does not let us load eBPF", AS_ROOT),
    "a type of map": ([f"map/{LRU_PERCPU_HASH}"], "the map port_drops", NEEDS),
    "something in a program": (
        ["bpf/PROG_LOAD=EINVAL"],
        "the verifier refused from_port: bpf(PROG_LOAD): Invalid argument",
        NEEDS,
    ),
    "pins": (["bpf/OBJ_PIN=EINVAL"], "cannot be made: bpf(OBJ_PIN)", NEEDS),
    "tc actions, in either form": (
        ["bpf/LINK_CREATE=EINVAL", "kind/clsact", "kind/bpf"],
        "no program can be attached to weft-vxlan",
        NEEDS,
    ),
    "VXLAN": (["kind/vxlan"], "does not know VXLAN", "hint: Weft needs CONFIG_VXLAN"),
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """The namespace of a node; weftd is not started."""
    with node_in_namespace(tmp_path, []) as made:
        yield made


def command(config: Path, *features: str) -> list[str]:
    return [sys.executable, str(LAUNCHER), *features, "--", "weftd", "--config", str(config)]


@pytest.mark.parametrize(("features", "says", "hint"), MISSING.values(), ids=MISSING.keys())
def test_what_the_kernel_lacks_is_named_in_one_line(
    node: Node, tmp_path: Path, features: list[str], says: str, hint: str
) -> None:
    done = run_in(NAMESPACE, *command(node.config, *features), check=False)
    assert_one_line(done, says, hint)
    assert not (tmp_path / "state" / "ready").exists()


def assert_one_line(done: subprocess.CompletedProcess[str], says: str, hint: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert line.startswith("weftd: error: ")
    assert says in line
    assert hint in line


WITHOUT_BPFFS = {
    "the kernel has no bpf file system": (
        "mount=ENODEV",
        "cannot be mounted: No such device",
        NEEDS,
    ),
    "we may not mount one": ("mount=EPERM", "is not mounted, and mounting it is refused", AS_ROOT),
}


@pytest.mark.parametrize(("feature", "says", "hint"), WITHOUT_BPFFS.values(), ids=WITHOUT_BPFFS.keys())
def test_without_the_bpf_file_system_there_is_one_line_too(node: Node, feature: str, says: str, hint: str) -> None:
    """In a mount namespace where the file system is covered."""
    covered = [
        "unshare",
        "-m",
        "--propagation",
        "private",
        "sh",
        "-c",
        'mount -t tmpfs none /sys/fs/bpf && exec "$@"',
        "sh",
    ]
    assert_one_line(run_in(NAMESPACE, *covered, *command(node.config, feature), check=False), says, hint)


def test_without_the_bpf_file_system_mounted_weftd_mounts_it(node: Node) -> None:
    covered = [
        "unshare",
        "-m",
        "--propagation",
        "private",
        "sh",
        "-c",
        'mount -t tmpfs none /sys/fs/bpf && exec "$@"',
        "sh",
    ]
    weftd = subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{NAMESPACE}", *covered, *command(node.config)], stderr=subprocess.PIPE, text=True
    )
    try:
        until((node.directory / "state" / "ready").exists)
    finally:
        weftd.terminate()
        assert weftd.communicate(timeout=20)[1].count("weftd: error") == 0


@pytest.mark.parametrize("refusal", ["EINVAL", "EPERM"])
def test_without_tcx_links_the_programs_hang_in_classic_filters(node: Node, refusal: str) -> None:
    """What kernels before 6.6 say to the hook, and what a container's filter may say."""
    features = (f"bpf/LINK_CREATE={refusal}",)
    weftd = subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{NAMESPACE}", *command(node.config, *features)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until((node.directory / "state" / "ready").exists)
        assert list((PIN_DIR / "links").iterdir()) == []
        for device, parent in (("ul", "ingress"), ("weft-vxlan", "egress")):
            shown = run_in(NAMESPACE, "tc", "filter", "show", "dev", device, parent).stdout
            assert "weft direct-action" in shown
    finally:
        weftd.terminate()
        log = weftd.communicate(timeout=20)[1]
    assert '"event": "weftd ready"' in log
    assert "error" not in log
