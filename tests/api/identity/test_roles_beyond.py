"""Roles that follow from others, and roles that hold further down the tree."""

import pytest


async def test_an_implied_role_is_held_as_long_as_the_implication(api, cast):
    _, project, _ = await cast.member("ann", "shop", "reader")
    await api.make("role", name="auditor")
    reader, auditor = await cast.role("reader"), await cast.role("auditor")
    anns = await cast.token("ann", project)
    path = f"/roles/{reader}/implies/{auditor}"
    assert (await api("HEAD", path)).status_code == 404
    made = await api("PUT", path)
    assert made.status_code == 201
    inference = made.json()["role_inference"]
    assert (inference["prior_role"]["name"], inference["implies"]["name"]) == ("reader", "auditor")
    assert (await api("PUT", path)).status_code == 201
    assert [(await api(method, path)).status_code for method in ("HEAD", "GET")] == [204, 200]
    assert cast.roles(anns) == {"reader", "auditor"}
    listed = (await api("GET", f"/roles/{reader}/implies")).json()["role_inference"]["implies"]
    assert [each["name"] for each in listed] == ["auditor"]
    rules = (await api("GET", "/role_inferences")).json()["role_inferences"]
    told = {rule["prior_role"]["name"]: [each["name"] for each in rule["implies"]] for rule in rules}
    assert told == {"admin": ["manager"], "manager": ["member"], "member": ["reader"], "reader": ["auditor"]}
    assert (await api("DELETE", path)).status_code == 204
    assert cast.roles(anns) == {"reader"}


async def test_a_circle_of_implications_ends(api, cast):
    _, project, _ = await cast.member("ann", "shop", "reader")
    reader, member = await cast.role("reader"), await cast.role("member")
    assert (await api("PUT", f"/roles/{reader}/implies/{member}")).status_code == 201
    assert cast.roles(await cast.token("ann", project)) == {"reader", "member"}


@pytest.mark.parametrize(("prior", "implied"), [("reader", "admin"), ("reader", "local")])
async def test_what_cannot_be_implied(api, cast, prior, implied):
    domain = await api.make("domain", name="acme")
    local = await api.make("role", name="local", domain_id=domain["id"])
    id = local["id"] if implied == "local" else await cast.role(implied)
    answer = await api("PUT", f"/roles/{await cast.role(prior)}/implies/{id}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, f"{id} cannot be an implied roles.")


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"role": {"name": "x"}}), ("DELETE", None)])
async def test_the_standard_roles_are_immutable(api, cast, method, body):
    answer = await api(method, f"/roles/{await cast.role('member')}", body)
    assert answer.status_code == 403
    assert "immutable role resource" in answer.json()["error"]["message"]


async def test_a_domains_own_role_gives_what_it_implies_and_only_there(api, cast):
    domain = await api.make("domain", name="acme")
    local = await api.make("role", name="boss", domain_id=domain["id"])
    user = await api.make("user", name="ann", password="pw")
    inside = await api.make("project", name="in", domain_id=domain["id"])
    outside = await api.make("project", name="out")
    assert (await api("PUT", f"/roles/{local['id']}/implies/{await cast.role('reader')}")).status_code == 201
    there = await api("PUT", f"/projects/{outside['id']}/users/{user['id']}/roles/{local['id']}")
    assert there.status_code == 403
    assert (await api("PUT", f"/projects/{inside['id']}/users/{user['id']}/roles/{local['id']}")).status_code == 204
    assert cast.roles(await cast.token("ann", inside["id"])) == {"reader"}, "the domain's own is not shown"
    found = (await api("GET", f"/roles?domain_id={domain['id']}")).json()["roles"]
    assert [role["name"] for role in found] == ["boss"]


@pytest.mark.parametrize("above", ["domain", "project"])
async def test_an_inherited_role_holds_below_and_not_there(api, cast, above):
    domain = await api.make("domain", name="acme")
    user = await api.make("user", name="ann", password="pw")
    parent = await api.make("project", name="parent", domain_id=domain["id"])
    child = await api.make("project", name="child", parent_id=parent["id"], domain_id=domain["id"])
    target = {"domain": f"domains/{domain['id']}", "project": f"projects/{parent['id']}"}[above]
    path = f"/OS-INHERIT/{target}/users/{user['id']}/roles/{await cast.role('member')}/inherited_to_projects"
    assert (await api("HEAD", path)).status_code == 404
    assert (await api("PUT", path)).status_code == 204
    assert (await api("HEAD", path)).status_code == 204
    assert cast.roles(await cast.token("ann", child["id"])) == {"member", "reader"}
    assert (await api.log_in("ann", "pw", {"domain": {"id": domain["id"]}})).status_code == 401
    held = {each["name"] for each in (await api("GET", f"/users/{user['id']}/projects")).json()["projects"]}
    assert held == ({"child", "parent"} if above == "domain" else {"child"})
    rows = (await api("GET", f"/role_assignments?user.id={user['id']}")).json()["role_assignments"]
    assert [row["scope"]["OS-INHERIT:inherited_to"] for row in rows] == ["projects"]
    query = f"/role_assignments?user.id={user['id']}&effective&scope.project.id={child['id']}"
    rows = (await api("GET", query)).json()["role_assignments"]
    assert len(rows) == 2
    assert "/OS-INHERIT/" in rows[0]["links"]["assignment"]
    assert (await api("DELETE", path)).status_code == 204
    assert (await api.log_in("ann", "pw", {"project": {"id": child["id"]}})).status_code == 401


async def test_assignments_of_a_whole_tree(api, cast):
    parent = await api.make("project", name="parent")
    child = await api.make("project", name="child", parent_id=parent["id"])
    user = await api.make("user", name="ann")
    await api("PUT", f"/projects/{child['id']}/users/{user['id']}/roles/{await cast.role('member')}")
    query = f"/role_assignments?include_subtree&scope.project.id={parent['id']}"
    rows = (await api("GET", query)).json()["role_assignments"]
    assert [row["scope"]["project"]["id"] for row in rows] == [child["id"]]
    for wrong in ("include_subtree", "scope.project.id=x&scope.domain.id=y", "user.id=x&group.id=y"):
        assert (await api("GET", f"/role_assignments?{wrong}")).status_code == 400
