"""tempest.api.network and tempest.api.identity, whole, against a site: what OpenStack's own suite asks of both."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from .conftest import Corner
from .tempest import Outcome, run_tempest, told, write_configuration

pytestmark = [
    pytest.mark.lab,
    pytest.mark.tempest,
    pytest.mark.timeout(400),
]

PORTS = "tempest.api.network.admin.test_ports"
ASKS_NOVA = "takes a host's name from Nova's hypervisors; the same calls: tests/contract/test_nova_calls.py"
ASKS_COMPLIANCE = "of password expiry and history, which a Keystone has off as it comes"


class Suite(NamedTuple):
    """A part of tempest that is run whole."""

    part: str  # of tempest.api
    tests_min: int  # what there is to be run: fewer, and something is wrong with the run itself
    skipped: Mapping[str, str]  # tests that may be skipped, and why; a stock service with nothing beside it does so too


SUITES = (
    Suite(
        "network",
        260,
        {
            "setUpClass (tempest.api.network.test_tags.TagsTest)": "of the extension `tag`, which Neutron has no more",
            **{
                f"{PORTS}.PortsAdminExtendedAttrs{family}TestJSON.test_{verb}_binding_ext_attr": ASKS_NOVA
                for family in ("", "IpV6")
                for verb in ("create_port", "update_port", "list_ports")
            },
        },
    ),
    Suite(
        "identity",
        130,
        {
            "setUpClass (tempest.api.identity.v3.test_users.IdentityV3UsersTest)": ASKS_COMPLIANCE,
            "tempest.api.identity.admin.v3.test_users.UsersV3TestJSON.test_password_history_not_enforced_in_admin_reset":
                ASKS_COMPLIANCE,
        },
    ),
)  # fmt: skip


class Run(NamedTuple):
    """A suite, and what came of it."""

    suite: Suite
    outcomes: dict[str, Outcome]


@pytest.fixture(scope="module")
def work(site: Corner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tempest runs, configured for the site."""
    directory = tmp_path_factory.mktemp("tempest")
    write_configuration(site, "weft-a", directory)
    return directory


@pytest.fixture(scope="module", params=SUITES, ids=[suite.part for suite in SUITES])
def run(request: pytest.FixtureRequest, site: Corner, work: Path) -> Run:
    return Run(request.param, run_tempest(site, request.param.part, work))


def test_the_suite_ran_whole(run: Run):
    assert len(run.outcomes) >= run.suite.tests_min


def test_nothing_failed(run: Run):
    failed = {name: each for name, each in run.outcomes.items() if each.status not in ("success", "skip")}
    assert not failed, f"{len(failed)} of {len(run.outcomes)} failed:\n{told(failed)}"


def test_nothing_is_skipped_that_a_stock_service_runs(run: Run):
    skipped = {name: each for name, each in run.outcomes.items() if each.status == "skip"}
    unexpected = {name: each for name, each in skipped.items() if name not in run.suite.skipped}
    assert not unexpected, told(unexpected)
    assert skipped.keys() == run.suite.skipped.keys(), "these are listed as skipped, but ran"
