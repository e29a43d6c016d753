"""Hybrid logical clock: timestamps that follow the wall clock and never contradict causality.

A reading is one integer: 48 bits of milliseconds since 1970, then 16 bits of counter, so readings compare
as integers. Source: Kulkarni et al., "Logical Physical Clocks", 2014. Holds no clock: callers pass `now`.
"""

from weft.model import Invalid

COUNTER_BITS = 16
MAX_AHEAD_MS = 60_000  # a peer further ahead than this is refused: its writes would win for ever


class ClockTooFarAhead(Invalid):
    """A timestamp lies more than a minute in our future: someone's clock is wrong."""

    code = "clock_too_far_ahead"

    def __init__(self, ahead_ms: int) -> None:
        self.ahead_ms = ahead_ms
        super().__init__(f"timestamp is {ahead_ms} ms ahead of this site's clock (limit {MAX_AHEAD_MS})")


def hlc_from_ms(ms: int, counter: int = 0) -> int:
    """Return the reading for a wall-clock time in milliseconds."""
    return ms << COUNTER_BITS | counter


def ms_from_hlc(hlc: int) -> int:
    """Return the wall-clock part of a reading, in milliseconds since 1970."""
    return hlc >> COUNTER_BITS


class HybridClock:
    """Gives readings that only grow, and learns from those of others."""

    def __init__(self, last: int = 0) -> None:
        self._last = last

    @property
    def last(self) -> int:
        """The greatest reading given or seen."""
        return self._last

    def tick(self, now_ms: int) -> int:
        """Return a reading greater than every one given or seen before."""
        self._last = max(hlc_from_ms(now_ms), self._last + 1)
        return self._last

    def advance(self, hlc: int) -> None:
        """Never again give a reading up to `hlc`: for readings that were checked before, and for our own disk's."""
        self._last = max(self._last, hlc)

    def see(self, hlc: int, now_ms: int) -> None:
        """Take note of a peer's reading. Raises ClockTooFarAhead, and then remembers nothing."""
        ahead_ms = ms_from_hlc(hlc) - now_ms
        if ahead_ms > MAX_AHEAD_MS:
            raise ClockTooFarAhead(ahead_ms)
        self._last = max(self._last, hlc)
