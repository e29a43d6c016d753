"""Who you are holds at every site, cut off or not, and so does what was taken from you. One story, in order."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import Corner, eventually

pytestmark = pytest.mark.lab

KEYSTONE = "/identity/v3"


def url(lab: Corner, site: str) -> str:
    """Return the URL of a site's first node."""
    sites = lab.json("lab", "status")["sites"]
    return next(str(each["nodes"][0]["api_url"]) for each in sites if each["name"] == site)


def log_in(lab: Corner, api: str, name: str, password: str, scope: Any = None) -> str:
    """Return a token, "" if refused."""
    user = {"name": name, "domain": {"id": "default"}, "password": password}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    return _token(lab, api, {**auth, **({"scope": scope} if scope else {})})


def log_in_with(lab: Corner, api: str, credential: Any) -> str:
    """Return a token made with an application credential, "" if refused."""
    shown = {name: credential[name] for name in ("id", "secret")}
    return _token(lab, api, {"identity": {"methods": ["application_credential"], "application_credential": shown}})


def admin_token(lab: Corner, api: str) -> str:
    """Return a token of the administrator's."""
    cloud = yaml.safe_load(Path(lab.clouds).read_text())["clouds"]["weft-a"]["auth"]
    return log_in(lab, api, "admin", cloud["password"], {"project": {"name": "admin", "domain": {"id": "default"}}})


def ask(lab: Corner, api: str, method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
    """Return (status, body) of a request to a site's Keystone."""
    sent = ["-d", json.dumps(body)] if body is not None else []
    words = ("curl", "-s", "-m", "5", "-X", method, "-H", f"X-Auth-Token: {token}", "-w", "\n%{http_code}", *sent)
    text, _, code = lab.run(*words, f"{api}{KEYSTONE}{path}").stdout.rpartition("\n")
    return int(code), json.loads(text) if text.strip() else None


def knows(lab: Corner, api: str, kind: str, id: str) -> bool:
    """Whether a site holds a thing."""
    return ask(lab, api, "GET", f"/{kind}/{id}", admin_token(lab, api))[0] == 200


def _token(lab: Corner, api: str, auth: Any) -> str:
    body = json.dumps({"auth": auth})
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


def test_what_a_group_an_implied_role_and_a_credential_gave_ends_everywhere(lab, apis):
    """Made at three sites, used at all, taken away at one: tokens made with them are void wherever that is heard."""
    ann = lab.api("a", "GET", f"{KEYSTONE}/users?name=ann")["users"][0]["id"]
    reader = lab.api("a", "GET", f"{KEYSTONE}/roles?name=reader")["roles"][0]["id"]
    shop = lab.api("a", "POST", f"{KEYSTONE}/projects", {"project": {"name": "shop"}})["project"]["id"]
    crew = lab.api("b", "POST", f"{KEYSTONE}/groups", {"group": {"name": "crew"}})["group"]["id"]
    auditor = lab.api("c", "POST", f"{KEYSTONE}/roles", {"role": {"name": "auditor"}})["role"]["id"]
    for kind, id in (("groups", crew), ("projects", shop), ("roles", auditor)):
        eventually(lambda kind=kind, id=id: knows(lab, apis["a"], kind, id))
    token = admin_token(lab, apis["a"])
    for path in (
        f"/groups/{crew}/users/{ann}",
        f"/projects/{shop}/groups/{crew}/roles/{auditor}",
        f"/roles/{auditor}/implies/{reader}",
    ):
        assert ask(lab, apis["a"], "PUT", path, token)[0] in (201, 204)
    scope = {"project": {"id": shop}}
    eventually(lambda: bool(log_in(lab, apis["c"], "ann", "two", scope)))
    anns = log_in(lab, apis["c"], "ann", "two", scope)
    body = {"application_credential": {"name": "robot"}}
    made = ask(lab, apis["b"], "POST", f"/users/{ann}/application_credentials", anns, body)[1]["application_credential"]
    assert sorted(role["name"] for role in made["roles"]) == ["auditor", "reader"]
    eventually(lambda: bool(log_in_with(lab, apis["a"], made)))
    robot = log_in_with(lab, apis["a"], made)
    eventually(lambda: [status(lab, api, robot) for api in apis.values()] == [200, 200, 200])
    path = f"/users/{ann}/application_credentials/{made['id']}"
    assert ask(lab, apis["c"], "DELETE", path, anns)[0] == 204
    eventually(lambda: [status(lab, api, robot) for api in apis.values()] == [401, 401, 401])
    assert [status(lab, api, anns) for api in apis.values()] == [200, 200, 200]
    assert ask(lab, apis["b"], "DELETE", f"/groups/{crew}/users/{ann}", admin_token(lab, apis["b"]))[0] == 204
    eventually(lambda: [status(lab, api, anns) for api in apis.values()] == [401, 401, 401])


def test_a_disabled_project_and_a_deleted_user_are_out_once_a_cut_off_site_is_back(lab, apis):
    zoe, yard = (
        lab.api("a", "POST", f"{KEYSTONE}/{kind}s", {kind: {"name": name, **more}})[kind]["id"]
        for kind, name, more in (("user", "zoe", {"password": "pw"}), ("project", "yard", {}))
    )
    member = lab.api("a", "GET", f"{KEYSTONE}/roles?name=member")["roles"][0]["id"]
    token = admin_token(lab, apis["a"])
    assert ask(lab, apis["a"], "PUT", f"/projects/{yard}/users/{zoe}/roles/{member}", token)[0] == 204
    scope = {"project": {"id": yard}}
    eventually(lambda: bool(log_in(lab, apis["c"], "zoe", "pw", scope)))
    in_yard, anywhere = (log_in(lab, apis["c"], "zoe", "pw", where) for where in (scope, "unscoped"))
    lab.weft("lab", "cut", "c")
    lab.api("a", "PATCH", f"{KEYSTONE}/projects/{yard}", {"project": {"enabled": False}})
    assert status(lab, apis["a"], in_yard) == 401
    assert status(lab, apis["a"], anywhere) == 200
    assert ask(lab, apis["a"], "DELETE", f"/users/{zoe}", token)[0] == 204
    assert [status(lab, apis["c"], each) for each in (in_yard, anywhere)] == [200, 200], "it cannot know"
    reader = lab.api("c", "GET", f"{KEYSTONE}/roles?name=reader")["roles"][0]["id"]
    grant = f"/projects/{yard}/users/{zoe}/roles/{reader}"
    assert ask(lab, apis["c"], "PUT", grant, admin_token(lab, apis["c"]))[0] == 204
    lab.weft("lab", "heal")
    eventually(lambda: [status(lab, apis["c"], each) for each in (in_yard, anywhere)] == [401, 401])
    assert not any(log_in(lab, api, "zoe", "pw") for api in apis.values()), "a role does not bring her back"
    assert [knows(lab, api, "users", zoe) for api in apis.values()] == [False, False, False]
