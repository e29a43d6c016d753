"""tempest.api.network, whole, against a site: what OpenStack's own suite asks of a Neutron."""

from collections.abc import Iterator

import pytest

from .conftest import Corner
from .tempest import Outcome, run_tempest, told

pytestmark = [
    pytest.mark.lab,
    pytest.mark.tempest,
    pytest.mark.timeout(400),
]

TESTS = r"^tempest\.api\.network\."

PORTS = "tempest.api.network.admin.test_ports"
ASKS_NOVA = "takes a host's name from Nova's hypervisors; the same calls: tests/contract/test_nova_calls.py"

# Tests that may be skipped, and why. A stock Neutron with nothing beside it skips these too.
SKIPPED = {
    "setUpClass (tempest.api.network.test_tags.TagsTest)": "of the extension `tag`, which Neutron has no more",
    **{
        f"{PORTS}.PortsAdminExtendedAttrs{family}TestJSON.test_{verb}_binding_ext_attr": ASKS_NOVA
        for family in ("", "IpV6")
        for verb in ("create_port", "update_port", "list_ports")
    },
}

TESTS_MIN = 260  # what there is to be run: fewer, and something is wrong with the run itself


@pytest.fixture(scope="module")
def site(corner: Corner) -> Iterator[Corner]:
    """One site of one node."""
    corner.weft("lab", "up", "--sites", "1", "--nodes", "1")
    yield corner
    corner.weft("lab", "down")


@pytest.fixture(scope="module")
def outcomes(site: Corner, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run_tempest(site, "weft-a", TESTS, tmp_path_factory.mktemp("tempest"))


def test_the_suite_ran_whole(outcomes: dict[str, Outcome]):
    assert len(outcomes) >= TESTS_MIN


def test_nothing_failed(outcomes: dict[str, Outcome]):
    failed = {name: each for name, each in outcomes.items() if each.status not in ("success", "skip")}
    assert not failed, f"{len(failed)} of {len(outcomes)} failed:\n{told(failed)}"


def test_nothing_is_skipped_that_a_stock_neutron_runs(outcomes: dict[str, Outcome]):
    skipped = {name: each for name, each in outcomes.items() if each.status == "skip"}
    unexpected = {name: each for name, each in skipped.items() if name not in SKIPPED}
    assert not unexpected, told(unexpected)
    assert skipped.keys() == SKIPPED.keys(), "these are listed as skipped, but ran"
