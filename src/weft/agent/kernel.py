"""What the agent asks of a data plane: hold this plan, say what became of it. `weft.dataplane` is the real one."""

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from weft.model import Unavailable
from weft.plan import NodePlan


class KernelFailed(Unavailable):
    """The kernel refused something that the whole round needs; it is tried again."""

    code = "kernel_failed"


class Outcome(msgspec.Struct, frozen=True):
    """What one reconcile did."""

    revision: int  # of the plan that the kernel holds now
    attached: frozenset[str] = frozenset()  # devices that exist and carry our programs
    failed: Mapping[str, str] = {}  # what could not be written (device, table…) → why; tried again later
    writes: int = 0
    deletes: int = 0


class DropCounter(msgspec.Struct, frozen=True):
    """Packets dropped for one reason. `device` is "" where the data plane counts per node only."""

    reason: str
    packets: int
    bytes: int = 0
    device: str = ""


class Kernel(Protocol):
    """Blocking; called from one thread at a time."""

    def reconcile(self, plan: NodePlan) -> Outcome: ...
    def drops(self) -> Collection[DropCounter]: ...
    def close(self) -> None: ...  # let go of what this process holds; forwarding goes on


class NoKernel:
    """Stands in where `dataplane.enabled = false`: plans are made and can be shown, nothing is programmed."""

    def reconcile(self, plan: NodePlan) -> Outcome:
        return Outcome(plan.revision)

    def drops(self) -> Collection[DropCounter]:
        return ()

    def close(self) -> None:
        pass
