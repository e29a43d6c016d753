"""The areas of this API, in the order of its documents. Each lists its RESOURCES and its EXTENSIONS."""

from weft.api.neutron import (
    core,
    l3,
    observing,
    qos,
    trunks,
)

AREAS = (
    core,
    l3,
    qos,
    trunks,
    observing,
)
