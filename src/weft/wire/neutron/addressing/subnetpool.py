"""The subnet pool: `/v2.0/subnetpools`. Source: neutron-lib, api/definitions/subnetpool.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, PROJECT, TAGS

_LENGTH = types.MTU  # what Neutron calls non_negative
_TEXT = {"type": "string", "pattern": "^[0-9]+$"}  # Neutron takes these numbers as such and shows them as text

SUBNETPOOL: tuple[Attribute, ...] = (
    ID,
    Attribute(
        name="name", type=types.NAME_NOT_EMPTY, default=REQUIRED, post=True, put=True, filter=True, sort=True
    ),
    *PROJECT,
    Attribute(name="prefixes", type=types.PREFIXES, default=REQUIRED, post=True, put=True),
    Attribute(name="default_quota", type=_LENGTH, post=True, put=True, filter=True, sort=True,
              shown={"type": ["integer", "null"]},
              about="How much of it one project may use: in addresses (IPv4) or /64 prefixes (IPv6)."),
    Attribute(name="ip_version", type=types.IP_VERSION, filter=True, sort=True),
    Attribute(name="default_prefixlen", type=_LENGTH, shown=_TEXT, post=True, put=True, filter=True, sort=True),
    Attribute(name="min_prefixlen", type=_LENGTH, shown=_TEXT, post=True, put=True, filter=True, sort=True),
    Attribute(name="max_prefixlen", type=_LENGTH, shown=_TEXT, post=True, put=True, filter=True, sort=True),
    Attribute(
        name="is_default", type=types.BOOLEAN, default=False, post=True, put=True, filter=True, sort=True, guarded=True
    ),
    Attribute(
        name="shared",
        type=types.BOOLEAN,
        default=False,
        post=True,
        filter=True,
        sort=True,
        guarded=True,
        derived=True,
    ),
    Attribute(  # address-scope
        name="address_scope_id", type=types.UUID_OR_NONE, default=None, post=True, put=True, filter=True, sort=True
    ),
    TAGS,
    *COMMON,
)  # fmt: skip
