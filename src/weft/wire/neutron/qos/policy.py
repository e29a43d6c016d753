"""The QoS policy: `/v2.0/qos/policies`. Source: neutron-lib, api/definitions/qos.py, qos_default.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, TAGS

POLICY: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(name="shared", type=types.BOOLEAN, default=False, post=True, put=True, filter=True, derived=True),
    Attribute(name="is_default", type=types.BOOLEAN, default=False, post=True, put=True, filter=True),
    Attribute(name="rules", type=types.array({"type": "object"}), derived=True),
    TAGS,
    *COMMON,
)
