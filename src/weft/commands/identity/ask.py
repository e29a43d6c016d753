"""What one request asks of one thing, as commands take it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.model import Denied, Invalid
from weft.store.records import Record
from weft.wire.keystone.fields import EXTRA_BYTES_MAX


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Values are fields of the record, checked for type and size, none added."""

    id: str
    values: Mapping[str, Any] = {}
    actor: str = ""
    now_ms: int = 0


class Immutable(Denied):
    """Its option `immutable` is set."""

    code = "immutable"


class TooMuchExtra(Invalid):
    """Members that nobody but the client knows, and too many of them."""

    code = "too_much_extra"


class CannotChange(Invalid):
    """A field that stays what it was made as."""

    code = "cannot_change"


def changes(record: Record, ask: Ask) -> dict[str, Any]:
    """Return what an update writes: members unknown to us are merged one by one, and `options` too."""
    values = dict(ask.values)
    for name in ("extra", "options"):
        if name in values:
            merged = {**(record.get(name) or {}), **values[name]}
            values[name] = {key: value for key, value in merged.items() if name == "extra" or value is not None}
            if len(msgspec.json.encode(values[name])) > EXTRA_BYTES_MAX:
                raise TooMuchExtra(f"Additional properties are too large: at most {EXTRA_BYTES_MAX} bytes are kept.")
    return values


def require_mutable(record: Record, ask: Ask, verb: str) -> None:
    """Raise Immutable for what is protected, unless the protection itself is what changes."""
    lifts = ask.values.get("options", {}).get("immutable", True) is not True
    if (record.get("options") or {}).get("immutable") and not (verb == "update" and lifts):
        raise Immutable(
            f"Unable to {verb} immutable {record.key.kind} resource: `{ask.id}. "
            'Set resource option "immutable" to false first.'
        )


def require_same_domain(record: Record, ask: Ask) -> None:
    """Raise CannotChange if the thing would move to another domain."""
    if ask.values.get("domain_id", record.get("domain_id")) != record.get("domain_id"):
        raise CannotChange("Cannot change Domain ID")
