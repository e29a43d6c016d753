"""Address scopes, subnet pools, segments of networks and the ranges of their numbers."""

from weft.api.neutron.addressing.address_scopes import ADDRESS_SCOPES
from weft.api.neutron.addressing.segment_ranges import NETWORK_SEGMENT_RANGES
from weft.api.neutron.addressing.segments import SEGMENTS
from weft.api.neutron.addressing.subnetpools import SUBNETPOOLS
from weft.api.neutron.extension import Extension

RESOURCES = (ADDRESS_SCOPES, SUBNETPOOLS, SEGMENTS, NETWORK_SEGMENT_RANGES)

EXTENSIONS = (
    Extension("address-scope", "Address scope", "2015-07-26T10:00:00-00:00", "Address scopes extension."),
    Extension("default-subnetpools", "Default Subnetpools", "2016-02-18T18:00:00-00:00",
              "Provides ability to mark and use a subnetpool as the default."),
    Extension("multi-provider", "Multi Provider Network", "2013-06-27T10:00:00-00:00",
              "Expose mapping of virtual networks to multiple physical networks"),
    Extension("network-segment-range", "Neutron Network Segment Range", "2018-11-29T00:00:00-00:00",
              "Provides support for the network segment range management"),
    Extension("network_ha", "Network HA creation flag", "2023-04-27T10:00:00-00:00",
              "Network high availability creation flag."),
    Extension("pvlan", "Private VLAN", "2026-02-03T10:00:00-00:00", "The Private VLAN semantics extension."),
    Extension("qinq", "QinQ networks", "2024-12-02T10:00:00-00:00",
              "Expose network 'qinq' attribute in the API. This allows to configure network to allow vlan in vlan "
              "configuration using 0x88a8 ethertype (QinQ)."),
    Extension("segment", "Segment", "2016-02-24T17:00:00-00:00", "Segments extension."),
    Extension("standard-attr-segment", "Standard Attribute Segment Extension", "2018-04-09T10:00:00-00:00",
              "Add standard attributes to Segment resource"),
    Extension("subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "2019-05-24T10:00:00-00:00",
              "Support choosing to publish DNS records for IPs from a subnet"),
    Extension("subnet-segmentid-writable", "Subnet SegmentID (writable)", "2018-03-12T00:00:00-00:00",
              "Provides a writable segment_id attribute for a subnet resource."),
    Extension("subnet-service-types", "Subnet service types", "2016-03-15T18:00:00-00:00",
              "Provides ability to set the subnet service_types field"),
    Extension("subnet_allocation", "Subnet Allocation", "2015-03-30T10:00:00-00:00",
              "Enables allocation of subnets from a subnet pool"),
    Extension("subnet_onboard", "Subnet Onboard", "2018-12-18T09:00:00-00:00",
              "Provides support for onboarding subnets into subnet pools"),
    Extension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "2019-02-08T10:00:00-00:00",
              "Provides support for adjusting the prefix list of subnet pools"),
    Extension("vlan-transparent", "Vlantransparent", "2015-03-23T09:00:00-00:00", "Provides Vlan Transparent Networks"),
)  # fmt: skip
