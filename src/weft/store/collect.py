"""When a tombstone may be forgotten for good.

A tombstone guards against a copy of the live record that some site still holds. It may go once every live member is
known to hold it (`agreement.py`), or past a horizon. Either way all sites go by one reading of the clock, before which
tombstones are due: such a one is also no longer taken in from a site that has yet to forget it. And who does not hold
all that was written before that reading must not merge: it discards its copy and starts from a neighbour's. Pure.
"""

from collections.abc import Iterable

import msgspec

from weft.store.clock import hlc_from_ms
from weft.store.liveness import is_tombstone
from weft.store.records import Record


class Collecting(msgspec.Struct, frozen=True):
    """How soon; the same at all sites of a fabric."""

    horizon_ms: int = 30 * 24 * 3600 * 1000
    # After all are known to hold a tombstone. Longer than clocks of one site may differ and a crash set its disk back.
    margin_ms: int = 10 * 60 * 1000
    grid_ms: int = 3600 * 1000  # sites forget together, at full hours: digests differ for a moment then


USUAL = Collecting()


def horizon(collecting: Collecting, now_ms: int) -> int:
    """Return the reading before which nobody needs a tombstone any more, whoever was away."""
    return on_grid(collecting, hlc_from_ms(max(now_ms - collecting.horizon_ms, 0)))


def on_grid(collecting: Collecting, hlc: int) -> int:
    """Return the last point at or before a reading at which sites forget together."""
    step = hlc_from_ms(collecting.grid_ms)
    return hlc - hlc % step


def is_due(record: Record, before_hlc: int) -> bool:
    """Tell whether nothing happened to a tombstone since `before_hlc`. Whoever uses it keeps it: ask the state too."""
    return is_tombstone(record) and record.newest.hlc < before_hlc


def due_tombstones(dead: Iterable[Record], before_hlc: int) -> list[Record]:
    """Return the dead records to forget."""
    return [record for record in dead if is_due(record, before_hlc)]
