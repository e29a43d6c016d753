"""Conntrack helpers of a router: `/v2.0/routers/{id}/conntrack_helpers`.

Source: neutron-lib, api/definitions/l3_conntrack_helper.py.
"""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import UNSEEN_PROJECT
from weft.wire.neutron.l3.transport import PORT, PROTOCOL

_HELPER = Type(
    {"type": "string", "maxLength": 64},
    lambda value: value if value is None else str(value),
    lambda value: types.string_problem(value, 64),
)

CONNTRACK_HELPER: tuple[Attribute, ...] = (
    Attribute(name="id", type=types.UUID, derived=True, filter=True, sort=True),
    Attribute(name="protocol", type=PROTOCOL, default=REQUIRED, post=True, put=True, filter=True, sort=True),
    Attribute(name="port", type=PORT, default=REQUIRED, post=True, put=True, filter=True, sort=True),
    Attribute(name="helper", type=_HELPER, default=REQUIRED, post=True, put=True, filter=True, sort=True),
    *UNSEEN_PROJECT,
)
