"""Application credentials and trusts: some of a user's rights, for a program or for somebody else."""

import pytest

from weft.api.caller import Unauthenticated


def by_credential(credential, **more):
    return {"auth": {"identity": {"methods": ["application_credential"], "application_credential": credential}, **more}}


@pytest.fixture
async def ann(api, cast):
    """Ann, who is a member of a shop: (user, project), and `api` speaks for her."""
    user, project, _ = await cast.member("ann", "shop")
    cast.admins = api.token
    api.token = await cast.token("ann", project)
    return user, project


async def make(api, user, status=201, **values):
    path = f"/users/{user}/application_credentials"
    answer = await api("POST", path, {"application_credential": {"name": "robot", **values}})
    assert answer.status_code == status, answer.text
    return answer.json().get("application_credential") or answer.json()["error"]["message"]


async def test_a_secret_is_told_once_and_opens_the_project(api, cast, ann):
    user, project = ann
    made = await make(api, user, roles=[{"name": "reader"}])
    path = f"/users/{user}/application_credentials"
    shown = (await api("GET", f"{path}/{made['id']}")).json()["application_credential"]
    assert "secret" not in shown
    assert (shown["project_id"], [role["name"] for role in shown["roles"]]) == (project, ["reader"])
    assert [each["name"] for each in (await api("GET", path)).json()["application_credentials"]] == ["robot"]
    by_id = {"id": made["id"], "secret": made["secret"]}
    by_name = {"name": "robot", "user": {"name": "ann", "domain": {"id": "default"}}, "secret": made["secret"]}
    for credential in (by_id, by_name):
        answer = await api("POST", "/auth/tokens", by_credential(credential))
        assert answer.status_code == 201
        token = answer.json()["token"]
        assert token["application_credential"] == {"id": made["id"], "name": "robot", "restricted": True}
        assert (token["project"]["id"], token["methods"]) == (project, ["application_credential"])
        assert cast.roles(answer.headers["X-Subject-Token"]) == {"reader"}
    for wrong in ({**by_id, "secret": "guess"}, {**by_id, "id": "0" * 32}, {**by_name, "name": "nobody"}):
        assert (await api("POST", "/auth/tokens", by_credential(wrong))).status_code == 401


@pytest.mark.parametrize(
    ("why", "values", "status", "says"),
    [
        ("more than one has", {"roles": [{"name": "admin"}]}, 400, "unassigned role"),
        ("unknown role", {"roles": [{"name": "nope"}]}, 404, "Role nope is not defined"),
        ("over already", {"expires_at": "2001-01-01T00:00:00"}, 400, "must not be before now"),
        ("no time", {"expires_at": "soon"}, 400, "Timestamp not in expected format"),
        ("unknown member", {"color": "red"}, 400, "'color' was unexpected"),
        ("half a rule", {"access_rules": [{"path": "/x"}]}, 400, "access rule"),
        ("wrong method", {"access_rules": [{"path": "/x", "method": "SEE", "service": "network"}]}, 400, "SEE"),
    ],
)
async def test_refusals(api, ann, why, values, status, says):
    assert says in await make(api, ann[0], status, **values), why


async def test_a_name_is_given_once_for_each_user(api, ann):
    await make(api, ann[0])
    assert "Duplicate entry" in await make(api, ann[0], 409)


async def test_one_makes_them_for_oneself_alone(api, cast, ann):
    api.token = cast.admins
    assert "identity:create_application_credential" in await make(api, ann[0], 403)


@pytest.mark.parametrize("unrestricted", [False, True])
async def test_only_an_unrestricted_one_makes_others(api, ann, unrestricted):
    user, _ = ann
    made = await make(api, user, unrestricted=unrestricted)
    credential = {"id": made["id"], "secret": made["secret"]}
    api.token = (await api("POST", "/auth/tokens", by_credential(credential))).headers["X-Subject-Token"]
    await make(api, user, 201 if unrestricted else 403, name="another")
    path = f"/users/{user}/application_credentials/{made['id']}"
    assert (await api("DELETE", path)).status_code == (204 if unrestricted else 403)


async def test_its_token_stays_what_it_is(api, ann):
    user, project = ann
    made = await make(api, user, roles=[{"name": "reader"}])
    credential = {"id": made["id"], "secret": made["secret"]}
    elsewhere = await api("POST", "/auth/tokens", by_credential(credential, scope={"domain": {"id": "default"}}))
    assert elsewhere.status_code == 403
    token = (await api("POST", "/auth/tokens", by_credential(credential))).headers["X-Subject-Token"]
    identity = {"methods": ["token"], "token": {"id": token}}
    other = await api("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": "unscoped"}})
    assert other.status_code == 403
    same = await api("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": {"project": {"id": project}}}})
    assert same.status_code == 201
    assert [role["name"] for role in same.json()["token"]["roles"]] == ["reader"]


@pytest.mark.parametrize("end", ["delete", "role", "user", "expiry"])
async def test_what_ends_it(api, cast, ann, end):
    user, project = ann
    api.now_ms = 1_700_000_000_000
    made = await make(api, user, expires_at="2023-11-14T22:20:00" if end == "expiry" else None)
    credential = {"id": made["id"], "secret": made["secret"]}
    token = (await api("POST", "/auth/tokens", by_credential(credential))).headers["X-Subject-Token"]
    assert cast.roles(token) == {"member", "reader"}
    if end == "delete":
        await api("DELETE", f"/users/{user}/application_credentials/{made['id']}")
    api.token = cast.admins
    if end == "role":
        await api("DELETE", f"/projects/{project}/users/{user}/roles/{await cast.role('member')}")
    elif end == "user":
        await api("DELETE", f"/users/{user}")
    elif end == "expiry":
        api.now_ms += 7 * 60_000
    with pytest.raises(Unauthenticated):
        cast.roles(token)
    assert (await api("POST", "/auth/tokens", by_credential(credential))).status_code == 401


async def test_access_rules_are_kept_as_long_as_one_needs_them(api, ann):
    user, _ = ann
    rule = {"service": "network", "method": "GET", "path": "/v2.0/ports"}
    made = await make(api, user, access_rules=[rule])
    again = await make(api, user, name="second", access_rules=[rule])
    assert made["access_rules"] == again["access_rules"], "the same rule is the same record"
    id = made["access_rules"][0]["id"]
    third = await make(api, user, name="third", access_rules=[{"id": id}])
    assert third["access_rules"] == made["access_rules"]
    rules = f"/users/{user}/access_rules"
    assert [each["id"] for each in (await api("GET", rules)).json()["access_rules"]] == [id]
    assert (await api("DELETE", f"{rules}/{id}")).status_code == 403
    for each in (made, again, third):
        await api("DELETE", f"/users/{user}/application_credentials/{each['id']}")
    assert (await api("DELETE", f"{rules}/{id}")).status_code == 204
    assert (await api("GET", f"{rules}/{id}")).status_code == 404


async def trust(api, cast, ann, **values):
    """Let bob act for ann; return his ID and the trust's."""
    user, project = ann
    bob = (await api("POST", "/users", {"user": {"name": "bob", "password": "pw"}}, X_Auth_Token=cast.admins)).json()
    given = {"trustor_user_id": user, "trustee_user_id": bob["user"]["id"], "impersonation": True,
             "project_id": project, "roles": [{"name": "reader"}], **values}  # fmt: skip
    answer = await api("POST", "/OS-TRUST/trusts", {"trust": given})
    assert answer.status_code == 201, answer.text
    return bob["user"]["id"], answer.json()["trust"]


async def test_a_trust_lends_some_roles_until_it_is_taken_back(api, cast, ann):
    user, project = ann
    bob, made = await trust(api, cast, ann)
    assert [role["name"] for role in made["roles"]] == ["reader"]
    anns = api.token
    answer = await api.log_in("bob", "pw", {"OS-TRUST:trust": {"id": made["id"]}})
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    assert (token["user"]["id"], token["project"]["id"]) == (user, project), "in ann's name"
    assert token["OS-TRUST:trust"]["trustee_user"] == {"id": bob}
    bobs = answer.headers["X-Subject-Token"]
    assert cast.roles(bobs) == {"reader"}
    assert (await api("GET", "/OS-TRUST/trusts", X_Auth_Token=bobs)).status_code == 403
    assert (await api("DELETE", f"/OS-TRUST/trusts/{made['id']}", X_Auth_Token=anns)).status_code == 204
    with pytest.raises(Unauthenticated):
        cast.roles(bobs)


async def test_a_trust_is_good_for_so_many_logins_and_for_its_trustee(api, cast, ann):
    _, made = await trust(api, cast, ann, remaining_uses=1)
    scope = {"OS-TRUST:trust": {"id": made["id"]}}
    assert (await api.log_in("ann", "pw", scope)).status_code == 401
    assert [(await api.log_in("bob", "pw", scope)).status_code for _ in range(2)] == [201, 403]
