"""Self-made addresses that a partition left out: the site where a port was made writes them once it knows.

Whoever creates a subnet whose machines form their own addresses gives one to every port it can see. A port
made meanwhile at a site that was cut off is not among them. Level-triggered: whatever brought such a port
and such a subnet together, the port's own site completes it, so that sites do not write the same thing at once.
"""

import asyncio
import time
import uuid
from collections.abc import Iterable

import msgspec
import structlog

from weft.commands.auto_addresses import add_auto_addresses, lacks_auto_address
from weft.commands.context import Context
from weft.commands.prefixes import is_auto_address
from weft.model import SiteId, WeftError
from weft.store.execute import Held, execute
from weft.store.protocol import Change, State, Store
from weft.store.records import Record
from weft.store.recovery import site_of
from weft.store.writes import Writes

RETRY_S, TRIES = 5.0, 12  # then the next change, or the next start, looks again
GATHER_S = 0.05  # nobody waits for this, and a burst of changes is looked at once
SETTLE_S = 1.0  # whoever creates a subnet completes what it sees within a fraction of this

log = structlog.get_logger()


class _Complete(Exception):
    """There is nothing left to write."""


async def complete_addresses(store: Store) -> None:
    """Keep the ports that were made at this site complete, until cancelled. One process of a site does this."""
    async for changes in store.changes():
        due = subnets_to_look_at(store.state, changes, store.site)
        await asyncio.sleep(SETTLE_S if due else GATHER_S)
        for _ in range(TRIES if due else 0):
            due = {subnet_id for subnet_id in sorted(due) if not await _completed(store, subnet_id)}
            if not due:
                break
            await asyncio.sleep(RETRY_S)  # the site is recovering, or its log is away


def subnets_to_look_at(state: State, changes: Iterable[Change], site: SiteId) -> set[str]:
    """Return the subnets of which ports made at `site` may lack an address, as far as `changes` tell."""
    due: set[str] = set()
    for change in changes:
        record = change.after
        if record is None:
            continue
        if record.key.kind == "subnet" and change.before is None and is_auto_address(record):
            due.add(record.key.id)
        elif record.key.kind == "port" and made_at(record) == site:
            subnets = state.referrers("network", record.get("network_id"), "subnet")
            due.update(
                subnet.key.id for subnet in subnets if is_auto_address(subnet) and lacks_auto_address(record, subnet)
            )
    return due


def made_at(record: Record) -> SiteId | None:
    """Return the site where a record was created."""
    created = record.fields.get("created_at")
    return None if created is None else site_of(created.stamp.site)


async def _completed(store: Store, subnet_id: str) -> bool:
    """Give all that is missing; False if that was refused for now."""

    def decide(state: State, held: Held) -> Writes:
        context = Context(
            now_ms=time.time_ns() // 1_000_000, new_id=lambda: str(uuid.uuid4()), seed=0, site=store.site, held=held
        )
        writes = add_auto_addresses(state, subnet_id, context, lambda port: made_at(port) == store.site)
        if not writes.writes:
            raise _Complete
        return msgspec.structs.replace(writes, actor=f"weftd {store.node}", verb="complete addresses")

    try:
        while True:
            receipt = await execute(store, decide)
            log.info("ports completed", subnet=subnet_id, ports=len(receipt.keys))
    except _Complete:
        return True
    except WeftError as err:
        log.warning("ports not completed", subnet=subnet_id, error=str(err))
        return False
