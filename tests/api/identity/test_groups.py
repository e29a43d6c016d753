"""Groups: what is given to a group is its members', for as long as they are in it."""

import pytest

from weft.api.caller import Unauthenticated


async def test_a_group_is_made_found_changed_and_deleted(api):
    made = await api.make("group", name="crew", team="blue")
    assert (made["domain_id"], made["description"], made["team"]) == ("default", "", "blue")
    assert [each["id"] for each in (await api("GET", "/groups?name=crew")).json()["groups"]] == [made["id"]]
    twin = await api("POST", "/groups", {"group": {"name": "crew"}})
    assert twin.json()["error"]["message"] == (
        "Conflict occurred attempting to store group - Duplicate entry found with name crew at domain ID default."
    )
    changed = await api("PATCH", f"/groups/{made['id']}", {"group": {"name": "gang"}})
    assert (changed.json()["group"]["name"], changed.json()["group"]["team"]) == ("gang", "blue")
    assert (await api("DELETE", f"/groups/{made['id']}")).status_code == 204
    assert (await api("GET", f"/groups/{made['id']}")).status_code == 404


async def test_members_come_and_go(api):
    group, user = await api.make("group", name="crew"), await api.make("user", name="ann")
    path = f"/groups/{group['id']}/users/{user['id']}"
    for _ in range(2):
        assert (await api("HEAD", path)).status_code == 404
        assert [(await api("PUT", path)).status_code for _ in range(2)] == [204, 204]
        assert (await api("HEAD", path)).status_code == 204
        listed = (await api("GET", f"/groups/{group['id']}/users")).json()["users"]
        assert [each["name"] for each in listed] == ["ann"]
        listed = (await api("GET", f"/users/{user['id']}/groups")).json()["groups"]
        assert [each["name"] for each in listed] == ["crew"]
        assert (await api("DELETE", path)).status_code == 204
    gone = await api("DELETE", path)
    assert gone.status_code == 404
    assert gone.json()["error"]["message"] == f"User '{user['id']}' not found in group '{group['id']}'"


@pytest.mark.parametrize("ends", ["membership", "grant", "group"])
async def test_what_a_group_holds_its_members_hold_until_it_ends(api, cast, ends):
    user, project, _ = await cast.member("ann", "shop", "reader")
    group = (await api.make("group", name="crew"))["id"]
    member = await cast.role("member")
    grant = f"/projects/{project}/groups/{group}/roles/{member}"
    await api("PUT", f"/groups/{group}/users/{user}")
    anns = await cast.token("ann", project)
    assert cast.roles(anns) == {"reader"}
    assert (await api("PUT", grant)).status_code == 204
    assert (await api("HEAD", grant)).status_code == 204
    assert cast.roles(anns) == {"member", "reader"}, "the token of before has it too"
    end = {"membership": f"/groups/{group}/users/{user}", "grant": grant, "group": f"/groups/{group}"}[ends]
    assert (await api("DELETE", end)).status_code == 204
    assert cast.roles(anns) == {"reader"}


async def test_who_had_it_by_a_group_alone_is_out(api, cast):
    project = (await api.make("project", name="shop"))["id"]
    user = (await api.make("user", name="ann", password="pw"))["id"]
    group = (await api.make("group", name="crew"))["id"]
    await api("PUT", f"/groups/{group}/users/{user}")
    await api("PUT", f"/projects/{project}/groups/{group}/roles/{await cast.role('member')}")
    anns = await cast.token("ann", project)
    listed = (await api("GET", f"/users/{user}/projects")).json()["projects"]
    assert [each["name"] for each in listed] == ["shop"]
    await api("DELETE", f"/groups/{group}/users/{user}")
    with pytest.raises(Unauthenticated):
        cast.roles(anns)


async def test_assignments_tell_of_groups(api, cast):
    user, project, _ = await cast.member("ann", "shop", "reader")
    group = (await api.make("group", name="crew"))["id"]
    await api("PUT", f"/groups/{group}/users/{user}")
    await api("PUT", f"/projects/{project}/groups/{group}/roles/{await cast.role('member')}")
    rows = (await api("GET", f"/role_assignments?group.id={group}&include_names")).json()["role_assignments"]
    assert [(row["group"]["name"], row["role"]["name"]) for row in rows] == [("crew", "member")]
    query = f"/role_assignments?effective&scope.project.id={project}&include_names"
    rows = (await api("GET", query)).json()["role_assignments"]
    assert sorted((row["user"]["name"], row["role"]["name"]) for row in rows) == [("ann", "member"), ("ann", "reader")]
    through = next(row for row in rows if row["role"]["name"] == "member")
    assert through["links"]["membership"].endswith(f"/groups/{group}/users/{user}")
    refused = await api("GET", f"/role_assignments?effective&group.id={group}")
    assert refused.status_code == 400
