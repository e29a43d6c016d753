"""The only way in for writes: decide, commit, and decide again when somebody was first."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from weft.model import Conflict, SiteId, Unavailable
from weft.store.protocol import State
from weft.store.writes import ClaimTaken, NeedsTransfer, NotHandedOver, Receipt, StaleView, Writes

TAKEN_PAUSE_S = 0.01  # a commit takes some 2 ms; without a pause we would never let go of the event loop

Held = Callable[[str], Collection[str]]  # pool → items that must be left out
Decide = Callable[[State, Held], Writes]


class Committer(Protocol):
    """The part of `Store` that writing needs."""

    @property
    def state(self) -> State: ...
    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt: ...
    def held_claims(self, pool: str) -> Collection[str]: ...
    async def catch_up(self, *, deadline_s: float = 5.0) -> None: ...
    async def request_transfer(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None: ...


async def execute(store: Committer, decide: Decide, *, deadline_s: float = 10.0) -> Receipt:
    """Decide and commit, again if need be, until the write is accepted or refused.

    `decide` is a pure command with its request bound. StaleView: catch up, decide again. ClaimTaken:
    decide again without the item. NeedsTransfer: ask its owner, decide again. Any other error is the
    caller's answer. Raises NotHandedOver if no owner hands over; Unavailable after `deadline_s` seconds.
    """
    taken: dict[str, set[str]] = {}

    def held(pool: str) -> Collection[str]:
        mine = store.held_claims(pool)
        return {*mine, *taken[pool]} if pool in taken else mine

    async def settle(refusal: Conflict) -> None:
        """Do what must be done before the next decision."""
        if isinstance(refusal, ClaimTaken):
            claim = refusal.claim
            if claim.item in taken.get(claim.pool, ()):
                await asyncio.sleep(TAKEN_PAUSE_S)  # there is no other: let its holder finish
            taken.setdefault(claim.pool, set()).add(claim.item)
        if isinstance(refusal, NeedsTransfer):
            await _transfer(store, refusal)
        else:
            await store.catch_up()  # a specific item: does the record that uses it show by now?

    refusal: Conflict
    ends_s = asyncio.get_running_loop().time() + deadline_s
    try:  # most often that is all; `commit` minds the time by itself
        return await store.commit(decide(store.state, held), deadline_s=deadline_s)
    except (StaleView, ClaimTaken, NeedsTransfer) as err:
        refusal = err
    try:
        async with asyncio.timeout_at(ends_s):
            while True:
                await settle(refusal)
                try:
                    return await store.commit(decide(store.state, held), deadline_s=deadline_s)
                except (StaleView, ClaimTaken, NeedsTransfer) as err:
                    refusal = err
    except TimeoutError as err:
        raise Unavailable(f"the site's log did not settle this write within {deadline_s:g} s") from err


async def _transfer(store: Committer, need: NeedsTransfer) -> None:
    try:
        await store.request_transfer(need.pool, need.item, need.owners)
    except (Unavailable, Conflict) as err:
        raise NotHandedOver(need, str(err)) from err
