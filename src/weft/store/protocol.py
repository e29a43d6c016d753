"""What the rest of the program knows of the store. `site_store.py` is the real one, `simulated/` its twin.

Reads go to `state` and never wait; writes are a `Writes` value committed at this site; everything that
arrives, from here or from afar, comes out of `changes()` in the order it was merged.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
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
    def get(self, kind: str, id: str) -> Record | None: ...
    def of_kind(self, kind: str) -> Collection[Record]: ...
    def referrers(
        self, kind: str, id: str, by: str
    ) -> Collection[Record]: ...  # live records of kind `by` that refer to it
    def lookup(self, kind: str, index: str, value: Any) -> Collection[Record]: ...  # by an indexed field, see kinds.py
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


Handler = Callable[[bytes], Awaitable[bytes]]


class Store(Protocol):
    """The site's share of the fabric's state."""

    site: SiteId
    node: NodeId
    state: State
    runtime: Runtime

    @property
    def in_sync(self) -> bool: ...  # the first full read is done: what is absent from `state` is absent

    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Receipt:
        """Make all of `writes` durable at this site, or none, and return their receipt.

        Returns after the local fsync, with the writes in `state`; other sites follow. Raises StaleView or
        ClaimTaken if another process of this site was first (see `execute`); Unavailable if the local log
        does not answer within `deadline_s` seconds, in which case the writes may still land: read again
        before retrying.
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
