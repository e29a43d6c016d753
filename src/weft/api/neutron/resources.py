"""The resources this API serves, in the order of its documents."""

from weft.api.neutron.areas import AREAS
from weft.api.neutron.resource import Resource

RESOURCES: tuple[Resource, ...] = tuple(resource for area in AREAS for resource in area.RESOURCES)
