from math import exp, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.model import PRINTED, Element, Kind, Note, Scene, scenes
from rushes.departments.previs.timing import (
    OF_A_SHOW,
    Coefficients,
    duration_of,
    element_seconds,
    estimate,
    running_time,
)
from rushes.domain.errors import BadMaterial

PIER = b"""INT. PIER - NIGHT

Jenny waits. The *sea* is black.

JENNY
(quietly)
You came after all.

CUT TO:

EXT. ROAD - DAY

A car.
"""


def dual(left, right):
    cue = Element(Kind.CHARACTER, "A")
    sides = [(left, "left"), (right, "right")]
    spoken = [
        part
        for words, side in sides
        for part in (
            Element(Kind.CHARACTER, cue.text, side=side),
            Element(Kind.DIALOGUE, " ".join(["word"] * words), side=side),
        )
    ]
    return Scene(0, (Element(Kind.SCENE, "INT. HALL - DAY"), *spoken))


def test_a_scene_lasts_what_storyboarders_model_says():
    # its source: heading 2 s; action 0.5 s and 0.2 s a word; speech 1 s and 0.3 s a word; transition 1 s
    pier, road = scenes(read_fountain(PIER))
    assert element_seconds(pier) == pytest.approx([2.0, 0.5 + 6 * 0.2, 0.0, 1 + 0.3, 1 + 4 * 0.3, 1.0])
    assert duration_of(road) == pytest.approx(2 + 0.5 + 2 * 0.2)
    assert running_time(read_fountain(PIER)).seconds == pytest.approx(8.2 + 2.9)


def test_what_is_neither_seen_nor_heard_lasts_nothing():
    silent = [kind for kind in Kind if kind not in PRINTED] + [Kind.CHARACTER]
    for kind in silent:
        assert element_seconds(Scene(0, (Element(kind, "many words " * 9),))) == (0.0,)


def test_an_omitted_scene_lasts_nothing():
    assert duration_of(Scene(0, (Element(Kind.SCENE, "**OMITTED**", "42"), Element(Kind.ACTION, "Cut.")))) == 0


def test_marks_and_notes_are_no_words():
    said = Element(Kind.ACTION, "He _runs_ **away**.", notes=(Note(3, "why does he?"),))
    assert element_seconds(Scene(0, (said,))) == pytest.approx([0.5 + 3 * 0.2])


def test_of_dual_dialogue_the_longer_side_counts_once():
    assert duration_of(dual(10, 4)) == pytest.approx(2 + 1 + 3)
    assert duration_of(dual(4, 10)) == pytest.approx(2 + 1 + 3)
    assert element_seconds(dual(4, 10))[2] == 0


def test_two_pairs_of_dual_dialogue_in_a_row_are_two_pairs():
    first, second = dual(10, 4), dual(2, 8)
    both = Scene(0, (*first.elements, *second.elements[1:]))
    assert duration_of(both) == pytest.approx(2 + (1 + 3) + (1 + 2.4))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1, 600), min_size=1, max_size=30), st.integers(0, 200), st.floats(0.05, 0.8))
def test_a_running_time_lies_in_its_range_and_the_range_narrows_with_scenes_that_were_fitted(seconds, fitted, spread):
    held = estimate(seconds, Coefficients(spread=spread, fitted=fitted))
    assert held.low < held.seconds < held.high
    assert held.measured == (fitted > 0)
    more = estimate(seconds, Coefficients(spread=spread, fitted=fitted + 10))
    assert more.high - more.low < held.high - held.low


def test_of_very_many_scenes_only_the_pace_of_the_show_is_uncertain():
    held = estimate([1.0] * 10**6)
    assert held.high / held.seconds == pytest.approx(exp(sqrt(OF_A_SHOW**2)), rel=1e-4)


def test_a_script_without_scenes_runs_no_time():
    assert estimate([]).high == 0


def test_coefficients_that_time_nothing_are_refused_all_at_once():
    with pytest.raises(BadMaterial) as refusal:
        Coefficients(heading=-1.0, speech_word=float("nan"), spread=float("inf"))
    assert len(refusal.value.reasons) == 3
