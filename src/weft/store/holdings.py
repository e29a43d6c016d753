"""Everything this process holds, and the effects of every event carried out: disk, outbox, journal, followers.

All that arrives goes through here, whatever the road: our own commits, our site's log, a neighbour's log, a
repair. The replica decides what it means; beside each record we keep the sequence under which our own log
holds it, which is what the next compare-and-set expects.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
import structlog

from weft.model import SiteId
from weft.store.agreement import Memory, MustStartAnew
from weft.store.bell import Bell
from weft.store.clock import hlc_from_ms
from weft.store.effects import Effects
from weft.store.feed import Feed
from weft.store.journal import journal_entry
from weft.store.long_lived import LongLived
from weft.store.outbox import Outbox
from weft.store.protocol import Change, JournalEntry
from weft.store.records import Key, Record
from weft.store.recovery import site_of
from weft.store.replica import Replica, Written
from weft.store.sqlite import Disk, JournalRow, Stored
from weft.store.state import MergedState
from weft.store.wire import BadRecord, decode_record, encode_record

log = structlog.get_logger()

STANDING = "standing"  # of `agreement.Memory` among what is remembered
OWN = "own"  # the cursor of our own log; neighbours' cursors are called by their site
Ways = dict[Key, tuple[Record, bytes]]  # records as they travel
UNKNOWN: Ways = {}
ENCODED_MAX = 4096  # of what is in the outbox, about 1 kB each; more is encoded anew when it goes out
COMPLAIN_EVERY_S = 1.0  # a hostile peer must not fill the disk with our own log

_encode_entry = msgspec.msgpack.Encoder().encode
_decode_entry = msgspec.msgpack.Decoder(JournalEntry).decode


def key_of_text(text: str) -> Key:
    """Return the key that `str(key)` named."""
    return Key(*text.split("/", 2))


class Holdings:
    """Merged state and all that must stay consistent with it. For one event loop; nothing here waits."""

    def __init__(self, disk: Disk, make_replica: Callable[[], Replica], now_ms: Callable[[], int]) -> None:
        self.replica = make_replica()
        self.feed = Feed()
        self.changed = Bell()
        self.outdated: asyncio.Future[None] | None = None  # fails with MustStartAnew once that is found out
        self.seqs: dict[Key, int] = {}  # where our own log holds a record; absent: it does not
        self.outbox = Outbox()  # what our own log must still be told
        self.outbox_filled = Bell()
        self._encoded: Ways = {}  # of what is in the outbox, if it came as bytes
        self.forgotten: set[Key] = set()  # what our own log must still be purged of
        self.cursors: dict[str, tuple[str, int]] = {}
        self.meta: dict[str, str] = {}
        self.on_changes: Callable[[Collection[Change]], None] = lambda _changes: None
        self._disk, self._make_replica, self._now_ms = disk, make_replica, now_ms
        self._journal_number = 0
        self._being_written: dict[int, tuple[str, str]] = {}
        self._on_their_way: Ways = {}  # to our own log
        self._complained_s = 0.0
        self._long_lived = LongLived()

    @property
    def state(self) -> MergedState:
        """The merged records."""
        return self.replica.state

    def load(self) -> None:
        """Take up what an earlier process left; a damaged file is discarded and the logs are read anew."""
        try:
            loaded = self._disk.load()
            self.replica.load(self._stored(loaded.records), self._now_ms())
            self.cursors = loaded.cursors
            self.outbox = Outbox(map(key_of_text, loaded.outbox))
            self.meta = loaded.meta
            self._load_standing()
            self._journal_number = loaded.last_journal
        except (sqlite3.DatabaseError, BadRecord, TypeError, ValueError) as err:
            self._disk.discard(str(err))
            self.replica = self._make_replica()
            self.seqs, self.outbox, self.cursors, self.meta = {}, Outbox(), {}, {}

    def _load_standing(self) -> None:
        """Take up what we knew of who has heard what; a disk that is empty holds no old copies of anything."""
        memory = self.replica.agreement.memory
        if STANDING in self.meta:
            memory = msgspec.json.decode(self.meta[STANDING], type=Memory)
        else:
            memory.born = max((record.newest.hlc for record in self.state.raw_records()), default=0)
        self.replica.agreement.memory = memory

    def keep_standing(self) -> None:
        """Remember who has heard what, in the same transaction as the records that were heard of."""
        text = msgspec.json.encode(self.replica.agreement.memory).decode()
        if text != self.meta.get(STANDING):
            self.remember(STANDING, text)

    def _stored(self, rows: Iterator[tuple[str, bytes, int]]) -> Iterator[Record]:
        for text, payload, seq in rows:
            record = decode_record(payload, None)
            if str(record.key) != text:
                raise BadRecord(f"{text}: holds {record.key}")
            if seq:
                self.seqs[record.key] = seq
            self._long_lived.note(1)
            yield record

    # ---- what our own log holds
    def committed(self, records: Sequence[Record], payloads: Sequence[bytes], seqs: Sequence[int]) -> None:
        """Take in records that our own log has just acknowledged, or delivered."""
        for record, seq in zip(records, seqs, strict=True):
            self._note_seq(record.key, seq)
        effects = self.replica.accept(records, self._now_ms())
        if effects:
            self.carry_out(effects, encoded=_ways(records, payloads))
        for record in records:
            self._settle_outbox(record)

    def on_own(self, key: Key, payload: bytes, seq: int) -> None:
        """Take in a message of our own log."""
        if self.seqs.get(key, 0) >= seq:
            return  # our own commit or relay, come round
        record, expected = self._on_their_way.get(key, (None, b""))
        if record is not None and expected == payload:
            if self.state.raw(key) is record:
                self.relayed(record, seq)
            else:
                self.committed([record], [payload], [seq])  # our own commit, before its acknowledgement
            return
        self._note_seq(key, seq)
        effects = self._absorb(payload, self.replica.site)
        if not effects.relay:
            self.unqueue(key)
        self.carry_out(effects)

    def relayed(self, record: Record, seq: int) -> None:
        """Our own log now holds `record` under `seq`."""
        self._note_seq(record.key, seq)
        self._settle_outbox(record)

    def log_is_new(self) -> None:
        """Our log is another than the one we knew: what it holds and where must be learnt anew."""
        self.seqs.clear()
        for record in self.state.raw_records():
            self._disk.batch.seqs[record.key] = 0
        self._disk.dirty()

    def log_was_read(self) -> None:
        """Our log has been read to its end: whatever it did not hold, it is told."""
        if not self.replica.agreement.memory.born:  # we began with no disk, but perhaps with a log
            newest = max((record.newest.hlc for record in self.state.raw_records()), default=0)
            self.replica.agreement.memory.born = newest or hlc_from_ms(self._now_ms())
        for record in self.state.raw_records():
            if record.key not in self.seqs:
                self._enqueue(record.key)

    # ---- from elsewhere
    def on_peer(self, payload: bytes, source: SiteId) -> None:
        """Take in a message of another site's log, or an answer of its repair."""
        effects = self._absorb(payload, source)
        self.carry_out(effects, encoded=_ways(effects.store, [payload]) if effects.is_as_came else UNKNOWN)

    def encoded(self, record: Record) -> bytes:
        """Return the bytes of a record that is in the outbox."""
        known = self._encoded.get(record.key)
        return known[1] if known is not None and known[0] is record else encode_record(record)

    def carry_out(self, effects: Effects, *, actor: str = "", verb: str = "", encoded: Ways = UNKNOWN) -> None:
        """Do what `effects` say; `encoded`: records as they came or went, for what of them is stored as it is."""
        if not effects:
            return
        batch = self._disk.batch
        for record in effects.store:
            of, payload = encoded.get(record.key, (None, None))
            known = payload if of is record else None  # else it was merged with what others wrote
            batch.records[record.key] = Stored(record, self.seqs.get(record.key, 0), known)
        for key in effects.forget:
            batch.records[key] = None
            batch.seqs.pop(key, None)
            self.seqs.pop(key, None)
            self.unqueue(key)
            self.forgotten.add(key)
        for key in effects.relay:
            self._enqueue(key)
            if key in encoded and len(self.outbox) <= ENCODED_MAX:
                self._encoded[key] = encoded[key]
        if effects.forget:
            self.outbox_filled.ring()
        self._publish(effects.changes, actor, verb)
        self._long_lived.note(len(effects.store))
        self._disk.dirty()

    @contextlib.contextmanager
    def writing(self, written: Written, actor: str, verb: str) -> Iterator[None]:
        """While this lasts, what comes out of our own log as it was written is known, and known to be `actor`'s.

        The log is often quicker to deliver a write to our reader than to acknowledge it to its writer.
        """
        hlc = written.receipt.hlc
        self._being_written[hlc] = (actor, verb)
        ways = self.sent(written.records, written.payloads)
        try:
            yield
        finally:
            del self._being_written[hlc]
            self.arrived(ways)

    def sent(self, records: Sequence[Record], payloads: Sequence[bytes]) -> Ways:
        """Take note of what is on its way to our own log, until `arrived`: it need not be read when it comes back."""
        ways = _ways(records, payloads)
        self._on_their_way.update(ways)
        return ways

    def arrived(self, ways: Ways) -> None:
        """Our own log has taken what was sent, or will not."""
        for key, way in ways.items():
            if self._on_their_way.get(key) is way:
                del self._on_their_way[key]

    def must_start_anew(self, err: MustStartAnew) -> None:
        """Take note that what we hold must not be merged with what others hold."""
        if self.outdated is not None and not self.outdated.done():
            self.outdated.set_exception(err)

    # ---- cursors, journal
    def move_cursor(self, source: str, created: str, seq: int) -> None:
        """Remember how far `source` has been read, in the same transaction as what was read."""
        self.cursors[source] = self._disk.batch.cursors[source] = (created, seq)
        self._disk.dirty()

    def remember(self, name: str, value: str) -> None:
        """Keep a small fact about this process's past."""
        self.meta[name] = self._disk.batch.meta[name] = value
        self._disk.dirty()

    def journal(self, kind: str | None, id: str | None, limit: int) -> list[JournalEntry]:
        """Return the newest applied changes, newest first."""
        where = " and ".join(["true", *(["kind = ?"] if kind else []), *(["id = ?"] if id else [])])
        rows = {row.number: row for row in self._disk.journal(where, tuple(v for v in (kind, id) if v), limit)}
        for row in self._disk.unwritten_journal():
            if kind in (None, row.kind) and id in (None, row.id):
                rows[row.number] = row
        return [_decode_entry(rows[number].payload) for number in sorted(rows, reverse=True)[:limit]]

    def journal_of_stamp(self, hlc: int, site: SiteId) -> list[JournalRow]:
        """Return what one write changed, as far as it is remembered."""
        rows = self._disk.journal("hlc = ?", (hlc,), 1000)
        rows += [row for row in self._disk.unwritten_journal() if row.hlc == hlc]
        return [row for row in rows if site_of(row.site) == site]

    # ---- inside
    def _absorb(self, payload: bytes, source: SiteId) -> Effects:
        refused = self.replica.quarantine.count
        effects = self.replica.absorb(payload, source, self._now_ms())
        if self.replica.quarantine.count != refused and time.monotonic() - self._complained_s > COMPLAIN_EVERY_S:
            self._complained_s = time.monotonic()
            newest = self.replica.quarantine.refused()[-1]
            log.warning("record refused", source=source, reason=newest.message, refused=refused + 1)
        return effects

    def _publish(self, changes: Collection[Change], actor: str, verb: str) -> None:
        now_ms = self._now_ms()
        for change in changes:
            self._journal_number += 1
            newest = (change.after or change.before).newest  # type: ignore[union-attr]  # a change has one of them
            who, what = self._being_written.get(newest.hlc, (actor, verb))
            entry = journal_entry(change, number=self._journal_number, at_ms=now_ms, actor=who, verb=what)
            row = JournalRow(
                self._journal_number, now_ms, str(change.key), change.key.kind, change.key.id,
                newest.site, newest.hlc, newest.n, _encode_entry(entry),
            )  # fmt: skip
            self._disk.batch.journal.append(row)
        if changes:
            self.on_changes(changes)
            self.feed.publish(changes)
        self.changed.ring()

    def _note_seq(self, key: Key, seq: int) -> None:
        if seq > self.seqs.get(key, 0):
            self.seqs[key] = self._disk.batch.seqs[key] = seq
            self._disk.dirty()

    def _settle_outbox(self, in_log: Record) -> None:
        """Our log holds `in_log`: does it still lack something of this record?"""
        held = self.state.raw(in_log.key)
        if held is not None and held.versions != in_log.versions:
            self._enqueue(in_log.key)
        else:
            self.unqueue(in_log.key)

    def _enqueue(self, key: Key) -> None:
        if key not in self.outbox:
            self._disk.batch.outbox[key] = True
            self.outbox.add(key)
            self._disk.dirty()
        self.outbox_filled.ring()

    def unqueue(self, key: Key) -> None:
        """Our log need not be told of `key` any more."""
        if key in self.outbox:
            self.outbox.discard(key)
            self._encoded.pop(key, None)
            self._disk.batch.outbox[key] = False
            self._disk.dirty()


def _ways(records: Sequence[Record], payloads: Sequence[bytes]) -> Ways:
    return {record.key: (record, payload) for record, payload in zip(records, payloads, strict=True)}
