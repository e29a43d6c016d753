"""The security group: `/v2.0/security-groups`. Source: neutron, extensions/securitygroup.py and those named beside."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.common import COMMON, ID, PROJECT, TAGS

SECURITY_GROUP: tuple[Attribute, ...] = (
    ID,
    Attribute(
        name="name",
        type=types.string(255),
        default="",
        post=True,
        put=True,
        filter=True,
        sort=True,
        index="name",
        about='"default" is the name of the group that every project has.',
    ),
    Attribute(name="stateful", type=types.BOOLEAN, post=True, put=True, filter=True),  # stateful-security-group
    *PROJECT,
    Attribute(name="security_group_rules", type=types.array({"type": "object"}), derived=True),
    Attribute(name="shared", type=types.BOOLEAN, derived=True, filter=True),  # security-groups-shared-filtering
    TAGS,
    *COMMON,
)
