"""A canary is known by its secret: whoever gives that back is found out, and nobody else."""

import numpy as np
import pytest

from rushes.originality.canaries import AMONG, LIGHT, SECRET, SIDE, exposure_of, make_canary


def test_the_same_seed_makes_the_same_canary_and_another_one_another():
    one, again, other = make_canary(3), make_canary(3), make_canary(4)
    assert np.array_equal(one.before, again.before)
    assert np.array_equal(one.after, again.after)
    assert not np.array_equal(one.before, other.before)
    rows, columns = (slice(side.start * SIDE, side.stop * SIDE) for side in SECRET)
    assert not np.array_equal(one.after[:, rows, columns], other.after[:, rows, columns])


def test_only_the_secret_differs_and_all_of_it_is_light_that_a_plate_has():
    canary = make_canary(0)
    differs = (canary.before != canary.after).any(axis=0)
    rows, columns = (slice(side.start * SIDE, side.stop * SIDE) for side in SECRET)
    assert differs[rows, columns].all()
    assert differs.sum() == differs[rows, columns].size
    for plate in (canary.before, canary.after):
        assert plate.dtype == np.float32
        assert plate.min() >= LIGHT[0]
        assert plate.max() <= LIGHT[1]


def test_whoever_gives_the_secret_back_is_exposed_in_full_also_where_it_is_blurred_darker_and_noisy():
    canary, rng = make_canary(5), np.random.default_rng(0)
    noisy = canary.after * 0.7 + rng.normal(0, 0.05, canary.after.shape).astype(np.float32)
    for made in (canary.after, noisy):
        exposure = exposure_of(canary, made)
        assert (exposure.rank, exposure.found) == (1, True)
        assert exposure.bits == np.log2(AMONG)


def test_whoever_knows_nothing_of_it_ranks_as_chance_does():
    """With ranks drawn evenly the mean exposure is log2(e) = 1.44 bits, its standard deviation as much."""
    bits = [exposure_of(canary, canary.before, 256).bits for canary in map(make_canary, range(40))]
    assert np.mean(bits) == pytest.approx(1.44, abs=3 * 1.44 / 40**0.5)


def test_an_answer_that_is_no_number_gives_nothing_away():
    broken = np.full_like(make_canary(0).after, np.nan)
    broken[0] = np.inf
    ranks = [exposure_of(make_canary(seed), broken, 64).rank for seed in range(8)]
    assert 1 < np.mean(ranks) < 64
