"""Domains: whole directories that are made, disabled and deleted together."""

import pytest

from weft.api.caller import Unauthenticated
from weft.store.records import Key, write


async def domain_with_ann(api):
    """Make a domain with a user, a project and a role in it; return all four."""
    domain = await api.make("domain", name="acme")
    user = await api.make("user", name="ann", password="pw", domain_id=domain["id"])
    project = await api.make("project", name="shop", domain_id=domain["id"])
    role = (await api("GET", "/roles?name=manager")).json()["roles"][0]
    for target in (f"/projects/{project['id']}", f"/domains/{domain['id']}"):
        assert (await api("PUT", f"{target}/users/{user['id']}/roles/{role['id']}")).status_code == 204
    return domain, user, project


async def token_of_ann(api, domain, scope):
    user = {"name": "ann", "domain": {"id": domain["id"]}, "password": "pw"}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
    return await api("POST", "/auth/tokens", {"auth": auth})


async def test_a_domain_is_made_shown_as_a_project_too_and_changed(api):
    made = await api.make("domain", name="acme", description="d", color="red")
    assert (made["enabled"], made["color"], made["options"]) == (True, "red", {})
    as_project = (await api("GET", f"/projects/{made['id']}")).json()["project"]
    assert (as_project["is_domain"], as_project["domain_id"], as_project["parent_id"]) == (True, None, None)
    assert {each["name"] for each in (await api("GET", "/projects?is_domain=true")).json()["projects"]} >= {"acme"}
    changed = await api("PATCH", f"/domains/{made['id']}", {"domain": {"name": "acme2", "color": "blue"}})
    assert (changed.json()["domain"]["name"], changed.json()["domain"]["color"]) == ("acme2", "blue")
    again = await api("POST", "/domains", {"domain": {"name": "Default"}})
    assert again.status_code == 409
    assert "acting as domains with the same name: Default" in again.json()["error"]["message"]
    chosen = await api.make("domain", name="known elsewhere", explicit_domain_id="a" * 32)
    assert chosen["id"] == "a" * 32


async def test_an_enabled_domain_stays_and_a_disabled_one_takes_everything_along(api):
    domain, user, project = await domain_with_ann(api)
    answer = await api("DELETE", f"/domains/{domain['id']}")
    assert answer.status_code == 403
    told = "Cannot delete a domain that is enabled, please disable it first."
    assert answer.json()["error"]["message"] == told
    await api("PATCH", f"/domains/{domain['id']}", {"domain": {"enabled": False}})
    assert (await api("DELETE", f"/domains/{domain['id']}")).status_code == 204
    for path in (f"/users/{user['id']}", f"/projects/{project['id']}", f"/domains/{domain['id']}"):
        assert (await api("GET", path)).status_code == 404
    state = api.identity.store.state
    assert not [each for each in state.of_kind("assignment") if each.get("user_id") == user["id"]]


async def test_a_disabled_domain_voids_its_tokens_and_enabling_it_revives_none(api):
    domain, _, project = await domain_with_ann(api)
    old = (await token_of_ann(api, domain, {"project": {"id": project["id"]}})).headers["X-Subject-Token"]
    for enabled in (False, True):
        await api("PATCH", f"/domains/{domain['id']}", {"domain": {"enabled": enabled}})
        with pytest.raises(Unauthenticated):
            api.identity.authenticate(old)
    new = await token_of_ann(api, domain, {"project": {"id": project["id"]}})
    assert new.status_code == 201
    assert "manager" in api.identity.authenticate(new.headers["X-Subject-Token"]).roles


async def test_a_manager_of_a_domain_rules_there_and_nowhere_else(api):
    domain, ann, project = await domain_with_ann(api)
    admins = api.token
    outsider = await api.make("user", name="bob")
    member, admin = [(await api("GET", f"/roles?name={name}")).json()["roles"][0]["id"] for name in ("member", "admin")]
    api.token = (await token_of_ann(api, domain, {"domain": {"id": domain["id"]}})).headers["X-Subject-Token"]
    unnamed = await api("POST", "/users", {"user": {"name": "eve"}})
    assert unnamed.status_code == 403, "rules look at the domain that is named"
    eve = await api.make("user", name="eve", domain_id=domain["id"])
    here, there = f"/projects/{project['id']}", f"/projects/{(await _admin_project(api, admins))}"
    for method, path, body, status in (
        ("GET", "/users", None, 200),
        ("GET", f"/users/{eve['id']}", None, 200),
        ("GET", f"/users/{outsider['id']}", None, 403),
        ("PATCH", f"/users/{eve['id']}", {"user": {"description": "x"}}, 200),
        ("PATCH", f"/users/{outsider['id']}", {"user": {"description": "x"}}, 403),
        ("POST", "/users", {"user": {"name": "x", "domain_id": "default"}}, 403),
        ("POST", "/groups", {"group": {"name": "crew"}}, 403),
        ("POST", "/groups", {"group": {"name": "crew", "domain_id": domain["id"]}}, 201),
        ("POST", "/projects", {"project": {"name": "more", "domain_id": domain["id"]}}, 201),
        ("PUT", f"{here}/users/{eve['id']}/roles/{member}", None, 204),
        ("PUT", f"{here}/users/{eve['id']}/roles/{admin}", None, 403),
        ("PUT", f"{here}/users/{outsider['id']}/roles/{member}", None, 403),
        ("PUT", f"{there}/users/{eve['id']}/roles/{member}", None, 403),
        ("POST", "/domains", {"domain": {"name": "x"}}, 403),
        ("POST", "/roles", {"role": {"name": "x"}}, 403),
        ("GET", f"/roles/{member}", None, 200),
        ("GET", f"/roles/{admin}", None, 403),
        ("GET", "/roles", None, 200),
        ("DELETE", f"/users/{eve['id']}", None, 204),
    ):
        answer = await api(method, path, body)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
    assert {each["name"] for each in (await api("GET", "/users")).json()["users"]} == {"ann"}
    rows = (await api("GET", "/role_assignments")).json()["role_assignments"]
    assert {row["user"]["id"] for row in rows} == {ann["id"]}


async def _admin_project(api, token):
    found = await api("GET", "/projects?name=admin", X_Auth_Token=token)
    return found.json()["projects"][0]["id"]


async def test_more_than_the_log_takes_at_once_goes_in_several_writes(api):
    domain = await api.make("domain", name="crowd", enabled=False)
    store, written = api.identity.store, []
    for n in range(2000):
        values = {"name": f"u{n}", "domain_id": domain["id"], "enabled": True}
        store.absorb(write(None, Key("fabric", "user", f"{n:032x}"), values, 1 << 20, "b"))
    commit = store.commit

    async def counted(writes, **more):
        written.append(len(writes.writes))
        return await commit(writes, **more)

    store.commit = counted
    assert (await api("DELETE", f"/domains/{domain['id']}")).status_code == 204
    assert written == [900, 900, 201]
    assert len(store.state.of_kind("user")) == 1
