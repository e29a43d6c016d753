"""What the replication core wants done in the world, as a value."""

from collections.abc import Iterable

import msgspec

from weft.store.protocol import Change
from weft.store.records import Key, Record


class Effects(msgspec.Struct, frozen=True):
    """Consequences of one event. The core's own memory has them already.

    Carry out `store`, `forget` and the noting of `relay` in one transaction, together with the cursor of the
    log that caused them; then publish, and hand `changes` to those who follow.
    """

    store: tuple[Record, ...] = ()  # put on disk in place of what was there
    forget: tuple[Key, ...] = ()  # drop from disk, and purge from our site's log
    relay: tuple[Key, ...] = ()  # our site's log lacks what we now hold under this key: publish it (the outbox)
    changes: tuple[Change, ...] = ()  # for Store.changes and the journal
    is_as_came: bool = False  # what is to be stored is the one record that came, unchanged: its bytes may be kept

    def __bool__(self) -> bool:
        return bool(self.store or self.forget or self.relay or self.changes)


NOTHING = Effects()


def joined(effects: Iterable[Effects]) -> Effects:
    """Return several effects as one, to be carried out in one transaction: the last version of each record."""
    effects = list(effects)
    if len(effects) == 1:
        return effects[0]
    store: dict[Key, Record] = {}
    forget: dict[Key, None] = {}
    relay: dict[Key, None] = {}
    changes: list[Change] = []
    for one in effects:
        for record in one.store:
            store[record.key] = record
            forget.pop(record.key, None)
        for key in one.forget:
            store.pop(key, None)
            relay.pop(key, None)
            forget[key] = None
        relay.update(dict.fromkeys(one.relay))
        changes += one.changes
    return Effects(tuple(store.values()), tuple(forget), tuple(relay), tuple(changes))
