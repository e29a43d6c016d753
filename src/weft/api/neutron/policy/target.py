"""What a rule looks at: the object that is made, changed or shown, and what it belongs to.

Source: neutron, policy.py (OwnerCheck._extract, FieldCheck._get_target_value).
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from weft.api.caller import Caller
from weft.commands.errors import NetworkNotFound, SecurityGroupNotFound
from weft.commands.sharing.entries import is_shared
from weft.commands.sharing.sight import is_open_to
from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import Record


class Absent(Enum):
    """Why a target gives no value."""

    ABSENT = "the object has no such attribute"


ABSENT = Absent.ABSENT
_NOTHING: Mapping[str, Any] = {}

_REFERRED: dict[str, tuple[str, Callable[[str], NotFound]]] = {  # as rules name it: attribute that refers to it
    "network": ("network_id", NetworkNotFound),
    "security_group": ("security_group_id", SecurityGroupNotFound),
}

Read = Callable[[Record, str, Caller], Any]  # an attribute of a record as this client sees it, or ABSENT


def plain(record: Record, name: str, caller: Caller) -> Any:
    """Read a field that is named like its attribute."""
    return record.get(name, ABSENT)


class Target:
    """Attributes by their JSON names: those being set first, then the object's own."""

    __slots__ = ("_parent", "_read", "_record", "_state", "values")

    def __init__(
        self,
        values: Mapping[str, Any] = _NOTHING,
        record: Record | None = None,
        *,
        state: State | None = None,
        parent: Record | None = None,
        read: Read = plain,
    ) -> None:
        self.values, self._record, self._state, self._parent, self._read = values, record, state, parent, read

    def get(self, name: str, caller: Caller) -> Any:
        """Return an attribute, or ABSENT."""
        if name == "tenant_id":
            name = "project_id"
        if name in self.values:
            return self.values[name]
        if self._record is not None:
            return self._read(self._record, name, caller)
        return ABSENT

    def owner(self, field: str, caller: Caller) -> Any:
        """Return the value that an ownership check compares: `project_id`, or `network:project_id` of another object.

        Raises NotFound if that other object is gone, or one that the caller names and does not see: Neutron compares
        owners all the same, and so tells by its answer whether such an object exists.
        """
        value = self.get(field, caller)
        if value is not ABSENT:
            return value
        of, separator, name = field.partition(":")
        if not separator:
            of, _, name = field.partition("_")
        name = "project_id" if name == "tenant_id" else name
        if of == "ext_parent":
            return self._parent.get(name) if self._parent is not None else None
        if of not in _REFERRED or self._state is None:
            return None
        attribute, not_found = _REFERRED[of]
        id = self.get(attribute, caller)
        if id is ABSENT or id is None:
            return None
        referred = self._state.get(of, id)
        sees_all = caller.rights is not None and caller.rights.sees_everything
        is_guessed = attribute in self.values and not sees_all
        if referred is None or (is_guessed and not is_open_to(self._state, referred, caller.project_id)):
            raise not_found(id)
        return referred.get(name)

    def is_network_shared(self, caller: Caller) -> Any:
        """Tell whether the object's network is shared, seen with the eyes of the object's owner; ABSENT: no network.

        Raises NetworkNotFound if the owner does not see it: what one may not see is not there.
        """
        id = self.get("network_id", caller)
        if id is ABSENT or not id or self._state is None:
            return ABSENT
        owner = self.get("project_id", caller)
        network = self._state.get("network", id)
        if network is None or not is_open_to(self._state, network, owner):
            raise NetworkNotFound(id)
        return is_shared(self._state, id, owner)
