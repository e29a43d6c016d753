"""The areas of this API, in the order of its documents. Each lists its RESOURCES and its EXTENSIONS."""

from weft.api.neutron import (
    addressing,
    core,
    l3,
    observing,
    qos,
    security,
    services,
    sharing,
    trunks,
)

AREAS = (
    core,
    security,
    addressing,
    l3,
    qos,
    trunks,
    observing,
    sharing,
    services,
)
