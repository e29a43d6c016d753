"""Attributes that every resource has (Neutron: standard attributes, tags, project_id)."""

import msgspec

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute

ID = Attribute(name="id", type=types.UUID, derived=True, filter=True, sort=True)
NAME = Attribute(name="name", type=types.NAME, default="", post=True, put=True, filter=True, sort=True)

PROJECT = (
    Attribute(
        name="tenant_id",
        field="project_id",
        type=types.string(255),
        post=True,
        filter=True,
        sort=True,
        index="project_id",
        about="The old name of project_id.",
    ),
    Attribute(
        name="project_id", type=types.string(255), post=True, filter=True, sort=True, index="project_id",
        about="The project that owns it; only an administrator may name another than its own.",
    ),
)  # fmt: skip

UNSEEN_PROJECT = tuple(  # of parts: may be named, is not shown
    msgspec.structs.replace(attribute, visible=False, filter=False, sort=False, index="") for attribute in PROJECT
)

TAGS = Attribute(name="tags", type=types.TAGS, default=[], filter=True)
POSTED_TAGS = Attribute(name="tags", type=types.TAGS, default=[], filter=True, post=True)

COMMON = (
    Attribute(name="description", type=types.DESCRIPTION, default="", post=True, put=True, filter=True, sort=True),
    Attribute(name="revision_number", type=types.INTEGER, derived=True, filter=True, sort=True),
    Attribute(name="created_at", type=types.STRING, sort=True),
    Attribute(name="updated_at", type=types.STRING, derived=True, sort=True),
)
