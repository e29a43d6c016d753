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
