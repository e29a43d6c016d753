"""Which objects a caller may know of. What it may not is answered as if it were not there."""

from collections.abc import Iterable

from weft.api.caller import Caller
from weft.api.neutron.policy import rights_of
from weft.commands.sharing.entries import is_shared
from weft.commands.sharing.sight import all_open_to, is_open_to, shared_thing
from weft.store.protocol import State
from weft.store.records import Record


def may_see(caller: Caller, record: Record, state: State) -> bool:
    """Tell whether the object exists as far as `caller` is concerned: its project's own, and what is opened to it."""
    return sees_everything(caller) or is_open_to(state, record, caller.project_id)


def all_visible(caller: Caller, kind: str, state: State) -> Iterable[Record]:
    """Return every object of `kind` that `caller` may know of: as asking `may_see` of each, but faster."""
    return state.of_kind(kind) if sees_everything(caller) else all_open_to(state, kind, caller.project_id)


def sees_everything(caller: Caller) -> bool:
    """Tell whether other projects' objects exist for `caller`: for administrators and for services, such as Nova."""
    return rights_of(caller).sees_everything


def shared_with(caller: Caller, record: Record, state: State) -> bool:
    """Return the object's `shared` as `caller` sees it: opened to its project, or to everyone."""
    thing = shared_thing(record)
    return bool(thing) and is_shared(state, thing, caller.project_id)
