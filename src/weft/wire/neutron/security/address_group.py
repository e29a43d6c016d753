"""The address group: `/v2.0/address-groups`. Source: neutron-lib, api/definitions/address_group.py."""

from typing import Any

from weft.wire.neutron import types
from weft.wire.neutron.attributes import Attribute, Type
from weft.wire.neutron.common import COMMON, ID, NAME, PROJECT
from weft.wire.neutron.security.values import prefix_problem


def prefixes_problem(value: Any) -> str | None:
    """Say why `value` is no list of different prefixes."""
    return types.list_problem(value, prefix_problem)


PREFIXES = Type(
    {"type": "array", "items": {"type": "string"}}, lambda value: [] if value is None else value, prefixes_problem
)

ADDRESS_GROUP: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(name="addresses", type=PREFIXES, default=[], post=True, derived=True),
    Attribute(name="shared", type=types.BOOLEAN, derived=True, visible=False),  # for the policy to look at
    *COMMON,
)
