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


def test_groups_and_domains(sdk):
    domain = sdk.identity.create_domain(name="sdk domain")
    group = sdk.identity.create_group(name="crew", domain_id=domain.id)
    user = sdk.identity.create_user(name="gil", domain_id=domain.id)
    sdk.identity.add_user_to_group(user, group)
    assert sdk.identity.check_user_in_group(user, group)
    assert [each.id for each in sdk.identity.group_users(group)] == [user.id]
    reader = sdk.identity.find_role("reader")
    sdk.identity.assign_domain_role_to_group(domain, group, reader)
    assert sdk.identity.validate_group_has_domain_role(domain, group, reader)
    sdk.identity.remove_user_from_group(user, group)
    sdk.identity.update_domain(domain, is_enabled=False)
    sdk.identity.delete_domain(domain)
    assert sdk.identity.find_group("crew") is None


def test_trusts_and_credentials(sdk):
    me, project = sdk.identity.find_user("admin"), sdk.identity.find_project("admin")
    tess = sdk.identity.create_user(name="tess")
    trust = sdk.identity.create_trust(
        trustor_user_id=me.id,
        trustee_user_id=tess.id,
        project_id=project.id,
        impersonation=False,
        roles=[{"name": "reader"}],
    )
    assert [each.id for each in sdk.identity.trusts()] == [trust.id]
    sdk.identity.delete_trust(trust)
    sdk.identity.delete_user(tess)
    credential = sdk.identity.create_credential(type="cert", blob="words", user=me.id, user_id=me.id)
    assert sdk.identity.get_credential(credential).blob == "words"
    sdk.identity.delete_credential(credential)


def test_an_application_credential(sdk):
    me = sdk.identity.find_user("admin")
    made = sdk.identity.create_application_credential(me, "robot", roles=[{"name": "reader"}])
    assert made.secret
    assert "robot" in {each.name for each in sdk.identity.application_credentials(me)}
    assert sdk.identity.find_application_credential(me, "robot").secret is None
    sdk.identity.delete_application_credential(me, made)
    assert "robot" not in {each.name for each in sdk.identity.application_credentials(me)}


def test_services_beside_weft_and_their_limits(sdk):
    service = sdk.identity.create_service(type="compute", name="nova")
    endpoint = sdk.identity.create_endpoint(service_id=service.id, interface="public", url="http://nova.test")
    assert [each.url for each in sdk.identity.endpoints(service_id=service.id)] == ["http://nova.test"]
    default = sdk.identity.create_registered_limit(service_id=service.id, resource_name="cores", default_limit=10)
    project = sdk.identity.find_project("admin")
    own = {"service_id": service.id, "resource_name": "cores", "project_id": project.id}
    limit = sdk.identity.create_limit(**own, resource_limit=20)
    assert sdk.identity.update_limit(limit, resource_limit=30).resource_limit == 30
    with pytest.raises(exceptions.ForbiddenException):
        sdk.identity.delete_registered_limit(default)
    sdk.identity.delete_limit(limit)
    sdk.identity.delete_registered_limit(default)
    sdk.identity.delete_endpoint(endpoint)
    sdk.identity.delete_service(service)
