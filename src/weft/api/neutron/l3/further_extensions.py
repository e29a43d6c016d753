"""What is said of what belongs to routers and floating IPs. Source: neutron-lib, api/definitions."""

from weft.api.neutron.extension import Extension

FURTHER_EXTENSIONS = (
    Extension("expose-l3-conntrack-helper", "Expose CT target rules for conntrack helper",
              "2019-04-04T10:00:00-00:00", "Expose allow adding CT target rules for conntrack helper"),
    Extension("expose-port-forwarding-in-fip", "Expose Floating IP port forwardings", "2018-06-28T16:00:00-00:00",
              "Expose port forwarding fields in floating IP response"),
    Extension("floating-ip-port-forwarding", "Floating IP Port Forwarding", "2018-01-19T10:00:00-00:00",
              "Allow port forwarding from floating IP port to an internal port"),
    Extension("floating-ip-port-forwarding-description", "Floating IP Port Forwarding new attribute description",
              "2019-11-01T10:00:00-00:00", "Add a description field to Port Forwarding rules"),
    Extension("floating-ip-port-forwarding-detail", "Floating IP port forwarding detail", "2022-05-06T10:00:00-00:00",
              "Allow list floating ip return more port forwarding data, include'id' and 'internal_port_id'"),
    Extension("floating-ip-port-forwarding-port-ranges", "Floating IP Port Forwarding support port ranges",
              "2020-07-01T10:00:00-00:00", "Add support to port ranges"),
    Extension("l3-conntrack-helper", "L3 Conntrack helper", "2019-04-04T10:00:00-00:00",
              "Allow adding CT target rules for conntrack helper"),
    Extension("l3-ext-ndp-proxy", "Router support to enable NDP proxy", "2020-08-25T00:00:00-00:00",
              "Router extension to enable ndp proxy"),
    Extension("l3-ndp-proxy", "name", "2021-06-29T10:00:00-00:00", "description"),  # Neutron says no more
    Extension("local_ip", "Local IP", "2021-07-26T10:00:00-00:00", "Support Node Local Virtual IP"),
)  # fmt: skip
