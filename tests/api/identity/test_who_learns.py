"""What a token's scope lets its holder do, see, and learn of: as Keystone 30 answers."""

import pytest

NOBODY = "f" * 32


async def token(api, name: str, domain: str, scope) -> str:
    user = {"name": name, "domain": {"id": domain}, "password": "pw"}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
    answer = await api("POST", "/auth/tokens", {"auth": auth})
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Subject-Token"]


async def role_id(api, name: str) -> str:
    return (await api("GET", f"/roles?name={name}")).json()["roles"][0]["id"]


@pytest.fixture
async def acme(api) -> dict:
    """A domain with users who are its admin and its reader, and one who is a project's reader."""
    domain = await api.make("domain", name="acme")
    project = await api.make("project", name="shop", domain_id=domain["id"])
    tokens = {"fabric_admin": api.token}
    for name, role, target in (
        ("domain_admin", "admin", f"/domains/{domain['id']}"),
        ("domain_reader", "reader", f"/domains/{domain['id']}"),
        ("project_reader", "reader", f"/projects/{project['id']}"),
        ("project_admin", "admin", f"/projects/{project['id']}"),
        ("system_admin", "admin", "/system"),
    ):
        user = await api.make("user", name=name, password="pw", domain_id=domain["id"])
        await api("PUT", f"{target}/users/{user['id']}/roles/{await role_id(api, role)}")
        kind = name.partition("_")[0]
        scope = {"system": {"all": True}} if kind == "system" else {kind: {"id": target.rsplit("/", 1)[1]}}
        tokens[name] = await token(api, name, domain["id"], scope)
        tokens[f"{name}_id"] = user["id"]
    return {"domain": domain["id"], "project": project["id"], **tokens}


NOT_THERE = [
    ("GET", "/roles", 404), ("PATCH", "/roles", 404), ("DELETE", "/roles", 404),
    ("PATCH", "/domains", 404), ("DELETE", "/domains", 404), ("GET", "/domains", 403),
    ("DELETE", "/groups", 404), ("GET", "/groups", 403), ("PATCH", "/groups", 403),
    ("GET", "/users", 403), ("DELETE", "/users", 403), ("GET", "/projects", 403),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), NOT_THERE)
async def test_who_may_nothing_learns_that_some_things_are_not_there(api, acme, method, path, status):
    body = {path[1:-1]: {"description": "x"}} if method == "PATCH" else None
    answer = await api(method, f"{path}/{NOBODY}", body, X_Auth_Token=acme["project_reader"])
    assert answer.status_code == status


async def test_a_domains_token_shows_its_domain_alone_whoever_holds_it(api, acme):
    await api.make("domain", name="other")
    for who in ("domain_admin", "domain_reader"):
        seen = (await api("GET", "/domains", X_Auth_Token=acme[who])).json()["domains"]
        assert [each["id"] for each in seen] == [acme["domain"]]


async def test_a_domains_token_shows_its_own_members_of_a_group(api, acme):
    group = await api.make("group", name="crew", domain_id=acme["domain"])
    outsider = await api.make("user", name="bob")
    for user_id in (outsider["id"], acme["project_reader_id"]):
        await api("PUT", f"/groups/{group['id']}/users/{user_id}")
    path = f"/groups/{group['id']}/users"
    seen = (await api("GET", path, X_Auth_Token=acme["domain_reader"])).json()["users"]
    assert [each["id"] for each in seen] == [acme["project_reader_id"]]
    assert len((await api("GET", path)).json()["users"]) == 2


async def test_a_domains_role_is_not_for_domains_tokens(api, acme):
    role = await api.make("role", name="picker", domain_id=acme["domain"])
    for method, body in (("GET", None), ("PATCH", {"role": {"name": "packer"}}), ("DELETE", None)):
        answer = await api(method, f"/roles/{role['id']}", body, X_Auth_Token=acme["domain_admin"])
        assert answer.status_code == 403, method
    assert (await api("GET", f"/roles/{role['id']}", X_Auth_Token=acme["project_admin"])).status_code == 200


async def test_a_domains_role_is_kept_from_other_domains_projects_only(api, acme):
    role = await api.make("role", name="picker", domain_id="default")
    user = f"users/{acme['project_reader_id']}/roles/{role['id']}"
    assert (await api("PUT", f"/domains/{acme['domain']}/{user}")).status_code == 204
    refused = await api("PUT", f"/projects/{acme['project']}/{user}")
    told = f"Project {acme['project']} must be in the same domain as the role {role['id']} being assigned."
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, told)


async def test_ec2_keys_are_not_for_domains_tokens_nor_made_by_readers(api, acme):
    def path(who: str) -> str:
        return f"/users/{acme[f'{who}_id']}/credentials/OS-EC2"

    body = {"tenant_id": acme["project"]}
    made = (await api("POST", path("project_reader"), body)).json()["credential"]
    reader, admin = acme["project_reader"], acme["domain_admin"]
    one = f"{path('project_reader')}/{made['access']}"
    assert (await api("GET", one, X_Auth_Token=reader)).status_code == 200
    for method, url, sent, who in (
        ("POST", path("project_reader"), body, reader),
        ("DELETE", one, None, reader),
        ("POST", path("domain_admin"), body, admin),
        ("GET", path("domain_admin"), None, admin),
        ("GET", one, None, admin),
    ):
        assert (await api(method, url, sent, X_Auth_Token=who)).status_code == 403, (method, url)
    assert (await api("GET", f"{path('project_reader')}/{NOBODY}", X_Auth_Token=admin)).status_code == 404


async def test_a_trust_is_not_given_with_a_token_for_the_whole_fabric(api, acme):
    trust = {
        "trustor_user_id": acme["system_admin_id"], "trustee_user_id": acme["project_reader_id"],
        "project_id": acme["project"], "impersonation": False, "roles": [{"id": NOBODY}],
    }  # fmt: skip
    answer = await api("POST", "/OS-TRUST/trusts", {"trust": trust}, X_Auth_Token=acme["system_admin"])
    assert answer.status_code == 403


async def test_somebody_elses_access_rule_is_for_the_fabrics_administrator(api, acme):
    path = f"/users/{acme['project_reader_id']}/access_rules/{NOBODY}"
    assert (await api("DELETE", path, X_Auth_Token=acme["project_admin"])).status_code == 403
    assert (await api("DELETE", path, X_Auth_Token=acme["system_admin"])).status_code == 404


async def test_a_domains_reader_learns_nothing_of_other_domains_roles(api, acme):
    role = await api.make("role", name="picker", domain_id="default")
    own = await role_id(api, "reader")
    path = f"/projects/{acme['project']}/users/{acme['project_reader_id']}/roles"
    assert (await api("HEAD", f"{path}/{own}", X_Auth_Token=acme["domain_reader"])).status_code == 204
    assert (await api("HEAD", f"{path}/{role['id']}", X_Auth_Token=acme["domain_reader"])).status_code == 403


async def test_an_administrator_sees_every_limit_whatever_the_token_is_for(api, acme):
    service = await api.make("service", type="image", name="glance")
    of = {"service_id": service["id"], "resource_name": "images"}
    await api("POST", "/registered_limits", {"registered_limits": [{**of, "default_limit": 5}]})
    other = await api.make("project", name="elsewhere")
    for project in (acme["project"], other["id"]):
        await api("POST", "/limits", {"limits": [{**of, "project_id": project, "resource_limit": 7}]})
    for who, count in (("domain_admin", 2), ("domain_reader", 1), ("project_reader", 1), ("system_admin", 2)):
        seen = (await api("GET", "/limits", X_Auth_Token=acme[who])).json()["limits"]
        assert len(seen) == count, who
