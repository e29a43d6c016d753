"""When a tombstone may be forgotten for good.

A tombstone guards against a copy of the live record that some site still holds. It may go once every live
member holds it (their digests passed it), or past a horizon: a site that was away for longer must not merge
but discard its copy and start from a neighbour's. Pure; sites decide alike but for the skew of their clocks,
so a tombstone that is due is also no longer taken in from a site that has yet to forget it.
"""

from collections.abc import Iterable, Mapping

from weft.model import SiteId
from weft.store.clock import hlc_from_ms
from weft.store.liveness import is_tombstone
from weft.store.records import Record

HORIZON_MS = 30 * 24 * 3600 * 1000


def collect_before(now_ms: int, passed: Mapping[SiteId, int] | None = None) -> int:
    """Return the HLC before which tombstones are not needed any more.

    `passed`, if known for *every* live member: the HLC up to which its digest has been equal to ours.
    """
    horizon = hlc_from_ms(max(now_ms - HORIZON_MS, 0))
    return max(horizon, min(passed.values())) if passed else horizon


def is_due(record: Record, before_hlc: int) -> bool:
    """Tell whether nothing happened to a tombstone since `before_hlc`. Whoever uses it keeps it: ask the state too."""
    return is_tombstone(record) and record.newest.hlc < before_hlc


def due_tombstones(dead: Iterable[Record], before_hlc: int) -> list[Record]:
    """Return the dead records to forget."""
    return [record for record in dead if is_due(record, before_hlc)]


def must_discard(last_contact_ms: int, now_ms: int) -> bool:
    """Tell whether a site was away for so long that others may have forgotten deletes it never heard of."""
    return now_ms - last_contact_ms > HORIZON_MS
