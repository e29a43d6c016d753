"""Runs a part of tempest, OpenStack's own integration suite, inside a corner, and reads what came of it."""

import configparser
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import subunit
import tempest
from testtools import StreamToDict

from .conftest import BIN, Corner

RUN_S = 280  # in all; a run takes a good minute
WORKERS = 2

SHOWN_CHARACTERS_MAX = 1500  # of one failure


class Outcome(NamedTuple):
    """What came of one test."""

    status: str  # success, fail, skip, inprogress…
    details: str  # the traceback, or the reason for the skip


def run_tempest(corner: Corner, part: str, work: Path) -> dict[str, Outcome]:
    """Run `tempest.api.<part>` whole; returns the outcomes by name, ids cut off. `work` holds the configuration."""
    package = Path(tempest.__file__).parent
    (work / ".stestr.conf").write_text(
        f"[DEFAULT]\ntest_path={package}/api/{part}\ntop_dir={package.parent}\n"
        # Tests of one class share what its set-up made, so they stay with one worker.
        r"group_regex=([^\.]*\.)*" + "\n"
    )
    stestr = BIN / "stestr"
    script = f"""
        cd "{work}"
        "{stestr}" run --concurrency {WORKERS} "^tempest\\.api\\.{part}\\."
        "{stestr}" last --subunit >outcomes
    """
    where = {"TEMPEST_CONFIG_DIR": str(work), "TEMPEST_CONFIG": "tempest.conf", "PYTHON": sys.executable}
    words = [f"{name}={value}" for name, value in where.items()]
    done = corner.run("env", *words, "sh", "-c", script, within_s=RUN_S)
    outcomes = read_outcomes(work / "outcomes")
    assert outcomes, f"tempest did not run:\n{done.stdout}{done.stderr}"
    return outcomes


def read_outcomes(stream: Path) -> dict[str, Outcome]:
    """Return the outcomes that a subunit stream tells of."""
    outcomes: dict[str, Outcome] = {}

    def note(test: dict) -> None:
        told = {name: content for name, content in test["details"].items() if name in ("traceback", "reason")}
        text = "\n".join(content.as_text() for content in told.values())
        name = re.sub(r"\[.*?\]", "", test["id"])  # "[id-…,smoke]"
        outcomes[name] = Outcome(test["status"], text)

    with stream.open("rb") as source:
        results = StreamToDict(note)
        results.startTestRun()
        subunit.ByteStreamToStreamResult(source, non_subunit_name="stdout").run(results)
        results.stopTestRun()
    return outcomes


def write_configuration(corner: Corner, cloud: str, work: Path) -> None:
    """Write tempest.conf for `cloud`, with a public network of its own: everything that we say we can is on."""
    auth = json.loads(corner.clouds.read_text().partition("\n")[2])["clouds"][cloud]["auth"]
    site = cloud.removeprefix("weft-")
    extensions = corner.api(site, "GET", "/v2.0/extensions")["extensions"]
    public = {"name": "public", "router:external": True, "shared": False}
    network = corner.api(site, "POST", "/v2.0/networks", {"network": public})["network"]["id"]
    pool = {"network_id": network, "ip_version": 4, "cidr": "203.0.113.0/24", "enable_dhcp": False}
    pool6 = {"network_id": network, "ip_version": 6, "cidr": "2001:db8:ffff::/64", "enable_dhcp": False}
    corner.api(site, "POST", "/v2.0/subnets", {"subnets": [pool, pool6]})
    settings = {
        "DEFAULT": {"log_file": work / "tempest.log", "use_stderr": False},
        "auth": {
            "use_dynamic_credentials": True,
            "admin_username": auth["username"],
            "admin_password": auth["password"],
            "admin_project_name": auth["project_name"],
            "admin_domain_name": "Default",
        },
        "identity": {"uri_v3": auth["auth_url"], "auth_version": "v3", "region": "RegionOne"},
        "identity-feature-enabled": {
            "api_v2": False, "api_v2_admin": False, "access_rules": True, "application_credentials": True,
            "project_tags": True, "trust": True,
        },
        "service_available": {
            "neutron": True, "nova": False, "glance": False, "cinder": False, "swift": False, "horizon": False,
        },
        "network": {"public_network_id": network, "floating_network_name": "public", "build_interval": 1},
        "network-feature-enabled": {
            "api_extensions": ",".join(sorted(extension["alias"] for extension in extensions)),
            "ipv6": True,
            "ipv6_subnet_attributes": True,
            "port_security": True,
            "floating_ips": True,
        },
        "enforce_scope": {"neutron": True},
        "oslo_concurrency": {"lock_path": work / "locks"},
    }  # fmt: skip
    written = configparser.RawConfigParser(default_section="")
    written.read_dict({section: {k: str(v) for k, v in values.items()} for section, values in settings.items()})
    with (work / "tempest.conf").open("w") as file:
        written.write(file)


def told(outcomes: dict[str, Outcome]) -> str:
    """Return tests and what came of them as text, each short enough to read many."""
    return "\n".join(
        f"\n--- {name}: {outcome.status}\n{outcome.details[-SHOWN_CHARACTERS_MAX:]}"
        for name, outcome in sorted(outcomes.items())
    )
