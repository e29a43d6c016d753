"""asyncio without waiting: when every task sleeps, time jumps to the next wake-up.

Real coroutines (`execute`, timeouts, queues) run unchanged and deterministically, an hour in a blink. No sockets,
threads or processes in here: nobody would wait for them.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Standstill(Exception):
    """Every task waits for another: nothing will ever happen again."""


class _NoSelector(selectors.DefaultSelector):
    """Moves the clock instead of waiting for sockets."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Standstill
        self.loop.now_s += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock is a number."""

    def __init__(self) -> None:
        self.now_s = 0.0
        selector = _NoSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Return virtual seconds since the start."""
        return self.now_s


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
