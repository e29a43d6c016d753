"""What is alive: a tombstone yields to a live reference.

The API refuses to delete a network that has ports. If another site adds a port while they cannot see each
other, the merged state keeps the network, and it dies with its last referrer. This is a pure function of the
merged records, so all sites agree. Here is the plain definition; `state.MergedState` keeps it up to date
change by change.
"""

from collections.abc import Iterable

from weft.store.kinds import KINDS
from weft.store.paths import Target, references, referring_paths
from weft.store.records import DELETED, Key, Record


def is_tombstone(record: Record) -> bool:
    """Tell whether somebody deleted the record; a live reference may keep it all the same."""
    deleted = record.fields.get(DELETED)
    return deleted is not None and deleted.value is True


def live_keys(records: Iterable[Record]) -> set[Key]:
    """Return the keys of the live records: those that nobody deleted, and those that a live record refers to.

    Of several scopes with one kind and ID (no honest writer does that) only the first is shown, and only what
    is shown refers to anything. O(records · log records).
    """
    by_kind: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        by_kind.setdefault(record.key.kind, {}).setdefault(record.key.id, []).append(record)
    alive: set[Key] = set()
    referred: set[Target] = set()
    for kind in [*(by_kind.keys() - KINDS.keys()), *_REFERRERS_FIRST]:
        for id, held in by_kind.get(kind, {}).items():
            if (kind, id) not in referred:
                held = [record for record in held if not is_tombstone(record)]
            if held:
                shown = min(held, key=lambda record: record.key.scope)
                alive.add(shown.key)
                referred.update(references(shown))
    return alive


def _referrers_first() -> list[str]:
    """Return the kinds so that each comes after all that refer to it.

    Kinds must not refer to each other in a circle: two dead records could keep each other alive for ever.
    """
    order: list[str] = []
    while len(order) < len(KINDS):
        free = [
            name
            for name in KINDS
            if name not in order and all(referrer in order for referrer, _ in referring_paths(name))
        ]
        assert free, f"a circle of references among {sorted(KINDS.keys() - set(order))}"
        order += free
    return order


_REFERRERS_FIRST = _referrers_first()
