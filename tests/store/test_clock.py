"""The hybrid clock: readings only grow, follow the wall clock, and do not follow a mad one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.store.clock import MAX_AHEAD_MS, ClockTooFarAhead, HybridClock, hlc_from_ms, ms_from_hlc

_events = st.lists(st.tuples(st.sampled_from(["tick", "see"]), st.integers(0, 10**6), st.integers(-(10**5), 10**5)))


@given(_events)
def test_readings_only_grow_whatever_clocks_and_peers_do(events):
    clock, last = HybridClock(), 0
    for what, now_ms, ahead_ms in events:
        if what == "tick":
            reading = clock.tick(now_ms)
            assert reading > last
            assert ms_from_hlc(reading) >= now_ms
            last = reading
        elif ahead_ms > MAX_AHEAD_MS:
            with pytest.raises(ClockTooFarAhead):
                clock.see(hlc_from_ms(now_ms + ahead_ms), now_ms)
        else:
            heard = hlc_from_ms(max(now_ms + ahead_ms, 0))
            clock.see(heard, now_ms)
            last = max(last, heard)
        assert clock.last == last


def test_more_than_65536_readings_in_a_millisecond_run_ahead_of_it():
    clock = HybridClock()
    readings = [clock.tick(5) for _ in range(70_000)]
    assert len(set(readings)) == 70_000
    assert ms_from_hlc(readings[-1]) == 6
