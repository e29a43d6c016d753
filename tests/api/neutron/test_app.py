"""The application around the resources: versions, tokens, paths, sizes."""

import pytest

from tests.api.neutron.callers import client_for
from weft.api.neutron import openapi_paths
from weft.api.neutron.http import MAX_BODY_BYTES


async def test_versions_need_no_token(store):
    async with client_for(store, None) as nobody:
        answer = await nobody.get("/")
        assert answer.json() == {
            "versions": [
                {
                    "id": "v2.0",
                    "status": "CURRENT",
                    "links": [{"rel": "self", "href": "http://weft.test:9696/v2.0/"}],
                }
            ]
        }


@pytest.mark.parametrize("token", [None, "forged"])
async def test_everything_else_needs_one(store, token):
    async with client_for(store, token) as nobody:
        answer = await nobody.get("/v2.0/networks")
        assert answer.status_code == 401
        assert answer.json() == {
            "error": {
                "code": 401,
                "title": "Unauthorized",
                "message": "The request you have made requires authentication.",
            }
        }
        assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v2.0/nothing", 404, "HTTPNotFound"),
        ("GET", "/v3/networks", 404, "HTTPNotFound"),
        ("PUT", "/v2.0/networks", 405, "HTTPMethodNotAllowed"),
        ("DELETE", "/v2.0/networks", 405, "HTTPMethodNotAllowed"),
        ("POST", "/v2.0/networks/x", 405, "HTTPMethodNotAllowed"),
        ("GET", "/v2.0/networks/x/y", 404, "HTTPNotFound"),
        ("GET", "/v2.0/networks/not-a-uuid", 404, "NetworkNotFound"),
    ],
)
async def test_what_is_not_there(alice, method, path, status, kind):
    answer = await alice.request(method, path)
    assert (answer.status_code, answer.json()["NeutronError"]["type"]) == (status, kind)


async def test_a_body_has_a_limit(alice):
    answer = await alice.post("/v2.0/networks", content=b"x" * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413


async def test_a_delete_takes_no_body(alice):
    network = (await alice.post("/v2.0/networks", json={"network": {}})).json()["network"]
    answer = await alice.request("DELETE", f"/v2.0/networks/{network['id']}", content=b"{}")
    assert answer.json()["NeutronError"]["message"] == "Request body is not supported in DELETE."


async def test_extensions(alice):
    listed = (await alice.get("/v2.0/extensions")).json()["extensions"]
    aliases = [extension["alias"] for extension in listed]
    assert {"binding", "provider", "standard-attr-tag", "pagination"} <= set(aliases)
    assert set(listed[0]) == {"alias", "name", "updated", "description", "links"}
    one = await alice.get("/v2.0/extensions/binding")
    assert one.json()["extension"]["name"] == "Port Binding"
    none = await alice.get("/v2.0/extensions/none")
    assert none.json()["NeutronError"]["message"] == "Extension with alias none does not exist"


async def test_resources_are_listed(alice):
    listed = (await alice.get("/v2.0/")).json()["resources"]
    assert {"networks"} <= {resource["collection"] for resource in listed}


def test_every_path_is_described():
    paths = openapi_paths()
    assert "post" in paths["/v2.0/networks"]
    assert "put" in paths["/v2.0/networks/{id}"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("text/plain, application/*", 200),
        ("application/xml", 406),
        ("text/html", 406),
    ],
)
async def test_there_is_json_and_nothing_else(alice, accept, status):
    answer = await alice.get("/v2.0/networks", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert answer.json()["NeutronError"]["type"] == "HTTPNotAcceptable"
