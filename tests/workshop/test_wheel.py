"""The built wheel, installed where nothing of ours is and where there is no compiler, works."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from weft.lab.private import privately

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".tools/bin/uv"
BUILD_TOOLS = ("clang", "llvm", "llc", "opt", "gcc", "cc", "c++", "g++", "cpp", "bpftool", "ld", "as", "make", "x86_64")
SECONDS_MAX = 240

pytestmark = pytest.mark.wheel


def _run(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None, cwd: Path = ROOT, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in command],
        env=dict(environment) if environment is not None else None,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}"
    return done


def _build(source: Path, out: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    python = ROOT / ".venv/bin/python"  # it has hatchling: nothing is fetched
    return _run(
        [UV, "build", "--wheel", "--no-build-isolation", "--python", python, "--out-dir", out, source],
        check=check,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    out = tmp_path_factory.mktemp("dist")
    _run([ROOT / ".venv/bin/python", "tools/build_bpf.py"])
    _build(ROOT, out)
    (found,) = out.glob("weft-*.whl")
    return found


@pytest.fixture(scope="module")
def empty_machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a machine that has our wheel, what it needs, and no compiler on its PATH."""
    place = tmp_path_factory.mktemp("machine")
    _run([UV, "venv", "-q", "--no-config", "--python", sys.executable, place / "venv"])
    _run([UV, "pip", "install", "-q", "--python", place / "venv/bin/python", "-c", "requirements.lock", wheel])
    tools = place / "tools"
    tools.mkdir()
    for directory in (Path("/usr/sbin"), Path("/usr/bin")):
        for program in directory.iterdir():
            if not program.name.startswith(BUILD_TOOLS) and not (tools / program.name).exists():
                (tools / program.name).symlink_to(program)
    return {"PATH": f"{place}/venv/bin:{tools}", "HOME": str(place), "WEFT_VAR": str(place / "var"), "LANG": "C.UTF-8"}


def test_the_wheel_carries_every_program(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    objects = {Path(name).name.split(".")[0] for name in names if name.startswith("weft/dataplane/objects/")}
    assert objects >= {path.name.removesuffix(".bpf.c") for path in (ROOT / "bpf").glob("*.bpf.c")}
    assert not [name for name in names if not name.startswith(("weft/", "weft-"))], "something strayed into the wheel"


def test_a_tree_without_compiled_programs_gives_no_wheel(tmp_path: Path) -> None:
    files = _run(["git", "ls-files", "--cached", "--others", "--exclude-standard"]).stdout.split("\n")
    for name in filter(None, files):  # what is not in git, compiled programs too, stays behind
        if (ROOT / name).is_file():
            target = tmp_path / "tree" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    done = _build(tmp_path / "tree", tmp_path / "dist", check=False)
    assert done.returncode != 0
    assert "make wheel" in done.stderr + done.stdout, "it says what to do"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("weft --version", "0."),
        ("weft --help", "lab"),
        ("weft lab --help", "machine"),
        ("weftd --version", "0."),
        ("weftd --help", "--config"),
    ],
)
def test_programs_start(empty_machine: dict[str, str], tmp_path: Path, command: str, says: str) -> None:
    assert says in _run(command.split(), empty_machine, tmp_path).stdout


def test_weft_comes_from_the_wheel_and_not_from_the_tree(empty_machine: dict[str, str], tmp_path: Path) -> None:
    where = _run(["python", "-c", "import weft; print(weft.__file__)"], empty_machine, tmp_path).stdout
    assert not where.startswith(str(ROOT / "src"))


@pytest.mark.lab
@pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root")
def test_a_lab_comes_up_and_goes_down(empty_machine: dict[str, str], tmp_path: Path) -> None:
    """One site, one node, programs loaded into the kernel, a machine that gets its address."""
    story = "weft lab up --sites 1 --nodes 1 && weft lab status -f json && weft node list && weft lab down"
    done = _run(privately(["sh", "-ec", story]), empty_machine, tmp_path)
    assert "a1" in done.stdout
