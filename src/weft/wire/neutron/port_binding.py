"""The port binding: `/v2.0/ports/{id}/bindings`. Source: neutron-lib, api/definitions/portbindings_extended.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.port import VNIC_TYPES

PORT_BINDING: tuple[Attribute, ...] = (
    Attribute(name="host", type=types.string(255), default=REQUIRED, post=True, filter=True),
    Attribute(name="vif_type", type=types.STRING, derived=True, filter=True),
    Attribute(name="vif_details", type=types.OBJECT, derived=True),
    Attribute(
        name="vnic_type",
        type=types.one_of(VNIC_TYPES),
        default="normal",
        post=True,
        put=True,
        filter=True,
        guarded=True,
    ),
    Attribute(name="profile", type=types.PROFILE, default={}, post=True, put=True, guarded=True),
    Attribute(name="status", type=types.STRING, derived=True, filter=True),
    Attribute(name="project_id", type=types.string(255), post=True, visible=False, about="Ignored."),
)
