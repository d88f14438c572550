from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rushes.departments.look.coverage import coverage_outside
from rushes.departments.look.lattice import evidence_at
from rushes.departments.look.look import Cdl, Floats, Look, neutral_look

SHADOW, HIGHLIGHT = np.full((1, 3), 0.2, np.float32), np.full((1, 3), 0.8, np.float32)


def look_that_saw(colours: Floats, counts: float = 100.0) -> Look:
    look = neutral_look("ACEScct", points=9)
    seen = evidence_at(colours.astype(np.float64), np.full(len(colours), counts), look.lattice_domain, points=9)
    return replace(look, seen=seen)


def test_a_colour_that_was_shown_is_known():
    assert coverage_outside(look_that_saw(SHADOW), SHADOW) == 0.0


def test_a_colour_that_was_never_shown_is_outside():
    assert coverage_outside(look_that_saw(SHADOW), HIGHLIGHT) == 1.0


def test_a_frame_of_which_half_was_shown_is_half_outside():
    frame = np.concatenate([SHADOW, HIGHLIGHT]).repeat(50, axis=0).reshape(10, 10, 3)
    assert coverage_outside(look_that_saw(SHADOW), frame) == 0.5


def test_a_colour_beyond_the_domain_is_outside_even_where_the_edge_was_shown():
    edge = np.ones((1, 3), np.float32)
    assert coverage_outside(look_that_saw(edge), edge) == 0.0
    assert coverage_outside(look_that_saw(edge), edge + np.float32([0, 0.01, 0])) == 1.0


def test_a_look_that_has_seen_nothing_knows_nothing():
    every = np.random.default_rng(0).uniform(0, 1, (1000, 3)).astype(np.float32)
    assert coverage_outside(neutral_look("ACEScct", points=9), every) == 1.0


def test_a_few_pixels_are_not_enough_to_know_a_colour():
    glimpsed = look_that_saw(SHADOW, counts=0.4)
    assert coverage_outside(glimpsed, SHADOW) == 1.0
    assert coverage_outside(glimpsed, SHADOW, least=0.1) == 0.0


def test_what_was_seen_is_asked_by_the_colour_that_cdl_and_curves_make_of_a_pixel():
    brightened = replace(look_that_saw(HIGHLIGHT), cdl=Cdl(slope=(4.0, 4.0, 4.0)))
    assert coverage_outside(brightened, SHADOW) == 0.0
    lifted = neutral_look("ACEScct").curves * np.float32(0.5) + np.float32(0.7)
    assert coverage_outside(replace(look_that_saw(HIGHLIGHT), curves=lifted), SHADOW) == 0.0


@pytest.mark.parametrize("damage", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number_is_unlike_anything(damage):
    frame = np.repeat(SHADOW, 4, axis=0)
    frame[1, 2] = damage
    assert coverage_outside(look_that_saw(SHADOW), frame) == 0.25


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.float32, (3, 3, 3), elements=st.floats(0, 8, width=32)),
    hnp.arrays(np.float32, (20, 3), elements=st.floats(-0.5, 1.5, width=32)),
    st.tuples(st.floats(0, 10), st.floats(0, 10)).map(sorted),
)
def test_whoever_asks_for_more_evidence_finds_no_fewer_pixels_outside(seen, pixels, least):
    look = replace(neutral_look("ACEScct", points=3), seen=seen)
    little, much = (coverage_outside(look, pixels, least=one) for one in least)
    assert 0.0 <= little <= much <= 1.0
