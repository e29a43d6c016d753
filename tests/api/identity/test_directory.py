"""Users, projects, roles and who holds them: Keystone's answers, refusals included."""

import pytest

from weft.commands.identity.bootstrap import ADMIN_PROJECT, ADMIN_USER


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("user", {"email": "a@example.org", "password": "pw"}),
        ("project", {"description": "things", "tags": ["x"]}),
        ("role", {"description": "may do things"}),
    ],
)
async def test_make_find_change_and_delete(api, kind, values):
    made = await api.make(kind, name="thing", **values)
    assert len(made["id"]) == 32
    assert "password" not in made
    assert "password_hash" not in made
    found = (await api("GET", f"/{kind}s?name=thing")).json()[f"{kind}s"]
    assert [each["id"] for each in found] == [made["id"]]
    response = await api("PATCH", f"/{kind}s/{made['id']}", {kind: {"name": "other", "description": "d"}})
    assert (response.json()[kind]["name"], response.json()[kind]["description"]) == ("other", "d")
    assert response.headers["X-Weft-Receipt"]
    assert (await api("GET", f"/{kind}s/{made['id']}")).json()[kind]["name"] == "other"
    assert (await api("DELETE", f"/{kind}s/{made['id']}")).status_code == 204
    gone = await api("GET", f"/{kind}s/{made['id']}")
    assert gone.json()["error"]["message"] == f"Could not find {kind}: {made['id']}."
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("why", "method", "path", "body", "status", "says"),
    [
        ("name taken", "POST", "/users", {"user": {"name": "admin"}}, 409, "attempting to store user"),
        ("name taken", "POST", "/projects", {"project": {"name": "admin"}}, 409, "with either the same name"),
        ("name taken", "POST", "/roles", {"role": {"name": "admin"}}, 409, "Duplicate entry"),
        ("no name", "POST", "/users", {"user": {}}, 400, "'name' is a required property"),
        ("blank name", "POST", "/users", {"user": {"name": " "}}, 400, "does not match"),
        ("long name", "POST", "/projects", {"project": {"name": "x" * 65}}, 400, "is too long"),
        ("wrong type", "POST", "/users", {"user": {"name": 7}}, 400, "Value: 7. 7 is not of type 'string'"),
        ("empty password", "POST", "/users", {"user": {"name": "a", "password": ""}}, 400, "password"),
        ("no such domain", "POST", "/users", {"user": {"name": "a", "domain_id": "no"}}, 404, "domain: no"),
        ("no such parent", "POST", "/projects", {"project": {"name": "a", "parent_id": "no"}}, 400, "project: no."),
        ("no such user", "PATCH", "/users/no", {"user": {"name": "a"}}, 404, "Could not find user: no."),
        ("no such user", "DELETE", "/users/no", None, 404, "Could not find user: no."),
        (
            "other domain",
            "PATCH",
            f"/users/{ADMIN_USER}",
            {"user": {"domain_id": "no"}},
            400,
            "Cannot change Domain ID",
        ),
        ("no such role", "PUT", f"/projects/{ADMIN_PROJECT}/users/{ADMIN_USER}/roles/no", None, 404, "role: no"),
        ("wrong method", "PUT", "/users", None, 405, "not allowed"),
    ],
)
async def test_refusals(api, why, method, path, body, status, says):
    response = await api(method, path, body)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, status), why
    assert says in error["message"]


async def test_a_project_with_children_stays(api):
    parent = await api.make("project", name="parent")
    child = await api.make("project", name="child", parent_id=parent["id"])
    assert child["parent_id"] == parent["id"]
    assert (await api("DELETE", f"/projects/{parent['id']}")).status_code == 403
    assert (await api("DELETE", f"/projects/{child['id']}")).status_code == 204
    assert (await api("DELETE", f"/projects/{parent['id']}")).status_code == 204


async def test_roles_are_granted_seen_and_taken_away_and_granted_again(api):
    user, project = await api.make("user", name="ann"), await api.make("project", name="shop")
    role = (await api("GET", "/roles?name=member")).json()["roles"][0]
    here = f"/projects/{project['id']}/users/{user['id']}/roles"
    for _ in range(2):
        assert (await api("HEAD", f"{here}/{role['id']}")).status_code == 404
        assert (await api("PUT", f"{here}/{role['id']}")).status_code == 204
        assert (await api("PUT", f"{here}/{role['id']}")).status_code == 204
        assert (await api("HEAD", f"{here}/{role['id']}")).status_code == 204
        assert [each["name"] for each in (await api("GET", here)).json()["roles"]] == ["member"]
        assert (await api("DELETE", f"{here}/{role['id']}")).status_code == 204
    assert (await api("DELETE", f"{here}/{role['id']}")).status_code == 404


async def test_role_assignments_by_user_scope_and_role(api):
    def names(response):
        return [row["role"]["name"] for row in response.json()["role_assignments"]]

    everything = await api("GET", f"/role_assignments?user.id={ADMIN_USER}&include_names=true")
    assert names(everything) == ["admin", "admin", "admin"]
    row = everything.json()["role_assignments"][1]
    assert row["user"]["domain"]["name"] == "Default"
    query = f"/role_assignments?scope.project.id={ADMIN_PROJECT}&effective&include_names=true"
    assert sorted(names(await api("GET", query))) == ["admin", "manager", "member", "reader"]
    assert names(await api("GET", "/role_assignments?scope.system=all&include_names=1")) == ["admin"]
    assert names(await api("GET", "/role_assignments?group.id=x&include_names=1")) == []


async def test_a_plain_user_sees_itself_and_little_else(api):
    project = await api.make("project", name="shop")
    user = await api.make("user", name="ann", password="old", default_project_id=project["id"])
    role = (await api("GET", "/roles?name=reader")).json()["roles"][0]
    await api("PUT", f"/projects/{project['id']}/users/{user['id']}/roles/{role['id']}")
    api.token = (await api.log_in("ann", "old")).headers["X-Subject-Token"]
    for path, status in (
        (f"/users/{user['id']}", 200),
        (f"/users/{user['id']}/projects", 200),
        (f"/projects/{project['id']}", 200),
        (f"/projects/{ADMIN_PROJECT}", 403),
        (f"/users/{ADMIN_USER}", 403),
        ("/users", 403),
        ("/roles", 403),
        ("/services", 403),
        ("/regions", 200),
        ("/domains/default", 200),
        ("/auth/projects", 200),
        ("/auth/catalog", 200),
    ):
        assert (await api("GET", path)).status_code == status, path
    forbidden = await api("POST", "/users", {"user": {"name": "bob"}})
    assert forbidden.status_code == 403
    assert "identity:create_user" in forbidden.json()["error"]["message"]


async def test_a_user_changes_its_own_password(api):
    user = await api.make("user", name="ann", password="old")
    path, admins = f"/users/{user['id']}/password", api.token
    api.token = ""
    wrong = {"user": {"password": "new", "original_password": "guess"}}
    assert (await api("POST", path, wrong)).status_code == 401
    right = {"user": {"password": "new", "original_password": "old"}}
    assert (await api("POST", path, right)).status_code == 204
    assert (await api.log_in("ann", "new")).status_code == 201
    api.token = admins


async def test_two_sites_that_gave_one_name_agree_who_has_it(api):
    from weft.commands.identity.directory import named
    from weft.store.records import Key, write

    state = api.identity.store.state
    for id, hlc in (("f" * 32, 1 << 20), ("0" * 32, 1 << 21)):
        values = {"name": "twin", "domain_id": "default", "enabled": True}
        api.identity.store.absorb(write(None, Key("fabric", "user", id), values, hlc, "b"))
    twin = named(state, "user", "twin", "default")
    assert twin is not None
    assert twin.key.id == "f" * 32, "the older one"


async def test_the_catalogue_names_our_own_site_first_then_every_site(api):
    from weft.store.records import Key, write

    for site in ("b", "a", "dead"):
        values = {"number": 1, "api_url": f"http://{site}:9696", "dead": site == "dead"}
        api.identity.store.absorb(write(None, Key("fabric", "site", site), values, 1, site))
    catalog = (await api("GET", "/auth/catalog")).json()["catalog"]
    network = next(service for service in catalog if service["type"] == "network")
    public = [(each["region"], each["url"]) for each in network["endpoints"] if each["interface"] == "public"]
    assert public == [("RegionOne", "http://weft.test"), ("a", "http://a:9696"), ("b", "http://b:9696")]
    assert [each["id"] for each in (await api("GET", "/regions")).json()["regions"]] == ["RegionOne", "a", "b"]
    services = (await api("GET", "/services?type=network")).json()["services"]
    assert (await api("GET", f"/services/{services[0]['id']}")).json()["service"]["name"] == "neutron"
    chosen = (await api("GET", "/endpoints?interface=public&region_id=b")).json()["endpoints"]
    assert len(chosen) == 3


@pytest.mark.parametrize(
    ("why", "method", "path", "body", "says"),
    [
        ("nothing to change", "PATCH", "/domains/default", {"domain": {}}, "{} should be non-empty"),
        ("unknown option", "POST", "/users", {"user": {"name": "a", "options": {"x": 1}}}, "('x' was unexpected)"),
        (
            "two factors",
            "POST",
            "/users",
            {"user": {"name": "a", "options": {"multi_factor_auth_enabled": True}}},
            "not",
        ),
        ("unknown method", "POST", "/auth/tokens", {"auth": {"identity": {"methods": ["x"]}}}, "find x in identity"),
    ],
)
async def test_what_keystone_calls_a_bad_request(api, why, method, path, body, says):
    answer = await api(method, path, body)
    assert (answer.status_code, says in answer.json()["error"]["message"]) == (400, True), f"{why}: {answer.text}"


@pytest.mark.parametrize("path", ["/services", "/endpoints", "/policies", "/role_inferences", "/auth/catalog"])
async def test_what_a_token_for_a_domain_is_not_for(api, path):
    identity = {"methods": ["token"], "token": {"id": api.token}}
    scope = {"domain": {"id": "default"}}
    answer = await api("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
    assert (await api("GET", path)).status_code == 200
    assert (await api("GET", path, X_Auth_Token=answer.headers["X-Subject-Token"])).status_code == 403
