"""Cutting, healing and shaping pairs."""

import pytest

from weft.lab.wan.shapes import Shape, Wan, all_pairs, pair, pairs_of, with_cut, with_healed, with_shape
from weft.model import Invalid

SITES = ("a", "b", "c")


def test_a_pair_has_no_direction():
    assert pair("b", "a") == pair("a", "b") == ("a", "b")
    with pytest.raises(Invalid):
        pair("a", "a")


def test_cutting_a_site_cuts_it_from_all_others_and_healing_a_pair_heals_just_that():
    wan = with_cut(Wan(), pairs_of("c", SITES))
    assert wan.cut == (("a", "c"), ("b", "c"))
    assert with_healed(wan, [pair("c", "a")]).cut == (("b", "c"),)
    assert with_healed(wan, wan.cut) == Wan()


def test_cutting_and_healing_twice_changes_nothing():
    once = with_cut(Wan(), pairs_of("a", SITES))
    assert with_cut(once, pairs_of("a", SITES)) == once
    healed = with_healed(once, pairs_of("a", SITES))
    assert with_healed(healed, pairs_of("a", SITES)) == healed


def test_a_shape_replaces_the_one_before_and_a_plain_one_ends_it():
    wan = with_shape(Wan(), all_pairs(SITES), Shape(delay_ms=20))
    wan = with_shape(wan, [("a", "b")], Shape(loss_pct=1))
    assert wan.shape_of("b", "a") == Shape(loss_pct=1)
    assert wan.shape_of("b", "c") == Shape(delay_ms=20)
    assert len(with_shape(wan, [("a", "b")], Shape()).shaped) == 2


@pytest.mark.parametrize("shape", [Shape(delay_ms=-1), Shape(loss_pct=101), Shape(rate_mbit=-5), Shape(delay_ms=1e9)])
def test_absurd_shapes_are_refused(shape):
    with pytest.raises(Invalid):
        with_shape(Wan(), [("a", "b")], shape)
