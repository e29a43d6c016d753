"""The floating IP: `/v2.0/floatingips`. Source: neutron-lib, api/definitions/l3.py and the extensions named beside."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, PROJECT, TAGS
from weft.wire.neutron.dns import DNS_DOMAIN, RELATIVE_DNS_NAME

FLOATINGIP: tuple[Attribute, ...] = (
    ID,
    Attribute(
        name="floating_ip_address",
        type=types.IP_OR_NONE,
        default=None,
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        index="floating_ip_address",
    ),
    Attribute(name="subnet_id", type=types.UUID_OR_NONE, default=None, post=True, visible=False, about="Where from."),
    Attribute(
        name="floating_network_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="floating_network_id",
    ),
    Attribute(  # floating-ip-router-writable
        name="router_id",
        type=types.UUID_OR_NONE,
        default=None,
        post=True,
        put=True,
        filter=True,
        sort=True,
        index="router_id",
        derived=True,
    ),
    Attribute(
        name="port_id",
        type=types.UUID_OR_NONE,
        default=None,
        post=True,
        put=True,
        filter=True,
        index="port_id",
        derived=True,
    ),
    Attribute(
        name="fixed_ip_address",
        type=types.IP_OR_NONE,
        default=None,
        post=True,
        put=True,
        filter=True,
        sort=True,
        index="fixed_ip_address",
        derived=True,
    ),
    *PROJECT,
    Attribute(name="status", type=types.STRING, derived=True, filter=True, sort=True),
    Attribute(  # qos-fip
        name="qos_policy_id", type=types.UUID_OR_NONE, default=None, post=True, put=True, guarded=True
    ),
    Attribute(  # expose-port-forwarding-in-fip
        name="port_forwardings", type=types.array({"type": "object"}), derived=True
    ),
    Attribute(name="port_details", type=types.OBJECT_OR_NONE, derived=True),  # fip-port-details
    Attribute(name="dns_name", type=RELATIVE_DNS_NAME, default="", post=True),  # dns-integration
    Attribute(name="dns_domain", type=DNS_DOMAIN, default="", post=True),
    TAGS,
    *COMMON,
)
