"""The resources this API serves, in the order of its documents."""

from weft.api.neutron.networks import NETWORKS
from weft.api.neutron.resource import Resource

RESOURCES: tuple[Resource, ...] = (NETWORKS,)
