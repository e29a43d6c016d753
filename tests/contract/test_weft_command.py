"""The `weft` command against a real API, as an operator types it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openstack.connection import Connection

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours

WEFT = Path(sys.executable).with_name("weft")
Weft = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def weft(clouds: Path) -> Weft:
    """Return a function that runs `weft`."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "weft", "PATH": "/usr/bin:/bin"}
        return subprocess.run([WEFT, *words], env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def port(sdk: Connection) -> str:
    """Make a network, a subnet and a port on a node; yields the port's ID."""
    network = sdk.network.create_network(name="web")
    sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.7.0.0/24")
    made = sdk.network.create_port(network_id=network.id, name="p", binding_host_id="a1")
    return str(made.id)


LISTS = (
    ["site", "list"],
    ["site", "show", "a"],
    ["node", "list"],
    ["node", "show", "a1"],
    ["port", "list"],
    ["conflicts"],
    ["digest"],
    ["journal"],
    ["health"],
)


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_each_answers_as_a_table_and_as_json(weft: Weft, port: str, words: list[str]):
    table, form = weft(*words), weft(*words, "-f", "json")
    assert (table.returncode, form.returncode) == (0, 0), table.stderr + form.stderr
    json.loads(form.stdout)
    assert "Traceback" not in table.stderr


def test_the_vport_table_has_the_port_whole(weft: Weft, port: str):
    row = next(each for each in json.loads(weft("port", "list", "-f", "json").stdout) if each["id"] == port)
    assert (row["network"], row["node"], row["site"], row["status"]) == ("web", "a1", "a", "DOWN")
    assert row["addresses"][0].startswith("10.7.0.")
    line = next(line for line in weft("port", "list").stdout.splitlines() if port in line)
    assert row["mac"] in line
    assert str(row["vni"]) in line


def test_filters_narrow_the_table(weft: Weft, port: str):
    assert json.loads(weft("port", "list", "--node", "a9", "-f", "json").stdout) == []
    assert port in weft("port", "list", "--network", "web").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["site", "show", "zz"], 1, "error: no site is called zz"),
        (["receipt", "nonsense"], 1, "error: no receipt nonsense"),
        (["plan", "show", "zz"], 1, "error: no node is called zz"),
        (["plan", "diff"], 2, "Missing option '--node'"),
        (["digest", "-f", "yaml"], 2, "'yaml' is not one of"),
        (["site", "list", "--os-cloud", "nope"], 1, "hint: it has weft"),
        (["config", "check", "/nonexistent"], 1, "error: /nonexistent"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_goes_wrong_is_one_clear_line(weft: Weft, words: list[str], code: int, says: str):
    done = weft(*words)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_site_that_does_not_answer_is_named(weft: Weft, clouds: Path, tmp_path: Path):
    file = tmp_path / "clouds.yaml"
    file.write_text(
        "clouds: {away: {auth: {auth_url: 'http://127.0.0.1:1/identity/v3', "
        "username: u, password: p, project_name: j}}}"
    )
    done = subprocess.run(
        [WEFT, "--os-cloud", "away", "health"],
        env={"OS_CLIENT_CONFIG_FILE": str(file), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "error: http://127.0.0.1:1/" in done.stderr
    assert "hint:" in done.stderr


def test_default_limits_are_changed_by_name(weft: Weft):
    assert json.loads(weft("quota", "show", "-f", "json").stdout)["trunk"] == -1
    assert json.loads(weft("quota", "set", "trunk=7", "-f", "json").stdout)["trunk"] == 7
    wrong = weft("quota", "set", "trunks=7")
    assert (wrong.returncode, wrong.stderr.startswith("error: trunks has no limit; these have: ")) == (1, True)
    assert "RESOURCE=LIMIT" in weft("quota", "set", "trunk").stderr
