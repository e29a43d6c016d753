"""NDP proxies: `/v2.0/ndp_proxies`. Source: neutron-lib, api/definitions/l3_ndp_proxy.py."""

import msgspec

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, NAME, PROJECT

NDP_PROXY: tuple[Attribute, ...] = (
    Attribute(name="id", type=types.UUID, derived=True, sort=True),
    NAME,
    *(msgspec.structs.replace(attribute, filter=False, index="") for attribute in PROJECT),
    Attribute(name="router_id", type=types.UUID, default=REQUIRED, post=True, sort=True),
    Attribute(name="port_id", type=types.UUID, default=REQUIRED, post=True, sort=True),
    Attribute(
        name="ip_address",
        type=types.IP_OR_NONE,
        default=None,
        post=True,
        sort=True,
        about="Left out: the port's first IPv6 address that the router reaches.",
    ),
    Attribute(name="description", type=types.string(1024), default="", post=True, put=True),
    *(attribute for attribute in COMMON if attribute.name != "description"),
)
