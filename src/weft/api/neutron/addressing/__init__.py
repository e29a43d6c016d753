"""Address scopes and subnet pools."""

from weft.api.neutron.addressing.address_scopes import ADDRESS_SCOPES
from weft.api.neutron.addressing.subnetpools import SUBNETPOOLS
from weft.api.neutron.extension import Extension

RESOURCES = (ADDRESS_SCOPES, SUBNETPOOLS)

EXTENSIONS = (
    Extension("address-scope", "Address scope", "2015-07-26T10:00:00-00:00", "Address scopes extension."),
    Extension("default-subnetpools", "Default Subnetpools", "2016-02-18T18:00:00-00:00",
              "Provides ability to mark and use a subnetpool as the default."),
    Extension("subnet_allocation", "Subnet Allocation", "2015-03-30T10:00:00-00:00",
              "Enables allocation of subnets from a subnet pool"),
    Extension("subnet_onboard", "Subnet Onboard", "2018-12-18T09:00:00-00:00",
              "Provides support for onboarding subnets into subnet pools"),
    Extension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "2019-02-08T10:00:00-00:00",
              "Provides support for adjusting the prefix list of subnet pools"),
)  # fmt: skip
