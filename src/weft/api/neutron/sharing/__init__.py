"""Sharing one project's objects with others."""

from weft.api.neutron.extension import Extension
from weft.api.neutron.sharing.rbac_policies import RBAC_POLICIES

RESOURCES = (RBAC_POLICIES,)

EXTENSIONS = (
    Extension("rbac-policies", "RBAC Policies", "2015-06-17T12:15:12-00:00",
              "Allows creation and modification of policies that control project access to resources."),
    Extension("rbac-address-group", "Add address_group type to RBAC", "2021-01-20T00:00:00-00:00",
              "Add address_group type to network RBAC"),
    Extension("rbac-address-scope", "Add address_scope type to RBAC", "2020-02-12T00:00:00-00:00",
              "Add address_scope type to RBAC"),
    Extension("rbac-security-groups", "Add security_group type to network RBAC", "2019-02-14T00:00:00-00:00",
              "Add security_group type to network RBAC"),
    Extension("rbac-subnetpool", "Add subnetpool type to RBAC", "2020-02-05T00:00:00-00:00",
              "Add subnetpool type to RBAC"),
)  # fmt: skip
