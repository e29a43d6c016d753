"""The router: `/v2.0/routers`. Source: neutron-lib, api/definitions/l3.py and the extensions named beside."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, TAGS
from weft.wire.neutron.l3.gateway import GATEWAY_INFO

EVPN_VNI_MAX = (1 << 24) - 1  # neutron-lib, constants.py, MAX_VXLAN_VNI

ROUTER: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(name="admin_state_up", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    Attribute(name="status", type=types.STRING, derived=True, sort=True),
    Attribute(  # also ext-gw-mode (enable_snat), qos-gateway-ip (qos_policy_id)
        name="external_gateway_info",
        type=GATEWAY_INFO,
        default=None,
        post=True,
        put=True,
        guarded=True,
        derived=True,
        about="null or {}: no gateway.",
    ),
    Attribute(  # external-gateway-multihoming
        name="external_gateways",
        type=types.array(GATEWAY_INFO.schema),
        derived=True,
        about="Every gateway; the first is that of external_gateway_info.",
    ),
    Attribute(  # extraroute
        name="routes", type=types.HOST_ROUTES, default=[], put=True
    ),
    Attribute(  # dvr
        name="distributed", type=types.BOOLEAN_OR_NONE, post=True, put=True, guarded=True
    ),
    Attribute(  # l3-ha
        name="ha", type=types.BOOLEAN_OR_NONE, post=True, put=True, guarded=True
    ),
    Attribute(  # l3-flavors
        name="flavor_id", type=types.ANY, post=True, sort=True, guarded=True, index="flavor_id"
    ),
    Attribute(  # router_availability_zone
        name="availability_zone_hints", type=types.ZONE_HINTS, default=[], post=True
    ),
    Attribute(  # expose-l3-conntrack-helper
        name="conntrack_helpers", type=types.array({"type": "object"}), derived=True
    ),
    Attribute(name="availability_zones", type=types.array({"type": "string"}), derived=True),
    Attribute(  # l3-ext-ndp-proxy
        name="enable_ndp_proxy", type=types.BOOLEAN_OR_NONE, post=True, put=True, filter=True, derived=True
    ),
    Attribute(  # enable-default-route-ecmp
        name="enable_default_route_ecmp", type=types.BOOLEAN_OR_NONE, default=None, post=True, put=True, guarded=True
    ),
    Attribute(  # enable-default-route-bfd
        name="enable_default_route_bfd", type=types.BOOLEAN_OR_NONE, default=None, post=True, put=True, guarded=True
    ),
    Attribute(  # evpn
        name="evpn_vni",
        type=types.optional_int_range(0, EVPN_VNI_MAX),
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        index="evpn_vni",
        about="Left out: none. 0: any that is free.",
    ),
    TAGS,
    *COMMON,
)
