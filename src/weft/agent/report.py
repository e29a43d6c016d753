"""The way back: what the API may say about this node's ports.

A port is ACTIVE when the kernel holds its plan, its device carries our programs and its door is open; else it
is DOWN, with the reason.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from weft.agent.kernel import Outcome
from weft.model import BoundPort, PortId
from weft.plan import NodePlan

Report = dict[str, Any]  # {"status": "ACTIVE" | "DOWN", "reason": str, "at_ms": int, "hlc": of the record it is about}


def port_key(port_id: str) -> str:
    """Return the runtime key of a port's report."""
    return f"port.{port_id}"


def status_of(bound: BoundPort, plan: NodePlan, outcome: Outcome) -> tuple[str, str]:
    """Return a local port's status and, where it is DOWN, why."""
    entry = plan.ports.get(bound.device)
    if entry is None or entry.port_id != bound.port.id:
        return "DOWN", f"device name {bound.device} belongs to an older port"
    if bound.device in outcome.failed:
        return "DOWN", outcome.failed[bound.device]
    if bound.device not in outcome.attached:
        return "DOWN", f"device {bound.device} does not exist on {bound.node_id}"
    if not entry.enabled:
        return "DOWN", "the port or its network is administratively down or faulty"
    return "ACTIVE", ""


class Reports:
    """What was last said of each port, so that only news is sent."""

    def __init__(self) -> None:
        self._said: dict[PortId, tuple[str, str, int]] = {}

    def news(
        self, ports: Iterable[BoundPort], plan: NodePlan, outcome: Outcome, hlcs: Mapping[PortId, int], at_ms: int
    ) -> dict[str, Report | None]:
        """Return the reports to send, by runtime key; None forgets one."""
        found = {bound.port.id: (*status_of(bound, plan, outcome), hlcs.get(bound.port.id, 0)) for bound in ports}
        news: dict[str, Report | None] = {port_key(gone): None for gone in self._said.keys() - found.keys()}
        for port_id, said in found.items():
            if self._said.get(port_id) != said:
                status, reason, hlc = said
                news[port_key(port_id)] = {"status": status, "reason": reason, "at_ms": at_ms, "hlc": hlc}
        self._said = found
        return news
