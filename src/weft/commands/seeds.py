"""Records that every site makes by itself, alike: IDs follow from what they are, stamps are older than any real write.

Written by `Store.seed`; whatever a site writes to them later wins.
"""

from collections.abc import Mapping
from typing import Any

from weft.store.records import Field, Key, Record, Stamp

SEED_SITE = ""  # no site is called that: its stamps lose to every real one of the same clock
SEED_HLC = 1


def seed_record(kind: str, id: str, values: Mapping[str, Any], hlc: int = SEED_HLC) -> Record:
    """Return the record to seed, all of its fields stamped `hlc`."""
    stamp = Stamp(hlc, SEED_SITE, 1)
    return Record(
        Key("fabric", kind, id), {name: Field(value, stamp) for name, value in values.items()}, {SEED_SITE: 1}
    )
