"""Records as bytes: what honest sites write comes back as it was; nothing else gets in, or out as another error."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.histories import History, histories
from weft.store.clock import hlc_from_ms
from weft.store.records import Key, write
from weft.store.wire import RECORD_BYTES_MAX, BadRecord, FromTheFuture, decode_record, encode_record, is_held, parse

NOW_MS = 2_000_000
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(histories())
def test_there_and_back(history: History):
    for record in history.versions:
        data = encode_record(record)
        assert decode_record(data, NOW_MS) == record
        assert encode_record(decode_record(data, NOW_MS)) == data
        assert is_held(parse(data), lambda _key, held=record: held)
        assert not is_held(parse(data), lambda _key: None)


@given(histories(), st.data())
def test_another_version_is_not_taken_for_the_one_held(history: History, data):
    one, other = data.draw(st.sampled_from(history.versions)), data.draw(st.sampled_from(history.versions))
    assert is_held(parse(encode_record(one)), lambda _key: other) == (one == other)


@given(st.dictionaries(st.text("abc_", min_size=1, max_size=8), _json, min_size=1, max_size=8))
def test_values_are_anything_that_json_can_say(values):
    record = write(None, Key("fabric", "thing", "1"), values, 7, "a")
    assert decode_record(encode_record(record), NOW_MS) == record


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_a_bad_record(data):
    with contextlib.suppress(BadRecord):
        is_held(parse(data), lambda _key: None)
        decode_record(data, NOW_MS)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.text(max_size=5) | st.integers(0, 9), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(_anything, _anything, _anything)
def test_any_shape_is_a_record_or_a_bad_record(versions, fields, other):
    for shape in ([1, "fabric", "port", "p", versions, fields], [1, other, "port", "p", {"a": 1}, {"x": other}], other):
        try:
            record = decode_record(msgspec.msgpack.encode(shape), NOW_MS)
        except BadRecord:
            continue
        assert decode_record(encode_record(record), NOW_MS) == record


@given(histories(), st.data())
def test_a_damaged_record_is_a_record_or_a_bad_record(history: History, data):
    whole = bytearray(encode_record(history.versions[-1]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadRecord):
        decode_record(bytes(whole[: data.draw(st.integers(0, len(whole)))]), NOW_MS)


def _shape(**other):
    parts = {
        "format": 1,
        "scope": "fabric",
        "kind": "port",
        "id": "p",
        "versions": {"a": 1},
        "fields": {"x": [1, 7, "a", 1]},
    }
    return list({**parts, **other}.values())


HOSTILE = [
    ("another format", _shape(format=2)),
    ("a scope that is none", _shape(scope="earth")),
    ("a kind with a dot", _shape(kind="a.b")),
    ("a key with a blank", _shape(id="p p")),
    ("an empty key", _shape(id="")),
    ("a key that is too long", _shape(id="p" * 256)),
    ("no fields", _shape(fields={})),
    ("too many fields", _shape(fields={f"f{n}": [1, 7, "a", 1] for n in range(513)})),
    ("too many grants", _shape(fields={f"item.{n}": [1, 7, "a", 1] for n in range(5000)})),
    ("a field name with a blank", _shape(fields={"x y": [1, 7, "a", 1]})),
    ("a write that the version vector does not know", _shape(fields={"x": [1, 7, "a", 2]})),
    ("a write by nobody known", _shape(fields={"x": [1, 7, "b", 1]})),
    ("a negative count", _shape(versions={"a": -1})),
    ("a count of nothing", _shape(versions={"a": 1, "b": 0})),
    ("a writer in capitals", _shape(versions={"A": 1, "a": 1})),
    ("a negative clock", _shape(fields={"x": [1, -7, "a", 1]})),
    ("a clock at zero", _shape(fields={"x": [1, 0, "a", 1]})),
    ("a number out of range", _shape(fields={"x": [2**64 - 1, 7, "a", 1]})),
    ("bytes", _shape(fields={"x": [b"", 7, "a", 1]})),
    ("not a number", _shape(fields={"x": [float("nan"), 7, "a", 1]})),
    ("endless", _shape(fields={"x": [float("inf"), 7, "a", 1]})),
    ("keys that are numbers", _shape(fields={"x": [{1: 2}, 7, "a", 1]})),
    ("a stamp with a text for a clock", _shape(fields={"x": [1, "7", "a", 1]})),
    ("one part too many", [*_shape(), 1]),
    ("one part too few", _shape()[:-1]),
]


@pytest.mark.parametrize(("_", "shape"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_hostile_records_are_refused(_, shape):
    assert decode_record(msgspec.msgpack.encode(_shape()), NOW_MS)
    with pytest.raises(BadRecord):
        decode_record(msgspec.msgpack.encode(shape), NOW_MS)


def test_depth_and_size_are_bounded():
    deep = 1
    for _ in range(20):
        deep = [deep]
    with pytest.raises(BadRecord, match="deep"):
        decode_record(msgspec.msgpack.encode(_shape(fields={"x": [deep, 7, "a", 1]})), NOW_MS)
    with pytest.raises(BadRecord):
        decode_record(b"\x91" * 200_000, NOW_MS)  # a bomb of nested lists
    with pytest.raises(BadRecord, match="limit"):
        decode_record(b"x" * (RECORD_BYTES_MAX + 1), NOW_MS)


def test_the_future_is_refused_unless_we_wrote_it_ourselves():
    data = msgspec.msgpack.encode(_shape(fields={"x": [1, hlc_from_ms(NOW_MS + 61_000), "a", 1]}))
    with pytest.raises(FromTheFuture):
        decode_record(data, NOW_MS)
    assert decode_record(data, None)
    assert decode_record(data, NOW_MS + 2_000)
