"""The site's own log: records by compare-and-set, several at once or none, and claims on scarce items."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from weft.model import Invalid, Unavailable
from weft.store.locks import CLAIM_TTL_S
from weft.store.nats.lean_client import header_block
from weft.store.nats.link import ApiError, Link
from weft.store.nats.subjects import CLAIMS, MARKS, RUNTIME, STATE
from weft.store.wire import RECORD_BYTES_MAX

MAX_RECORDS_PER_WRITE = 1000  # nats-server's limit for an atomic batch

WRONG_LAST_SEQUENCE = (10071, 10164)  # single publish, batch
OUT_OF_SPACE = (10023, 10028, 10047, 10077)  # JetStream's ways to say that memory or disk are used up

OTHER_CONFIGURATION = 10058
NO_SUCH_STREAM = 10059
CLAIMS_BYTES = 48 << 20  # some 200,000 items handed out in one minute
RUNTIME_BYTES = 32 << 20

EXPECTED_SEQ = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject"  # of another subject than the message's own
_MUST_BE_NEW = header_block({EXPECTED_SEQ: "0"})
_LOCK = header_block({EXPECTED_SEQ: "0", "Nats-TTL": f"{CLAIM_TTL_S}s"})


class Behind(Exception):
    """A subject holds a newer message than the writer knew."""


class LogFull(Unavailable):
    """The site's log has no room."""

    code = "disk_full"


class RecordTooLarge(Invalid):
    """A record outgrew what replication carries."""

    code = "record_too_large"


class TooManyRecords(Invalid):
    """One write touches more records than the log takes at once."""

    code = "too_many_records"

    def __init__(self, count: int) -> None:
        super().__init__(f"one request may write at most {MAX_RECORDS_PER_WRITE} records, this one {count}: split it")


class Fence(NamedTuple):
    """A subject and its last sequence, as whoever writes takes it to be."""

    subject: str
    seq: int


class Entry(msgspec.Struct, frozen=True):
    """A message for STATE, to be taken only if the subject's last sequence is `expected` (0: none).

    With a fence, that is looked at instead: a message can have one condition.
    """

    subject: str
    payload: bytes
    expected: int
    fence: Fence | None = None

    @property
    def condition(self) -> dict[str, str]:
        """The headers that make the server look."""
        if self.fence is None:
            return {EXPECTED_SEQ: str(self.expected)}
        return {EXPECTED_SEQ: str(self.fence.seq), EXPECTED_SUBJECT: self.fence.subject}


async def ensure_streams(link: Link) -> None:
    """Make the site's streams exist with the settings of this version. Raises ApiError, LinkDown.

    Claims are in memory, so that a commit waits for the disk once, not three times; `Writer` makes sure that locks
    which a restart of the server forgets are not relied on.
    """
    common = {
        "max_msgs_per_subject": 1, "discard": "old", "retention": "limits", "num_replicas": 1, "allow_direct": True,
        "duplicate_window": 10**9, "storage": "file",
    }  # fmt: skip
    in_memory = {"storage": "memory", "allow_msg_ttl": True}
    await _ensure(link, {**common, "name": STATE, "subjects": ["st.>"], "allow_atomic": True})
    await _ensure(link, {**common, "name": MARKS, "subjects": ["mk.>"]})
    await _ensure_claims(
        link,
        {**common, **in_memory, "name": CLAIMS, "subjects": ["cl.>"], "max_bytes": CLAIMS_BYTES, "discard": "new"},
    )
    await _ensure(
        link,
        {**common, **in_memory, "name": RUNTIME, "subjects": ["rt.>"], "max_bytes": RUNTIME_BYTES,
         "max_msg_size": 16 << 10},
    )  # fmt: skip


async def _ensure(link: Link, config: dict[str, object]) -> None:
    name = config["name"]
    try:
        await link.api(f"STREAM.CREATE.{name}", config)
    except ApiError as err:
        if err.err_code != OTHER_CONFIGURATION:
            raise
        if config["storage"] == "memory":  # nothing in it must last, and the storage of a stream cannot be changed
            await link.api(f"STREAM.DELETE.{name}")
            await link.api(f"STREAM.CREATE.{name}", config)
        else:
            await link.api(f"STREAM.UPDATE.{name}", config)


async def _ensure_claims(link: Link, config: dict[str, object]) -> None:
    """Make the locks' stream exist, with sequences that it did not have in an earlier life of the server.

    They begin at the microseconds since 1970: nobody takes a million locks a second. Raises ApiError, LinkDown.
    """
    while True:
        first_seq = await _first_seq(link)
        try:
            await link.api(f"STREAM.CREATE.{CLAIMS}", {**config, "first_seq": first_seq or time.time_ns() // 1000})
            return
        except ApiError as err:
            if err.err_code != OTHER_CONFIGURATION:
                raise
        if first_seq is not None and await _first_seq(link) == first_seq:  # else another node was quicker
            await link.api(f"STREAM.DELETE.{CLAIMS}")  # one of another version


async def _first_seq(link: Link) -> int | None:
    """Return where the sequences of the locks' stream begin; 0 if an earlier version made it, None if there is none."""
    try:
        answer = msgspec.json.decode(await link.api(f"STREAM.INFO.{CLAIMS}"))
    except ApiError as err:
        if err.err_code != NO_SUCH_STREAM:
            raise
        return None
    return int(answer["config"].get("first_seq", 0))


async def append(link: Link, entries: Sequence[Entry]) -> list[int]:
    """Return the sequences under which all of `entries` are now durable.

    Raises Behind if one of them is not at its expected sequence (then none is written), LogFull, RecordTooLarge,
    TooManyRecords; LinkDown, in which case they may have landed.
    """
    for entry in entries:
        if len(entry.payload) > RECORD_BYTES_MAX:
            raise RecordTooLarge(f"{entry.subject}: {len(entry.payload)} bytes, limit {RECORD_BYTES_MAX}")
    if len(entries) > MAX_RECORDS_PER_WRITE:
        raise TooManyRecords(len(entries))
    try:
        last = await (await send(link, entries))
    except ApiError as err:
        raise translated(err) from err
    return list(range(last - len(entries) + 1, last + 1))


async def send(link: Link, entries: Sequence[Entry]) -> "asyncio.Future[int]":
    """Send entries, all to be taken or none; the future gives the last one's sequence.

    It raises ApiError (see `translated`) or LinkDown. Several are an atomic batch (NATS ADR-50): the server takes
    all of it at its last message, under consecutive sequences.
    """
    if len(entries) == 1:
        (entry,) = entries
        is_plain = entry.expected == 0 and entry.fence is None
        headers = _MUST_BE_NEW if is_plain else header_block(entry.condition)
        return await link.publish_acked(entry.subject, entry.payload, headers)
    batch = uuid.uuid4().hex
    for number, entry in enumerate(entries, 1):
        numbered = {**entry.condition, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
        if number == len(entries):
            headers = header_block({**numbered, "Nats-Batch-Commit": "1"})
            return await link.publish_acked(entry.subject, entry.payload, headers)
        await link.publish(entry.subject, entry.payload, header_block(numbered))
    raise AssertionError("there are entries")


def translated(err: ApiError) -> Exception:
    """Return what a refusal means."""
    if err.err_code in WRONG_LAST_SEQUENCE:
        return Behind()
    if err.err_code in OUT_OF_SPACE:
        return LogFull(f"the site's log is full: free space in its state directory ({err})")
    return err


async def landed(link: Link, entries: Sequence[Entry]) -> list[int] | None:
    """After a lost connection: return the sequences of `entries` if they were taken, None if they were not.

    Raises Behind if somebody else wrote in between, and LinkDown.
    """
    seqs = []
    for entry in entries:
        last = await last_message(link, STATE, entry.subject)
        if last is not None and last[1] == entry.payload:
            seqs.append(last[0])
        elif (last[0] if last else 0) != entry.expected:
            raise Behind
    return seqs if len(seqs) == len(entries) else None


async def last_message(link: Link, stream: str, subject: str) -> tuple[int, bytes] | None:
    """Return sequence and payload of a subject's last message, None if it has none. Raises LinkDown."""
    reply = await link.request(f"$JS.API.DIRECT.GET.{stream}.{subject}")
    headers = reply.headers
    if headers.get("Status") is not None:
        return None
    return int(headers["Nats-Sequence"]), reply.data


async def holds_after(link: Link, stream: str, seq: int) -> bool:
    """Tell whether the stream holds any message after sequence `seq`. Raises LinkDown."""
    question = msgspec.json.encode({"seq": seq + 1, "next_by_subj": ">"})
    reply = await link.request(f"$JS.API.DIRECT.GET.{stream}", question)
    return reply.headers.get("Status") is None


async def take_claim(link: Link, subject: str, text: bytes) -> "asyncio.Future[int]":
    """Ask for the lock at `subject`; the future gives its sequence or raises ApiError (held) or LinkDown."""
    return await link.publish_acked(subject, text, _LOCK)


async def release_claim(link: Link, seq: int) -> None:
    """Give up the lock of this sequence. Raises ApiError if it is gone already, LinkDown."""
    await link.api(f"STREAM.MSG.DELETE.{CLAIMS}", {"seq": seq, "no_erase": True})
