"""What goes out first, and what is in it."""

from hypothesis import given
from hypothesis import strategies as st

from weft.store.outbox import Outbox
from weft.store.records import Key

KEYS = [Key("fabric", kind, id) for kind in ("port", "conflict", "network") for id in "abc"]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.booleans())))
def test_reports_go_first_and_the_oldest_before_the_newer(steps):
    outbox, expected = Outbox(), list[Key]()
    for key, is_added in steps:
        if is_added:
            outbox.add(key)
            expected += [key] if key not in expected else []
        else:
            outbox.discard(key)
            expected = [other for other in expected if other != key]
    expected.sort(key=lambda key: key.kind != "conflict")
    assert list(outbox) == expected
    assert (len(outbox), bool(outbox)) == (len(expected), bool(expected))
    assert {key for key in KEYS if key in outbox} == set(expected)
    assert list(Outbox(expected)) == expected


def test_what_is_under_way_is_left_out():
    outbox = Outbox(KEYS)
    assert outbox.first(2, {KEYS[3]}) == [KEYS[4], KEYS[5]]
    assert outbox.first(None, set(KEYS[:8])) == [KEYS[8]]
