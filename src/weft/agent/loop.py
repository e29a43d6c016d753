"""Keeps this node's kernel equal to the newest intent we have seen.

Level-triggered: whatever wakes it (a change, a device that came or went, a timer), it looks at the newest
state and does what that calls for. The first change is acted on at once; what arrives while the kernel is
being written (in a thread) is taken together in the next round, so a burst costs few rounds and a single
change no wait.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import structlog

from weft.agent.brain import Brain
from weft.agent.kernel import DataPlane
from weft.agent.report import Report
from weft.dataplane import Outcome
from weft.model import Unavailable
from weft.store.protocol import Change, Store

RESYNC_S = 30.0  # look at the kernel even if nothing was heard: events can be lost
IDLE_PAUSE_S = 0.01  # while rounds write nothing: changes elsewhere come by the thousand, and are taken together
RETRY_S = 0.5  # after a round in which something could not be written; doubles up to RESYNC_S
UNSYNCED_POLL_S = 0.02  # until the first full read of the store is done
REPORTS_AT_ONCE = 64

log = structlog.get_logger()


class AgentLoop:
    """One node's agent. `run` ends only by cancellation or by an error nobody expected."""

    def __init__(
        self, brain: Brain, store: Store, kernel: DataPlane, device_events: AsyncIterator[object] | None = None
    ) -> None:
        self.brain = brain
        self.ready = asyncio.Event()  # the first plan has been programmed
        self._store = store
        self._kernel = kernel
        self._device_events = device_events
        self._wake = asyncio.Event()
        self._is_idle = False  # the last round wrote nothing
        self._failure = ""

    async def run(self) -> None:
        """Absorb, compile, reconcile, report; for ever."""
        # Before the first full read, absent does not mean unwanted: look, touch nothing.
        while not self._store.in_sync:  # noqa: ASYNC110  # the store says whether, not when
            await asyncio.sleep(UNSYNCED_POLL_S)
        changes = self._store.changes()
        first = await anext(
            changes
        )  # holds everything: seconds of work with 50,000 ports, and the API is asked meanwhile
        await asyncio.to_thread(self.brain.absorb, first)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._absorb(changes), name="absorb")
            if self._device_events is not None:
                tasks.create_task(self._watch_devices(self._device_events), name="devices")
            tasks.create_task(self._reconcile(), name="reconcile")

    async def _absorb(self, changes: AsyncIterator[list[Change]]) -> None:
        async for batch in changes:
            if self.brain.absorb(batch):
                self._wake.set()
            if self._is_idle:
                await asyncio.sleep(IDLE_PAUSE_S)

    async def _watch_devices(self, events: AsyncIterator[object]) -> None:
        async for _ in events:
            self._wake.set()

    async def _reconcile(self) -> None:
        retry_s = RETRY_S
        resync = True
        while True:
            self._wake.clear()
            healthy, self._is_idle = await self._round(resync=resync)
            if self._is_idle and healthy:
                await asyncio.sleep(IDLE_PAUSE_S)
            retry_s = RETRY_S if healthy else min(2 * retry_s, RESYNC_S)
            try:
                async with asyncio.timeout(RESYNC_S if healthy else retry_s):
                    await self._wake.wait()
                resync = False
            except TimeoutError:
                resync = True

    async def _round(self, *, resync: bool) -> tuple[bool, bool]:
        """Bring the kernel to the newest plan; return whether it took all of it, and whether it had all of it."""
        plan = self.brain.plan()
        try:
            outcome = await asyncio.to_thread(self._kernel.reconcile, plan, resync=resync, step=self.brain.step)
        except (OSError, Unavailable) as err:
            self._complain(plan.revision, str(err))
            return False, False
        self.ready.set()
        await self._send(self.brain.done(plan, outcome, time.time_ns() // 1_000_000))
        self._tell(outcome)
        return not outcome.faults, not (outcome.writes or outcome.deletes)

    async def _send(self, reports: Mapping[str, Report | None]) -> None:
        pending = list(reports.items())
        for start in range(0, len(pending), REPORTS_AT_ONCE):
            batch = pending[start : start + REPORTS_AT_ONCE]
            await asyncio.gather(*(self._store.runtime.report(key, report) for key, report in batch))

    def _tell(self, outcome: Outcome) -> None:
        self._complain(outcome.revision, "; ".join(f"{fault.subject}: {fault.reason}" for fault in outcome.faults))
        if outcome.writes or outcome.deletes:
            log.info(
                "plan applied",
                revision=outcome.revision,
                writes=outcome.writes,
                deletes=outcome.deletes,
                took_ms=round(outcome.took_ms, 1),
            )

    def _complain(self, revision: int, why: str) -> None:
        """Log a failure when it is new: a retry every second must not fill the log."""
        if why and why != self._failure:
            log.error("the kernel does not hold all of the plan", revision=revision, error=why)
        self._failure = why
