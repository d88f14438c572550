import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.originality.fingerprints import distance, fingerprints
from rushes.originality.search import CANDIDATE, COPY

words = st.lists(st.integers(0, 2**64 - 1), min_size=4, max_size=4).map(lambda four: np.array(four, np.uint64))


def nearest(one, other):
    return min(distance(a.bits, b.bits) for a in one for b in other)


def test_a_picture_is_at_no_distance_from_itself_and_its_mirror_at_none_once_that_is_hashed(scene):
    picture = scene(1)
    here, turned = fingerprints(picture, mirror=True), fingerprints(np.ascontiguousarray(picture[:, ::-1]))
    assert [one.part for one in here] == ["whole", "centre", "mirrored whole", "mirrored centre"]
    assert distance(here[0].bits, fingerprints(picture)[0].bits) == 0
    assert distance(here[2].bits, turned[0].bits) == 0
    assert nearest(here[:2], turned) > CANDIDATE


@settings(max_examples=50, deadline=None)
@given(words, words, words)
def test_distance_is_symmetric_zero_only_at_home_and_never_longer_by_a_detour(a, b, c):
    assert distance(a, b) == distance(b, a) == bin(int.from_bytes((a ^ b).tobytes(), "big")).count("1")
    assert (distance(a, b) == 0) is np.array_equal(a, b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)


def test_the_bits_are_those_of_pdq_in_its_order(scene):
    import pdqhash

    picture = scene(2)
    bits = pdqhash.compute(picture)[0]
    said = "".join(f"{int(word):064b}" for word in fingerprints(picture)[0].bits)
    assert said == "".join(map(str, bits))


@pytest.mark.parametrize(
    "change",
    [
        lambda p: cv2.imdecode(cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR),
        lambda p: cv2.resize(p, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA),
        lambda p: np.clip(p * np.float32([0.9, 0.6, 0.4]), 0, 255).astype(np.uint8),
        lambda p: np.pad(p, ((0, 0), (90, 90), (0, 0))),
        lambda p: np.where(np.abs(np.arange(len(p)) - 202)[:, None, None] < 150, p, 0).astype(np.uint8),
    ],
    ids=["jpeg", "smaller", "graded", "pillarbox", "letterbox"],
)
def test_a_copy_is_known_after(change, scene):
    assert nearest(fingerprints(change(scene(3))), fingerprints(scene(3))) <= COPY


def test_a_picture_with_a_white_edge_is_known_after_noise_that_makes_it_no_bar(scene):
    picture = scene(9).copy()
    picture[320:] = 250
    noise = np.random.default_rng(2).normal(0, 15, picture.shape)
    noisy = np.clip(picture + noise, 0, 255).astype(np.uint8)
    assert [one.part for one in fingerprints(picture)] == ["whole", "centre", "inside of bars"]
    assert [one.part for one in fingerprints(noisy)] == ["whole", "centre"]
    assert nearest(fingerprints(noisy), fingerprints(picture)) <= COPY


def test_other_pictures_are_far(scene):
    known = [fingerprints(scene(seed)) for seed in range(6)]
    assert min(nearest(a, b) for i, a in enumerate(known) for b in known[:i]) > CANDIDATE


@pytest.mark.parametrize("shape", [(1, 1, 3), (720, 1, 3), (1, 720, 3), (20, 720, 3), (404, 720, 3)])
@pytest.mark.parametrize("code", [0, 255, 128])
def test_a_flat_picture_or_a_sliver_has_none(shape, code):
    assert fingerprints(np.full(shape, code, np.uint8), mirror=True) == ()


def test_a_sky_has_none_for_all_skies_are_alike():
    sky = np.rint(np.linspace(150, 162, 404))[:, None, None] * np.ones((1, 720, 3))
    assert fingerprints(sky.astype(np.uint8), mirror=True) == ()


def test_a_sliver_has_none_even_where_there_is_something_in_it(scene):
    assert fingerprints(scene(4)[:20]) == ()
