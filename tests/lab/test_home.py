"""The state file, the locks, and what is left behind."""

import stat
import subprocess
import sys

import pytest

from weft.lab import home as home_module
from weft.lab.home import Busy, Home, LabState, NoLab, directory_lock, write_atomic
from weft.lab.wan.shapes import Shape, ShapedPair, Wan
from weft.model import Conflict


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "var" / "lab")


def test_state_comes_back_as_it_was(home):
    state = LabState(3, 2, Wan((("a", "b"),), (ShapedPair(("a", "c"), Shape(delay_ms=20)),)))
    home.save(state)
    assert home.load() == state


def test_no_lab_is_a_clear_error_with_the_next_step(home):
    with pytest.raises(NoLab) as caught:
        home.load()
    assert caught.value.hint == "weft lab up"


def test_a_damaged_state_file_names_itself(home):
    home.save(LabState(1, 1))
    (home.root / "lab.json").write_text('{"sites": "three"}')
    with pytest.raises(Conflict, match=r"lab\.json"):
        home.load()


def test_removing_leaves_nothing_of_ours_and_all_that_is_not(home):
    home.save(LabState(1, 1))
    home.node_dir("a1").mkdir(parents=True)
    (home.root / "notes.txt").write_text("the user's")
    home.remove()
    assert [file.name for file in home.root.iterdir()] == ["notes.txt"]
    (home.root / "notes.txt").unlink()
    home.remove()
    assert not home.root.exists()


def test_secrets_are_never_readable_by_others(tmp_path):
    write_atomic(tmp_path / "secret", b"x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


HOLDER = """
import sys
from pathlib import Path
from weft.lab.home import Home
with Home(Path(sys.argv[1])).locked(alone=True):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_at_a_time_and_a_lock_dies_with_its_holder(home, monkeypatch):
    monkeypatch.setattr(home_module, "LOCK_WAIT_S", 0.1)
    argv = [sys.executable, "-c", HOLDER, str(home.root)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy), home.locked(alone=False):
            pass
        holder.kill()
    with home.locked(alone=True):
        pass


def test_those_who_share_do_not_wait_for_each_other(home):
    with home.locked(alone=False), home.locked(alone=False):
        pass
    with directory_lock(home.root.parent, alone=True, what="x"):
        pass
