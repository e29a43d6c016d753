"""What routers and floating IPs can do, as `/v2.0/extensions` says it."""

from weft.api.neutron.extension import Extension

ROUTER_EXTENSIONS = (
    Extension("dvr", "Distributed Virtual Router", "2014-06-1T10:00:00-00:00",
              "Enables configuration of Distributed Virtual Routers."),
    Extension("enable-default-route-bfd", "Enable Default Route BFD", "2023-02-27T00:00:00-00:00",
              "Enables configurable BFD behavior for default routes"),
    Extension("enable-default-route-ecmp", "Enable Default Route ECMP", "2023-02-27T00:00:00-00:00",
              "Enables configurable ECMP behavior for default routes"),
    Extension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "2013-03-28T10:00:00-00:00",
              "Extension of the router abstraction for specifying whether SNAT should occur on the external gateway"),
    Extension("extraroute", "Neutron Extra Route", "2013-02-01T10:00:00-00:00",
              "Extra routes configuration for L3 router"),
    Extension("extraroute-atomic", "Atomically add/remove extra routes", "2019-07-10T00:00:00+00:00",
              "Edit extra routes of a router on server side by atomically adding/removing extra routes"),
    Extension("external-gateway-multihoming", "Neutron L3 External Gateway Multihoming", "2023-01-18T00:00:00-00:00",
              "Allow multiple external gateway ports per router"),
    Extension("fip-port-details", "Floating IP Port Details Extension", "2018-04-09T10:00:00-00:00",
              "Add port_details attribute to Floating IP resource"),
    Extension("floating-ip-router-writable", "Floating IP Router (writable)", "2026-08-05T00:00:00-00:00",
              "Provides a writable router_id attribute for a floating IP resource."),
    Extension("floatingip-pools", "Floating IP Pools Extension", "2018-03-21T10:00:00-00:00",
              "Provides a floating IP pools API."),
    Extension("l3-flavors", "Router Flavor Extension", "2016-05-17T00:00:00-00:00", "Flavor support for routers."),
    Extension("l3-ha", "HA Router extension", "2014-04-26T00:00:00-00:00", "Adds HA capability to routers."),
    Extension("l3-port-ip-change-not-allowed", "Prevent L3 router ports IP address change extension",
              "2018-10-09T10:00:00-00:00", "Prevent change of IP address for some L3 router ports"),
    Extension("qos-fip", "Floating IP QoS", "2017-07-20T00:00:00-00:00",
              "The floating IP Quality of Service extension"),
    Extension("qos-gateway-ip", "Router gateway IP QoS", "2018-02-24T00:00:00-00:00",
              "The Router gateway IP Quality of Service extension"),
    Extension("router", "Neutron L3 Router", "2012-07-20T10:00:00-00:00",
              "Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external "
              "networks via a NAT gateway."),
    Extension("router-admin-state-down-before-update", "Enforce Router's Admin State Down Before Update Extension",
              "2019-07-02T15:56:00",
              "Ensure that the admin state of a router is DOWN (admin_state_up=False) before updating the "
              "distributed attribute"),
    Extension("router_availability_zone", "Router Availability Zone", "2015-01-01T10:00:00-00:00",
              "Availability zone support for router."),
)  # fmt: skip
