"""What becomes of a packet, as a value."""

from typing import NamedTuple

import msgspec

UNDERLAY = ""  # stands for the underlay device where a workload's device would stand


class Packet(NamedTuple):
    """A frame on its way out. To the underlay it has no outer MACs yet: those are the next hop's business."""

    device: str
    frame: bytes


class Result(msgspec.Struct, frozen=True):
    """The verdict and everything sent. `reason` is set if and only if the packet was dropped for one."""

    verdict: str  # "forwarded", "answered", "flooded", "dropped", or "passed" (the host's, not ours)
    packets: tuple[Packet, ...] = ()
    reason: str | None = None


class Dropped(Exception):
    """Raised where a packet's way ends; `reason` is the name of its counter."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def require(holds: bool, reason: str) -> None:
    """Drop the packet unless the condition holds."""
    if not holds:
        raise Dropped(reason)
