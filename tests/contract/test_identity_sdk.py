"""openstacksdk and keystoneauth find Keystone here."""

import pytest
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own worries are not ours


def test_identity_is_found_and_managed(sdk):
    project = sdk.identity.create_project(name="sdk")
    user = sdk.identity.create_user(name="sdk", password="pw", default_project_id=project.id)
    role = sdk.identity.find_role("reader")
    assert sdk.identity.assign_project_role_to_user(project, user, role) is None
    assert sdk.identity.validate_user_has_project_role(project, user, role)
    assert [each.role["id"] for each in sdk.identity.role_assignments(user_id=user.id)] == [role.id]
    assert sdk.identity.update_user(user, description="d").description == "d"
    assert sdk.identity.find_user("nobody", ignore_missing=True) is None
    with pytest.raises(exceptions.ConflictException):
        sdk.identity.create_user(name="sdk")
    sdk.identity.unassign_project_role_from_user(project, user, role)
    sdk.identity.delete_user(user)
    sdk.identity.delete_project(project)
    assert sdk.identity.find_project("sdk") is None


def test_a_connection_as_another_project(sdk):
    project = sdk.identity.create_project(name="elsewhere")
    admin = sdk.identity.find_user("admin")
    sdk.identity.assign_project_role_to_user(project, admin, sdk.identity.find_role("admin"))
    other = sdk.connect_as_project("elsewhere")
    assert other.current_project_id == project.id
    assert {"admin", "elsewhere"} <= {each.name for each in sdk.identity.user_projects(admin)}


def test_the_version_is_found_from_the_unversioned_url(sdk, url):
    versions = sdk.session.get(f"{url}/identity", authenticated=False, raise_exc=False).json()["versions"]["values"]
    assert [version["id"] for version in versions] == ["v3.14"]


def test_a_token_is_told_void_by_its_holder(sdk):
    token = sdk.session.get_token()
    headers = {"X-Subject-Token": token}
    assert sdk.identity.get("/auth/tokens", headers=headers).json()["token"]["user"]["name"] == "admin"
    assert sdk.identity.delete("/auth/tokens", headers=headers).status_code == 204
    sdk.session.invalidate()
    assert sdk.session.get_token() != token
