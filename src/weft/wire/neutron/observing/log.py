"""Logs: what is to be logged. Source: neutron-lib, api/definitions/logging.py."""

from weft.wire.neutron import types
from weft.wire.neutron.attributes import REQUIRED, Attribute
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT

EVENTS = ("ACCEPT", "DROP", "ALL")

LOG: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(
        name="resource_type",
        type=types.string(255),
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        about="One of /log/loggable-resources.",
    ),
    Attribute(
        name="resource_id",
        type=types.UUID_OR_NONE,
        default=None,
        post=True,
        filter=True,
        sort=True,
        index="resource_id",
        about="The security group; null: every group of the project.",
    ),
    Attribute(
        name="target_id",
        type=types.UUID_OR_NONE,
        default=None,
        post=True,
        filter=True,
        sort=True,
        index="target_id",
        about="The port; null: every port of the group or the project.",
    ),
    Attribute(name="event", type=types.one_of(EVENTS), default="ALL", post=True, filter=True),
    Attribute(name="enabled", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    *COMMON,
)

LOGGABLE_RESOURCE: tuple[Attribute, ...] = (Attribute(name="type", type=types.STRING),)
