"""When a group or rule came to be, for those that no site made at a moment (`commands/security/default_group.py`)."""

from typing import Any

from weft.api.neutron.resource import Look
from weft.commands.context import iso_time
from weft.store.clock import ms_from_hlc
from weft.store.records import Record, Stamp


def times_of(record: Record, look: Look) -> dict[str, Any]:
    """Return created_at and updated_at, from the stamps: the record of a rule or a default group keeps no time."""
    created_at = record.get("created_at") or _shown(record.oldest, look)
    return {"created_at": created_at, "updated_at": _shown(record.newest, look)}


def _shown(stamp: Stamp, look: Look) -> str:
    """What was there from the beginning, such as the administrator's project, is as old as the fabric's first site."""
    ms = ms_from_hlc(stamp.hlc)
    if ms == 0:
        ms = min((ms_from_hlc(site.oldest.hlc) for site in look.state.of_kind("site")), default=0)
    return iso_time(ms)
