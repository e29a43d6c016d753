"""Whatever is sent, Keystone's dialect answers in its own words, and nothing breaks."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = ("auth", "identity", "methods", "password", "token", "user", "id", "name", "domain", "scope", "project",
         "system", "role", "enabled", "domain_id", "unscoped", "admin", "default", "Default",
         "original_password")  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)
AUTH = st.fixed_dictionaries({
    "auth": st.fixed_dictionaries(
        {"identity": st.fixed_dictionaries({"methods": st.just(["password"]), "password": VALUES})},
        optional={"scope": VALUES},
    )
})  # fmt: skip
CALLS = [
    ("POST", "/auth/tokens"), ("POST", "/users"), ("PATCH", "/users/{user}"), ("POST", "/users/{user}/password"),
    ("POST", "/projects"), ("POST", "/roles"), ("GET", "/users"), ("DELETE", "/users"),
    ("PUT", "/projects/x/users/y/roles/z"),
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=st.sampled_from(CALLS), body=VALUES | AUTH | st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=2))
async def test_any_json(api, call, body):
    method, path = call
    response = await api(method, path.format(user="0" * 32), body)
    assert response.status_code < 500
    if response.status_code >= 400:
        error = response.json()["error"]
        assert (error["code"], bool(error["message"])) == (response.status_code, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[",
        b"\xff\xfe",
        b'"\\ud800"',
        b'{"user": {"name": "\\ud800"}}',
        b"[" * 5000,
        b'{"user": {"name": "a\\u0000b"}}',
        b'{"x": ' + b"[" * 20_000 + b"]" * 20_000 + b', "user": {"name": "a"}}',
    ],
    ids=["empty", "cut", "not UTF-8", "half a surrogate", "half a surrogate within", "deep", "NUL", "deep and unknown"],
)
async def test_any_bytes(api, raw):
    headers = {"X-Auth-Token": api.token}
    response = await api.http.post("/identity/v3/users", content=raw, headers=headers)
    assert response.status_code in (201, 400)


@pytest.mark.parametrize("token", ["", "x", "é", "gAAAAA" * 50, "\x7f", "a b", "." * 8000], ids=range(7))
async def test_any_token(api, token):
    headers = {"X-Auth-Token": token.encode()}
    response = await api.http.get("/identity/v3/users", headers=headers)
    assert response.status_code == 401


async def test_deep_json_is_no_way_in(api):
    deep = json.loads("[" * 200 + "]" * 200)
    assert (await api("POST", "/auth/tokens", {"auth": deep})).status_code == 400
