"""A process that keeps one node's kernel equal to its plan, again and again, until it is killed.

`python -m tests.dataplane.keeper NODE`, inside the node's namespace. Between two resyncs an extra workload
comes and goes, so that a kill hits writes and deletes too.
"""

import sys

from tests.dataplane.fabric import PIN_ROOT, WORKLOADS, plan_for, workload
from weft.dataplane import Kernel


def main(node: str) -> None:
    """Reconcile for ever."""
    kernel = Kernel(PIN_ROOT / node, "ul")
    guests = [workload(number, other) for number in range(100, 200) for other in ("n1", "n2")]
    plans = [plan_for(node, WORKLOADS), plan_for(node, WORKLOADS + guests)]
    print("kept", flush=True)
    while True:
        for plan in plans:
            kernel.reconcile(plan, resync=True)


if __name__ == "__main__":
    main(sys.argv[1])
