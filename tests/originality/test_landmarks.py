import cv2
import numpy as np
import pytest

from rushes.originality.landmarks import Landmarks, landmarks, shared
from rushes.originality.pictures import of_one_size


def test_a_picture_shares_all_of_itself_with_itself(scene):
    marks = landmarks(scene(1))
    found = shared(marks, marks)
    assert found.scale == pytest.approx(1, abs=1e-3)
    assert abs(found.degrees) < 0.1
    assert cv2.contourArea(found.here) > 0.7 * 720 * 404
    assert np.allclose(found.here, found.there, atol=1)


def test_half_of_a_picture_is_found_where_it_was(scene):
    picture = scene(2)
    top, left, height, width = 40, 60, 286, 509  # half of the area
    found = shared(landmarks(of_one_size(picture[top : top + height, left : left + width])), landmarks(picture))
    assert found.scale == pytest.approx(720 / width, rel=0.02)
    low, high = found.there.min(axis=0), found.there.max(axis=0)
    assert np.all(low >= [left - 6, top - 6])
    assert np.all(high <= [left + width + 6, top + height + 6])
    assert np.all(high - low > [0.8 * width, 0.8 * height])


@pytest.mark.parametrize("degrees", [5, 90])
def test_a_turned_picture_is_found_with_its_angle(degrees, scene):
    way = cv2.getRotationMatrix2D((360, 202), degrees, 1)
    found = shared(landmarks(cv2.warpAffine(scene(3), way, (720, 404))), landmarks(scene(3)))
    assert found.degrees == pytest.approx(-degrees, abs=0.5)


def test_a_picture_set_into_another_is_found(scene):
    held = scene(5).copy()
    held[100:342, 200:632] = cv2.resize(scene(4), (432, 242), interpolation=cv2.INTER_AREA)
    found = shared(landmarks(held), landmarks(scene(4)))
    assert found.scale == pytest.approx(0.6, rel=0.02)
    assert np.all(found.here.min(axis=0) >= [194, 94])


def test_other_pictures_share_nothing(scene):
    known = [landmarks(scene(seed)) for seed in range(5)]
    assert [shared(a, b) for i, a in enumerate(known) for b in known[:i]] == [None] * 10


def test_stripes_share_nothing_with_other_stripes():
    """Without the test of how much is covered, a striped blind matched a dozen unrelated pictures."""
    rows = np.arange(404)[:, None, None] * np.ones((1, 720, 3))
    rng = np.random.default_rng(0)
    one, other = (((rows // 14) % 2 * 160 + 40 + rng.normal(0, 3, rows.shape)).astype(np.uint8) for _ in range(2))
    assert shared(landmarks(one), landmarks(other)) is None


@pytest.mark.parametrize(("rows", "proves"), [(1, False), (5, True)])
def test_corners_on_one_line_prove_nothing_however_many_there_are(rows, proves):
    across, down = np.meshgrid(np.arange(40) * 12.0, np.arange(rows) * 30.0)
    points = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32)
    looks = np.random.default_rng(1).integers(0, 256, (len(points), 32)).astype(np.uint8)
    found = shared(Landmarks(points + 50, looks), Landmarks(points, looks))
    assert (found is not None) is proves


def test_agreement_on_one_small_spot_proves_nothing(scene):
    one, other = scene(6).copy(), scene(7).copy()
    one[200:240, 300:340] = other[200:240, 300:340]
    assert shared(landmarks(one), landmarks(other)) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (720, 1, 3), (40, 720, 3), (404, 720, 3)])
def test_a_flat_picture_or_a_sliver_has_none(shape, scene):
    marks = landmarks(np.full(shape, 90, np.uint8))
    assert len(marks.points) == len(marks.looks) == 0
    assert shared(marks, landmarks(scene(1))) is None


def test_noise_shares_nothing_with_other_noise():
    one, other = np.random.default_rng(0).integers(0, 255, (2, 404, 720, 3)).astype(np.uint8)
    assert shared(landmarks(one), landmarks(other)) is None
