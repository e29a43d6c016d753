"""The subnet: `/v2.0/subnets`. Source: neutron-lib, api/definitions/subnet.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import LEFT_OUT, REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, TAGS
from weft.wire.neutron.service_types import SERVICE_TYPES

IPV6_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")
_MODE = types.one_of((*IPV6_MODES, None))

SUBNET: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(
        name="network_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="network_id",
    ),
    Attribute(name="ip_version", type=types.IP_VERSION, default=REQUIRED, post=True, filter=True, sort=True),
    Attribute(name="cidr", type=types.CIDR, post=True, filter=True, sort=True),
    Attribute(
        name="gateway_ip",
        type=types.IP_OR_NONE,
        post=True,
        put=True,
        filter=True,
        sort=True,
        about="Left out: the first address. null: none.",
    ),
    Attribute(name="enable_dhcp", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    Attribute(
        name="allocation_pools",
        type=types.POOLS,
        post=True,
        put=True,
        about="Left out: every host address but the gateway.",
    ),
    Attribute(name="dns_nameservers", type=types.NAMESERVERS, default=[], post=True, put=True),
    Attribute(name="host_routes", type=types.HOST_ROUTES, default=[], post=True, put=True),
    Attribute(name="ipv6_ra_mode", type=_MODE, default=None, post=True, filter=True, sort=True),
    Attribute(name="ipv6_address_mode", type=_MODE, default=None, post=True, filter=True, sort=True),
    Attribute(name="subnetpool_id", type=types.SUBNETPOOL_ID, default=None, post=True, filter=True, sort=True),
    Attribute(name="prefixlen", type=types.MTU, default=LEFT_OUT, post=True, visible=False),
    Attribute(name="use_default_subnetpool", type=types.BOOLEAN, default=False, post=True, visible=False),
    Attribute(name="service_types", type=SERVICE_TYPES, default=[], post=True, put=True),
    Attribute(name="dns_publish_fixed_ip", type=types.BOOLEAN, default=False, post=True, put=True),
    Attribute(name="segment_id", type=types.UUID_OR_NONE, default=None, post=True, put=True, filter=True, sort=True),
    Attribute(  # ovn-bgp
        name="leak_routes", type=types.BOOLEAN, default=False, put=True, guarded=True
    ),
    Attribute(name="shared", type=types.BOOLEAN, derived=True, filter=True, visible=False),
    Attribute(name="router:external", type=types.BOOLEAN, derived=True, filter=True),
    TAGS,
    *COMMON,
)
