"""Routers and floating IPs, and what belongs to them."""

from weft.api.neutron.l3.extensions import ROUTER_EXTENSIONS
from weft.api.neutron.l3.floatingips import FLOATINGIPS
from weft.api.neutron.l3.routers import ROUTERS

RESOURCES = (ROUTERS, FLOATINGIPS)

EXTENSIONS = ROUTER_EXTENSIONS
