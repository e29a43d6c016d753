"""A Neutron resource as data: what the engine must know to serve it.

Another resource is one more of these, see docs/howto/add-a-resource.md.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import msgspec

from weft.api.neutron.made import Asked
from weft.commands.context import Context
from weft.model import NotFound
from weft.store.protocol import Runtime, State, Store
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.attributes import Attribute


class Look(msgspec.Struct, frozen=True):
    """What a representation is made from, besides the record."""

    state: State
    runtime: Runtime


Answer = dict[str, Any] | list[dict[str, Any]] | None  # None: the resource itself, as it is afterwards
Create = Callable[[State, Sequence[Any], Context], Writes]
Update = Callable[[State, str, Any, Context], Writes]
Delete = Callable[[State, str, Context], Writes]
Match = Callable[[Record], bool]
Made = Callable[[Look, Asked], Collection[Record]]
Ensure = Callable[[Store, str], Awaitable[None]]  # store, project
Find = Callable[[State, str, str], Record | None]  # state, ID as in the path, parent's ID or "" → record


class Derive(Protocol):
    """Derives one attribute of a record."""

    def __call__(self, record: Record, look: Look) -> Any: ...


VERBS = frozenset({"list", "show", "create", "update", "delete"})


def nothing_derived(record: Record, look: Look) -> dict[str, Any]:
    """Derive nothing."""
    return {}


@dataclass(frozen=True)
class Parent:
    """Whose part a resource is: `/qos/policies/{id}/bandwidth_limit_rules`."""

    name: str  # of the parent's resource: "qos_policy"
    field: str  # of the record, which refers to the parent: "qos_policy_id"


@dataclass(frozen=True, kw_only=True)
class Action:
    """What can be asked of one object besides the five verbs: `PUT /routers/{id}/add_router_interface`.

    `decide` takes (state, id, document, context); `document` is the decoded JSON body ({} if there is none).
    """

    decide: Callable[[State, str, dict[str, Any], Context], tuple[Writes, Answer]]
    method: str = "PUT"
    status: int = 200
    rule: str = ""  # of the policy; "" = the action's name in the path
    guarded: tuple[str, ...] = ()  # attributes of the object in the body whose setting has a rule of its own
    bare: bool = False  # the resource as it is afterwards is answered without its name around it


def no_change(*args: Any) -> Writes:
    """Stand for a verb that the resource does not have."""
    raise AssertionError("the resource has no such verb")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One kind of object of the API."""

    name: str  # "network"
    collection: str  # "networks"
    path: str = ""  # of the collection in URLs, such as "qos/policies"; "" = `collection`
    kind: str = ""  # of its records; "" = `name`
    verbs: frozenset[str] = VERBS
    bulk: bool = True  # several can be created at once
    parent: Parent | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    show_rule: str = ""  # of the policy, where showing one takes more than listing them
    find: Find | None = None  # where the ID in the path is not the record's own
    made: Made | None = None  # the same, where it depends on what is asked: see made.py
    attributes: tuple[Attribute, ...]
    create_request: type[msgspec.Struct] = msgspec.Struct
    update_request: type[msgspec.Struct] = msgspec.Struct
    create: Create = no_change  # all of a bulk request at once, or none
    update: Update = no_change
    delete: Delete = no_change
    ensure: Ensure | None = None  # what a project must have before…
    ensured: frozenset[str] = frozenset({"create"})  # …which verbs
    complete: Delete | None = None  # what is to be done after a create, in steps, until it writes nothing
    needs_marker: bool = False  # a page's marker that is not there is refused; of others it is as if none were given
    # What Neutron does not fetch to judge an update: who sees the object by that alone is told that it is not there.
    unread_on_update: frozenset[str] = frozenset()
    not_found: Callable[[str], NotFound]
    derive: Callable[[Record, Look], dict[str, Any]] = nothing_derived  # attributes that no record holds
    derive_one: Mapping[str, Derive] = field(default_factory=dict)  # those of them that can be had alone, for less
    # What of these depends on more than records, if that is known: all else stays until a record changes.
    volatile: Callable[[Record, Look], Any] | None = None
    # Filters that are not "the attribute equals one of these": query name → values → match.
    filters: Mapping[str, Callable[[Sequence[str]], Match]] = field(default_factory=dict)

    @cached_property
    def url_path(self) -> str:
        """The collection's path, below the parent's if it has one."""
        return self.path or self.collection

    @cached_property
    def record_kind(self) -> str:
        """The kind of the records behind it."""
        return self.kind or self.name

    @cached_property
    def visible(self) -> tuple[Attribute, ...]:
        """Attributes shown to those who may see them."""
        return tuple(attribute for attribute in self.attributes if attribute.visible)

    @cached_property
    def by_name(self) -> dict[str, Attribute]:
        """The attributes by their JSON name."""
        return {attribute.name: attribute for attribute in self.attributes}
