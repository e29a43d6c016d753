"""Flavors, service profiles and providers. Source: neutron-lib, api/definitions/flavors.py and servicetype.py."""

from typing import Any

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type

LONG_TEXT = 1024


def _text_or_none(value: Any) -> str | None:
    return None if value is None else types.string_problem(value, LONG_TEXT)


_DESCRIPTION = Type({"type": ["string", "null"], "maxLength": LONG_TEXT}, problem=_text_or_none)
_ENABLED = Type({"type": ["boolean", "null"]}, lambda value: None if value is None else types.to_boolean(value))
_ID = Attribute(name="id", type=types.UUID, derived=True, filter=True, sort=True)

FLAVOR: tuple[Attribute, ...] = (
    _ID,
    Attribute(name="name", type=types.NAME, default="", post=True, put=True, filter=True, sort=True),
    Attribute(name="description", type=_DESCRIPTION, default="", post=True, put=True, filter=True, sort=True),
    Attribute(
        name="service_type",
        type=types.STRING,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        about="Of a service of this cloud, such as L3_ROUTER_NAT.",
    ),
    Attribute(
        name="service_profiles",
        type=types.UUIDS,
        default=[],
        post=True,
        put=True,
        derived=True,
        about="Read, checked and ignored when set, as in Neutron: /flavors/{id}/service_profiles sets them.",
    ),
    Attribute(name="enabled", type=_ENABLED, default=True, post=True, put=True, filter=True, sort=True),
)

SERVICE_PROFILE: tuple[Attribute, ...] = (
    _ID,
    Attribute(name="description", type=_DESCRIPTION, default="", post=True, put=True, filter=True, sort=True),
    Attribute(name="driver", type=types.string(LONG_TEXT), default="", post=True, put=True, filter=True, sort=True),
    Attribute(name="metainfo", type=types.string(4096), default="", post=True, put=True, sort=True),
    Attribute(name="enabled", type=_ENABLED, default=True, post=True, put=True, filter=True, sort=True),
)

FLAVOR_PROFILE: tuple[Attribute, ...] = (
    Attribute(name="id", field="service_profile_id", type=types.UUID, default=REQUIRED, post=True),
)

SERVICE_PROVIDER: tuple[Attribute, ...] = (
    Attribute(name="service_type", type=types.STRING, filter=True),
    Attribute(name="name", type=types.STRING, filter=True),
    Attribute(name="default", type=types.BOOLEAN, filter=True),
)
