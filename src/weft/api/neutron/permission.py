"""Who may do what with one resource: the policy's rules, asked about requests and records."""

from collections.abc import Mapping, Sequence
from typing import Any

from weft.api.caller import Caller
from weft.api.errors import nothing_here
from weft.api.neutron import policy
from weft.api.neutron.bodies import Item
from weft.api.neutron.finding import Finder
from weft.api.neutron.resource import Resource
from weft.commands.errors import NetworkNotFound
from weft.model import Denied
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.neutron.attributes import Absent

NOTHING: Mapping[str, Any] = {}


class Permission:
    """Answers for one resource."""

    def __init__(self, resource: Resource, state: State, finder: Finder) -> None:
        self._resource, self._state, self._finder = resource, state, finder
        self._guarded = [attribute.name for attribute in resource.attributes if attribute.guarded]
        self._defaults = {
            attribute.name: attribute.default
            for attribute in resource.attributes
            if attribute.post and not isinstance(attribute.default, Absent)
        }
        self._rule = f"{resource.parent.name}_{resource.name}" if resource.parent is not None else resource.name

    # ---- reading
    def enforce_show(self, caller: Caller, record: Record, parent: Record | None) -> None:
        """Raise HttpProblem (404) or PolicyNotAuthorized if the caller may not be shown the object."""
        target = self.target(record, parent=parent)
        if not policy.check(caller, f"get_{self._rule}", target):
            raise nothing_here()
        if self._resource.show_rule:
            policy.enforce(caller, self._resource.show_rule, target)

    def shown(self, records: list[Record], caller: Caller, parent: Record | None) -> list[Record]:
        """Return what the policy lets the caller see; it is asked of each object only if roles leave it open."""
        verdict = policy.settled(caller, f"get_{self._rule}")
        if isinstance(verdict, bool):
            return records if verdict else []
        return [record for record in records if verdict(caller, self.target(record, parent=parent))]

    def hidden(self, caller: Caller, shown: Sequence[Record]) -> frozenset[str]:
        """Return the names of the attributes that the caller does not see."""
        first = self.target(shown[0]) if shown else None
        return policy.hidden_attributes(caller, self._resource.name, first)

    # ---- writing
    def refuse_by_roles(self, caller: Caller) -> None:
        """Raise PolicyNotAuthorized if these roles create no such part of anything, whether the whole exists or not."""
        if policy.settled(caller, f"create_{self._rule}") is False:
            policy.enforce(caller, f"create_{self._rule}", policy.Target())

    def enforce_create(self, caller: Caller, item: Item, parent: Record | None) -> None:
        """Raise PolicyNotAuthorized if the caller may not create this; NetworkNotFound if it is on no network."""
        network_id = item.get("network_id")
        state = self._state
        if network_id is not None and state.get("network", network_id) is None:
            raise NetworkNotFound(network_id)
        guarded = [name for name in self._guarded if name in item and item[name] != self._default(name)]
        target = policy.Target({**self._defaults, **item}, state=state, parent=parent)
        policy.enforce(caller, f"create_{self._rule}", target, guarded)

    def enforce(self, caller: Caller, verb: str, record: Record, item: Item, parent: Record | None) -> None:
        """Return if `caller` may. What it may not even see is answered as if it were not there."""
        target = self.target(record, item, parent)
        guarded = [name for name in self._guarded if name in item]
        seen = target
        if verb == "update" and self._resource.unread_on_update:
            seen = self.target(record, dict.fromkeys(self._resource.unread_on_update), parent)
        self.enforce_seen(caller, f"{verb}_{self._rule}", target, guarded, seen)

    def enforce_seen(
        self, caller: Caller, rule: str, target: policy.Target, guarded: Sequence[str], seen: policy.Target
    ) -> None:
        """Raise PolicyNotAuthorized, or HttpProblem (404) if `seen`, the object as it is, is not for the caller."""
        try:
            policy.enforce(caller, rule, target, guarded)
        except Denied:
            if not policy.check(caller, f"get_{self._rule}", seen):
                raise nothing_here() from None
            raise

    def target(
        self, record: Record, values: Mapping[str, Any] = NOTHING, parent: Record | None = None
    ) -> policy.Target:
        """Return what rules look at: `values` to be set, over the object's own."""
        return policy.Target(values, record, state=self._state, parent=parent, read=self._read)

    def _read(self, record: Record, name: str, caller: Caller) -> Any:
        attribute = self._resource.by_name.get(name)
        if attribute is None and self._resource.made is not None:
            return record.get(name, policy.ABSENT)
        return policy.ABSENT if attribute is None else self._finder.reader(caller)(record, attribute)

    def _default(self, name: str) -> Any:
        return self._resource.by_name[name].default
