"""The way back: what the API may say about this node's ports.

The data plane says what it programmed; a port it does not know is DOWN.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from weft.dataplane import Outcome, PortState
from weft.model import BoundPort, PortId

Report = dict[str, Any]  # {"status": "ACTIVE" | "DOWN", "reason": str, "at_ms": int, "hlc": of the record it is about}


def port_key(port_id: str) -> str:
    """Return the runtime key of a port's report."""
    return f"port.{port_id}"


def status_of(bound: BoundPort, outcome: Outcome) -> PortState:
    """Return a local port's status and, where it is DOWN, why."""
    taken = PortState("DOWN", f"the device name {bound.device} belongs to an older port")
    return outcome.ports.get(bound.port.id, taken)


class Reports:
    """What was last said of each port, so that only news is sent."""

    def __init__(self) -> None:
        self._said: dict[PortId, tuple[PortState, int]] = {}

    def news(
        self, ports: Iterable[BoundPort], outcome: Outcome, hlcs: Mapping[PortId, int], at_ms: int
    ) -> dict[str, Report | None]:
        """Return the reports to send, by runtime key; None forgets one."""
        found = {bound.port.id: (status_of(bound, outcome), hlcs.get(bound.port.id, 0)) for bound in ports}
        news: dict[str, Report | None] = {port_key(gone): None for gone in self._said.keys() - found.keys()}
        for port_id, said in found.items():
            if self._said.get(port_id) != said:
                state, hlc = said
                news[port_key(port_id)] = {
                    "status": state.status,
                    "reason": state.reason,
                    "at_ms": at_ms,
                    "hlc": hlc,
                }
        self._said = found
        return news
