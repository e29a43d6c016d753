"""Routers and floating IPs, and what belongs to them."""

from weft.api.neutron.l3.conntrack_helpers import CONNTRACK_HELPERS
from weft.api.neutron.l3.extensions import ROUTER_EXTENSIONS
from weft.api.neutron.l3.floatingip_pools import FLOATINGIP_POOLS
from weft.api.neutron.l3.floatingips import FLOATINGIPS
from weft.api.neutron.l3.further_extensions import FURTHER_EXTENSIONS
from weft.api.neutron.l3.local_ips import LOCAL_IPS, PORT_ASSOCIATIONS
from weft.api.neutron.l3.ndp_proxies import NDP_PROXIES
from weft.api.neutron.l3.port_forwardings import PORT_FORWARDINGS
from weft.api.neutron.l3.routers import ROUTERS

RESOURCES = (
    ROUTERS,
    CONNTRACK_HELPERS,
    FLOATINGIPS,
    PORT_FORWARDINGS,
    FLOATINGIP_POOLS,
    NDP_PROXIES,
    LOCAL_IPS,
    PORT_ASSOCIATIONS,
)

EXTENSIONS = (*ROUTER_EXTENSIONS, *FURTHER_EXTENSIONS)
