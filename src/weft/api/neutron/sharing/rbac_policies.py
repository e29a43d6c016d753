"""`/v2.0/rbac-policies`, described."""

from weft.api.neutron.resource import Resource
from weft.commands.sharing.errors import RbacPolicyNotFound
from weft.commands.sharing.rbac_policies import (
    CreateRbacPolicy,
    UpdateRbacPolicy,
    create_rbac_policies,
    delete_rbac_policy,
    update_rbac_policy,
)
from weft.wire.neutron.sharing.rbac_policy import RBAC_POLICY

RBAC_POLICIES = Resource(
    name="rbac_policy",
    collection="rbac_policies",
    path="rbac-policies",
    attributes=RBAC_POLICY,
    create_request=CreateRbacPolicy,
    update_request=UpdateRbacPolicy,
    create=create_rbac_policies,
    update=update_rbac_policy,
    delete=delete_rbac_policy,
    not_found=RbacPolicyNotFound,
)
