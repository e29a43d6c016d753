"""Every answer has one request ID, and the log says nothing that is secret."""

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

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


GIVEN = "req-01234567-89ab-cdef-0123-456789abcdef"


async def test_each_answer_has_one_id_of_its_own():
    answers = [await ask(Gate(app([])), "GET", "/") for _ in range(2)]
    ids = [answer.headers.get_list("x-openstack-request-id") for answer in answers]
    assert [len(each) for each in ids] == [1, 1]
    assert ids[0] != ids[1]
    assert all(one.startswith("req-") for [one] in ids)


async def test_the_id_of_a_purpose_beyond_this_request_stands_beside_our_own():
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as events:
        answer = await ask(Gate(app([])), "POST", "/v2.0/ports", headers={"X-Openstack-Request-Id": GIVEN})
        await ask(Gate(app([])), "POST", "/v2.0/ports")
    own = answer.headers["x-openstack-request-id"]
    assert own != GIVEN
    assert answer.headers["x-openstack-global-request-id"] == GIVEN
    assert (events[0]["request_id"], events[0]["global_request_id"]) == (own, GIVEN)
    assert "global_request_id" not in events[1]


@pytest.mark.parametrize("given", ["", "req-1", GIVEN + "0", GIVEN.upper(), f"x{GIVEN}", "req-\u0660" * 4, "a" * 9000])
async def test_what_is_no_request_id_is_no_part_of_anything(given):
    with structlog.testing.capture_logs() as events:
        answer = await ask(Gate(app([])), "POST", "/", headers={"X-Openstack-Request-Id": given.encode()})
    assert "x-openstack-global-request-id" not in answer.headers
    assert not given or given not in str(events)


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
