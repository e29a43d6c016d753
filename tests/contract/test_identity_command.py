"""The stock `openstack` command does its daily work here. Each call takes two seconds: it is a slow program."""

import json

import pytest

pytestmark = pytest.mark.clients


@pytest.fixture
def openstack(openstack_client):
    """Return what the command prints, decoded if JSON was asked for."""

    def run(*words, **more):
        printed = openstack_client(*words, **more)
        return json.loads(printed) if "json" in words else printed

    return run


def test_a_tenant_is_set_up_and_works(openstack):
    openstack("project", "create", "shop")
    openstack("user", "create", "ann", "--password", "pw", "--project", "shop")
    openstack("role", "add", "--user", "ann", "--project", "shop", "member")
    rows = openstack("role", "assignment", "list", "--user", "ann", "--names", "-f", "json")
    assert [(row["Role"], row["Project"]) for row in rows] == [("member", "shop@Default")]
    ann = {"OS_USERNAME": "ann", "OS_PASSWORD": "pw", "OS_PROJECT_NAME": "shop"}
    token = openstack("token", "issue", "-f", "json", **ann)
    assert token["project_id"] == openstack("project", "show", "shop", "-f", "json")["id"]
    openstack("network", "create", "anns", **ann)
    assert "not authorized" in openstack("user", "create", "bob", fails=True, **ann)
    openstack("role", "remove", "--user", "ann", "--project", "shop", "member")
    openstack("user", "delete", "ann")
    assert "requires authentication" in openstack("token", "issue", fails=True, **ann)


@pytest.mark.parametrize(
    ("words", "column", "contains"),
    [
        ("catalog list", "Type", {"identity", "network", "weft"}),
        ("versions show", "Service Type", {"identity", "network", "weft"}),
        ("region list", "Region", {"RegionOne", "a"}),
        ("domain list", "Name", {"Default"}),
        ("role list", "Name", {"admin", "manager", "member", "reader", "service"}),
        ("extension list --network", "Alias", {"binding", "provider", "standard-attr-revisions"}),
    ],
)
def test_lists(openstack, words, column, contains):
    assert contains <= {row[column] for row in openstack(*words.split(), "-f", "json")}


def test_another_site_is_a_region_away(openstack):
    assert openstack("--os-region-name", "a", "network", "list", "-f", "json") is not None
    assert "not found" in openstack("--os-region-name", "nowhere", "network", "list", fails=True)


def test_groups_hand_their_roles_to_their_members(openstack):
    openstack("project", "create", "crew-shop")
    openstack("user", "create", "gil", "--password", "pw")
    openstack("group", "create", "crew", "--description", "all hands")
    openstack("group", "add", "user", "crew", "gil")
    assert "gil in group crew" in openstack("group", "contains", "user", "crew", "gil")
    assert [row["Name"] for row in openstack("user", "list", "--group", "crew", "-f", "json")] == ["gil"]
    openstack("role", "add", "--group", "crew", "--project", "crew-shop", "member")
    words = ("role", "assignment", "list", "--user", "gil", "--effective", "--names", "-f", "json")
    rows = openstack(*words)
    assert {(row["Role"], row["Project"]) for row in rows} == {
        ("member", "crew-shop@Default"),
        ("reader", "crew-shop@Default"),
    }
    gil = {"OS_USERNAME": "gil", "OS_PASSWORD": "pw", "OS_PROJECT_NAME": "crew-shop"}
    assert openstack("token", "issue", "-f", "json", **gil)["user_id"]
    openstack("group", "remove", "user", "crew", "gil")
    assert "requires authentication" in openstack("token", "issue", fails=True, **gil)
    openstack("group", "delete", "crew")


def test_roles_imply_roles(openstack):
    openstack("role", "create", "auditor")
    openstack("implied", "role", "create", "--implied-role", "reader", "auditor")
    rows = openstack("implied", "role", "list", "-f", "json")
    assert ("auditor", "reader") in {(row["Prior Role Name"], row["Implied Role Name"]) for row in rows}
    openstack("implied", "role", "delete", "--implied-role", "reader", "auditor")
    openstack("role", "set", "--name", "checker", "auditor")
    openstack("role", "delete", "checker")
    assert "immutable" in openstack("role", "delete", "member", fails=True)


def alone(url, **values):
    """An environment for someone who has no clouds.yaml."""
    return {"OS_CLOUD": "", "OS_CLIENT_CONFIG_FILE": "/nonexistent", "OS_AUTH_URL": f"{url}/identity/v3", **values}


def test_a_domain_with_its_own_people(openstack, url):
    openstack("domain", "create", "acme", "--description", "d")
    openstack("project", "create", "--domain", "acme", "shop", "--tag", "blue", "--property", "cost=7")
    shown = openstack("project", "show", "--domain", "acme", "shop", "-f", "json")
    assert (shown["tags"], shown["cost"]) == (["blue"], "7")
    openstack("project", "create", "--domain", "acme", "--parent", "shop", "corner")
    openstack("user", "create", "--domain", "acme", "ida", "--password", "pw")
    openstack("role", "add", "--user", "ida", "--user-domain", "acme", "--domain", "acme", "--inherited", "member")
    ida = alone(url, OS_USERNAME="ida", OS_PASSWORD="pw", OS_USER_DOMAIN_NAME="acme", OS_PROJECT_DOMAIN_NAME="acme")
    ida["OS_PROJECT_NAME"] = "corner"
    assert openstack("token", "issue", "-f", "json", **ida)["project_id"]
    openstack("user", "password", "set", "--original-password", "pw", "--password", "new", **ida)
    assert openstack("token", "issue", "-f", "json", **{**ida, "OS_PASSWORD": "new"})["project_id"]
    assert "please disable it first" in openstack("domain", "delete", "acme", fails=True)
    openstack("domain", "set", "--disable", "acme")
    openstack("domain", "delete", "acme")
    assert "acme" not in {row["Name"] for row in openstack("domain", "list", "-f", "json")}


def test_an_application_credential_logs_in_and_is_taken_back(openstack, url):
    words = ("application", "credential", "create", "robot", "--role", "reader", "-f", "json")
    made = openstack(*words, "--secret", "beep", "--description", "for the night")
    assert made["Secret"] == "beep"
    robot = alone(url, OS_AUTH_TYPE="v3applicationcredential", OS_APPLICATION_CREDENTIAL_SECRET="beep")
    robot["OS_APPLICATION_CREDENTIAL_ID"] = made["ID"]
    assert openstack("network", "list", "-f", "json", **robot) is not None
    assert "not authorized" in openstack("user", "create", "x", fails=True, **robot).lower()
    listed = openstack("application", "credential", "list", "-f", "json")
    assert [row["Name"] for row in listed] == ["robot"]
    openstack("application", "credential", "delete", "robot")
    assert "requires authentication" in openstack("token", "issue", fails=True, **robot)


def test_a_token_is_revoked(openstack, url):
    token = openstack("token", "issue", "-f", "json")["id"]
    bearer = alone(url, OS_AUTH_TYPE="v3token", OS_TOKEN=token, OS_PROJECT_NAME="admin", OS_PROJECT_DOMAIN_ID="default")
    assert openstack("project", "list", "-f", "json", **bearer)
    openstack("token", "revoke", token)
    assert "authentication" in openstack("project", "list", fails=True, **bearer)


def test_an_operators_service_is_registered_and_found(openstack):
    openstack("service", "create", "--name", "nova", "--description", "d", "compute")
    openstack("endpoint", "create", "--region", "RegionOne", "compute", "public", "http://nova.test/v2.1")
    shown = openstack("catalog", "show", "compute", "-f", "json")
    assert [each["url"] for each in shown["endpoints"]] == ["http://nova.test/v2.1"]
    openstack("region", "create", "north")
    openstack("region", "delete", "north")
    openstack("service", "delete", "nova")
