"""Routers and floating IPs, and what belongs to them."""

from weft.api.neutron.l3.extensions import ROUTER_EXTENSIONS
from weft.api.neutron.l3.floatingip_pools import FLOATINGIP_POOLS
from weft.api.neutron.l3.floatingips import FLOATINGIPS
from weft.api.neutron.l3.routers import ROUTERS

RESOURCES = (ROUTERS, FLOATINGIPS, FLOATINGIP_POOLS)

EXTENSIONS = ROUTER_EXTENSIONS
