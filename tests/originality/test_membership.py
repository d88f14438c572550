"""An AUC with its interval, against what it is by hand and by chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.originality.membership import membership

Errors = st.lists(st.floats(0, 1), min_size=4, max_size=12)


def test_it_counts_the_pairs_in_which_the_member_does_better_and_ties_half():
    """By hand: of 2 × 2 pairs 1 < 2, 1 < 3, 2 = 2, 2 < 3."""
    assert membership([1, 2], [2, 3]).auc == (3 + 0.5) / 4


@settings(max_examples=30, deadline=None)
@given(Errors, Errors)
def test_exchanging_the_sides_turns_it_over_and_a_scale_does_nothing(members, others):
    test = membership(members, others)
    assert membership(others, members).auc == pytest.approx(1 - test.auc)
    assert membership([4 * error for error in members], [4 * error for error in others]) == test
    assert test.low <= test.auc + 1e-9
    assert test.auc <= test.high + 1e-9


def test_frames_that_are_known_stand_out_and_frames_that_are_not_do_not():
    rng = np.random.default_rng(0)
    known, like_them = rng.normal(1, 1, 60), rng.normal(2, 1, 60)
    told = membership(known.tolist(), like_them.tolist())
    assert told.auc == pytest.approx(0.76, abs=0.08)  # Φ(1/√2), of two normal distributions one apart
    assert not told.like_chance
    same = membership(like_them[:30].tolist(), like_them[30:].tolist())
    assert same.like_chance
    assert not same.proven


def test_in_nineteen_of_twenty_worlds_the_interval_holds_the_truth():
    rng = np.random.default_rng(1)
    held = [membership(rng.normal(size=20).tolist(), rng.normal(size=20).tolist()).like_chance for _ in range(40)]
    assert 34 <= sum(held) <= 40


def test_many_frames_that_nobody_can_tell_apart_prove_it():
    rng = np.random.default_rng(2)
    test = membership(rng.normal(size=600).tolist(), rng.normal(size=600).tolist())
    assert test.proven
    assert (test.members, test.others) == (600, 600)
