"""Objects that no record holds: made from other records when somebody asks, and served like any other.

A zone is made from a site, a figure from the ports it counts. What a made record holds besides its attributes
(`project_id`, say) is for the policy's rules alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from weft.store.records import Field, Key, Record, Stamp

_NEVER_WRITTEN = Stamp(0, "", 0)


class Asked(msgspec.Struct, frozen=True):
    """What is asked for, as far as it may spare work. Filters are applied to what is made all the same."""

    project_id: str | None  # the caller's
    equal: Mapping[str, Sequence[Any]]  # attribute → wanted values
    parent_id: str = ""  # of the object in whose part of the tree it is asked


def made_record(kind: str, id: str, values: Mapping[str, Any]) -> Record:
    """Return a record that was never written."""
    fields = {name: Field(value, _NEVER_WRITTEN) for name, value in values.items()}
    return Record(Key("made", kind, id), fields, {})
