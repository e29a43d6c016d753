"""OS-FEDERATION: what operators say of identity providers, mappings and other clouds is kept as they said it."""

import pytest

BASE = "/OS-FEDERATION"
RULES = [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "REMOTE_USER"}]}]


async def put(api, path: str, member: str, **values):
    return await api("PUT", f"{BASE}/{path}", {member: values})


async def test_an_identity_provider_is_named_made_changed_and_made_again(api):
    made = await put(api, "identity_providers/acme", "identity_provider", remote_ids=["x", "y"], description="d")
    provider = made.json()["identity_provider"]
    assert made.status_code == 201
    assert (provider["id"], provider["enabled"], provider["authorization_ttl"]) == ("acme", False, None)
    assert provider["remote_ids"] == ["x", "y"]
    domain = (await api("GET", f"/domains/{provider['domain_id']}")).json()["domain"]
    assert domain["description"] == "Auto generated federated domain for Identity Provider: acme"
    assert (await put(api, "identity_providers/acme", "identity_provider")).status_code == 409
    taken = await put(api, "identity_providers/other", "identity_provider", remote_ids=["y"], domain_id="default")
    assert taken.status_code == 409
    changed = await api("PATCH", f"{BASE}/identity_providers/acme", {"identity_provider": {"enabled": True}})
    assert changed.json()["identity_provider"] == {**provider, "enabled": True}
    listed = (await api("GET", f"{BASE}/identity_providers?enabled=true")).json()["identity_providers"]
    assert [each["id"] for each in listed] == ["acme"]
    assert (await api("DELETE", f"{BASE}/identity_providers/acme")).status_code == 204
    assert (await api("GET", f"{BASE}/identity_providers/acme")).status_code == 404
    again = await put(api, "identity_providers/acme", "identity_provider", domain_id="default")
    assert (again.status_code, again.json()["identity_provider"]["remote_ids"]) == (201, [])
    unknown = await put(api, "identity_providers/more", "identity_provider", domain_id="f" * 32)
    assert unknown.status_code == 404


async def test_protocols_join_a_provider_and_a_mapping(api):
    await put(api, "identity_providers/acme", "identity_provider", domain_id="default")
    path = "identity_providers/acme/protocols/saml2"
    unknown = await put(api, path, "protocol", mapping_id="plain")
    assert (unknown.status_code, unknown.json()["error"]["message"]) == (400, "Invalid mapping id: plain")
    for name in ("plain", "other"):
        assert (await put(api, f"mappings/{name}", "mapping", rules=RULES)).status_code == 201
    made = (await put(api, path, "protocol", mapping_id="plain")).json()["protocol"]
    assert (made["id"], made["idp_id"], made["mapping_id"], made["remote_id_attribute"]) == (
        "saml2", "acme", "plain", None,
    )  # fmt: skip
    assert (await put(api, path, "protocol", mapping_id="plain")).status_code == 409
    changed = await api("PATCH", f"{BASE}/{path}", {"protocol": {"mapping_id": "other"}})
    assert changed.json()["protocol"] == {**made, "mapping_id": "other"}
    listed = (await api("GET", f"{BASE}/identity_providers/acme/protocols")).json()["protocols"]
    assert [each["id"] for each in listed] == ["saml2"]
    assert (await api("DELETE", f"{BASE}/{path}")).status_code == 204
    assert (await api("GET", f"{BASE}/{path}")).status_code == 404
    await put(api, path, "protocol", mapping_id="plain")
    await api("DELETE", f"{BASE}/identity_providers/acme")
    assert not api.identity.store.state.of_kind("federation_protocol")


async def test_a_mapping_has_rules(api):
    made = (await put(api, "mappings/plain", "mapping", rules=RULES)).json()["mapping"]
    assert (made["id"], made["rules"], made["schema_version"]) == ("plain", RULES, "1.0")
    other = [{"local": [], "remote": [{"type": "g", "any_one_of": ["a"], "regex": True}]}]
    changed = await api("PATCH", f"{BASE}/mappings/plain", {"mapping": {"rules": other}})
    assert changed.json()["mapping"]["rules"] == other
    assert (await api("DELETE", f"{BASE}/mappings/plain")).status_code == 204


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"local": []}],
        [{"local": [], "remote": []}],
        [{"local": [], "remote": [{"type": 1}]}],
        [{"local": [], "remote": [{"type": "a", "any_one_of": [], "whitelist": []}]}],
        [{"local": [], "remote": [{"type": "a", "any_one_of": "b"}]}],
        [{"local": [], "remote": [{"type": "a", "cheese": []}]}],
        [{"local": [{"cheese": 1}], "remote": [{"type": "a"}]}],
        [{"local": "x", "remote": [{"type": "a"}]}],
    ],
)
async def test_what_is_no_rule_is_refused(api, rules):
    assert (await put(api, "mappings/plain", "mapping", rules=rules)).status_code == 400


async def test_a_service_provider_is_kept(api):
    values = {"auth_url": "https://a.test/auth", "sp_url": "https://a.test/sp"}
    made = (await put(api, "service_providers/there", "service_provider", **values)).json()["service_provider"]
    links = {"self": "http://weft.test/identity/v3/OS-FEDERATION/service_providers/there"}
    assert made == {
        "id": "there", **values, "enabled": False, "description": None, "relay_state_prefix": "ss:mem:", "links": links,
    }  # fmt: skip
    this = {"X_Subject_Token": api.token}
    assert "service_providers" not in (await api("GET", "/auth/tokens", **this)).json()["token"]
    changed = await api("PATCH", f"{BASE}/service_providers/there", {"service_provider": {"enabled": True}})
    assert changed.json()["service_provider"]["enabled"] is True
    assert (await api("GET", "/auth/tokens", **this)).json()["token"]["service_providers"] == [
        {"id": "there", **values}
    ]
    assert (await put(api, "service_providers/more", "service_provider", sp_url="https://a.test")).status_code == 400
    assert (await api("DELETE", f"{BASE}/service_providers/there")).status_code == 204


async def test_a_registered_limit_outlives_the_service_it_was_for(api):
    service = await api.make("service", type="image", name="glance")
    limits = [{"service_id": service["id"], "resource_name": "images", "default_limit": 5}]
    made = (await api("POST", "/registered_limits", {"registered_limits": limits})).json()["registered_limits"][0]
    await api("DELETE", f"/services/{service['id']}")
    assert (await api("GET", f"/registered_limits/{made['id']}")).status_code == 200
    assert (await api("DELETE", f"/registered_limits/{made['id']}")).status_code == 204
