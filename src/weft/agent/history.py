"""The last plans of this node, kept as steps back from the newest one: what changed at 14:03?"""

from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from weft.plan import TABLES, NodePlan

REMEMBERED = 64


class StepBack(msgspec.Struct, frozen=True):
    """What turns a plan into the one before it."""

    before: NodePlan  # its scalar fields only: the tables are empty
    tables: Mapping[str, Mapping[Any, Any]]  # key → older entry, None if there was none


class PlanHistory:
    """Bounded. Adding a plan costs a look at the keys that were touched, or at all if nobody says which."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._steps: deque[StepBack] = deque(maxlen=limit - 1)  # newest first
        self.newest: NodePlan | None = None

    def add(self, plan: NodePlan, touched: Mapping[str, Collection[Any]] | None = None) -> int:
        """Remember `plan` as the newest; return how many entries differ from the one before.

        A plan that differs in its revision only takes the place of the one before: most of a fabric's changes
        are about networks that are not here.
        """
        previous, self.newest = self.newest, plan
        if previous is None:
            return sum(len(getattr(plan, table)) for table in TABLES)
        tables = {}
        for table in TABLES:
            old, new = getattr(previous, table), getattr(plan, table)
            keys = {*old, *new} if touched is None else touched.get(table, ())
            tables[table] = {key: old.get(key) for key in keys if old.get(key) != new.get(key)}
        if not any(tables.values()) and (previous.tunnel_ip, previous.faults) == (plan.tunnel_ip, plan.faults):
            return 0
        empty: dict[str, Any] = {table: {} for table in TABLES}
        self._steps.appendleft(StepBack(msgspec.structs.replace(previous, **empty), tables))
        return sum(map(len, tables.values()))

    def revisions(self) -> list[int]:
        """Return the revisions that can be asked for, oldest first."""
        newest = [self.newest.revision] if self.newest else []
        return [step.before.revision for step in reversed(self._steps)] + newest

    def plan(self, revision: int | None = None) -> NodePlan | None:
        """Return the plan of `revision` (None: the newest), or None if it is forgotten."""
        plan = self.newest
        if plan is None or revision is None or plan.revision == revision:
            return plan
        tables = {table: dict(getattr(plan, table)) for table in TABLES}
        for step in self._steps:
            for name, older in step.tables.items():
                for key, entry in older.items():
                    if entry is None:
                        del tables[name][key]
                    else:
                        tables[name][key] = entry
            if step.before.revision == revision:
                changed: dict[str, Any] = dict(tables)
                return msgspec.structs.replace(step.before, **changed)
        return None
