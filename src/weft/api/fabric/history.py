"""What happened: how far a write has come, and what was applied here."""

import asyncio
import time

from weft.api.fabric.operation import Asked, BadQuery, Operation, Query
from weft.api.fabric.views import hidden
from weft.model import NotFound
from weft.store.protocol import JournalEntry, ReceiptStatus, State
from weft.store.records import DELETED
from weft.store.recovery import site_of
from weft.wire.fabric import Journal, JournalView, ReceiptView

FIRST_LOOK_S = 0.01
LAST_LOOK_S = 0.25  # looks double their distance up to this
WAIT_S_MAX = 60.0


class NoSuchReceipt(NotFound):
    """Nobody remembers it, or it is about another project's things."""

    code = "receipt_not_found"

    def __init__(self, id: str) -> None:
        super().__init__(f"no receipt {id}")


async def receipt(asked: Asked) -> ReceiptView:
    """Say how far a write has come, or with `until` wait for it; answers what is true when the time is up."""
    until, id = asked.text("until"), asked.part("receipt")
    if until not in (None, "stored", "programmed"):
        raise BadQuery(f"until is {until!r}, must be stored or programmed")
    deadline = time.monotonic() + asked.seconds("timeout", 10.0, most=WAIT_S_MAX)
    pause_s = FIRST_LOOK_S
    while True:
        status = await asked.store.receipt(id)
        if not asked.is_admin and not _is_of(asked, status, asked.store.state):
            raise NoSuchReceipt(id)
        done = {None: True, "stored": status.is_stored, "programmed": status.is_programmed}[until]
        if done or time.monotonic() + pause_s > deadline:
            return _receipt_view(status)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LAST_LOOK_S)


async def journal(asked: Asked) -> Journal:
    """List the changes applied by the process that answers, newest first."""
    limit = asked.number("limit", 100, most=10_000)
    entries = asked.store.journal(kind=asked.text("kind"), id=asked.text("id"), limit=limit)
    return Journal([_journal_view(entry) for entry in entries])


def _is_of(asked: Asked, status: ReceiptStatus, state: State) -> bool:
    """Whether a write is about things of the caller's project."""
    assert asked.caller is not None
    records = [state.raw(key) for key in status.keys]
    owners = {record.get("project_id") for record in records if record is not None}
    return asked.caller.project_id in owners - {None}


def _receipt_view(status: ReceiptStatus) -> ReceiptView:
    return ReceiptView(
        id=status.id,
        site=status.site,
        at_ms=status.at_ms,
        keys=[str(key) for key in status.keys],
        stored=dict(sorted(status.stored.items())),
        programmed=dict(sorted(status.programmed.items())),
        is_stored=status.is_stored,
        is_programmed=status.is_programmed,
    )


def _journal_view(entry: JournalEntry) -> JournalView:
    before, after = entry.before or {}, entry.after or {}
    changed = {
        field: [hidden(field, before.get(field)), hidden(field, after.get(field))]
        for field in sorted(before.keys() | after.keys())
        if before.get(field) != after.get(field) and field != DELETED
    }
    return JournalView(
        number=entry.number,
        at_ms=entry.at_ms,
        key=str(entry.key),
        site=site_of(entry.site),
        actor=entry.actor,
        verb=entry.verb,
        changed=changed,
        is_gone=entry.after is None,
    )


OPERATIONS = (
    Operation(
        "/receipts/{receipt}",
        receipt,
        ReceiptView,
        who="users",
        query=(
            Query("until", "string", "wait until the write is `stored` at all live sites, or `programmed` too"),
            Query("timeout", "number", "seconds to wait at most, 10 if not given, up to 60"),
        ),
    ),
    Operation(
        "/journal",
        journal,
        Journal,
        query=(
            Query("kind", "string", "kind of record"),
            Query("id", "string", "record"),
            Query("limit", "integer", "at most this many, 100 if not given"),
        ),
    ),
)
