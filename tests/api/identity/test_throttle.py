"""Failed logins: who must wait, who need not, and what is remembered at most."""

import pytest

from weft.api.identity.throttle import (
    PER_ACCOUNT_MAX,
    PER_CLIENT_MAX,
    REMEMBERED_MAX,
    WINDOW_S,
    FailedLogins,
    Throttled,
)


def fail(failures, times, account="ann", client="10.0.0.1", now=0.0):
    for _ in range(times):
        failures.failed(account, client, now)


@pytest.mark.parametrize(
    ("why", "failed", "account", "client", "now", "waits"),
    [
        ("one short of the limit", PER_ACCOUNT_MAX - 1, "ann", "10.0.0.1", 0, False),
        ("the limit", PER_ACCOUNT_MAX, "ann", "10.0.0.1", 0, True),
        ("the owner, from elsewhere", PER_ACCOUNT_MAX, "ann", "10.0.0.2", 0, False),
        ("another account of that client", PER_ACCOUNT_MAX, "bob", "10.0.0.1", 0, False),
        ("just before the window ends", PER_ACCOUNT_MAX, "ann", "10.0.0.1", WINDOW_S - 0.1, True),
        ("when it has", PER_ACCOUNT_MAX, "ann", "10.0.0.1", WINDOW_S, False),
    ],
)
def test_who_waits(why, failed, account, client, now, waits):
    failures = FailedLogins()
    fail(failures, failed)
    if waits:
        with pytest.raises(Throttled):
            failures.check(account, client, now)
    else:
        failures.check(account, client, now)


def test_a_client_that_tries_many_accounts_waits_for_all():
    failures = FailedLogins()
    for n in range(PER_CLIENT_MAX):
        fail(failures, 1, account=f"user{n}")
    with pytest.raises(Throttled):
        failures.check("somebody new", "10.0.0.1", 1.0)


def test_success_forgives():
    failures = FailedLogins()
    fail(failures, PER_ACCOUNT_MAX - 1)
    failures.succeeded("ann", "10.0.0.1")
    fail(failures, 1)
    failures.check("ann", "10.0.0.1", 0)


def test_memory_is_bounded():
    failures = FailedLogins()
    for n in range(REMEMBERED_MAX + 500):
        failures.failed(f"user{n}", f"client{n}", 0.0)
    assert len(failures._failures) <= REMEMBERED_MAX
