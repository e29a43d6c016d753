"""The `openstack` command, as installed from PyPI: each of its network commands does here what it does elsewhere."""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from .stories import LEFT_OUT, SHORT, STORIES

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.clients]

GROUPS = ("openstack.network.v2", "openstack.neutronclient.v2")
OTHERS = "sfc_"  # commands of services that are not Neutron's own
KNOWN = {
    entry.name.replace("_", " ")
    for group in GROUPS
    for entry in entry_points(group=group)
    if not entry.name.startswith(OTHERS)
}
PRINTING = ("create", "list", "show")

Say = Callable[[str], str]


@pytest.fixture(scope="module")
def say(clouds: Path) -> Iterator[Say]:
    """Return a function that runs a command and returns its output: in this process, 40 times as fast as in its own."""
    from openstackclient.shell import OpenStackShell

    patch = pytest.MonkeyPatch()
    for name, value in {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "weft", "NO_PROXY": "127.0.0.1"}.items():
        patch.setenv(name, value)

    def run(line: str) -> str:
        words = shlex.split(line)
        form = ["-f", "json"] if set(words) & set(PRINTING) else []
        out, complaint = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
            code = OpenStackShell().run([*words, *form])
        assert code == 0, f"openstack {line}\n{complaint.getvalue()}"
        return out.getvalue()

    yield run
    patch.undo()


def command_of(line: str) -> str:
    """Return the command that a line of a story calls, without its arguments."""
    words = line.split()
    found = (" ".join(words[:length]) for length in range(len(words), 0, -1))
    return next((each for each in found if each in KNOWN), "")


def lines_of(story: str) -> list[tuple[str, str, str]]:
    """Return (name to keep the ID under, command line, text to be printed)."""
    lines = []
    for line in filter(None, (each.strip() for each in story.splitlines())):
        kept = re.match(r"(\w+) = ", line)
        command, _, expected = line[kept.end() if kept else 0 :].partition(" | ")
        lines.append((kept.group(1) if kept else "", command, expected))
    return lines


def test_no_command_is_forgotten():
    told = {command_of(line) for story in STORIES.values() for _, line, _ in lines_of(story)}
    assert KNOWN - told - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) & told == set()


@pytest.mark.parametrize("story", STORIES)
def test_a_story(say: Say, story: str):
    names = dict(SHORT)
    if "{policy}" in STORIES[story]:
        names["policy"] = id_in(say("network qos policy create for-a-port"))
    for kept, line, expected in lines_of(STORIES[story]):
        printed = say(line.format(**names))
        if kept:
            names[kept] = id_in(printed)
        assert expected.format(**names) in printed, line


def id_in(printed: str) -> str:
    """Return the ID of what a command printed, the first one's if it is a list."""
    found = json.loads(printed)
    one = found[0] if isinstance(found, list) else found
    return str(one.get("id") or one.get("ID"))
