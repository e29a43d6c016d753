"""Sites that are cut off, crash, lose disks and go by wrong clocks: do they keep what they promised?

Each seed is one fabric's life; `checks.py` holds the promises. A failure prints the line that replays it.
"""

import pytest

from weft.store.simulated.simulation import simulate

SEEDS_PER_TEST = 10


@pytest.mark.parametrize("first_seed", range(1, 101, SEEDS_PER_TEST))
def test_three_sites_keep_their_promises(first_seed):
    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        simulate(seed, 3, 120)


@pytest.mark.parametrize("seed", range(1001, 1011))
def test_two_sites_keep_their_promises(seed):
    simulate(seed, 2, 150)


@pytest.mark.parametrize("seed", range(2001, 2006))
def test_seven_sites_keep_their_promises(seed):
    simulate(seed, 7, 150)


def test_one_seed_is_one_story():
    assert simulate(83113) == simulate(83113)
