"""Everything this process holds: merged records in memory, their copy on disk, and what the site's log lacks.

All that arrives goes through here, whatever the road: our own commits, our site's log, a neighbour's log, a
repair. Merging makes order and repetition harmless; beside the record we keep the sequence under which our own
log holds it, which is what the next compare-and-set expects.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator

import msgspec

from weft.model import SiteId
from weft.store.alerts import Alerts
from weft.store.bell import Bell
from weft.store.clock import HybridClock, ms_from_hlc
from weft.store.feed import Feed
from weft.store.journal import journal_entry
from weft.store.protocol import Change, JournalEntry
from weft.store.records import Key, Loss, Record, merge
from weft.store.sqlite import Disk, JournalRow, QuarantineRow
from weft.store.state import MergedState
from weft.store.wire import BadRecord, decode_record, encode_record

OWN = "own"  # the cursor of our own log; neighbours' cursors are called by their site
TRUSTED_MS = 1 << 46  # "now" for what was checked when it came in: our own clock may have been set back since
QUARANTINED_BYTES = 4096  # of a refused message that are kept

_encode_entry = msgspec.msgpack.Encoder().encode
_decode_entry = msgspec.msgpack.Decoder(JournalEntry).decode


def key_text(key: Key) -> str:
    """Return a key as the database names it."""
    return str(key)


def key_of_text(text: str) -> Key:
    """Return the key that `key_text` named."""
    return Key(*text.split("/", 2))


class Holdings:
    """Merged state and all that must stay consistent with it. For one event loop; nothing here waits."""

    def __init__(self, disk: Disk, alerts: Alerts, now_ms: Callable[[], int]) -> None:
        self.state = MergedState()
        self.feed = Feed()
        self.clock = HybridClock()
        self.changed = Bell()
        self.alerts = alerts
        self.seqs: dict[Key, int] = {}  # where our own log holds a record; absent: it does not
        self.outbox: dict[Key, None] = {}  # what our own log must still be told, oldest first
        self.outbox_filled = Bell()
        self.cursors: dict[str, tuple[str, int]] = {}
        self.meta: dict[str, str] = {}
        self._disk = disk
        self._now_ms = now_ms
        self._journal_number = 0
        self._being_written: dict[int, tuple[str, str]] = {}

    # ---- from disk
    def load(self) -> None:
        """Take up what an earlier process left; a damaged file is discarded and the logs are read anew."""
        try:
            loaded = self._disk.load()
            for text, payload, seq in loaded.records:
                record = decode_record(payload, TRUSTED_MS)
                if key_text(record.key) != text:
                    raise BadRecord(f"{text}: holds {record.key}")
                self.state.apply(record)
                self._see(record)
                if seq:
                    self.seqs[record.key] = seq
            self.cursors = loaded.cursors
            self.outbox = {key_of_text(text): None for text in loaded.outbox}
            self.meta = loaded.meta
            self._journal_number = loaded.last_journal
        except (sqlite3.DatabaseError, BadRecord, TypeError, ValueError) as err:
            self._disk.discard(str(err))
            self.state, self.clock = MergedState(), HybridClock()
            self.seqs, self.outbox, self.cursors, self.meta = {}, {}, {}, {}

    # ---- merging
    def committed(self, record: Record, payload: bytes, seq: int) -> None:
        """Take in a record that our own log has just acknowledged under `seq`."""
        self._note_seq(record.key, seq)
        self._merge(record, payload, "", "")
        self._settle_outbox(record)

    @contextlib.contextmanager
    def writing(self, hlc: int, actor: str, verb: str) -> Iterator[None]:
        """While this lasts, what arrives with the stamp `hlc` is known to be `actor`'s: the log may be quicker
        to deliver a write than to acknowledge it.
        """
        self._being_written[hlc] = (actor, verb)
        try:
            yield
        finally:
            del self._being_written[hlc]

    def on_own(self, payload: bytes, seq: int) -> None:
        """Take in a message of our own log. Raises BadRecord."""
        record = decode_record(payload, TRUSTED_MS)
        if self.seqs.get(record.key, 0) >= seq:
            return  # our own commit or relay, come round
        self._note_seq(record.key, seq)
        self._merge(record, payload, "", "")
        self._settle_outbox(record)

    def on_peer(self, payload: bytes) -> bool:
        """Take in a record from elsewhere; returns whether it was news, which our own log is then told."""
        record = decode_record(payload, self._now_ms())
        if not self._merge(record, payload, "", ""):
            return False
        self._enqueue(record.key)
        return True

    def adopt(self, record: Record, *, verb: str) -> bool:
        """Take in a record made here that is not in our log yet (a seed, a conflict): the log is told."""
        if not self._merge(record, None, "weftd", verb):
            return False
        self._enqueue(record.key)
        return True

    def relayed(self, record: Record, seq: int) -> None:
        """Our own log now holds `record` under `seq`."""
        self._note_seq(record.key, seq)
        self._settle_outbox(record)

    def forget(self, key: Key) -> None:
        """Drop a tombstone past its horizon."""
        self._publish(self.state.forget(key), "weftd", "collect tombstone")
        self.seqs.pop(key, None)
        self._unqueue(key)
        self._disk.batch.records[key_text(key)] = None
        self._disk.dirty()

    def log_is_new(self) -> None:
        """Our log is another than the one we knew: what it holds and where must be learnt anew."""
        self.seqs.clear()
        for record in self.state.raw_records():
            self._disk.batch.seqs[key_text(record.key)] = 0
        self._disk.dirty()

    def log_was_read(self) -> None:
        """Our log has been read to its end: whatever it did not hold, it is told."""
        for record in self.state.raw_records():
            if record.key not in self.seqs:
                self._enqueue(record.key)

    # ---- cursors, quarantine, journal
    def move_cursor(self, source: str, created: str, seq: int) -> None:
        """Remember how far `source` has been read, in the same transaction as what was read."""
        self.cursors[source] = self._disk.batch.cursors[source] = (created, seq)
        self._disk.dirty()

    def remember(self, name: str, value: str) -> None:
        """Keep a small fact about this process's past."""
        self.meta[name] = self._disk.batch.meta[name] = value
        self._disk.dirty()

    def quarantine(self, source: str, subject: str, payload: bytes, err: BadRecord) -> None:
        """Put a refused message aside and say so; replication goes on."""
        self.alerts(err.code if err.code != "bad_record" else "quarantined_record", f"from {source}: {err}")
        row = QuarantineRow(self._now_ms(), source, subject[:500], str(err)[:500], payload[:QUARANTINED_BYTES])
        self._disk.batch.quarantine.append(row)
        del self._disk.batch.quarantine[:-1000]
        self._disk.dirty()

    def journal(self, kind: str | None, id: str | None, limit: int) -> list[JournalEntry]:
        """Return the newest applied changes, newest first."""
        where = " and ".join(["true", *(["kind = ?"] if kind else []), *(["id = ?"] if id else [])])
        rows = {row.number: row for row in self._disk.journal(where, tuple(v for v in (kind, id) if v), limit)}
        for row in self._disk.unwritten_journal():
            if kind in (None, row.kind) and id in (None, row.id):
                rows[row.number] = row
        return [_decode_entry(rows[number].payload) for number in sorted(rows, reverse=True)[:limit]]

    def journal_of_stamp(self, hlc: int, site: str) -> list[JournalRow]:
        """Return what one write changed, as far as it is remembered."""
        rows = self._disk.journal("hlc = ?", (hlc,), 1000)
        rows += [row for row in self._disk.unwritten_journal() if row.hlc == hlc]
        return [row for row in rows if site_of_writer(row.site) == site]

    # ---- inside
    def _merge(self, record: Record, payload: bytes | None, actor: str, verb: str) -> bool:
        held = self.state.raw(record.key)
        losses: tuple[Loss, ...] = ()
        if held is None:
            merged = record
        else:
            merging = merge(held, record)
            losses = merging.losses
            if not merging.changed:
                return False
            merged = merging.record
            if merged.versions != record.versions:
                payload = None
        self._see(merged)
        changes = self.state.apply(merged)
        stored = encode_record(merged) if payload is None else payload
        self._disk.batch.records[key_text(merged.key)] = (stored, self.seqs.get(merged.key, 0))
        self._publish(changes, actor, verb)
        self._report(losses)
        return True

    def _report(self, losses: Iterable[Loss]) -> None:
        """Conflicts become records of their own."""

    def _publish(self, changes: list[Change], actor: str, verb: str) -> None:
        now_ms = self._now_ms()
        for change in changes:
            self._journal_number += 1
            newest = (change.after or change.before).newest  # type: ignore[union-attr]  # a change has one of them
            who, what = self._being_written.get(newest.hlc, (actor, verb))
            entry = journal_entry(change, number=self._journal_number, at_ms=now_ms, actor=who, verb=what)
            row = JournalRow(
                self._journal_number, now_ms, key_text(change.key), change.key.kind, change.key.id,
                newest.site, newest.hlc, newest.n, _encode_entry(entry),
            )  # fmt: skip
            self._disk.batch.journal.append(row)
        self._disk.dirty()
        self.feed.publish(changes)
        self.changed.ring()

    def _see(self, record: Record) -> None:
        newest = record.newest.hlc
        self.clock.see(newest, ms_from_hlc(newest))  # decode_record has refused what is too far ahead

    def _note_seq(self, key: Key, seq: int) -> None:
        if seq > self.seqs.get(key, 0):
            self.seqs[key] = self._disk.batch.seqs[key_text(key)] = seq
            held = self._disk.batch.records.get(key_text(key))
            if held is not None:
                self._disk.batch.records[key_text(key)] = (held[0], seq)
            self._disk.dirty()

    def _settle_outbox(self, in_log: Record) -> None:
        """Our log holds `in_log`: does it still lack something of this record?"""
        held = self.state.raw(in_log.key)
        if held is not None and held.versions != in_log.versions:
            self._enqueue(in_log.key)
        else:
            self._unqueue(in_log.key)

    def _enqueue(self, key: Key) -> None:
        if key not in self.outbox:
            self._disk.batch.outbox[key_text(key)] = True
        self.outbox[key] = None
        self.outbox_filled.ring()
        self._disk.dirty()

    def _unqueue(self, key: Key) -> None:
        if key in self.outbox:
            del self.outbox[key]
            self._disk.batch.outbox[key_text(key)] = False
            self._disk.dirty()


def site_of_writer(writer: str) -> SiteId:
    """Return the site behind a stamp: "a+x7" is a later life of "a"."""
    return SiteId(writer.partition("+")[0])
