"""The tree that projects form, and their tags."""

import pytest


@pytest.fixture
async def tree(api):
    """top > middle > bottom."""
    top = await api.make("project", name="top")
    middle = await api.make("project", name="middle", parent_id=top["id"])
    bottom = await api.make("project", name="bottom", parent_id=middle["id"])
    return [each["id"] for each in (top, middle, bottom)]


async def test_what_is_above_and_below(api, tree, cast):
    top, middle, bottom = tree
    me = api.identity.authenticate(api.token).user_id
    for project in tree:
        await api("PUT", f"/projects/{project}/users/{me}/roles/{await cast.role('admin')}")

    async def show(id, query):
        return (await api("GET", f"/projects/{id}?{query}")).json()["project"]

    assert (await show(bottom, "parents_as_ids"))["parents"] == {middle: {top: {"default": None}}}
    parents = (await show(bottom, "parents_as_list"))["parents"]
    assert [each["project"]["name"] for each in parents] == ["middle", "top"]
    assert (await show(top, "subtree_as_ids"))["subtree"] == {middle: {bottom: None}}
    subtree = (await show(top, "subtree_as_list"))["subtree"]
    assert [each["project"]["name"] for each in subtree] == ["middle", "bottom"]
    assert (await api("GET", f"/projects/{top}?parents_as_ids&parents_as_list")).status_code == 400
    found = (await api("GET", f"/projects?parent_id={middle}")).json()["projects"]
    assert [each["id"] for each in found] == [bottom]


@pytest.mark.parametrize(
    ("why", "which", "body", "says"),
    [
        ("its parent is off", 2, {"enabled": True}, "since it has disabled parents"),
        ("below is on", 0, {"enabled": False}, "subtree contains enabled projects"),
        ("moved", 2, {"parent_id": "default"}, "Update of `parent_id` is not allowed."),
    ],
)
async def test_what_the_tree_forbids(api, tree, why, which, body, says):
    if why == "its parent is off":
        for id in (tree[2], tree[1]):
            assert (await api("PATCH", f"/projects/{id}", {"project": {"enabled": False}})).status_code == 200
    answer = await api("PATCH", f"/projects/{tree[which]}", {"project": body})
    assert (answer.status_code, says in answer.json()["error"]["message"]) == (403, True), answer.text


async def test_a_tree_is_five_projects_deep(api, tree):
    parent = tree[2]
    for depth in (4, 5):
        parent = (await api.make("project", name=f"at {depth}", parent_id=parent))["id"]
    answer = await api("POST", "/projects", {"project": {"name": "deeper", "parent_id": parent}})
    assert answer.status_code == 403
    assert "Max hierarchy depth reached" in answer.json()["error"]["message"]


async def test_a_project_that_acts_as_a_domain_is_one(api):
    made = await api.make("project", name="acme", is_domain=True)
    assert (made["is_domain"], made["domain_id"]) == (True, None)
    assert (await api("GET", f"/domains/{made['id']}")).json()["domain"]["name"] == "acme"
    inside = await api.make("project", name="shop", parent_id=made["id"], domain_id=made["id"])
    assert inside["parent_id"] == made["id"]
    elsewhere = await api("POST", "/projects", {"project": {"name": "x", "parent_id": made["id"]}})
    assert (elsewhere.status_code, "is acting as a domain" in elsewhere.text) == (400, True)


async def test_tags(api):
    project = (await api.make("project", name="shop", tags=["a"]))["id"]
    path = f"/projects/{project}/tags"
    assert (await api("PUT", f"{path}/b")).status_code == 201
    assert (await api("GET", path)).json()["tags"] == ["a", "b"]
    assert [(await api("GET", f"{path}/{tag}")).status_code for tag in "bc"] == [204, 404]
    other = (await api.make("project", name="plain"))["id"]
    for query, names in (
        ("tags=a,b", ["shop"]),
        ("tags=a,c", []),
        ("tags-any=a,c", ["shop"]),
        ("not-tags=a,b", ["admin", "plain", "service"]),
        ("not-tags-any=c", ["admin", "plain", "service", "shop"]),
    ):
        found = (await api("GET", f"/projects?{query}")).json()["projects"]
        assert [each["name"] for each in found] == names, query
    assert (await api("PUT", path, {"tags": ["x", "x"]})).status_code == 400
    assert (await api("PUT", f"/projects/{other}/tags", {"tags": ["x"]})).json()["tags"] == ["x"]
    assert (await api("DELETE", f"{path}/a")).status_code == 204
    assert (await api("DELETE", path)).status_code == 204
    assert (await api("GET", path)).json()["tags"] == []


async def test_members_that_we_do_not_know_are_kept(api):
    made = await api.make("project", name="shop", cost_center="7", nested={"a": [1]})
    assert (made["cost_center"], made["nested"]) == ("7", {"a": [1]})
    path = f"/projects/{made['id']}"
    changed = (await api("PATCH", path, {"project": {"cost_center": "8", "more": True}})).json()["project"]
    assert (changed["cost_center"], changed["nested"], changed["more"]) == ("8", {"a": [1]}, True)
    for why, body in (
        ("too deep", {"x": [[[[[[[[[[1]]]]]]]]]]}),
        ("too large a number", {"x": 10**30}),
        ("too much", {"x": "y" * 40_000}),
    ):
        assert (await api("PATCH", path, {"project": body})).status_code == 400, why


async def test_pages(api):
    for n in range(5):
        await api.make("project", name=f"p{n}")
    names, path = [], "/projects?name__startswith=p&limit=2"
    while path:
        answer = (await api("GET", path)).json()
        names.append([each["name"] for each in answer["projects"]])
        path = (answer["links"]["next"] or "").partition("/v3")[2]
    assert names == [["p0", "p1"], ["p2", "p3"], ["p4"]]
    assert (await api("GET", "/projects?marker=nobody")).status_code == 404
    assert (await api("GET", "/projects?limit=-1")).status_code == 400
