"""The network segment range: `/v2.0/network-segment-ranges`. Source: neutron-lib, network_segment_range.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, TAGS

RANGE_TYPES = ("vlan", "vxlan", "gre", "geneve")
_NUMBER = types.int_range(1, (1 << 32) - 1)  # what a GRE key can be

NETWORK_SEGMENT_RANGE: tuple[Attribute, ...] = (
    ID,
    NAME,
    Attribute(name="default", type=types.BOOLEAN, default=False),
    Attribute(name="shared", type=types.BOOLEAN, default=True, post=True),
    Attribute(name="project_id", type=types.shown_string(255), post=True, filter=True, sort=True, index="project_id"),
    Attribute(name="network_type", type=types.one_of(RANGE_TYPES), post=True, filter=True),
    Attribute(name="physical_network", type=types.string(64), post=True, filter=True),
    Attribute(name="minimum", type=_NUMBER, default=REQUIRED, post=True, put=True),
    Attribute(name="maximum", type=_NUMBER, default=REQUIRED, post=True, put=True),
    Attribute(name="used", type=types.OBJECT, derived=True, about="The numbers in use, and by which project."),
    Attribute(name="available", type=types.array({"type": "integer"}), derived=True, about="At most 4,096 are listed."),
    TAGS,
    *COMMON,
)
