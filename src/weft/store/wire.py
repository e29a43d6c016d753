"""Records as bytes, and back with the distrust that other people's bytes deserve.

Layout (msgpack): [1, scope, kind, id, {site: n}, {field: [value, hlc, site, n]}]. `decode_record` raises BadRecord
and nothing else, whatever it is given. Kinds and fields unknown to this version pass: newer peers have them.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec

from weft.model import Invalid
from weft.store.clock import MAX_AHEAD_MS, ms_from_hlc
from weft.store.records import Field, Key, Record, Stamp
from weft.store.writes import RECORD_ID

FORMAT = 1
RECORD_BYTES_MAX = 256 * 1024
FIELDS_MAX = 512
GRANTS_MAX = 4096  # fields with a dot: the parts of a pool that were granted, see blocks.py
WRITERS_MAX = 4096  # sites (and their incarnations) in one version vector
SHARED_MAX = 4096  # texts remembered because they repeat…
SHARED_CHARS_MAX = 64  # …and how long they may be: a hostile peer must not fill our memory with them
DEPTH_MAX = 16  # of lists and dicts within a value; Neutron's deepest has 3
INT_MAX = 2**63 - 1

_SCOPE = re.compile(r"fabric|(region|site)\.[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FIELD = re.compile(r"[\x21-\x7e]{1,128}")
_WRITER = re.compile(
    r"([a-z0-9]([a-z0-9-]{0,62})?(\+[a-z0-9]{1,16})?)?"
)  # "" wrote the seeds, "a+x7" is a later life of "a"


class BadRecord(Invalid):
    """These bytes are no record that we would store; the message says why."""

    code = "bad_record"


Wire = tuple[int, str, str, str, dict[str, int], dict[str, tuple[Any, int, str, int]]]  # the layout, not yet checked
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Wire)


def encode_record(record: Record) -> bytes:
    """Return the bytes that stand for `record`; equal records give equal bytes."""
    held = record.fields
    fields: dict[str, tuple[Any, int, str, int]] = {}
    for name in sorted(held):
        field = held[name]
        stamp = field.stamp
        fields[name] = (field.value, stamp.hlc, stamp.site, stamp.n)
    versions = record.versions
    if len(versions) > 1:
        versions = dict(sorted(versions.items()))
    return _encoder.encode((FORMAT, *record.key, versions, fields))


def decode_record(data: bytes, now_ms: int | None) -> Record:
    """Return the record in `data`.

    Raises BadRecord if it is malformed, oversize or, with `now_ms` given, from the future.
    """
    return record_of(parse(data), now_ms)


def parse(data: bytes) -> Wire:
    """Return what `data` says, for `record_of`. Raises BadRecord if it has another layout or is oversize."""
    if len(data) > RECORD_BYTES_MAX:
        raise BadRecord(f"{len(data)} bytes, limit {RECORD_BYTES_MAX}")
    try:
        parsed: Wire = _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as err:  # ValueError: bad UTF-8
        raise BadRecord(f"not a record: {err}") from err
    return parsed


def record_of(wire: Wire, now_ms: int | None) -> Record:
    """Return the record that was parsed. Raises BadRecord as `decode_record` does."""
    format_, scope, kind, id, versions, wire_fields = wire
    if format_ != FORMAT:
        raise BadRecord(f"format {format_}, this version reads {FORMAT}")
    # Most records have one stamp or two, names are everywhere the same and so are many values: what is shared
    # takes no memory and is checked once. With 100,000 ports that halves both.
    if max(len(_names), len(_texts), len(_places)) > SHARED_MAX:
        _names.clear()
        _texts.clear()
        _places.clear()
    share, names = _texts.setdefault, _names
    stamps: dict[tuple[int, str, int], Stamp] = {}
    fields: dict[str, Field] = {}
    last_hlc = last_n = -1
    last_site = ""
    for name, (value, hlc, site, n) in wire_fields.items():
        if hlc != last_hlc or n != last_n or site != last_site:
            last_hlc, last_site, last_n = hlc, site, n
            stamp = stamps.get((hlc, site, n)) or stamps.setdefault((hlc, site, n), Stamp(hlc, share(site, site), n))
        if type(value) is str and len(value) <= SHARED_CHARS_MAX:
            value = share(value, value)
        fields[names.get(name, name)] = Field(value, stamp)
    key = Key(share(scope, scope), share(kind, kind), id)
    record = Record(key, fields, {share(site, site): n for site, n in versions.items()})
    check_record(record, now_ms)
    return record


def is_held(wire: Wire, raw: Callable[[Key], Record | None]) -> bool:
    """Tell whether `raw` has the very same. A cheap look: in a mesh every record comes by once per neighbour."""
    _, scope, kind, id, versions, fields = wire
    held = raw(Key(scope, kind, id))
    if held is None or held.versions != versions or len(held.fields) != len(fields):
        return False
    for name, (_, hlc, site, n) in fields.items():
        field = held.fields.get(name)
        if field is None or (field.stamp.hlc, field.stamp.n, field.stamp.site) != (hlc, n, site):
            return False
    return True


_texts: dict[str, str] = {}  # an equal text that others hold too
_names: dict[str, str] = {}  # the same for field names, which have been checked
_places: set[tuple[str, str]] = set()  # scopes and kinds that have been checked
_PLAIN = (str, bool, type(None))  # of these any value is good


def check_record(record: Record, now_ms: int | None) -> None:
    """Make sure that a record's contents are such as an honest writer makes. Raises BadRecord."""
    scope, kind, id = record.key
    if (scope, kind) not in _places or not RECORD_ID.fullmatch(id):
        if not (_SCOPE.fullmatch(scope) and _KIND.fullmatch(kind) and RECORD_ID.fullmatch(id)):
            raise BadRecord(f"no key: {str(record.key)[:200]!r}")
        _places.add((scope, kind))
    count = len(record.fields)
    grants = sum(["." in name for name in record.fields]) if count > FIELDS_MAX else 0
    if not 0 < count <= FIELDS_MAX + grants or grants > GRANTS_MAX:
        raise BadRecord(f"{record.key}: {count} fields, must be 1..{FIELDS_MAX} (and {GRANTS_MAX} grants)")
    if len(record.versions) > WRITERS_MAX:
        raise BadRecord(f"{record.key}: {len(record.versions)} writers, limit {WRITERS_MAX}")
    for writer, n in record.versions.items():
        if not _WRITER.fullmatch(writer) or not 0 < n <= INT_MAX:
            raise BadRecord(f"{record.key}: version {writer[:80]!r}: {n}")
    if not record.fields.keys() <= _names.keys():
        for name in record.fields:
            if not _FIELD.fullmatch(name):
                raise BadRecord(f"{record.key}: field name {name[:80]!r}")
            _names[name] = name
    checked: Stamp | None = None
    for name, field in record.fields.items():
        if field.stamp is not checked:
            _check_stamp(record, name, field.stamp, now_ms)
            checked = field.stamp
        if type(field.value) not in _PLAIN:
            _check_value(record, name, field.value, DEPTH_MAX)


def _check_stamp(record: Record, name: str, stamp: Stamp, now_ms: int | None) -> None:
    if not 0 < stamp.n <= record.versions.get(stamp.site, 0):
        raise BadRecord(f"{record.key}: {name}: write {stamp.n} of {stamp.site[:80]!r} is not in the version vector")
    if not 0 < stamp.hlc <= INT_MAX:
        raise BadRecord(f"{record.key}: {name}: no clock reading: {stamp.hlc}")
    if now_ms is None:
        return
    ahead_ms = ms_from_hlc(stamp.hlc) - now_ms
    if ahead_ms > MAX_AHEAD_MS:
        raise FromTheFuture(f"{record.key}: {name}: written {ahead_ms} ms ahead of our clock (limit {MAX_AHEAD_MS})")


class FromTheFuture(BadRecord):
    """A stamp lies too far ahead of our clock: refused now, good in a while (or somebody's clock is wrong)."""

    code = "clock_too_far_ahead"


def _check_value(record: Record, name: str, value: Any, depth: int) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if not -INT_MAX <= value <= INT_MAX:
            raise BadRecord(f"{record.key}: {name}: number out of range")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadRecord(f"{record.key}: {name}: {value} is no number")
    elif depth == 0:
        raise BadRecord(f"{record.key}: {name}: nested more than {DEPTH_MAX} deep")
    elif isinstance(value, list):
        for element in value:
            _check_value(record, name, element, depth - 1)
    elif isinstance(value, dict):
        for key, element in value.items():
            if not isinstance(key, str):
                raise BadRecord(f"{record.key}: {name}: key {str(key)[:80]!r} is no string")
            _check_value(record, name, element, depth - 1)
    else:
        raise BadRecord(f"{record.key}: {name}: {type(value).__name__} is nothing that JSON can say")
