"""/v3/domains/{id}/config: kept, merged, sealed, and shown without its passwords."""

import pytest

CONFIG = {"ldap": {"url": "ldap://a", "user_tree_dn": "ou=x", "password": "hush"}, "identity": {"driver": "ldap"}}
SHOWN = {"ldap": {"url": "ldap://a", "user_tree_dn": "ou=x"}, "identity": {"driver": "ldap"}}


@pytest.fixture
async def path(api) -> str:
    return f"/domains/{(await api.make('domain', name='acme'))['id']}/config"


async def test_a_configuration_is_made_replaced_merged_and_taken_apart(api, path):
    missing = await api("GET", path)
    domain_id = path.split("/")[2]
    told = f"Could not find any options in domain configuration for domain {domain_id}."
    assert (missing.status_code, missing.json()["error"]["message"]) == (404, told)
    assert (await api("DELETE", path)).status_code == 204
    made = await api("PUT", path, {"config": CONFIG})
    assert (made.status_code, made.json()["config"]) == (201, SHOWN)
    assert (await api("PUT", path, {"config": CONFIG})).status_code == 200
    assert (await api("GET", f"{path}/identity")).json()["config"] == {"identity": {"driver": "ldap"}}
    assert (await api("GET", f"{path}/ldap/url")).json()["config"] == {"url": "ldap://a"}
    for where, given in (("", {"ldap": {"url": "ldap://b"}}), ("/ldap", {"ldap": {"url": "ldap://c"}}),
                         ("/ldap/url", {"url": "ldap://d"})):  # fmt: skip
        changed = (await api("PATCH", path + where, {"config": given})).json()["config"]
        value = given.get("url") or given["ldap"]["url"]
        assert changed == {**SHOWN, "ldap": {**SHOWN["ldap"], "url": value}}
    assert (await api("DELETE", f"{path}/ldap/url")).status_code == 204
    assert (await api("GET", f"{path}/ldap/url")).status_code == 404
    assert (await api("DELETE", f"{path}/ldap")).status_code == 204
    assert (await api("GET", path)).json()["config"] == {"identity": {"driver": "ldap"}}
    assert (await api("DELETE", path)).status_code == 204
    assert (await api("GET", path)).status_code == 404


async def test_a_password_is_neither_shown_nor_to_be_read_in_the_record(api, path):
    await api("PUT", path, {"config": CONFIG})
    assert (await api("GET", f"{path}/ldap/password")).status_code == 404
    record = api.identity.store.state.get("domain_config", path.split("/")[2])
    assert "hush" not in str(record)
    assert "ldap" not in str(record)


@pytest.mark.parametrize(
    ("where", "given", "status", "told"),
    [
        ("", {}, 403, "No options specified"),
        ("", {"ldap": {}}, 403, "should be a dictionary of options"),
        ("", {"cheese": {"a": 1}}, 403, "Group cheese is not supported"),
        ("", {"ldap": {"cheese": 1}}, 403, "Option cheese in group ldap is not supported"),
        ("/ldap", {"identity": {"driver": "sql"}}, 403, "but config provided contains group identity instead"),
        ("/ldap", CONFIG, 403, "so that, and only that, group must be specified"),
        ("/ldap/url", {"user": "x"}, 403, "but config provided contains option user instead"),
        ("/ldap/user", {"user": "x"}, 404, "Could not find option user in group ldap"),
        ("", None, 400, "Expecting to find config"),
    ],
)
async def test_what_is_no_configuration_is_refused(api, path, where, given, status, told):
    await api("PUT", path, {"config": CONFIG})
    answer = await api("PATCH", path + where, {"config": given})
    assert answer.status_code == status
    assert told in answer.json()["error"]["message"]
    assert (await api("GET", path)).json()["config"] == SHOWN


async def test_where_nobody_says_it_is_as_keystone_comes(api, path):
    every = (await api("GET", "/domains/config/default")).json()["config"]
    assert set(every) == {"identity", "ldap"}
    group = (await api("GET", "/domains/config/ldap/default")).json()["config"]
    assert group == {"ldap": every["ldap"]}
    assert (await api("GET", "/domains/config/ldap/url/default")).json()["config"] == {"url": "ldap://localhost"}
    assert (await api("GET", "/domains/config/ldap/password/default")).status_code == 403
    assert (await api("GET", "/domains/config/cheese/default")).status_code == 403


async def test_everybody_may_read_the_rules_for_passwords_of_the_default_domain(api, path):
    rules = (await api("GET", "/domains/default/config/security_compliance")).json()["config"]
    assert rules == {"security_compliance": {"password_regex": None, "password_regex_description": None}}
    one = (await api("GET", "/domains/default/config/security_compliance/password_regex")).json()["config"]
    assert one == {"password_regex": None}
    assert (await api("GET", f"{path}/security_compliance")).status_code == 403


async def test_it_goes_with_its_domain(api, path):
    await api("PUT", path, {"config": CONFIG})
    domain = path.removesuffix("/config")
    await api("PATCH", domain, {"domain": {"enabled": False}})
    assert (await api("DELETE", domain)).status_code == 204
    assert not api.identity.store.state.of_kind("domain_config")
