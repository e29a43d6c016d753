"""What an operator should look at, the newest of each kind: bounded, whatever goes wrong how often."""

import time
from collections.abc import Callable, Collection

import structlog

from weft.store.protocol import Alert

log = structlog.get_logger()

ALERTS_MAX = 64
LOG_EVERY_S = 1.0  # per code: a hostile peer must not fill the disk with our own log


class Alerts:
    """Counts by code and remembers the newest message of each."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._alerts: dict[str, Alert] = {}
        self._logged_s: dict[str, float] = {}

    def __call__(self, code: str, message: str) -> None:
        """Raise an alert."""
        earlier = self._alerts.pop(code, None)
        count = earlier.count + 1 if earlier else 1
        self._alerts[code] = Alert(code, message[:500], self._now_ms(), count)
        if len(self._alerts) > ALERTS_MAX:
            del self._alerts[next(iter(self._alerts))]
        now_s = time.monotonic()
        if now_s - self._logged_s.get(code, 0.0) >= LOG_EVERY_S:
            self._logged_s[code] = now_s
            log.warning("alert", code=code, message=message[:500], count=count)

    def clear(self, code: str) -> None:
        """The cause is gone."""
        self._alerts.pop(code, None)

    def all(self) -> Collection[Alert]:
        """Return the alerts, oldest first."""
        return tuple(self._alerts.values())
