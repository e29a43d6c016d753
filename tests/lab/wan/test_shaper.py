"""Delay, loss, rate and order, without a clock or a packet socket."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.lab.wan.shaper import BACKLOG_S, Shaper
from weft.lab.wan.shapes import Shape


def packet(source: int, target: int, size: int = 100, mark: int = 0) -> bytes:
    head = bytearray(20)
    head[0], head[14], head[18] = 0x45, source, target
    return bytes(head) + mark.to_bytes(4, "big") + bytes(size - 24)


def shaper(shapes: dict[tuple[int, int], Shape], seed: int = 1) -> Shaper:
    made = Shaper(random.Random(seed).random)
    made.set_shapes(shapes)
    return made


def test_a_packet_is_due_after_its_pairs_delay():
    line = shaper({(1, 2): Shape(delay_ms=20), (2, 1): Shape(delay_ms=5)})
    line.offer(packet(1, 2), now=100.0)
    line.offer(packet(2, 1), now=100.0)
    assert line.next_due() == pytest.approx(100.005)
    assert line.take(100.004, 9) == []
    assert line.take(100.006, 9) == [packet(2, 1)]
    assert line.take(100.021, 9) == [packet(1, 2)]
    assert line.next_due() is None


def test_a_rate_spaces_packets_and_drops_what_would_queue_too_long():
    line = shaper({(1, 2): Shape(rate_mbit=1)})  # 1250 bytes take 10 ms
    for _ in range(100):
        line.offer(packet(1, 2, size=1250), now=0.0)
    assert len(line) == pytest.approx(BACKLOG_S / 0.010 + 1, abs=1)
    assert len(line.take(0.0501, 99)) == 5


def test_loss_is_about_what_was_asked():
    line = shaper({(1, 2): Shape(loss_pct=10)})
    for _ in range(5000):
        line.offer(packet(1, 2), now=0.0)
    assert 4350 < len(line) < 4650


def test_a_pair_unshaped_meanwhile_passes_at_once():
    line = shaper({})
    line.offer(packet(1, 2), now=7.0)
    assert line.take(7.0, 9) == [packet(1, 2)]


@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.floats(0, 0.05)), max_size=60), st.floats(0, 50), st.floats(0, 50)
)
def test_order_within_a_pair_is_kept_and_nothing_is_lost(arrivals, delay_ms, other_delay_ms):
    line = shaper(
        {(1, 9): Shape(delay_ms=delay_ms), (2, 9): Shape(delay_ms=other_delay_ms), (3, 9): Shape(rate_mbit=100)}
    )
    now = 0.0
    for mark, (source, gap_s) in enumerate(arrivals):
        now += gap_s
        line.offer(packet(source, 9, mark=mark), now)
    out = line.take(now + 10, 10_000)
    assert len(out) == len(arrivals)
    for source in (1, 2, 3):
        marks = [int.from_bytes(each[20:24], "big") for each in out if each[14] == source]
        assert marks == sorted(marks)
