"""Records that only say that two things belong together. Their ID is the hash of what they join.

So the same said at two sites is one record, and joining what is joined writes nothing.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from weft.model import NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class NotJoined(NotFound):
    """The two do not belong together."""

    code = "not_joined"


def join_key(kind: str, *parts: str | None) -> Key:
    """Return the key of the record that joins `parts`."""
    return Key("fabric", kind, hashlib.sha256("/".join(part or "" for part in parts).encode()).hexdigest()[:32])


def is_joined(key: Key, values: Mapping[str, Any], state: State) -> bool:
    """Whether a record says just that."""
    held = state.get(key.kind, key.id)
    return held is not None and all(held.get(name) == value for name, value in values.items())


def join(key: Key, values: Mapping[str, Any], *, actor: str) -> Writes:
    """Return the write that joins, or that changes what is joined."""
    return Writes((Write(key, {**values, DELETED: False}),), actor=actor, verb=f"create {key.kind}")


def part(key: Key, state: State, *, told: str, actor: str) -> Writes:
    """Return the write that parts them. Raises NotJoined, which says `told`."""
    if state.get(key.kind, key.id) is None:
        raise NotJoined(told)
    return Writes((Write(key, {DELETED: True}),), actor=actor, verb=f"delete {key.kind}")
