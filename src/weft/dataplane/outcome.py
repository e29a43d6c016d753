"""What a reconcile came to: the narrow report from which a port becomes ACTIVE or DOWN."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from weft.model import PortId
from weft.plan import Fault


class PortState(msgspec.Struct, frozen=True):
    """Whether a port's traffic flows, and if not why."""

    status: Literal["ACTIVE", "DOWN"]
    reason: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """One reconcile. `faults` wait for retry, dirty, while the rest proceeds."""

    revision: int
    ports: Mapping[PortId, PortState]
    faults: tuple[Fault, ...]
    writes: int
    deletes: int
    took_ms: float
    waiting: int = 0  # parts of the plan that could not be written, each named in `faults`


class Drops(msgspec.Struct, frozen=True):
    """Packets dropped since the maps were made, by reason; reasons that never happened are left out."""

    node: Mapping[str, int]
    ports: Mapping[PortId, Mapping[str, int]]
