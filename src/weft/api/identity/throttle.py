"""Failed logins, counted: after too many, an account is closed to that client for a while.

Counted per (account, client address), so a stranger cannot lock the owner out, and per client address alone,
so one client cannot try many accounts. Sans-I/O: callers pass `now`, in seconds.
"""

from collections import OrderedDict

from starlette.requests import Request

from weft.model import Denied

WINDOW_S = 60.0
PER_ACCOUNT_MAX = 10
PER_CLIENT_MAX = 50
REMEMBERED_MAX = 10_000  # keys; the longest untouched go first


def client_of(request: Request) -> str:
    """Return the address that failures are counted by."""
    return request.client.host if request.client else ""


class Throttled(Denied):
    """Too many wrong passwords; the right one is not looked at either for a while."""

    code = "throttled"

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"Too many failed logins; try again in {retry_after_s:.0f} seconds.")


class FailedLogins:
    """How often someone failed lately."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, account: str, client: str, now: float) -> None:
        """Raises Throttled if this client must wait before it may try this account."""
        wait_s = max(
            self._wait_s((account, client), PER_ACCOUNT_MAX, now),
            self._wait_s(("", client), PER_CLIENT_MAX, now),
        )
        if wait_s > 0:
            raise Throttled(wait_s)

    def failed(self, account: str, client: str, now: float) -> None:
        """Take note of a wrong password."""
        for key, limit in (((account, client), PER_ACCOUNT_MAX), (("", client), PER_CLIENT_MAX)):
            times = self._failures.setdefault(key, [])
            times.append(now)
            del times[:-limit]
            self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, account: str, client: str) -> None:
        """Forget this account's failures from this client."""
        self._failures.pop((account, client), None)

    def _wait_s(self, key: tuple[str, str], limit: int, now: float) -> float:
        times = self._failures.get(key, ())
        if len(times) < limit:
            return 0.0
        return max(0.0, times[-limit] + WINDOW_S - now)
