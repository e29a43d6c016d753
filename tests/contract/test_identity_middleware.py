"""Another OpenStack service (Nova, Heat…) takes Weft's tokens through the stock keystonemiddleware."""

import httpx
import pytest

from tests.api.serving import PASSWORD
from weft.api.caller import Unauthenticated
from weft.api.keystone.middleware import Asked, KeystoneMiddleware

pytestmark = pytest.mark.filterwarnings("ignore")  # the middleware's own worries are not ours


@pytest.fixture
def nova(url):
    """What nova-api has in front: configured as its [keystone_authtoken] would be."""
    middleware = KeystoneMiddleware({
        "auth_type": "password",
        "auth_url": f"{url}/identity/v3",
        "username": "admin",
        "password": PASSWORD,
        "project_name": "admin",
        "user_domain_id": "default",
        "project_domain_id": "default",
        "service_type": "network",  # nobody has registered compute here; access rules want a type of the catalogue
    })  # fmt: skip
    yield middleware
    middleware.close()


@pytest.fixture
def log_in(url):
    """Return a function that gives a token for an identity, in the project `admin` or where `scope` says."""

    def log_in(identity, scope="default project"):
        auth = {"identity": identity} if scope == "default project" else {"identity": identity, "scope": scope}
        answer = httpx.post(f"{url}/identity/v3/auth/tokens", json={"auth": auth})
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    return log_in


def ask(method, url, token, **more):
    """Send a request as the holder of a token."""
    return httpx.request(method, url, **{"headers": {"X-Auth-Token": token}, **more})


ADMIN = {
    "methods": ["password"],
    "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": PASSWORD}},
}


async def test_a_token_is_taken_for_what_it_is(nova, log_in):
    caller = (await nova.ask(Asked("GET", "/servers", log_in(ADMIN)))).caller
    assert caller.roles == {"admin", "manager", "member", "reader"}
    assert (caller.user_domain_id, caller.project_domain_id) == ("default", "default")
    system = (await nova.ask(Asked("GET", "/servers", log_in(ADMIN, {"system": {"all": True}})))).caller
    assert (system.system_scope, system.project_id) == ("all", None)
    domain = (await nova.ask(Asked("GET", "/servers", log_in(ADMIN, {"domain": {"id": "default"}})))).caller
    assert (domain.domain_id, domain.project_id) == ("default", None)
    with pytest.raises(Unauthenticated):
        await nova.ask(Asked("GET", "/servers", "nonsense"))


async def test_a_revoked_token_is_refused(nova, log_in, url):
    token = log_in(ADMIN)
    assert (await nova.ask(Asked("GET", "/servers", token))).caller.is_admin
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    assert ask("DELETE", f"{url}/identity/v3/auth/tokens", token, headers=headers).status_code == 204
    with pytest.raises(Unauthenticated):
        await nova.ask(Asked("GET", "/servers", token))


async def test_access_rules_are_told_to_the_service(nova, log_in, url):
    admin = log_in(ADMIN)
    user = ask("GET", f"{url}/identity/v3/users?name=admin", admin).json()["users"][0]["id"]
    rule = {"service": "network", "method": "GET", "path": "/servers"}
    body = {"application_credential": {"name": "for nova", "access_rules": [rule]}}
    path = f"{url}/identity/v3/users/{user}/application_credentials"
    made = ask("POST", path, admin, json=body).json()["application_credential"]
    credential = {"id": made["id"], "secret": made["secret"]}
    token = log_in({"methods": ["application_credential"], "application_credential": credential})
    assert (await nova.ask(Asked("GET", "/servers", token))).caller.access_rules
    for refused in (Asked("POST", "/servers", token), Asked("GET", "/flavors", token)):
        with pytest.raises(Unauthenticated):
            await nova.ask(refused)
