"""What the rest of the program knows of the store. `site_store.py` is the real one, `simulated/` its twin.

Reads go to `state` and never wait; writes are a `Writes` value committed at this site; everything that
arrives, from here or from afar, comes out of `changes()` in the order it was merged.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

import msgspec

from weft.model import NodeId, SiteId
from weft.store.records import Key, Record
from weft.store.writes import Receipt, Writes


class State(Protocol):
    """The merged records this process holds: what commands decide on and what the API shows.

    "Alive" is a pure function of the merged records: a tombstone yields to a live reference
    (`liveness.py`). Everything here but `raw` shows live records only.
    """

    @property
    def revision(self) -> int: ...  # grows by one with every merged change
    def changed_at(
        self, area: str
    ) -> int: ...  # the revision of the last change to a record of these kinds, see kinds/
    def get(self, kind: str, id: str) -> Record | None: ...
    def of_kind(self, kind: str) -> Collection[Record]: ...
    def referrers(
        self, kind: str, id: str, by: str
    ) -> Collection[Record]: ...  # live records of kind `by` that refer to it
    def lookup(self, kind: str, index: str, value: Any) -> Collection[Record]: ...  # by an indexed field, see kinds/
    def lookup_ids(self, kind: str, index: str, value: Any) -> Collection[str]: ...  # the same, without the records
    def tally(self, kind: str, project_id: str) -> Mapping[str, int]: ...  # a project's records, by site of creation
    def raw(self, key: Key) -> Record | None: ...  # tombstones too


class Change(msgspec.Struct, frozen=True):
    """One record that is no longer what it was."""

    key: Key
    before: Record | None  # the live record, None if it was absent or dead
    after: Record | None
    revision: int  # of the state that holds it


class RuntimeValue(msgspec.Struct, frozen=True):
    """A fact that one node reports about itself: latest value per key, in memory, never intent."""

    node: NodeId
    key: str  # "beat", "port.<id>"
    value: Any  # anything JSON can say
    at_ms: int  # when the node said it, its own clock


class Runtime(Protocol):
    """What nodes say of themselves, from every site we hear."""

    async def report(self, key: str, value: Any) -> None: ...  # this node's; None forgets the key
    def get(self, node: NodeId, key: str) -> RuntimeValue | None: ...  # None too if the node is not alive
    def is_alive(self, node: NodeId) -> bool: ...  # heard of within NODE_EXPIRY_S


class PeerStatus(msgspec.Struct, frozen=True):
    """How we stand with one other site."""

    site: SiteId
    connected: bool
    last_heard_s: float | None  # seconds ago
    digest_equal: bool | None  # None: not compared yet
    lag: int  # records of its log that we have yet to read
    error: str | None


class Alert(msgspec.Struct, frozen=True):
    """Something an operator should look at: a refused record, a full disk, a clock that is wrong."""

    code: str  # stable: "quarantined_record", "clock_too_far_ahead", "disk_full"…
    message: str  # one sentence: what, where, what next
    at_ms: int  # last time it was seen
    count: int = 1  # how often, since weftd started


class JournalEntry(msgspec.Struct, frozen=True):
    """One applied change, as this process remembers it."""

    number: int  # grows; local to this process's journal
    at_ms: int  # when it was applied here
    key: Key
    site: SiteId  # where it was written
    actor: str  # as in Writes.actor; "" if it came from a site that did not say
    verb: str
    before: Mapping[str, Any] | None  # field → value; None: absent or dead
    after: Mapping[str, Any] | None


class ReceiptStatus(msgspec.Struct, frozen=True):
    """How far a write has come. Times are in milliseconds since 1970."""

    id: str
    site: SiteId
    at_ms: int  # when it was accepted
    keys: tuple[Key, ...]
    stored: Mapping[SiteId, bool]  # every live site: does it hold the write?
    programmed: Mapping[NodeId, int | None]  # nodes that must act on it → when they had; None: not yet

    @property
    def is_stored(self) -> bool:
        """Every live site holds it."""
        return all(self.stored.values())

    @property
    def is_programmed(self) -> bool:
        """Every live site holds it and every node concerned has programmed it."""
        return self.is_stored and all(at_ms is not None for at_ms in self.programmed.values())


Handler = Callable[[bytes], Awaitable[bytes]]


class Store(Protocol):
    """The site's share of the fabric's state."""

    site: SiteId
    node: NodeId

    @property
    def state(self) -> State: ...
    @property
    def runtime(self) -> Runtime: ...
    @property
    def in_sync(self) -> bool: ...  # the first full read is done: what is absent from `state` is absent

    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt:
        """Make all of `writes` durable at this site, or none, and return their receipt.

        Returns after the local fsync, with the writes in `state`; other sites follow. Raises StaleView or
        ClaimTaken if another process of this site was first (see `execute`); Unavailable if the local log
        does not answer within `deadline_s` seconds, in which case the writes may still land: read again
        before retrying.
        """

    async def seed(self, records: Collection[Record]) -> None:
        """Make sure these records are known, writing those that are absent exactly as given, stamps included.

        For what every site must hold from its first start without asking anyone (the default domain, the admin
        user): ids, values and stamps are deterministic, so sites that seed the same write the same bytes and merge
        without a trace. Stamps are near zero and of site "", so any real write wins. A record that is already
        known, dead ones included, is left alone. Durable on return, like `commit`.
        """

    def held_claims(self, pool: str) -> Collection[str]:
        """Return the items of `pool` that this process is taking right now, for commands to leave out."""

    async def catch_up(self, *, deadline_s: float = 5.0) -> None:
        """Return once `state` holds everything that was in the site's log at the time of the call."""

    async def request_transfer(self, pool: str, item: str | None, owners: tuple[SiteId, ...]) -> None:
        """Ask other sites to hand over `item` (None: any) of `pool`; returns with the grant in `state`.

        Raises Unavailable if no owner can be reached, Conflict if those reached have none to give.
        """

    def changes(self) -> AsyncIterator[list[Change]]:
        """Yield merged changes in order, batched, starting with everything alive at the time of the call."""

    async def call(self, site: SiteId, subject: str, payload: bytes, *, deadline_s: float = 5.0) -> bytes:
        """Ask another site (or our own) something: NATS request/reply to a handler set with `serve` there."""

    async def serve(self, subject: str, handler: Handler, *, every_node: bool = False) -> None:
        """Answer `call`s on `subject`: one node of the site does, or each its own subject."""

    def peers(self) -> Collection[PeerStatus]: ...
    def digest(self) -> str: ...  # hex; equal at two sites if and only if they hold the same
    def alerts(self) -> Collection[Alert]: ...  # bounded; the newest of each kind

    def journal(self, *, kind: str | None = None, id: str | None = None, limit: int = 100) -> list[JournalEntry]:
        """Return the newest applied changes, newest first."""

    async def receipt(self, id: str) -> ReceiptStatus:
        """Ask sites and nodes how far a write has come. Raises NotFound if nobody remembers it."""
