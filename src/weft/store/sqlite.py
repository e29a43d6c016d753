"""What a weftd remembers on its own disk: merged records, cursors, the relay's outbox, the journal.

It is a cache of the logs with one promise: what belongs together is written in one transaction. A record merged
from a peer, the cursor that will not read it again and the outbox row that will relay it are on disk together or
not at all, so a crash at any point repeats work and loses none. A damaged file is thrown away and rebuilt from
the logs. Writes are gathered for a few milliseconds and made by one thread, so the event loop never waits.
"""

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from weft.model import Unavailable
from weft.store.journal import ENTRIES_MAX
from weft.store.records import Key, Record
from weft.store.wire import encode_record

log = structlog.get_logger()

SCHEMA_VERSION = 1
GATHER_S = 0.005  # one transaction for all that arrives in this time
GATHER_MORE_S = 0.2  # while they come in numbers: neighbours share pages, and of each page one version is written
MORE = 3  # records in one transaction
ROWS_AT_ONCE = (128, 16, 4, 1)  # in one statement; of several sizes, so that few texts are compiled and kept
RETRY_S = 1.0  # after a full disk

_SCHEMA = """
create table record (key text primary key, payload blob not null, seq integer not null) without rowid;
create table cursor (source text primary key, created text not null, seq integer not null) without rowid;
create table outbox (key text primary key) without rowid;
create table journal (
    number integer primary key, at_ms integer not null, key text not null, kind text not null, id text not null,
    site text not null, hlc integer not null, n integer not null, payload blob not null);
create index journal_by_id on journal (kind, id, number);
create index journal_by_stamp on journal (hlc, site);
create table meta (name text primary key, value text not null) without rowid;
"""


class DiskFull(Unavailable):
    """The state directory cannot be written."""

    code = "disk_full"


class JournalRow(msgspec.Struct, frozen=True):
    """One applied change, as stored; `payload` is a journal entry, see journal.py."""

    number: int
    at_ms: int
    key: str
    kind: str
    id: str
    site: str
    hlc: int
    n: int
    payload: bytes


class Stored(NamedTuple):
    """A record to write."""

    record: Record
    seq: int  # where our own log holds it, 0: it does not
    encoded: bytes | None  # its bytes, if somebody has them already


class Batch(msgspec.Struct):
    """What one transaction writes. Later facts about a key replace earlier ones."""

    records: dict[Key, Stored | None] = {}  # None: forget it
    seqs: dict[Key, int] = {}  # own log's sequences that are others now
    cursors: dict[str, tuple[str, int]] = {}
    outbox: dict[Key, bool] = {}  # in it or not
    journal: list[JournalRow] = []
    meta: dict[str, str] = {}


class Loaded(msgspec.Struct, frozen=True):
    """What was on disk at the start. `records` is read row by row, once."""

    records: Iterator[tuple[str, bytes, int]]
    cursors: dict[str, tuple[str, int]]
    outbox: list[str]
    meta: dict[str, str]
    last_journal: int


class Disk:
    """The file. `batch` gathers, `flush` and `run` write; reads of the journal go straight to disk."""

    def __init__(self, path: Path, on_trouble: Callable[[DiskFull | None], None]) -> None:
        self._path = path
        self._on_trouble = on_trouble
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._connection = self._open()
        self._reader = _connect(path)  # its own, so that a look at the journal does not wait for a write
        self.batch = Batch()
        self._thread = ThreadPoolExecutor(1, "weft-sqlite")
        self._being_written: Batch | None = None
        self.trouble: DiskFull | None = None

    def load(self) -> Loaded:
        """Return what is on disk. Raises sqlite3.DatabaseError if it is damaged: then call `discard`."""
        read = self._connection
        return Loaded(
            records=iter(read.execute("select key, payload, seq from record")),
            cursors={source: (created, seq) for source, created, seq in read.execute("select * from cursor")},
            outbox=[key for (key,) in read.execute("select key from outbox")],
            meta=dict(read.execute("select name, value from meta").fetchall()),
            last_journal=read.execute("select coalesce(max(number), 0) from journal").fetchone()[0],
        )

    def discard(self, why: str) -> None:
        """Throw the file away and begin an empty one: everything in it is rebuilt from the logs."""
        log.warning("damaged state database is rebuilt from the logs", path=str(self._path), reason=why)
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
            self._reader.close()
        _remove(self._path)
        self._connection = self._open()
        self._reader = _connect(self._path)

    def dirty(self) -> None:
        """Something was put into `batch`."""
        self._wake.set()

    async def run(self) -> None:
        """Write what gathers, until cancelled."""
        gather_s = GATHER_S
        while True:
            await self._wake.wait()
            await asyncio.sleep(gather_s)
            self._wake.clear()
            count = len(self.batch.records)
            gather_s = GATHER_S if count < MORE else GATHER_MORE_S
            try:
                await self.flush()
            except DiskFull:
                await asyncio.sleep(RETRY_S)
                self._wake.set()

    async def flush(self) -> None:
        """Write what has gathered. Raises DiskFull; then nothing of it is forgotten."""
        async with self._writing:
            self._being_written = batch = self.batch
            self.batch = Batch()
            writing = asyncio.get_running_loop().run_in_executor(self._thread, self._write, batch)
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.wait([writing])  # one connection must not be used by two threads
                raise
            except sqlite3.Error as err:
                _put_back(batch, self.batch)
                trouble = DiskFull(f"{self._path} cannot be written ({err}): free space there")
                if self.trouble is None:
                    log.error("state database cannot be written", path=str(self._path), error=str(err))
                self.trouble = trouble
                self._on_trouble(trouble)
                raise trouble from err
            finally:
                self._being_written = None
        if self.trouble is not None:
            self.trouble = None
            self._on_trouble(None)

    def unwritten_journal(self) -> list[JournalRow]:
        """Return rows that have yet to reach the disk, oldest first."""
        return [*(self._being_written.journal if self._being_written else ()), *self.batch.journal]

    def journal(self, where: str, parameters: tuple[object, ...], limit: int) -> list[JournalRow]:
        """Return journal rows on disk that fulfil an SQL condition, newest first."""
        rows = self._reader.execute(
            "select number, at_ms, key, kind, id, site, hlc, n, payload from journal "
            f"where {where} order by number desc limit ?",
            (*parameters, limit),
        )
        return [JournalRow(*row) for row in rows]

    def close(self) -> None:
        """Close the file; call `flush` before."""
        self._thread.shutdown()
        self._reader.close()
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(self._path)
            try:
                _prepare(connection)
            except sqlite3.OperationalError:  # full or read-only disk, not damage
                raise
            except sqlite3.DatabaseError as err:
                log.warning("damaged state database is rebuilt from the logs", path=str(self._path), reason=str(err))
                connection.close()
                _remove(self._path)
                connection = _connect(self._path)
                _prepare(connection)
        except (OSError, sqlite3.OperationalError) as err:
            raise DiskFull(f"{self._path} cannot be opened ({err}): free space there, or mend its permissions") from err
        return connection

    def _write(self, batch: Batch) -> None:
        """One transaction; runs in a thread."""
        put, forget = [], []
        for key, stored in batch.records.items():
            if stored is None:
                forget.append((str(key),))
            else:
                seq = batch.seqs.get(key, stored.seq)
                put.append((str(key), stored.encoded or encode_record(stored.record), seq))
        seqs = [(str(key), seq) for key, seq in batch.seqs.items() if key not in batch.records]
        write = self._connection
        write.execute("begin immediate")
        try:
            _execute_rows(write, "insert or replace into record values {rows}", put)
            _execute_rows(write, "delete from record where key in (values {rows})", forget)
            _execute_rows(write, "update record set seq = column2 from (values {rows}) where key = column1", seqs)
            cursors = [(source, *cursor) for source, cursor in batch.cursors.items()]
            _execute_rows(write, "insert or replace into cursor values {rows}", cursors)
            queued = [(str(key),) for key, is_queued in batch.outbox.items() if is_queued]
            _execute_rows(write, "insert or ignore into outbox values {rows}", queued)
            settled = [(str(key),) for key, is_queued in batch.outbox.items() if not is_queued]
            _execute_rows(write, "delete from outbox where key in (values {rows})", settled)
            _execute_rows(write, "insert or replace into meta values {rows}", list(batch.meta.items()))
            self._write_history(batch)
            write.execute("commit")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                write.execute("rollback")
            raise

    def _write_history(self, batch: Batch) -> None:
        """Add to the journal, and keep it bounded."""
        write = self._connection
        if batch.journal:
            rows = [msgspec.structs.astuple(row) for row in batch.journal]
            _execute_rows(write, "insert or replace into journal values {rows}", rows)
            write.execute("delete from journal where number <= ?", (batch.journal[-1].number - ENTRIES_MAX,))


def _execute_rows(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Execute a statement for all `rows`, many at a time.

    Not `executemany`: that gives up the interpreter's lock and asks for it again with every row, and waits each time
    for the event loop's thread to let go.
    """
    at = 0
    for count in ROWS_AT_ONCE:
        while len(rows) - at >= count:
            row = f"({', '.join('?' * len(rows[at]))})"
            parameters = list(itertools.chain.from_iterable(rows[at : at + count]))
            connection.execute(statement.format(rows=", ".join([row] * count)), parameters)
            at += count


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=64)


def _prepare(connection: sqlite3.Connection) -> None:
    """Set up a new file, or check that an old one is ours."""
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")  # the logs are the durable copy
    connection.execute("pragma cache_size = -4096")  # 4 MB: memory is promised to be small
    connection.execute("pragma wal_autocheckpoint = 8000")  # 32 MB between two syncs
    version = connection.execute("pragma user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if version != 0:
        raise sqlite3.DatabaseError(f"schema version {version}, this weftd knows {SCHEMA_VERSION}")
    connection.executescript(f"begin; {_SCHEMA} pragma user_version = {SCHEMA_VERSION}; commit;")


def _put_back(batch: Batch, into: Batch) -> None:
    """Put a batch that could not be written before what has gathered since."""
    into.records = {**batch.records, **into.records}
    into.seqs = {**batch.seqs, **into.seqs}
    into.cursors = {**batch.cursors, **into.cursors}
    into.outbox = {**batch.outbox, **into.outbox}
    into.meta = {**batch.meta, **into.meta}
    into.journal = (batch.journal + into.journal)[-ENTRIES_MAX:]


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
