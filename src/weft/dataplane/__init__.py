"""Plan to kernel: bpf(2), netlink, reconcile; `reference/` is the executable specification."""

from weft.dataplane.devices import DeviceWatch
from weft.dataplane.kernel import Kernel, sweep
from weft.dataplane.outcome import Drops, Outcome, PortState

__all__ = ["DeviceWatch", "Drops", "Kernel", "Outcome", "PortState", "sweep"]
