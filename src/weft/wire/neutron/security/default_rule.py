"""The template of a rule: `/v2.0/default-security-group-rules`. Source: neutron, security_groups_default_rules.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import ID
from weft.wire.neutron.security.rule import traffic

DEFAULT_SECURITY_GROUP_RULE: tuple[Attribute, ...] = (
    ID,
    Attribute(name="project_id", type=types.string(255), post=True, visible=False, about="Ignored."),
    Attribute(name="description", type=types.DESCRIPTION, default="", post=True, filter=True),
    *traffic(""),
    Attribute(name="used_in_default_sg", type=types.BOOLEAN, default=REQUIRED, post=True, filter=True),
    Attribute(name="used_in_non_default_sg", type=types.BOOLEAN, default=REQUIRED, post=True, filter=True),
)
