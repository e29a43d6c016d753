"""Things that have no rules of their own: kept, changed and deleted as asked (credentials, policies)."""

from weft.commands.identity.ask import Ask, changes
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.names import DuplicateName
from weft.store.protocol import State
from weft.store.records import Key
from weft.store.writes import Write, Writes


class Plain:
    """The three commands for one kind of record."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def create(self, ask: Ask, state: State) -> Writes:
        """Make it. Raises DuplicateName for an ID that is taken."""
        if state.raw(Key("fabric", self._kind, ask.id)) is not None:
            raise DuplicateName(self._kind, f"Duplicate entry found with ID {ask.id}")
        write = Write(Key("fabric", self._kind, ask.id), dict(ask.values), create=True)
        return Writes((write,), actor=ask.actor, verb=f"create {self._kind}")

    def update(self, ask: Ask, state: State) -> Writes:
        """Set some fields. Raises NoSuchThing."""
        record = require(state, self._kind, ask.id)
        return Writes((Write(record.key, changes(record, ask)),), actor=ask.actor, verb=f"update {self._kind}")

    def delete(self, ask: Ask, state: State) -> Writes:
        """Delete it with all that is about it. Raises NoSuchThing."""
        writes = deletes(state, require(state, self._kind, ask.id))
        return Writes(writes, actor=ask.actor, verb=f"delete {self._kind}")
