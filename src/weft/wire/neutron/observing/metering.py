"""Metering labels and rules. Source: neutron-lib, api/definitions/metering*.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import ID, PROJECT, UNSEEN_PROJECT

METERING_LABEL: tuple[Attribute, ...] = (
    ID,
    Attribute(name="name", type=types.NAME, default="", post=True, filter=True, sort=True),
    Attribute(name="description", type=types.string(1024), default="", post=True, filter=True, sort=True),
    *PROJECT,
    Attribute(
        name="shared",
        type=types.BOOLEAN,
        default=False,
        post=True,
        filter=True,
        sort=True,
        about="Counts on the routers of every project.",
    ),
)

_PREFIX = types.STRING_OR_NONE

METERING_LABEL_RULE: tuple[Attribute, ...] = (
    ID,
    Attribute(
        name="metering_label_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="metering_label_id",
    ),
    Attribute(
        name="direction",
        type=types.one_of(("ingress", "egress")),
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
    ),
    Attribute(
        name="remote_ip_prefix",
        type=_PREFIX,
        default=None,
        post=True,
        filter=True,
        sort=True,
        about="Out of use: source_ip_prefix and destination_ip_prefix say it better.",
    ),
    Attribute(name="source_ip_prefix", type=_PREFIX, default=None, post=True, filter=True, sort=True),
    Attribute(name="destination_ip_prefix", type=_PREFIX, default=None, post=True, filter=True, sort=True),
    Attribute(
        name="excluded",
        type=types.BOOLEAN,
        default=False,
        post=True,
        filter=True,
        sort=True,
        about="Do not count what matches.",
    ),
    *UNSEEN_PROJECT,
)
