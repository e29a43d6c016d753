"""A Neutron resource as data: what the engine must know to serve it.

Another resource is one more of these, see docs/howto/add-a-resource.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from weft.commands.context import Context
from weft.model import NotFound
from weft.store.protocol import Runtime, State
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.attributes import Attribute


class Look(msgspec.Struct, frozen=True):
    """What a representation is made from, besides the record."""

    state: State
    runtime: Runtime


Create = Callable[[State, Sequence[Any], Context], Writes]
Update = Callable[[State, str, Any, Context], Writes]
Delete = Callable[[State, str, Context], Writes]
Match = Callable[[Record], bool]


def nothing_derived(record: Record, look: Look) -> dict[str, Any]:
    """Derive nothing."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One kind of object of the API."""

    name: str  # "network": also the kind of its records
    collection: str  # "networks"
    attributes: tuple[Attribute, ...]
    create_request: type[msgspec.Struct]
    update_request: type[msgspec.Struct]
    create: Create  # all of a bulk request at once, or none
    update: Update
    delete: Delete
    complete: Delete | None = None  # what is to be done after a create, in steps, until it writes nothing
    not_found: Callable[[str], NotFound]
    derive: Callable[[Record, Look], dict[str, Any]] = nothing_derived  # attributes that no record holds
    # Filters that are not "the attribute equals one of these": query name → values → match.
    filters: Mapping[str, Callable[[Sequence[str]], Match]] = field(default_factory=dict)

    @cached_property
    def visible(self) -> tuple[Attribute, ...]:
        """Attributes shown to those who may see them."""
        return tuple(attribute for attribute in self.attributes if attribute.visible)

    @cached_property
    def by_name(self) -> dict[str, Attribute]:
        """The attributes by their JSON name."""
        return {attribute.name: attribute for attribute in self.attributes}
