"""Access rules: which requests a token is good for, and that Weft's own APIs hold it to that."""

import httpx
import pytest

from weft.api.access_rules import fits
from weft.api.app import create_app
from weft.api.caller import AccessRule
from weft.api.identity.seeding import seed_identity
from weft.api.settings import ApiSettings
from weft.store.simulated.memory import MemoryStore


@pytest.mark.parametrize(
    ("rule", "path", "fitting"),
    [
        ("/v2.0/ports", "/v2.0/ports", True),
        ("/v2.0/ports", "/v2.0/ports/1", False),
        ("/v2.0/ports", "/v2x0/ports", False),
        ("/v2.0/ports/{port_id}", "/v2.0/ports/1", True),
        ("/v2.0/ports/{port_id}", "/v2.0/ports/1/tags", False),
        ("/v2.0/*", "/v2.0/ports", True),
        ("/v2.0/*", "/v2.0/ports/1", False),
        ("/v2.0/**", "/v2.0/ports/1/tags", True),
        ("/**/tags", "/v2.0/ports/1/tags", True),
    ],
)
def test_paths(rule, path, fitting):
    assert fits(AccessRule("network", "GET", rule), "network", "GET", path) is fitting
    assert not fits(AccessRule("network", "GET", rule), "network", "POST", path)
    assert not fits(AccessRule("network", "GET", rule), "identity", "GET", path)


async def test_a_token_is_good_for_what_its_rules_say_in_each_of_our_apis():
    store = MemoryStore(site="a", node="a1")
    await seed_identity(store, b"s" * 32, "pw")
    transport = httpx.ASGITransport(app=create_app(store, ApiSettings(b"s" * 32)))
    async with httpx.AsyncClient(transport=transport, base_url="http://weft.test") as http:

        async def log_in(identity, **more):
            return await http.post("/identity/v3/auth/tokens", json={"auth": {"identity": identity, **more}})

        admin = {"name": "admin", "domain": {"id": "default"}, "password": "pw"}
        answer = await log_in({"methods": ["password"], "password": {"user": admin}})
        own, user = {"X-Auth-Token": answer.headers["X-Subject-Token"]}, answer.json()["token"]["user"]["id"]
        rules = [
            {"service": "network", "method": "GET", "path": "/v2.0/networks"},
            {"service": "identity", "method": "GET", "path": "/v3/users/*"},
        ]
        asked = {"application_credential": {"name": "narrow", "access_rules": rules}}
        path = f"/identity/v3/users/{user}/application_credentials"
        made = (await http.post(path, json=asked, headers=own)).json()["application_credential"]
        credential = {"id": made["id"], "secret": made["secret"]}
        answer = await log_in({"methods": ["application_credential"], "application_credential": credential})
        assert len(answer.json()["token"]["application_credential"]["access_rules"]) == 2
        narrow = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
        for method, path, status in (
            ("GET", "/v2.0/networks", 200),
            ("GET", "/v2.0/ports", 401),
            ("POST", "/v2.0/networks", 401),
            ("GET", f"/identity/v3/users/{user}", 200),
            ("GET", "/identity/v3/users", 401),
            ("GET", "/weft/v1/sites", 401),
        ):
            for headers in (narrow, {**narrow, "X-Service-Token": "no service's"}):
                answer = await http.request(method, path, headers=headers)
                assert answer.status_code in (status, 401 if "X-Service-Token" in headers else status), path
            if method == "GET":
                assert (await http.get(path, headers=own)).status_code == 200
        assert (await http.get("/v2.0/networks", headers={"X-Auth-Token": "x"})).status_code == 401
