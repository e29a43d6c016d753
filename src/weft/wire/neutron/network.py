"""The network: `/v2.0/networks`. Source: neutron-lib, api/definitions/network.py and the extensions named beside."""

from weft.wire.neutron import types
from weft.wire.neutron.addressing.provider_segments import SEGMENTS
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, TAGS
from weft.wire.neutron.dns import DNS_DOMAIN

NETWORK: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(name="subnets", type=types.array({"type": "string"}), derived=True, about="IDs of its subnets."),
    Attribute(name="admin_state_up", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    Attribute(name="status", type=types.STRING, derived=True, filter=True, sort=True),
    Attribute(
        name="shared",
        type=types.BOOLEAN,
        default=False,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
        about="Whether the caller's project, or everyone, may use it: what RBAC policies say.",
    ),
    Attribute(  # external-net
        name="router:external",
        field="external",
        type=types.BOOLEAN,
        default=False,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
    ),
    Attribute(  # net-mtu-writable
        name="mtu", type=types.MTU, post=True, put=True, filter=True, sort=True, guarded=True
    ),
    Attribute(  # provider
        name="provider:network_type",
        field="network_type",
        type=types.shown_string(32),
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
    ),
    Attribute(
        name="provider:physical_network",
        field="physical_network",
        type=types.STRING_OR_NONE,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
    ),
    Attribute(
        name="provider:segmentation_id",
        field="segmentation_id",
        type=types.SHOWN_INTEGER,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
        about="The number of its segment: of a VXLAN the network identifier.",
    ),
    Attribute(  # multi-provider
        name="segments",
        type=SEGMENTS,
        post=True,
        put=True,
        guarded=True,
        derived=True,
        about="Shown in place of the provider attributes if there are several.",
    ),
    Attribute(name="vlan_transparent", type=types.BOOLEAN, default=False, post=True, filter=True),
    Attribute(name="qinq", type=types.BOOLEAN, default=False, post=True, filter=True),
    Attribute(name="pvlan", type=types.BOOLEAN, default=False, post=True, put=True, filter=True),
    Attribute(name="ha", type=types.BOOLEAN, default=False, post=True, visible=False),  # network_ha
    Attribute(  # network_availability_zone
        name="availability_zone_hints", type=types.ZONE_HINTS, default=[], post=True, sort=True
    ),
    Attribute(name="availability_zones", type=types.array({"type": "string"}), derived=True),
    Attribute(name="qos_policy_id", type=types.UUID_OR_NONE, post=True, put=True, guarded=True),
    Attribute(name="port_security_enabled", type=types.BOOLEAN, default=True, post=True, put=True, guarded=True),
    Attribute(  # project-default-networks
        name="is_default",
        type=types.BOOLEAN,
        default=False,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        derived=True,
        about="Shown of external networks only.",
    ),
    Attribute(name="dns_domain", type=DNS_DOMAIN, default="", post=True, put=True),  # dns-integration
    Attribute(name="ipv4_address_scope", type=types.STRING_OR_NONE, derived=True),
    Attribute(name="ipv6_address_scope", type=types.STRING_OR_NONE, derived=True),
    Attribute(name="l2_adjacency", type=types.BOOLEAN, derived=True, about="False if its subnets are on segments."),
    TAGS,
    *COMMON,
)
