"""What an attribute of a Neutron resource is, as data.

A resource is a list of these; one engine (`api/neutron/`) serves them all. The flags are Neutron's own
(neutron-lib, api/definitions): allow_post, allow_put, is_filter, is_sort_key, is_visible, enforce_policy.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import msgspec

from weft.model import Invalid


class BadValue(Invalid):
    """A value cannot be made into what the attribute holds (Neutron: InvalidInput)."""

    code = "bad_value"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid input for operation: {reason}.")


class BadRequest(Invalid):
    """The body or query is not what this resource takes (Neutron: HTTPBadRequest)."""

    code = "bad_request"


class Absent(Enum):
    """Why an attribute has no value."""

    REQUIRED = "must be given on create"
    LEFT_OUT = "not given: the command decides"


REQUIRED, LEFT_OUT = Absent.REQUIRED, Absent.LEFT_OUT


def unchanged(value: Any) -> Any:
    """Convert nothing."""
    return value


def fine(value: Any) -> str | None:
    """Find nothing wrong."""
    return None


class Type(msgspec.Struct, frozen=True):
    """How values of a kind are read, checked and described."""

    schema: Mapping[str, Any]  # JSON Schema, for the OpenAPI document
    convert: Callable[[Any], Any] = unchanged  # to the canonical form, also of filter values; raises BadValue
    problem: Callable[[Any], str | None] = fine  # what is wrong with it, in Neutron's words; None: nothing


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute: its name in JSON, the record field behind it, its type, and who may do what."""

    name: str
    type: Type
    field: str = ""  # of the record and of the command's request; "" = `name`
    default: Any = LEFT_OUT  # on create: REQUIRED, LEFT_OUT, or the value; also shown when a record lacks the field
    post: bool = False
    put: bool = False
    filter: bool = False
    sort: bool = False
    visible: bool = True
    guarded: bool = False  # setting it has a policy rule of its own: "create_port:mac_address"
    derived: bool = False  # computed when shown, see Resource.derive
    index: str = ""  # State.lookup index that answers a filter on it
    about: str = ""  # one sentence for the OpenAPI document
    shown: Mapping[str, Any] | None = None  # JSON Schema of what is answered, where it is not that of what is taken

    @property
    def key(self) -> str:
        """The record field behind it."""
        return self.field or self.name

    @property
    def empty(self) -> Any:
        """What is shown when a record lacks the field (written by a version that did not know it)."""
        return None if isinstance(self.default, Absent) else self.default
