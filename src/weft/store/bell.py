"""Wakes every coroutine that waits for "something changed", without polling."""

import asyncio
from collections.abc import Callable


class Bell:
    """`ring` wakes all who wait; waiters look at the newest state themselves, so rings may merge."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all who wait now."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self) -> None:
        """Return at the next ring."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when `condition()` holds; it is looked at now and after every ring."""
        while not condition():
            await self.wait()
