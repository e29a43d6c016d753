"""Tokens of a stock Keystone open Weft's APIs, and what Keystone says of them holds."""

import asyncio

import httpx
import pytest

from tests.api.keystone.conftest import authtoken
from weft.api.caller import Unauthenticated
from weft.api.keystone.gate import KeystoneGate
from weft.api.keystone.middleware import Asked, BadAuthtoken, KeystoneMiddleware, KeystoneUnavailable

pytestmark = [
    pytest.mark.keystone,
    pytest.mark.filterwarnings("ignore"),  # the middleware's own worries are not ours
]


async def test_an_administrator_and_a_member_are_who_keystone_says(weft, keystone):
    anns = keystone.token("ann", "pw", "shop")
    made = await weft.post("/v2.0/networks", json={"network": {"name": "web"}}, headers={"X-Auth-Token": anns})
    assert made.status_code == 201, made.text
    shop = keystone("GET", "/projects?name=shop").json()["projects"][0]["id"]
    assert made.json()["network"]["project_id"] == shop
    for token, names in ((anns, ["web"]), (keystone.admin, ["web"])):
        listed = await weft.get("/v2.0/networks", headers={"X-Auth-Token": token})
        assert [each["name"] for each in listed.json()["networks"]] == names
    shared = {"network": {"name": "all", "shared": True}}
    assert (await weft.post("/v2.0/networks", json=shared, headers={"X-Auth-Token": anns})).status_code == 403
    assert (await weft.get("/weft/v1/sites", headers={"X-Auth-Token": keystone.admin})).status_code == 200


async def test_what_the_caller_is_made_of(keystone):
    middleware = KeystoneMiddleware(authtoken(keystone))
    known = await middleware.ask(Asked("GET", "/v2.0/networks", keystone.token("ann", "pw", "shop")))
    caller = known.caller
    assert caller.roles == {"member", "reader"}
    assert (caller.user_domain_id, caller.project_domain_id, caller.system_scope) == ("default", "default", None)
    identity = {"methods": ["token"], "token": {"id": keystone.admin}}
    system = keystone.log_in({"identity": identity, "scope": {"system": {"all": True}}})
    assert (await middleware.ask(Asked("GET", "/", system))).caller.system_scope == "all"
    middleware.close()


async def test_strangers_are_sent_to_keystone(weft, keystone):
    for headers in ({}, {"X-Auth-Token": "nonsense"}, {"X-Roles": "admin", "X-User-Id": "me", "X-Project-Id": "mine"}):
        answer = await weft.get("/v2.0/networks", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == f'Keystone uri="{keystone.url}"'
    elsewhere = await weft.post("/identity/v3/auth/tokens", json={})
    assert (elsewhere.status_code, keystone.url in elsewhere.text) == (404, True)
    assert (await weft.get("/")).status_code in (200, 300), "versions are for everyone"


async def test_access_rules_of_an_application_credential_hold(weft, keystone):
    anns = keystone.token("ann", "pw", "shop")
    user_id = keystone("GET", "/users?name=ann").json()["users"][0]["id"]
    rule = {"service": "network", "method": "GET", "path": "/v2.0/networks"}
    asked = {"application_credential": {"name": "reads", "access_rules": [rule]}}
    made = keystone("POST", f"/users/{user_id}/application_credentials", asked, X_Auth_Token=anns).json()
    credential = {name: made["application_credential"][name] for name in ("id", "secret")}
    token = keystone.log_in({"identity": {"methods": ["application_credential"], "application_credential": credential}})
    for method, status in (("GET", 200), ("POST", 401), ("GET", 200)):
        body = {"network": {"name": "x"}} if method == "POST" else None
        answer = await weft.request(method, "/v2.0/networks", json=body, headers={"X-Auth-Token": token})
        assert answer.status_code == status


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


async def who(gate, token):
    """Ask through the gate, as an API behind it does."""
    found = []

    async def app(scope, receive, send):
        try:
            found.append(gate.authenticate(token))
        except (Unauthenticated, KeystoneUnavailable) as err:
            found.append(err)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"x-auth-token", token.encode())]}
    await gate.around(app)(scope, None, None)
    return found[0]


async def test_a_revoked_token_is_honoured_until_the_cache_forgets_it(keystone):
    clock = Clock()
    gate = KeystoneGate({**authtoken(keystone), "token_cache_time": 60}, now_s=clock)
    token = keystone.token("ann", "pw", "shop")
    assert (await who(gate, token)).roles == {"member", "reader"}
    keystone("DELETE", "/auth/tokens", X_Subject_Token=token)
    assert (await who(gate, token)).roles == {"member", "reader"}
    clock.now_s = 61
    assert isinstance(await who(gate, token), Unauthenticated)
    gate.close()


async def test_many_who_send_one_new_token_ask_once(keystone):
    gate = KeystoneGate(authtoken(keystone))
    token = keystone.token("ann", "pw", "shop")
    before = len(gate._known)
    callers = await asyncio.gather(*(who(gate, token) for _ in range(20)))
    assert {caller.user_id for caller in callers} == {callers[0].user_id}
    assert len(gate._known) == before + 1
    gate.close()


async def test_without_keystone_those_who_are_known_go_on_and_the_others_wait(keystone):
    gate = KeystoneGate(authtoken(keystone))
    known, unknown = keystone.token("ann", "pw", "shop"), keystone.token("ann", "pw", "shop")
    caller = await who(gate, known)
    keystone.stop()
    try:
        assert await who(gate, known) == caller
        assert isinstance(await who(gate, unknown), KeystoneUnavailable)
    finally:
        keystone.start()
    assert isinstance(await who(gate, "nonsense"), Unauthenticated), "it is back, and asked again"
    gate.close()


@pytest.mark.parametrize(
    "options", [{"auth_type": "nonsense"}, {"http_connect_timeout": "soon"}, {"pasword": "x"}], ids=str
)
def test_options_that_cannot_be_used_are_told_at_start(options):
    with pytest.raises(BadAuthtoken):
        KeystoneGate({"auth_type": "password", "auth_url": "http://127.0.0.1:1/v3", **options})


def test_this_file_speaks_to_a_real_one(keystone):
    assert httpx.get(keystone.url, timeout=20).json()["version"]["id"].startswith("v3")
