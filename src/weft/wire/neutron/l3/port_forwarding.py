"""Port forwardings of a floating IP: `/v2.0/floatingips/{id}/port_forwardings`.

Source: neutron-lib, api/definitions/floating_ip_port_forwarding.py, fip_pf_description.py and fip_pf_port_range.py.
"""

from weft.wire.neutron import types
from weft.wire.neutron.addresses import canonical_ip, ip_problem
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import UNSEEN_PROJECT
from weft.wire.neutron.l3.transport import PORT_OR_NONE, PORT_RANGE, PROTOCOL

_IP = Type({"type": "string", "format": "ipv4"}, canonical_ip, ip_problem)

PORT_FORWARDING: tuple[Attribute, ...] = (
    Attribute(name="id", type=types.UUID, derived=True, filter=True, sort=True),
    Attribute(
        name="external_port",
        type=PORT_OR_NONE,
        default=None,
        post=True,
        put=True,
        filter=True,
        sort=True,
        derived=True,
        about="Or external_port_range.",
    ),
    Attribute(name="external_port_range", type=PORT_RANGE, default=None, post=True, put=True, filter=True, sort=True),
    Attribute(name="protocol", type=PROTOCOL, default=REQUIRED, post=True, put=True, filter=True, sort=True),
    Attribute(name="internal_port_id", type=types.UUID, default=REQUIRED, post=True, put=True, filter=True, sort=True),
    Attribute(name="internal_ip_address", type=_IP, default=REQUIRED, post=True, put=True),
    Attribute(
        name="internal_port",
        type=PORT_OR_NONE,
        default=None,
        post=True,
        put=True,
        derived=True,
        about="Or internal_port_range: one port, or as many as outside.",
    ),
    Attribute(name="internal_port_range", type=PORT_RANGE, default=None, post=True, put=True),
    Attribute(name="description", type=types.string(1024), default="", post=True, put=True, filter=True),
    *UNSEEN_PROJECT,
)
