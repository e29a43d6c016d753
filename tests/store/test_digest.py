"""The digest: equal if and only if two hold the same, and repair makes it so."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.store.digest import DigestTree, key_from_text, key_to_text, leaf_of
from weft.store.records import Key, Record, merge, write
from weft.store.repair import DIGEST, FETCH, BadAnswer, Repair, answer
from weft.store.wire import decode_record

_keys = st.builds(
    Key,
    st.sampled_from(("fabric", "site.a")),
    st.sampled_from(("port", "node")),
    st.text("ab/", min_size=1, max_size=3),
)
_records = st.builds(
    lambda key, name, hlc, site: write(None, key, {name: 1}, hlc, site),
    _keys, st.sampled_from("xy"), st.integers(1, 3), st.sampled_from("ab"),
)  # fmt: skip


class Holder:
    """Records and their tree."""

    def __init__(self, records: list[Record]) -> None:
        self.records: dict[Key, Record] = {}
        self.tree = DigestTree()
        for record in records:
            self.take(record)

    def take(self, record: Record) -> None:
        held = self.records.get(record.key)
        self.records[record.key] = merge(held, record).record if held else record
        self.tree.put(self.records[record.key])


def repair(asker: Holder, asked: Holder) -> Repair:
    comparison = Repair(asker.tree)
    while (request := comparison.request()) is not None:
        for data in comparison.take(answer(request.verb, request.payload, asked.tree, asked.records.get)):
            asker.take(decode_record(data, 1))
    return comparison


@given(st.lists(_records, max_size=8), st.lists(_records, max_size=8))
def test_digests_are_equal_if_and_only_if_the_records_are(ours, theirs):
    one, two = Holder(ours), Holder(theirs)
    assert (one.tree.root() == two.tree.root()) == (one.records == two.records)


@given(st.lists(_records, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_changes_leaves_no_trace(records, chance):
    one, two = Holder(records), Holder(chance.sample(records, len(records)))
    assert one.tree.root() == two.tree.root()
    for record in records:
        one.tree.drop(record.key)
    assert one.tree.root() == DigestTree().root()


@given(st.lists(_records, max_size=12), st.lists(_records, max_size=12))
def test_repairing_both_ways_makes_two_equal(ours, theirs):
    one, two = Holder(ours), Holder(theirs)
    same = one.records == two.records
    assert repair(one, two).equal == same
    repair(two, one)
    assert one.records == two.records
    assert repair(one, two).equal


def test_a_small_difference_among_many_costs_few_questions():
    records = [write(None, Key("fabric", "port", f"p{n}"), {"name": n}, n + 1, "a") for n in range(5_000)]
    one, two = Holder(records), Holder(records)
    two.take(write(records[77], records[77].key, {"name": "new"}, 10_000, "a"))
    comparison = Repair(one.tree)
    questions = 0
    while (request := comparison.request()) is not None:
        questions += 1
        comparison.take(answer(request.verb, request.payload, two.tree, two.records.get))
    assert (questions, comparison.fetched) == (6, 1)  # scopes, four levels, one record


def test_a_whole_copy_comes_in_answers_of_bounded_size():
    records = [write(None, Key("fabric", "port", f"p{n}"), {"blob": "x" * 5_000}, n + 1, "a") for n in range(600)]
    empty, full = Holder([]), Holder(records)
    comparison = Repair(empty.tree)
    while (request := comparison.request()) is not None:
        payload = answer(request.verb, request.payload, full.tree, full.records.get)
        assert len(payload) < 1_000_000
        for data in comparison.take(payload):
            empty.take(decode_record(data, 1))
    assert empty.records == full.records


@pytest.mark.parametrize("payload", [b"", b"\xc1", msgspec.msgpack.encode([1]), msgspec.msgpack.encode({"": 1})])
def test_nonsense_is_a_bad_answer_or_question(payload):
    comparison = Repair(DigestTree())
    comparison.request()
    with pytest.raises(BadAnswer):
        comparison.take(payload)
    for verb in (DIGEST, FETCH):
        with pytest.raises(BadAnswer):
            answer(verb, payload, DigestTree(), lambda _key: None)


def test_an_answer_cannot_lead_us_round_in_circles():
    comparison = Repair(DigestTree())
    questions = 0
    while (request := comparison.request()) is not None:
        questions += 1
        paths = msgspec.msgpack.decode(request.payload)
        lies = {
            "": "0",
            "fabric|": "1",
            "fabric|0": "2",
            "fabric|00": "3",
            "fabric|000": "4",
            **dict.fromkeys(paths, "5"),
        }
        comparison.take(msgspec.msgpack.encode(dict.fromkeys(paths, lies) if request.verb == DIGEST else []))
    assert questions < 10


@given(_keys)
def test_keys_and_places(key):
    assert key_from_text(key_to_text(key)) == key
    assert leaf_of(key).startswith(f"{key.scope}|")
