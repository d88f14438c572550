from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.paint.advice import SIGNS, FrameEvidence, ranked, signature, unlike_taught
from rushes.media.colour import converter
from rushes.media.stills import read_still

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SIZE = (6, 9)
CALM = FrameEvidence(0, np.full(SIZE, 0.0001, np.float32), 0.001, 0.01, 0.1)


def shot(**troubles):
    """Return evidence of 40 calm frames; `f12=dict(flicker=0.3)` says what frame 12 has instead."""
    changes = {int(name[1:]): change for name, change in troubles.items()}
    return [replace(CALM, frame=frame, **changes.get(frame, {})) for frame in range(40)]


def spot(row, column, value=0.5):
    disagreement = CALM.disagreement.copy()
    disagreement[row, column] = value
    return disagreement


def test_the_signs_share_one_whole():
    assert sum(sign.weight for sign in SIGNS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"disagreement": spot(0, 0)}, "the network's two halves disagree; most of it in the upper left"),
        ({"flicker": 0.4}, "it flickers"),
        ({"distance": 3.0}, "nothing like it was taught"),
        ({"distance": np.inf}, "nothing like it was taught"),
        ({"area": 0.0}, "what is covered jumps in size"),
        ({"flicker": 0.4, "distance": 1.0}, "nothing like it was taught; it flickers"),
        ({"flicker": 5.0, "distance": 0.3}, "it flickers; nothing like it was taught"),
    ],
)
def test_the_frame_in_trouble_comes_first_and_is_told_why(trouble, words):
    first = ranked(shot(f17=trouble), taught=[0, 39])[0]
    assert first.frame == 17
    assert first.words.startswith(words)


SIZES = st.floats(0, 10, width=32)


@settings(max_examples=150, deadline=None)
@given(st.tuples(SIZES, SIZES, SIZES), st.sampled_from(["disagreement", "flicker", "distance"]), SIZES)
def test_more_of_any_sign_never_counts_less(values, name, more):
    disagreement, flicker, distance = values
    there = replace(CALM, disagreement=spot(1, 1, disagreement), flicker=flicker, distance=distance)
    worse = {"disagreement": spot(1, 1, disagreement + more), "flicker": flicker + more, "distance": distance + more}
    [one], [other] = ranked([there]), ranked([replace(there, **{name: worse[name]})])
    assert 0 <= one.expected_error <= other.expected_error <= 1


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(40)))
def test_the_order_in_which_frames_were_rendered_does_not_matter(order):
    evidence = shot(f5={"flicker": 0.3}, f30={"distance": 2.0})
    said = [(one.frame, one.expected_error) for one in ranked([evidence[place] for place in order], taught=[12])]
    assert said == [(one.frame, one.expected_error) for one in ranked(evidence, taught=[12])]


def test_every_frame_that_was_not_taught_is_ranked_once():
    assert sorted(one.frame for one in ranked(shot(), taught=[3, 20])) == sorted(set(range(40)) - {3, 20})
    assert ranked([]) == []


def test_a_neighbour_of_advised_or_taught_frames_waits():
    bad = {f"f{frame}": {"flicker": 0.4 + 0.001 * frame} for frame in (18, 19, 20, 21)}
    less_bad = {"f1": {"flicker": 0.3}, "f33": {"flicker": 0.2}}
    order = [one.frame for one in ranked(shot(**bad, **less_bad), taught=[0])]
    assert order[:2] == [21, 33]
    assert order.index(1) > order.index(33)
    assert order.index(20) > order.index(33)


def test_disagreement_counts_by_the_area_that_is_usually_covered():
    small, large = (
        [replace(one, area=area) for one in shot(f9={"disagreement": spot(2, 2, 0.1)})] for area in (0.01, 0.5)
    )
    assert ranked(small)[0].expected_error > ranked(large)[0].expected_error


def test_a_result_that_grows_slowly_does_not_jump():
    silent = replace(CALM, disagreement=0 * CALM.disagreement)
    growing = [replace(silent, frame=frame, area=0.0005 * 1.2**frame) for frame in range(40)]
    assert max(one.expected_error for one in ranked(growing)) < 0.02


def test_heat_shows_where_from_nothing_to_all():
    flicker = np.zeros((12, 18), np.float32)
    flicker[8:10, 12:14] = 5.0
    first = ranked(shot(f8={"disagreement": spot(1, 2), "flicker": flicker}))[0]
    assert first.frame == 8
    assert first.heat.shape == SIZE
    assert 0 <= first.heat.min() <= first.heat.max() <= 1
    assert sorted(map(tuple, np.argwhere(first.heat > 0.15).tolist())) == [(1, 2), (4, 6)]


def test_flicker_is_a_number_or_a_map_of_it():
    everywhere = np.full(SIZE, 0.02, np.float32)
    number, shown = ranked([replace(CALM, flicker=0.2)]), ranked([replace(CALM, flicker=everywhere)])
    assert number[0].expected_error == pytest.approx(shown[0].expected_error, abs=1e-6)


def test_a_calm_frame_is_not_talked_into_trouble():
    silent = FrameEvidence(4, np.zeros(SIZE, np.float32), 0.0, 0.0, 0.1)
    assert ranked([silent])[0].words == "nothing speaks against it"
    assert ranked([silent])[0].expected_error == 0


@settings(max_examples=20, deadline=None)
@given(st.floats(-6, 6), st.integers(2, 60), st.integers(2, 60))
def test_exposure_leaves_a_signature_alone(stops, height, width):
    plate = np.random.default_rng(height * width).uniform(0.02, 1, (3, height, width)).astype(np.float32)
    assert signature(plate).shape == (168,)
    np.testing.assert_allclose(signature(plate * np.float32(2.0**stops)), signature(plate), atol=1e-3)


@pytest.mark.parametrize("plate", [np.zeros((3, 1, 1)), np.full((3, 5, 300), -1.0), np.full((3, 9, 9), 65504.0)])
def test_every_plate_has_a_signature_of_numbers(plate):
    assert np.isfinite(signature(plate.astype(np.float32))).all()


def test_the_nearest_of_the_taught_counts():
    draw = np.random.default_rng(1)
    taught = draw.normal(size=(3, 168)).astype(np.float32)
    assert unlike_taught(taught[1], taught) == 0
    assert unlike_taught(taught[2] + np.float32(0.25), taught) == pytest.approx(0.25, rel=1e-4)
    assert unlike_taught(taught[0], taught[:0]) == np.inf


def test_real_frames_are_less_alike_the_further_they_are_apart(shared):
    folder = shared("roto_car-shadow") / "JPEGImages" / "480p" / "car-shadow"
    to_linear = converter(CONFIG, "sRGB - Texture", "ACEScg")
    signatures = []
    for number in (0, 1, 10, 39):
        packed = read_still(folder / f"{number:05}.jpg").packed
        to_linear(packed)
        signatures.append(signature(packed.transpose(2, 0, 1)))
    near, far, furthest = (unlike_taught(one, signatures[0]) for one in signatures[1:])
    assert near < 0.3 * far < 0.3 * furthest
