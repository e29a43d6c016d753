"""A session with a site: logs in once, again when it must, and tells errors in the site's words."""

import json

import httpx
import msgspec
import pytest

from weft.client import Cloud, FabricClient, Session
from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError

CLOUD = Cloud(
    name="weft", auth_url="http://site/identity/v3", username="admin", password="hush", project_name="admin",
    user_domain_name="Default",
)  # fmt: skip


class Site:
    """Answers like a site; `answers` are given in order to everything but logins."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers, self.logins, self.asked = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/identity/v3/auth/tokens":
            self.logins.append(json.loads(request.content))
            return httpx.Response(201, headers={"X-Subject-Token": f"token{len(self.logins)}"})
        self.asked.append((str(request.url), request.headers["X-Auth-Token"]))
        return self.answers.pop(0)

    def session(self) -> Session:
        return Session(CLOUD, transport=httpx.MockTransport(self))


def test_one_login_serves_many_requests():
    site = Site(httpx.Response(200, json={"sites": []}), httpx.Response(200, json={"nodes": []}))
    client = FabricClient(site.session())
    assert (client.sites(), client.nodes(site="b")) == ([], [])
    assert site.asked == [("http://site/weft/v1/sites", "token1"), ("http://site/weft/v1/nodes?site=b", "token1")]
    [login] = site.logins
    assert login["auth"]["identity"]["password"]["user"]["domain"] == {"name": "Default"}
    assert login["auth"]["scope"]["project"]["domain"] == {"id": "default"}


def test_an_expired_token_is_renewed_once():
    site = Site(httpx.Response(401), httpx.Response(200, json={"sites": []}))
    assert FabricClient(site.session()).sites() == []
    assert [token for _, token in site.asked] == ["token1", "token2"]
    never = Site(httpx.Response(401), httpx.Response(401))
    with pytest.raises(Denied):
        FabricClient(never.session()).sites()


@pytest.mark.parametrize(
    ("status", "family"),
    [(400, Invalid), (403, Denied), (404, NotFound), (409, Conflict), (500, Unavailable), (503, Unavailable)],
)
def test_errors_keep_the_sites_words_and_hint(status, family):
    body = {"error": {"code": "x", "message": "in the site's words", "hint": "do that"}}
    with pytest.raises(family, match="in the site's words") as caught:
        FabricClient(Site(httpx.Response(status, json=body)).session()).site("a")
    assert caught.value.hint == "do that"


@pytest.mark.parametrize(
    ("why", "answer"),
    [
        ("no JSON", httpx.Response(502, text="<html>proxy</html>")),
        ("another JSON", httpx.Response(500, json=["oops"])),
        ("a success that is none", httpx.Response(200, json={"sites": 7})),
    ],
)
def test_what_is_no_answer_of_ours_is_an_error_of_ours(why, answer):
    with pytest.raises(WeftError) as caught:
        FabricClient(Site(answer).session()).sites()
    assert str(caught.value), why


def test_a_wrong_password_says_where_to_look():
    session = Session(CLOUD, transport=httpx.MockTransport(lambda request: httpx.Response(401)))
    with pytest.raises(Denied) as caught:
        session.get("/weft/v1/sites")
    assert "clouds.yaml" in (caught.value.hint or "")
    assert "hush" not in str(caught.value) + repr(CLOUD)


def test_members_a_newer_site_adds_are_ignored():
    newer = {"digests": [], "is_equal": True, "colour": "green"}
    assert FabricClient(Site(httpx.Response(200, json=newer)).session()).digests().is_equal


@pytest.mark.parametrize(("region", "site"), [(None, "http://a:9696"), ("b", "http://b:9696"), ("c", None)])
def test_another_keystones_catalogue_says_where_the_site_is(region, site):
    asked = []

    def answer(request):
        if request.url.path != "/v3/auth/tokens":
            asked.append(str(request.url))
            return httpx.Response(200, json={"sites": []})
        endpoints = [
            {"interface": "public", "region_id": name, "url": f"http://{name}:9696/weft/v1"} for name in ("a", "b")
        ]
        catalog = [{"type": "network", "endpoints": []}, {"type": "weft", "endpoints": endpoints}]
        return httpx.Response(201, headers={"X-Subject-Token": "t"}, json={"token": {"catalog": catalog}})

    cloud = msgspec.structs.replace(CLOUD, auth_url="http://keystone:5000/v3", region_name=region)
    client = FabricClient(Session(cloud, transport=httpx.MockTransport(answer)))
    if site is None:
        with pytest.raises(NotFound, match="no public endpoint of type weft in region c"):
            client.sites()
    else:
        assert client.sites() == []
        assert asked == [f"{site}/weft/v1/sites"]
