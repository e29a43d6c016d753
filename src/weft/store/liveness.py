"""What is alive: a tombstone yields to a live reference.

The API refuses to delete a network that has ports. If another site adds a port while they cannot see each
other, the merged state keeps the network, and dies with its last referrer. This is a pure function of the
merged records, so all sites agree. Here is the plain definition; `state.MergedState` keeps it up to date
change by change.
"""

from collections.abc import Iterable

from weft.store.kinds import KINDS
from weft.store.paths import Target, references
from weft.store.records import DELETED, Key, Record


def is_tombstone(record: Record) -> bool:
    """Tell whether somebody deleted the record; a live reference may keep it all the same."""
    return record.get(DELETED) is True


def live_keys(records: Iterable[Record]) -> set[Key]:
    """Return the keys of the live records: those not deleted, and what they refer to, and so on.

    Several scopes with one kind and ID are one name: a reference keeps them all. O(records).
    """
    by_name: dict[Target, list[Record]] = {}
    for record in records:
        by_name.setdefault((record.key.kind, record.key.id), []).append(record)
    alive = {record.key for held in by_name.values() for record in held if not is_tombstone(record)}
    todo = [record for held in by_name.values() for record in held if record.key in alive]
    while todo:
        for target in references(todo.pop()):
            for record in by_name.get(target, ()):
                if record.key not in alive:
                    alive.add(record.key)
                    todo.append(record)
    return alive


def _assert_no_circles() -> None:
    """Kinds must not refer to each other in a circle: two dead records could keep each other alive for ever."""
    reached = {kind.name: {target for _, target in kind.refers} for kind in KINDS.values()}
    for _ in KINDS:
        for targets in reached.values():
            targets.update(*(reached.get(target, set()) for target in list(targets)))
    assert not [name for name, targets in reached.items() if name in targets]


_assert_no_circles()
