"""A disk that ran full under the site's log: noticed, said in one line, and got over when there is room again.

nats-server answers nothing once a write has failed, and goes on so when space returns: it must be restarted
then (measured with 2.15).
"""

import asyncio
import shutil

import structlog

from weft.store.alerts import Alerts
from weft.store.bell import Bell
from weft.store.nats.server import NatsServer

log = structlog.get_logger()

ROOM_BYTES = 32 << 20  # enough for a restart and some thousand writes
LOOK_EVERY_S = 1.0


class FullDisk:
    """Watches one server. `on_silence` tells that it did not answer a write."""

    def __init__(self, server: NatsServer, alerts: Alerts) -> None:
        self._server, self._alerts = server, alerts
        self._silent = Bell()

    def on_silence(self) -> str | None:
        """A write was not answered; returns why, if it is a full disk."""
        if not self._server.cannot_write():
            return None
        self._silent.ring()
        return f"the disk of {self._server.directory} is full: free {ROOM_BYTES >> 20} MB there"

    async def run(self) -> None:
        """Restart the server when there is room again, until cancelled."""
        while True:
            await self._silent.wait()
            why = f"the disk of {self._server.directory} is full, this site accepts no writes: free space there"
            self._alerts("disk_full", why)
            while shutil.disk_usage(self._server.directory).free < ROOM_BYTES:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(LOOK_EVERY_S)
            log.info("there is room on the disk again; restarting the log's server")
            await self._server.restart()
            self._alerts.clear("disk_full")
