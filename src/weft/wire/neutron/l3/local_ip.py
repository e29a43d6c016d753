"""Local IPs and the ports that use them: `/v2.0/local_ips`, `/v2.0/local_ips/{id}/port_associations`.

Source: neutron-lib, api/definitions/local_ip.py.
"""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT, UNSEEN_PROJECT

IP_MODES = ("translate", "passthrough")

LOCAL_IP: tuple[Attribute, ...] = (
    ID,
    NAME,
    Attribute(name="description", type=types.string(1024), default="", post=True, put=True, filter=True, sort=True),
    *PROJECT,
    Attribute(
        name="local_port_id",
        type=types.UUID,
        post=True,
        filter=True,
        sort=True,
        index="local_port_id",
        about="The port that holds the address; or network_id: one is made there.",
    ),
    Attribute(name="network_id", type=types.UUID, post=True, filter=True, sort=True, index="network_id"),
    Attribute(
        name="local_ip_address",
        type=types.IP_OR_NONE,
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        index="local_ip_address",
    ),
    Attribute(name="ip_mode", type=types.one_of(IP_MODES), default="translate", post=True, filter=True, sort=True),
    *(attribute for attribute in COMMON if attribute.name != "description"),
)

PORT_ASSOCIATION: tuple[Attribute, ...] = (
    Attribute(name="local_ip_id", type=types.UUID),
    Attribute(name="local_ip_address", type=types.STRING, derived=True, filter=True, sort=True),
    Attribute(name="fixed_port_id", type=types.UUID, default=REQUIRED, post=True, filter=True, sort=True),
    Attribute(
        name="fixed_ip",
        type=types.IP_OR_NONE,
        default=None,
        post=True,
        filter=True,
        sort=True,
        about="Left out: the port's only address.",
    ),
    Attribute(name="host", type=types.STRING, derived=True, filter=True, sort=True),
    *UNSEEN_PROJECT,
)
