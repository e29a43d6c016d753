"""Handing out parts of pools to other sites: when one asks, and ahead of need where we are the giver."""

import asyncio
from collections.abc import Collection

import msgspec
import structlog

from weft.model import Conflict, Invalid, NotFound, SiteId, Unavailable, WeftError
from weft.store import quotas
from weft.store.bell import Bell
from weft.store.blocks import Pool
from weft.store.execute import Held, execute
from weft.store.given import Given, NotOurs
from weft.store.granting import hand_over, top_ups
from weft.store.holdings import Holdings
from weft.store.nats.rpc import Rpc
from weft.store.nats.subjects import RPC
from weft.store.nats.writer import Writer
from weft.store.pools import MAC, PREFIX_POOL, SUBNET_PREFIX, VNI, live_sites, pool_key, pool_named
from weft.store.protocol import Change, State, Store
from weft.store.records import Key
from weft.store.usage import Usage
from weft.store.wire import encode_record
from weft.store.writes import Claim, Write, Writes

log = structlog.get_logger()

TRANSFER = RPC + "transfer"
TRANSFERRED = "transfer"  # what such a write is called, in the journal and in its locks
ASK_S = 3.0  # one owner; the next is asked then
SETTLE_S = 0.05  # a burst of creates is looked at once
NOTHING = Writes(())


class Question(msgspec.Struct, frozen=True, array_like=True):
    """Please give `item` (None: any) of `pool` to `asker`."""

    pool: str
    item: str | None
    asker: str


class Giving:
    """Both sides of a transfer, and the giver's foresight."""

    def __init__(self, store: Store, holdings: Holdings, rpc: Rpc, writer: Writer) -> None:
        self._store, self._holdings, self._rpc, self._writer = store, holdings, rpc, writer
        self._usage = Usage()
        self._look_at: set[str] = {VNI, MAC}
        self._bell = Bell()

    def start(self) -> None:
        """Count what is in use now; `on_changes` keeps the count."""
        state = self._holdings.state
        self.on_changes([Change(record.key, None, record, state.revision) for record in state.live_records()])

    def on_changes(self, changes: Collection[Change]) -> None:
        """Keep count of what is in use, and note which pools to look at."""
        self._look_at |= self._usage.absorb(changes)
        for change in changes:
            self._look_at |= quotas.pools_touched(change, self._holdings.state)
            self._look_at |= pools_touched(self._holdings.state, change)
        if self._look_at:
            self._bell.ring()

    # ---- asking
    async def request(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        """See `Store.request_transfer`."""
        question = msgspec.msgpack.encode(Question(pool, item, self._store.site))
        refusals: list[str] = []
        unreachable: list[str] = []
        for owner in owners:
            try:
                if owner == self._store.site:
                    await self.answer(question)
                else:
                    record = await self._rpc.call(owner, TRANSFER, question, deadline_s=ASK_S)
                    self._holdings.on_peer(record, owner)
                if item is not None:
                    # The lock under which this site handed it over, to itself just now or to the other one
                    # before: the item is ours again, and its user locks it anew.
                    await self._writer.forget_lock(Claim(pool, item), TRANSFERRED)
                return
            except Unavailable as err:
                unreachable.append(str(err))
            except (Conflict, NotFound) as err:
                refusals.append(str(err))
        if unreachable or not owners:
            raise Unavailable("; ".join(unreachable) or f"{pool}: no site owns {item or 'anything'}")
        raise Conflict("; ".join(refusals))

    # ---- answering
    async def answer(self, payload: bytes) -> bytes:
        """Give what another site asks for; returns the record with the grant."""
        if not self._store.in_sync:
            raise Unavailable(f"node {self._store.node} has yet to read its site's log")  # what is used it cannot tell
        try:
            question = msgspec.msgpack.decode(payload, type=Question)
        except msgspec.MsgspecError as err:
            raise Invalid(f"no question about a pool: {err}") from err

        def decide(state: State, held: Held) -> Writes:
            if question.pool.startswith(quotas.PREFIX):
                write = quotas.give_rights(state, question.pool, self._store.site, SiteId(question.asker))
                return Writes((write,), actor=f"site {question.asker}", verb=TRANSFERRED)
            pool = self._pool(state, question.pool)
            given = hand_over(
                state, pool, self._usage, self._store.site, SiteId(question.asker), question.item, held(pool.name)
            )
            return _writes(state, pool, given, f"site {question.asker}", TRANSFERRED)

        try:
            await execute(self._store, decide, deadline_s=ASK_S)
        except NotOurs:
            log.info("asked for what another site owns", pool=question.pool, item=question.item, by=question.asker)
        record = self._holdings.state.raw(self._key(question.pool))
        if record is None:
            raise NotFound(f"{question.pool}: no grants")
        return encode_record(record)

    def _key(self, pool: str) -> Key:
        if pool.startswith(quotas.PREFIX):
            return quotas.key_of_pool(pool)
        return pool_key(self._pool(self._holdings.state, pool))

    def _pool(self, state: State, name: str) -> Pool:
        pool = pool_named(state, name)
        if pool is None:
            raise NotFound(f"there is no pool {name}")
        return pool

    # ---- ahead of need
    async def run(self) -> None:
        """Top up sites that run low in pools of which we are the giver, until cancelled."""
        while True:
            await self._bell.until(lambda: bool(self._look_at) and self._store.in_sync)
            await asyncio.sleep(SETTLE_S)
            names, self._look_at = self._look_at, set()
            for name in sorted(names):
                try:
                    await self._top_up(name)
                except WeftError as err:
                    log.info("sites not topped up", pool=name, error=str(err))

    async def _top_up(self, name: str) -> None:
        def decide(state: State, held: Held) -> Writes:
            if name.startswith(quotas.PREFIX):
                write = quotas.level_out(state, *quotas.of_pool(name), self._store.site)
                return Writes((write,), actor=f"weftd {self._store.node}", verb="top up") if write else NOTHING
            pool = pool_named(state, name)
            if pool is None or pool.giver != self._store.site:
                return NOTHING
            given = top_ups(state, pool, live_sites(state), self._usage)
            return _writes(state, pool, given, f"weftd {self._store.node}", "top up")

        if decide(self._holdings.state, self._store.held_claims).writes:
            await execute(self._store, decide)
            self._look_at.add(name)  # one block per site and call


def pools_touched(state: State, change: Change) -> set[str]:
    """Return the names of the pools of which somebody may need more after a change, besides what usage counts."""
    kind, id = change.key.kind, change.key.id
    if kind == "subnet":
        subnetpool_id = change.after.get("subnetpool_id") if change.after else None
        return {SUBNET_PREFIX + id, *([PREFIX_POOL + subnetpool_id] if isinstance(subnetpool_id, str) else [])}
    if kind == "subnetpool":
        return {PREFIX_POOL + id}
    if kind == "site":
        subnets = {SUBNET_PREFIX + record.key.id for record in state.of_kind("subnet")}
        return {VNI, MAC} | subnets | {PREFIX_POOL + record.key.id for record in state.of_kind("subnetpool")}
    return set()


def _writes(state: State, pool: Pool, given: Given, actor: str, verb: str) -> Writes:
    if not given.fields:
        return NOTHING
    key = pool_key(pool)
    write = Write(key, given.fields, create=state.raw(key) is None)
    return Writes((write,), tuple(Claim(pool.name, item) for item in given.claims), actor, verb)
