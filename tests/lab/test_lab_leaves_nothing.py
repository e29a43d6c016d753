"""Whatever happens to the lab, `down` leaves nothing of it behind and touches nothing else."""

import pytest

from .conftest import BIN

pytestmark = pytest.mark.lab

WEFT = str(BIN / "weft")


def test_down_leaves_nothing_of_ours_and_everything_else(corner):
    corner.weft("lab", "up", "--sites", "1", "--nodes", "1")
    corner.sh("ip netns add weft-mine; ip link add weft-own type veth peer name other")
    assert corner.sh("ls /sys/fs/bpf/weft").split() == ["a1"]
    (corner.var / "lab" / "lab.json").write_text("{ damaged by a crash")
    corner.weft("lab", "down")
    assert corner.run("sh", "-c", "grep -la WEFT_LAB_NODE /proc/[0-9]*/environ").stdout == "", "something runs on"
    assert corner.run("ls", "/sys/fs/bpf/weft").returncode, "something is pinned"
    assert corner.sh("ip netns").split() == ["weft-mine"]
    assert {line.split("@")[0].split()[0] for line in corner.sh("ip -br link").splitlines()} == {
        "lo",
        "weft-own",
        "other",
    }
    assert not (corner.var / "lab").exists()
    corner.weft("lab", "down")  # once more does no harm
    corner.sh("ip netns del weft-mine; ip link del weft-own")


@pytest.mark.parametrize("after_s", [0.3, 0.45, 0.6, 0.9])
def test_down_cleans_up_wherever_up_was_killed(corner, after_s):
    corner.run("timeout", "-s", "KILL", str(after_s), WEFT, "lab", "up", "--sites", "2", "--delay", "10")
    corner.weft("lab", "down")
    assert corner.sh("ip netns") == ""
    assert corner.sh("ip -br link").split()[0] == "lo"
    assert corner.run("sh", "-c", "grep -la WEFT_LAB_NODE /proc/[0-9]*/environ").stdout == ""
    assert not (corner.var / "lab").exists()


def test_names_in_use_by_others_are_respected(corner):
    corner.sh("ip netns add weft-a1")
    assert "weft-a1" in corner.refused("lab", "up")
    assert corner.sh("ip netns").split() == ["weft-a1"]
    corner.sh("ip netns del weft-a1")


def test_commands_without_a_lab_say_how_to_get_one(corner):
    for words in (["cut", "a"], ["heal"], ["kill", "a"], ["machine", "list"], ["exec", "x", "--", "true"]):
        assert "hint: weft lab up" in corner.refused("lab", *words)
    assert corner.json("lab", "status")["running"] is False
