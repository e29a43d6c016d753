"""The segment: `/v2.0/segments`. Source: neutron-lib, api/definitions/segment.py and standard_attr_segment.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID

SEGMENT: tuple[Attribute, ...] = (
    ID,
    Attribute(name="tenant_id", field="project_id", type=types.string(255), post=True, visible=False),
    Attribute(name="project_id", type=types.string(255), post=True, visible=False),
    Attribute(name="network_id", type=types.UUID, default=REQUIRED, post=True, filter=True, sort=True),
    Attribute(name="physical_network", type=types.shown_string(64), post=True, filter=True, sort=True),
    Attribute(name="network_type", type=types.string(32), default=REQUIRED, post=True, filter=True, sort=True),
    Attribute(name="segmentation_id", type=types.SHOWN_INTEGER, post=True, sort=True),
    Attribute(name="name", type=types.NAME_OR_NONE, post=True, put=True, filter=True, sort=True),
    Attribute(
        name="description", type=types.shown_string(255), default="", post=True, put=True, filter=True, sort=True
    ),
    *(attribute for attribute in COMMON if attribute.name != "description"),
)
