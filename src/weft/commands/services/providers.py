"""Who provides services, under the names that Neutron's clients and drivers go by.

Routers are everywhere here, whatever a flavor says; the names are Neutron's, so that flavors made for it fit.
Source: neutron, services/l3_router/service_providers/driver_controller.py.
"""

from typing import NamedTuple

L3 = "L3_ROUTER_NAT"
_DRIVERS = "neutron.services.l3_router.service_providers"


class Provider(NamedTuple):
    """One provider of a service."""

    service_type: str
    name: str
    driver: str
    default: bool = False


PROVIDERS = (
    Provider(L3, "dvrha", f"{_DRIVERS}.dvrha.DvrHaDriver"),
    Provider(L3, "dvr", f"{_DRIVERS}.dvr.DvrDriver"),
    Provider(L3, "ha", f"{_DRIVERS}.ha.HaDriver"),
    Provider(L3, "single_node", f"{_DRIVERS}.single_node.SingleNodeDriver"),
)

# Types of the services of this API: neutron-lib, plugins/constants.py, and plugins that go by their alias.
SERVICE_TYPES = frozenset(
    {
        "CORE",
        L3,
        "FLAVORS",
        "METERING",
        "QOS",
        "LOGGING",
        "PORTFORWARDING",
        "CONNTRACKHELPER",
        "NDPPROXY",
        "LOCAL_IP",
        "NETWORK_SEGMENT_RANGE",
        "auto-allocated-topology",
        "network-ip-availability",
        "segments",
        "trunk",
    }
)
