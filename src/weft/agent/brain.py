"""What the agent knows and decides, without clock, kernel or store: changes in, plans and reports out.

`loop.py` does the waiting and the acting around it; tests drive it directly.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from weft.agent.history import PlanHistory
from weft.agent.intent import View
from weft.agent.programmed import Programmed
from weft.agent.report import Report, Reports
from weft.compiler import Compiler
from weft.dataplane import Outcome
from weft.model import BoundPort, Intent, IntentChange, NodeId, PortId
from weft.plan import Fault, NodePlan, PlanStep
from weft.store.protocol import Change
from weft.store.records import Record


class Brain:
    """The pure part of one node's agent."""

    def __init__(self, node_id: NodeId) -> None:
        self.node_id = node_id
        self.history = PlanHistory()
        self.programmed = Programmed()
        self.applied: Outcome | None = None
        self.step: PlanStep | None = None  # from the plan before to the newest
        self._view = View(node_id)
        self._compiler = Compiler(node_id)
        self._reports = Reports()
        self._hlcs: dict[PortId, int] = {}  # of the records of the ports bound here

    def absorb(self, changes: Sequence[Change]) -> bool:
        """Take in a batch; return whether the plan may be another now."""
        change = self._view.absorb(changes)
        if change is None:
            return False
        before = self._compiler.local_networks()
        self._compiler.absorb(change)
        self._take_note(changes, change, before | self._compiler.local_networks())
        return True

    def intent(self) -> Intent:
        """Return all that was absorbed."""
        return self._compiler.intent()

    def bound_here(self) -> Iterable[BoundPort]:
        """Return the ports this node is asked to host."""
        return self._compiler.bound_here()

    def plan(self) -> NodePlan:
        """Return the newest plan, and remember it."""
        plan = self._compiler.plan()
        unusable = self._view.faults(self._compiler.local_networks())
        if unusable:
            plan = msgspec.structs.replace(plan, faults=plan.faults | unusable)
        newest = self.history.newest
        if newest is None or (newest.revision, newest.faults) != (plan.revision, plan.faults):
            touched = self._compiler.take_touched()
            self.step = PlanStep(newest.revision, touched) if newest else None
            self.history.add(plan, touched)
        return plan

    def done(self, plan: NodePlan, outcome: Outcome, at_ms: int) -> Mapping[str, Report | None]:
        """Take note that the kernel was brought to `plan`; return the reports to send."""
        self.applied = outcome
        if not outcome.waiting:
            self.programmed.applied(plan.revision, at_ms)
        return self._reports.news(self._compiler.bound_here(), outcome, self._hlcs, at_ms)

    def faults(self) -> frozenset[Fault]:
        """Return every gap that closes a door here now: in the intent, and in what the kernel took."""
        newest, applied = self.history.newest, self.applied
        return (newest.faults if newest else frozenset()) | frozenset(applied.faults if applied else ())

    def _take_note(self, changes: Sequence[Change], change: IntentChange, local: frozenset[str]) -> None:
        """Remember which writes concern this node, for receipts and reports."""
        for each in changes:
            newest = _newest_hlc(each)
            if each.key.kind == "port":
                bound = change.ports.get(PortId(each.key.id))
                if bound and bound.node_id == self.node_id:
                    self._hlcs[bound.port.id] = newest
                else:
                    self._hlcs.pop(PortId(each.key.id), None)
            if _networks_of(each) & local:
                self.programmed.saw(each.key, newest, change.revision)


def _networks_of(change: Change) -> set[str]:
    """Return the networks a change is about."""
    if change.key.kind == "network":
        return {change.key.id}
    found = {record.get("network_id") for record in (change.before, change.after) if record}
    return {network_id for network_id in found if isinstance(network_id, str)}


def _newest_hlc(change: Change) -> int:
    record: Record | None = change.after or change.before
    return record.newest.hlc if record and record.fields else 0
