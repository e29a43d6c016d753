"""Logging in, and what makes a token void."""

import pytest

from tests.api.identity.conftest import PASSWORD, SECRET
from weft.api.caller import Unauthenticated
from weft.api.identity.seeding import seed_identity
from weft.api.identity.service import authenticator
from weft.api.settings import ApiSettings
from weft.commands.identity.bootstrap import ADMIN_PROJECT, ADMIN_USER
from weft.store.simulated.memory import MemoryStore

ADMIN_SCOPE = {"project": {"name": "admin", "domain": {"name": "Default"}}}


async def test_a_password_buys_a_token_with_roles_and_catalogue(guest):
    response = await guest.log_in("admin", PASSWORD, ADMIN_SCOPE)
    assert response.status_code == 201
    token = response.json()["token"]
    assert [role["name"] for role in token["roles"]] == ["admin", "manager", "member", "reader"]
    assert token["project"]["id"] == ADMIN_PROJECT
    assert {service["type"] for service in token["catalog"]} == {"identity", "network", "weft"}
    caller = guest.identity.authenticate(response.headers["X-Subject-Token"])
    assert (caller.user_id, caller.project_id, caller.is_admin) == (ADMIN_USER, ADMIN_PROJECT, True)


@pytest.mark.parametrize(
    ("why", "name", "password", "scope"),
    [
        ("wrong password", "admin", "wrong", ADMIN_SCOPE),
        ("unknown user", "nobody", PASSWORD, ADMIN_SCOPE),
        ("unknown project", "admin", PASSWORD, {"project": {"id": "nope"}}),
        ("no role there", "admin", PASSWORD, {"project": {"name": "service", "domain": {"id": "default"}}}),
        ("unknown domain", "admin", PASSWORD, {"project": {"name": "admin", "domain": {"name": "Nope"}}}),
    ],
)
async def test_who_cannot_log_in_is_not_told_why(guest, why, name, password, scope):
    response = await guest.log_in(name, password, scope)
    assert response.status_code == 401, why
    message = "The request you have made requires authentication."
    assert response.json() == {"error": {"code": 401, "title": "Unauthorized", "message": message}}
    assert "Keystone uri=" in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("why", "body", "says"),
    [
        ("not JSON", b"{", "Malformed JSON"),
        ("no auth", b"{}", "Expecting to find auth in request body."),
        ("wrong type", b'{"auth": {"identity": {"methods": "password"}}}', "$.auth.identity.methods"),
        ("method without its part", b'{"auth": {"identity": {"methods": ["password"]}}}', "password in identity"),
        ("not UTF-8", b'{"auth": {"identity": {"methods": ["\xff"]}}}', "Malformed JSON"),
    ],
)
async def test_bad_bodies_are_named(guest, why, body, says):
    response = await guest.http.post("/identity/v3/auth/tokens", content=body)
    assert response.status_code == 400, why
    assert says in response.json()["error"]["message"]


async def test_a_huge_body_is_refused(guest):
    response = await guest.http.post("/identity/v3/auth/tokens", content=b"x" * 200_000)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == 413


async def test_scopes(guest):
    for scope, member in (
        ({"domain": {"id": "default"}}, "domain"),
        ({"system": {"all": True}}, "system"),
        (ADMIN_SCOPE, "project"),
        (None, "project"),  # the user's default project
    ):
        token = (await guest.log_in("admin", PASSWORD, scope)).json()["token"]
        assert member in token
        assert token["roles"]
    for scope in ("unscoped", {"unscoped": {}}):
        token = (await guest.log_in("admin", PASSWORD, scope)).json()["token"]
        assert not {"project", "domain", "system", "catalog", "roles"} & set(token)


async def test_a_token_buys_another_with_the_same_end(api):
    first = (await api("GET", "/auth/tokens", X_Subject_Token=api.token)).json()["token"]
    api.now_ms += 60_000
    identity = {"methods": ["token"], "token": {"id": api.token}}
    second = (
        await api("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": {"domain": {"id": "default"}}}})
    ).json()["token"]
    assert second["expires_at"] == first["expires_at"]
    assert second["methods"] == ["token", "password"]
    assert second["audit_ids"][1] == first["audit_ids"][0]


async def test_an_expired_token_is_void(api):
    api.now_ms += 3_599_000
    assert (await api("GET", "/auth/projects")).status_code == 200
    api.now_ms += 1_000
    assert (await api("GET", "/auth/projects")).status_code == 401


async def test_a_revoked_token_is_void_and_others_are_not(api):
    other = (await api.log_in("admin", PASSWORD)).headers["X-Subject-Token"]
    response = await api("DELETE", "/auth/tokens", X_Subject_Token=other)
    assert response.status_code == 204
    assert response.headers["X-Weft-Receipt"]
    assert (await api("GET", "/auth/tokens", X_Subject_Token=other)).status_code == 404
    assert (await api("GET", "/auth/tokens", X_Subject_Token=api.token)).status_code == 200


async def test_old_revocations_are_cleared_away(api):
    for _ in range(3):
        other = (await api.log_in("admin", PASSWORD)).headers["X-Subject-Token"]
        await api("DELETE", "/auth/tokens", X_Subject_Token=other)
    state = api.identity.store.state
    assert len(state.of_kind("revocation")) == 3
    api.now_ms += 2 * 3_600_000
    api.token = (await api.log_in("admin", PASSWORD)).headers["X-Subject-Token"]
    await api("DELETE", "/auth/tokens", X_Subject_Token=api.token)
    assert len(state.of_kind("revocation")) == 1


@pytest.mark.parametrize(
    ("what", "method", "path", "body"),
    [
        ("disabled user", "PATCH", "/users/{user}", {"user": {"enabled": False}}),
        ("new password", "PATCH", "/users/{user}", {"user": {"password": "another"}}),
        ("deleted user", "DELETE", "/users/{user}", None),
        ("disabled project", "PATCH", "/projects/{project}", {"project": {"enabled": False}}),
        ("deleted project", "DELETE", "/projects/{project}", None),
        ("role taken away", "DELETE", "/projects/{project}/users/{user}/roles/{role}", None),
    ],
)
async def test_what_voids_the_tokens_of_others(api, what, method, path, body):
    project = await api.make("project", name="shop")
    user = await api.make("user", name="ann", password="pw", default_project_id=project["id"])
    role = (await api("GET", "/roles?name=member")).json()["roles"][0]
    ids = {"user": user["id"], "project": project["id"], "role": role["id"]}
    grant = "/projects/{project}/users/{user}/roles/{role}".format(**ids)
    assert (await api("PUT", grant)).status_code == 204
    anns = (await api.log_in("ann", "pw")).headers["X-Subject-Token"]
    assert api.identity.authenticate(anns).roles == {"member", "reader"}
    response = await api(method, path.format(**ids), body)
    assert response.status_code in (200, 204), response.text
    with pytest.raises(Unauthenticated):
        api.identity.authenticate(anns)


async def test_a_new_password_works_at_once(api):
    user = await api.make("user", name="ann", password="one")
    await api("PATCH", f"/users/{user['id']}", {"user": {"password": "two"}})
    response = await api.log_in("ann", "two")
    assert response.status_code == 201
    assert api.identity.authenticate(response.headers["X-Subject-Token"]).user_id == user["id"]
    assert (await api.log_in("ann", "one")).status_code == 401


async def test_a_token_holds_at_a_site_that_never_heard_of_the_login(api):
    elsewhere = MemoryStore(site="b", node="b1")
    await seed_identity(elsewhere, SECRET, PASSWORD)
    authenticate = authenticator(elsewhere, ApiSettings(SECRET), lambda: api.now_ms)
    assert authenticate(api.token).is_admin


async def test_every_site_seeds_the_same_bytes():
    records = []
    for site in ("a", "b"):
        store = MemoryStore(site=site, node=f"{site}1")
        await seed_identity(store, SECRET, PASSWORD)
        records.append({record.key: record for kind in ("user", "role") for record in store.state.of_kind(kind)})
    assert records[0] == records[1]


async def test_ten_wrong_passwords_close_the_account_for_a_minute(guest):
    for _ in range(10):
        assert (await guest.log_in("admin", "wrong")).status_code == 401
    response = await guest.log_in("admin", PASSWORD)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 61
    guest.now_ms += 61_000
    assert (await guest.log_in("admin", PASSWORD)).status_code == 201


async def test_others_may_not_look_into_a_token(api):
    await api.make("user", name="ann", password="pw")
    admins = api.token
    api.token = (await api.log_in("ann", "pw")).headers["X-Subject-Token"]
    assert (await api("GET", "/auth/tokens", X_Subject_Token=admins)).status_code == 403
    assert (await api("GET", "/auth/tokens", X_Subject_Token=api.token)).status_code == 200
    assert (await api("HEAD", "/auth/tokens", X_Subject_Token=api.token)).status_code == 200


async def test_version_documents(guest):
    response = await guest.http.get("/identity")
    assert response.status_code == 300
    assert response.json()["versions"]["values"][0]["links"][0]["href"] == "http://weft.test/identity/v3/"
    assert (await guest("GET", "")).json()["version"]["id"].startswith("v3")
    assert (await guest("GET", "/nonsense")).json()["error"]["code"] == 404
    assert response.headers["X-Openstack-Request-Id"].startswith("req-")


async def test_a_domain_is_known_whatever_the_case_of_its_letters(api):
    def asked(domain: str) -> dict:
        user = {"name": "admin", "domain": {"name": domain}, "password": PASSWORD}
        scope = {"project": {"name": "admin", "domain": {"name": domain}}}
        return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}

    for name in ("Default", "default", "DEFAULT"):
        assert (await api("POST", "/auth/tokens", asked(name))).status_code == 201, name
    await api.make("domain", name="DEFAULT")
    assert (await api("POST", "/auth/tokens", asked("Default"))).status_code == 201
    for name in ("default", "DEFAULT"):
        assert (await api("POST", "/auth/tokens", asked(name))).status_code == 401, f"{name}: which of the two?"
