"""Who you are holds at every site, cut off or not, and so does what was taken from you. One story, in order."""

import json

import pytest

from .conftest import Corner, eventually

pytestmark = pytest.mark.lab

KEYSTONE = "/identity/v3"


def url(lab: Corner, site: str) -> str:
    """Return the URL of a site's first node."""
    sites = lab.json("lab", "status")["sites"]
    return next(str(each["nodes"][0]["api_url"]) for each in sites if each["name"] == site)


def log_in(lab: Corner, api: str, name: str, password: str) -> str:
    """Return a token, "" if refused."""
    user = {"name": name, "domain": {"id": "default"}, "password": password}
    body = json.dumps({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}})
    answer = lab.run("curl", "-si", "-m", "5", f"{api}{KEYSTONE}/auth/tokens", "-d", body).stdout
    headers = dict(line.split(": ", 1) for line in answer.splitlines() if ": " in line)
    return next((value for key, value in headers.items() if key.lower() == "x-subject-token"), "")


def status(lab: Corner, api: str, token: str) -> int:
    """Return how a site answers who shows this token."""
    header = f"X-Auth-Token: {token}"
    words = ("curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "-H", header)
    return int(lab.run(*words, f"{api}{KEYSTONE}/auth/projects").stdout)


@pytest.fixture(scope="module")
def apis(lab: Corner) -> dict[str, str]:
    """The sites' URLs; user ann is known at all of them."""
    lab.api("a", "POST", f"{KEYSTONE}/users", {"user": {"name": "ann", "password": "one"}})
    apis = {site: url(lab, site) for site in "abc"}
    for api in apis.values():
        eventually(lambda api=api: bool(log_in(lab, api, "ann", "one")))
    return apis


def test_a_token_holds_at_every_site(lab, apis):
    token = log_in(lab, apis["a"], "ann", "one")
    assert [status(lab, api, token) for api in apis.values()] == [200, 200, 200]
    assert status(lab, apis["b"], token[:-8]) == 401


def test_a_revoked_token_is_void_elsewhere(lab, apis):
    token = log_in(lab, apis["a"], "ann", "one")
    gone = ("-X", "DELETE", "-H", f"X-Auth-Token: {token}", "-H", f"X-Subject-Token: {token}")
    lab.run("curl", "-s", *gone, f"{apis['a']}{KEYSTONE}/auth/tokens")
    eventually(lambda: status(lab, apis["c"], token) == 401)


def test_a_cut_off_site_knows_who_you_are_and_hears_later_what_changed(lab, apis):
    token = log_in(lab, apis["a"], "ann", "one")
    ann = lab.api("a", "GET", f"{KEYSTONE}/users?name=ann")["users"][0]["id"]
    lab.weft("lab", "cut", "c")
    assert status(lab, apis["c"], token) == 200
    assert log_in(lab, apis["c"], "ann", "one")
    lab.api("a", "PATCH", f"{KEYSTONE}/users/{ann}", {"user": {"password": "two"}})
    eventually(lambda: status(lab, apis["b"], token) == 401)
    assert status(lab, apis["c"], token) == 200, "it cannot know"
    lab.api("a", "POST", f"{KEYSTONE}/users", {"user": {"name": "bob"}})
    lab.api("c", "POST", f"{KEYSTONE}/users", {"user": {"name": "bob"}})
    lab.weft("lab", "heal")
    eventually(lambda: status(lab, apis["c"], token) == 401)
    assert not log_in(lab, apis["c"], "ann", "one")
    assert log_in(lab, apis["c"], "ann", "two")


def test_a_name_given_twice_is_told_and_means_the_same_user_everywhere(lab, apis):
    def told() -> bool:
        return any("bob" in each["message"] for each in lab.json("conflicts", "--os-cloud", "weft-b"))

    eventually(told)
    found = [lab.api(site, "GET", f"{KEYSTONE}/users?name=bob")["users"] for site in "abc"]
    assert [len(users) for users in found] == [2, 2, 2]
