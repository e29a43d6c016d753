"""The address scope: `/v2.0/address-scopes`. Source: neutron-lib, api/definitions/address_scope.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import ID, NAME, PROJECT

ADDRESS_SCOPE: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(
        name="shared",
        type=types.BOOLEAN,
        default=False,
        post=True,
        put=True,
        filter=True,
        sort=True,
        guarded=True,
        derived=True,
    ),
    Attribute(name="ip_version", type=types.IP_VERSION, default=REQUIRED, post=True, filter=True, sort=True),
)
