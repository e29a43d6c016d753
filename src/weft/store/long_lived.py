"""Keeps Python's cycle collector away from the merged state.

Records hold no cycles and live long, but the collector looks at each of their millions of parts again and
again: a quarter of the time a backlog takes, and pauses of half a second with 100,000 ports. So what has come
in is moved out of its sight (`gc.freeze`) every so often. A cycle that happens to be garbage at that moment
stays for good: a few KB per thousand records at worst.
"""

import gc

FREEZE_EVERY = 1000  # records taken in; some 30,000 objects
YOUNG_MAX = 10_000  # objects made before the collector looks: 0.5 ms each time


class LongLived:
    """Counts what came in and freezes in time."""

    def __init__(self) -> None:
        self._count = 0
        gc.set_threshold(YOUNG_MAX, *gc.get_threshold()[1:])

    def note(self, count: int) -> None:
        """Take note that `count` records came to stay."""
        self._count += count
        if self._count >= FREEZE_EVERY:
            self._count = 0
            gc.collect(0)
            gc.freeze()
