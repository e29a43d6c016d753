"""Every answer has one request ID, and the log says nothing that is secret."""

import httpx
import pytest
import structlog

from weft.api.gate import Gate
from weft.api.prefixes import Prefixes


def app(headers):
    async def answer(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": (scope["path"] + "|" + scope.get("root_path", "")).encode()})

    return answer


async def ask(application, method, path, **more):
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://weft.test") as client:
        return await client.request(method, path, **more)


@pytest.mark.parametrize(
    ("why", "headers", "expected"),
    [("none yet", [], "req-"), ("the dialect gave one", [(b"x-openstack-request-id", b"req-own")], "req-own")],
)
async def test_one_request_id(why, headers, expected):
    response = await ask(Gate(app(headers)), "GET", "/")
    ids = response.headers.get_list("x-openstack-request-id")
    assert len(ids) == 1, why
    assert ids[0].startswith(expected)


async def test_writes_are_logged_without_secrets():
    with structlog.testing.capture_logs() as events:
        await ask(Gate(app([])), "POST", "/v2.0/ports?name=hush", headers={"X-Auth-Token": "hush"})
    [event] = events
    assert (event["method"], event["path"], event["status"]) == ("POST", "/v2.0/ports", 200)
    assert "hush" not in str(event)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/identity", "/identity/|/identity"),
        ("/identity/v3", "/identity/v3|/identity"),
        ("/identityx", "/identityx|"),
        ("/v2.0/networks", "/v2.0/networks|"),
    ],
)
async def test_the_path_decides_who_answers(path, expected):
    prefixes = Prefixes({"/identity": app([])}, otherwise=app([]))
    assert (await ask(prefixes, "GET", path)).text == expected
