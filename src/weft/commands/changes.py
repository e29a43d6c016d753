"""What an update asks to change: only fields that differ are written, so that merging blames nobody for the rest."""

from typing import Any

import msgspec
from msgspec import UNSET

from weft.store.records import Record


def changed_fields(record: Record, request: msgspec.Struct) -> dict[str, Any]:
    """Return the request's fields that were given and differ from the record's."""
    missing = object()
    return {
        field: value
        for field in request.__struct_fields__
        if (value := getattr(request, field)) is not UNSET and record.get(field, missing) != value
    }
