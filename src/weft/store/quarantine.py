"""What we refused from others: counted, remembered within bounds, shown to the operator; the rest goes on."""

import msgspec

from weft.model import SiteId, WeftError
from weft.store.protocol import Alert

REFUSED_MAX = 1_000


class Refused(msgspec.Struct, frozen=True):
    """A record that was not taken in."""

    source: SiteId
    code: str
    message: str
    at_ms: int
    head: bytes  # its first bytes, for whoever looks into it


class Quarantine:
    """The newest refusals and counts of all."""

    def __init__(self) -> None:
        self._refused: dict[tuple[SiteId, str], Refused] = {}
        self._counts: dict[tuple[SiteId, str], int] = {}

    def refuse(self, source: SiteId, data: bytes, error: WeftError, now_ms: int) -> Refused:
        """Remember that `data` from `source` was refused, and why."""
        refused = Refused(source, error.code, str(error)[:500], now_ms, data[:256])
        place = (source, refused.message)
        self._refused.pop(place, None)
        self._refused[place] = refused
        while len(self._refused) > REFUSED_MAX:
            del self._refused[next(iter(self._refused))]
        self._counts[source, error.code] = self._counts.get((source, error.code), 0) + 1
        return refused

    @property
    def count(self) -> int:
        """How many were refused since the start."""
        return sum(self._counts.values())

    def refused(self) -> list[Refused]:
        """Return what is remembered, oldest first."""
        return list(self._refused.values())

    def alerts(self) -> list[Alert]:
        """Return one alert per source and reason."""
        newest = {(refused.source, refused.code): refused for refused in self._refused.values()}
        return [
            Alert(
                "clock_too_far_ahead" if code == "clock_too_far_ahead" else "quarantined_record",
                f"refused from site {source}: {refused.message}; replication of the rest goes on",
                refused.at_ms,
                self._counts[source, code],
            )
            for (source, code), refused in sorted(newest.items())
        ]
