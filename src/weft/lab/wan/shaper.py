"""Delay, loss and rate of every shaped pair; sans-I/O: packets and `now` in, packets that are due out."""

import heapq
from collections.abc import Callable, Mapping

from weft.lab.wan.shapes import Shape

BACKLOG_S = 0.125  # a pair with a rate queues this much and drops the rest, as a router's buffer would
SOURCE_SITE, TARGET_SITE = 14, 18  # the bytes of an IPv4 header that hold the two site numbers: 198.19.<site>.<node>

Direction = tuple[int, int]  # source and target site numbers


class Line:
    """One direction of a shaped pair."""

    __slots__ = ("delay_s", "free_at", "loss", "seconds_per_byte")

    def __init__(self, shape: Shape) -> None:
        self.delay_s = shape.delay_ms / 1e3
        self.loss = shape.loss_pct / 100
        self.seconds_per_byte = 8 / (shape.rate_mbit * 1e6) if shape.rate_mbit else 0.0
        self.free_at = 0.0  # when the last byte accepted so far has left


class Shaper:
    """Holds packets of all pairs until they are due; keeps the order within a pair. Holds no clock."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._lines: dict[Direction, Line] = {}
        self._held: list[tuple[float, int, bytes]] = []
        self._count = 0

    def set_shapes(self, shapes: Mapping[Direction, Shape]) -> None:
        """Shape these directions from now on, and no others; packets already held keep their time."""
        self._lines = {direction: Line(shape) for direction, shape in shapes.items()}

    def offer(self, packet: bytes, now: float) -> None:
        """Take an IPv4 packet in: it is lost, or `take` gives it when it is due. Costs about 1 µs."""
        line = self._lines.get((packet[SOURCE_SITE], packet[TARGET_SITE]))
        if line is None:  # its pair was unshaped while it was on the way: pass it on at once
            due = now
        else:
            if line.loss and self._random() < line.loss:
                return
            due = now + line.delay_s
            if line.seconds_per_byte:
                start = max(line.free_at, now)
                if start - now > BACKLOG_S:
                    return
                line.free_at = start + len(packet) * line.seconds_per_byte
                due = line.free_at + line.delay_s
        self._count += 1  # orders packets that are due at the same moment, and keeps heapq from comparing bytes
        heapq.heappush(self._held, (due, self._count, packet))

    def take(self, now: float, most: int) -> list[bytes]:
        """Return up to `most` packets that are due, oldest first."""
        held = self._held
        packets: list[bytes] = []
        while held and held[0][0] <= now and len(packets) < most:
            packets.append(heapq.heappop(held)[2])
        return packets

    def next_due(self) -> float | None:
        """When `take` will have something; None while nothing is held."""
        return self._held[0][0] if self._held else None

    def __len__(self) -> int:
        return len(self._held)
