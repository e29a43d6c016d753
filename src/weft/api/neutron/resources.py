"""The resources this API serves, in the order of its documents."""

from weft.api.neutron.networks import NETWORKS
from weft.api.neutron.ports import PORTS
from weft.api.neutron.resource import Resource
from weft.api.neutron.subnets import SUBNETS

RESOURCES: tuple[Resource, ...] = (NETWORKS, SUBNETS, PORTS)
