"""What the agent asks of a data plane: hold this plan, say what became of it. `weft.dataplane.Kernel` does."""

from typing import Protocol

from weft.dataplane import Drops, Outcome, PortState
from weft.plan import NodePlan, PlanStep


class DataPlane(Protocol):
    """Blocking; may be called from any thread."""

    def reconcile(self, plan: NodePlan, *, resync: bool = False, step: PlanStep | None = None) -> Outcome: ...
    def drops(self) -> Drops: ...
    def close(self) -> None: ...  # let go of what this process holds; forwarding goes on


class NoKernel:
    """Stands in where `dataplane.enabled = false`: plans are made and can be shown, nothing is programmed."""

    def reconcile(self, plan: NodePlan, *, resync: bool = False, step: PlanStep | None = None) -> Outcome:
        """Return that no port is served here."""
        down = PortState("DOWN", "this node has no data plane (dataplane.enabled = false)")
        ports = {entry.port_id: down for entry in plan.ports.values()}
        return Outcome(plan.revision, ports, faults=(), writes=0, deletes=0, took_ms=0.0)

    def drops(self) -> Drops:
        """Return no drops."""
        return Drops({}, {})

    def close(self) -> None:
        """Nothing is held."""
