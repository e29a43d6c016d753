"""Merging: the laws that let records travel any road, in any order, any number of times."""

from hypothesis import given
from hypothesis import strategies as st

from tests.store.histories import KEY, SITES, History, histories
from weft.store.records import Record, merge, write


def join(one: Record, two: Record) -> Record:
    return merge(one, two).record


@given(histories(), st.data())
def test_merging_is_commutative_associative_and_idempotent(history: History, data):
    one, two, three = (data.draw(st.sampled_from(history.versions)) for _ in range(3))
    assert join(one, two) == join(two, one)
    assert join(join(one, two), three) == join(one, join(two, three))
    assert join(one, one) == one
    assert join(join(one, two), two) == join(one, two)


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_ends_the_same(history: History, chance):
    ends = []
    for _ in range(3):
        heard = chance.choices(history.versions, k=len(history.versions)) + history.versions
        chance.shuffle(heard)
        end = heard[0]
        for version in heard[1:]:
            end = join(end, version)
        ends.append(end)
    assert ends[0] == ends[1] == ends[2]


@given(histories(), st.data())
def test_changed_says_whether_anything_changed(history: History, data):
    one, two = (data.draw(st.sampled_from(history.versions)) for _ in range(2))
    merged = merge(one, two)
    assert merged.changed == (merged.record != one)
    assert merged.record.revision >= max(one.revision, two.revision)


@given(histories(), st.sampled_from(SITES), st.sampled_from(SITES))
def test_losses_are_the_concurrent_and_different_values(history: History, mine: str, theirs: str):
    if mine not in history.held or theirs not in history.held:
        return
    left, right = history.held[mine], history.held[theirs]
    expected = set()
    for name in left.fields.keys() & right.fields.keys():
        my, their = left.fields[name], right.fields[name]
        if my.stamp == their.stamp or my.value == their.value:
            continue
        won, lost = (my, their) if my.stamp > their.stamp else (their, my)
        knew = history.knows[mine if won is my else theirs]
        if (lost.stamp.site, lost.stamp.n) not in knew:
            expected.add((name, won.stamp, lost.stamp))
    assert {(loss.field, loss.won.stamp, loss.lost.stamp) for loss in merge(left, right).losses} == expected


@given(histories())
def test_the_version_vector_knows_exactly_what_went_in(history: History):
    for site, record in history.held.items():
        assert {(s, n) for s, count in record.versions.items() for n in range(1, count + 1)} == history.knows[site]


def test_a_write_keeps_what_it_does_not_name():
    first = write(None, KEY, {"name": "x", "host": "a1"}, 1, "a")
    second = write(first, KEY, {"name": "y"}, 2, "b")
    assert (second.get("name"), second.get("host"), second.revision) == ("y", "a1", 2)
    assert second.oldest == first.newest
