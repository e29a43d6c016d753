"""What survives a crash in the simulation: a site's log, and each node's database.

Both are the twins of real things: the log of a JetStream stream with one message per subject and
compare-and-set, the database of SQLite that loses its last transactions, whole ones, when power fails.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from weft.model import Conflict, SiteId
from weft.store.effects import Effects
from weft.store.records import Key, Record

CLAIM_TTL_S = 60.0


class WrongSequence(Conflict):
    """The subject was written since the writer read it."""

    code = "wrong_sequence"


class Entry(msgspec.Struct, frozen=True):
    """One message of a log."""

    seq: int
    key: Key
    data: bytes


class Log:
    """A site's log. Publishing is all or none."""

    def __init__(self, created_ms: int) -> None:
        self.created_ms = created_ms
        self.may_write = False  # said by the node that serves it, for all nodes of the site
        self.ready_seq: int | None = None  # whoever has read so far may hand out scarce items; None: nobody may
        self.collected = 0  # before when the site has forgotten tombstones, said likewise
        self.forgot = asyncio.Event()  # set, then replaced, whenever that changes
        self.last_seq = 0
        self.grown = asyncio.Event()  # set, then replaced, whenever something is published
        self._entries: dict[int, Entry] = {}  # ascending
        self._seq_of: dict[Key, int] = {}
        self._claims: dict[tuple[str, str], float] = {}

    def publish(self, messages: Sequence[tuple[Key, bytes, int]]) -> list[int]:
        """Append (key, data, expected sequence); return the sequences. Raises WrongSequence."""
        for key, _, expected in messages:
            if self._seq_of.get(key, 0) != expected:
                raise WrongSequence(f"{key}: {self._seq_of.get(key, 0)}, not {expected}")
        seqs = []
        for key, data, _ in messages:
            self.last_seq += 1
            self._entries.pop(self._seq_of.get(key, 0), None)
            self._entries[self.last_seq] = Entry(self.last_seq, key, data)
            self._seq_of[key] = self.last_seq
            seqs.append(self.last_seq)
        self.grown.set()
        self.grown = asyncio.Event()
        return seqs

    def collect(self, before: int) -> None:
        """Say before when the site has forgotten tombstones."""
        if before != self.collected:
            self.collected = before
            self.forgot.set()
            self.forgot = asyncio.Event()

    def purge(self, key: Key) -> None:
        """Remove a subject."""
        self._entries.pop(self._seq_of.pop(key, 0), None)

    def read(self, after: int, limit: int) -> list[Entry]:
        """Return the next entries after a sequence, in order."""
        if after >= self.last_seq:
            return []
        found = []
        for seq in reversed(self._entries):
            if seq <= after:
                break
            found.append(self._entries[seq])
        return found[::-1][:limit]

    def entry_of(self, key: Key) -> Entry | None:
        """Return what the log holds under a key."""
        return self._entries.get(self._seq_of.get(key, 0))

    def claim(self, pool: str, item: str, now_s: float) -> bool:
        """Take a claim; False if somebody holds it."""
        if self._claims.get((pool, item), -1.0) > now_s:
            return False
        self._claims[pool, item] = now_s + CLAIM_TTL_S
        return True

    def release(self, pool: str, item: str) -> None:
        """Give a claim back."""
        self._claims.pop((pool, item), None)


class Cursor(msgspec.Struct, frozen=True):
    """How far a log was read, and which log that was."""

    created_ms: int = 0
    seq: int = 0


_Transaction = tuple[Effects, SiteId | None, Cursor | None]


class Disk:
    """A node's database."""

    def __init__(self) -> None:
        self.records: dict[Key, Record] = {}
        self.outbox: dict[Key, None] = {}
        self.cursors: dict[SiteId, Cursor] = {}
        self.memory: bytes = b""  # see agreement.py
        self.noted = asyncio.Event()  # there may be something to flush
        self._pending: list[_Transaction] = []

    def note(self, effects: Effects, source: SiteId | None = None, cursor: Cursor | None = None) -> None:
        """Do a transaction; it survives a crash from the next `flush` on."""
        self._pending.append((effects, source, cursor))
        self.noted.set()

    @property
    def is_told(self) -> bool:
        """The site's log holds all that was noted."""
        return not self._pending and not self.outbox

    def flush(self) -> None:
        """Make everything noted durable."""
        for effects, source, cursor in self._pending:
            for record in effects.store:
                self.records[record.key] = record
            for key in effects.forget:
                self.records.pop(key, None)
                self.outbox.pop(key, None)
            self.outbox.update(dict.fromkeys(effects.relay))
            if source is not None and cursor is not None:
                self.cursors[source] = cursor
        self._pending.clear()

    def lose_power(self) -> None:
        """Forget what was not flushed."""
        self._pending.clear()
