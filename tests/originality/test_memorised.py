import numpy as np
import pytest

from rushes.originality.memorised import ratios, small_grey


def film(scene, shots: int, frames: int):
    """Shots whose frames are nearly alike, as real ones are; points, and the shot of each."""
    rng = np.random.default_rng(5)
    points, names = [], []
    for shot in range(shots):
        still = small_grey(scene(shot))
        points += [still + rng.normal(0, 0.002, still.shape).astype(np.float32) for _ in range(frames)]
        names += [f"shot {shot}"] * frames
    return np.array(points, np.float32), names


def test_a_copy_stands_out_only_if_frames_of_its_own_shot_are_no_company(scene):
    taught, shots = film(scene, 6, 8)
    copies = taught[::8] + np.float32(1e-3)
    unseen = np.array([small_grey(scene(seed)) for seed in range(40, 46)])
    made = np.concatenate([copies, unseen])
    left_out = ratios(made, taught, shots)
    assert left_out[:6].max() < 0.2 < 0.5 < left_out[6:].min()
    counted = ratios(made, taught, [str(at) for at in range(len(taught))])
    assert counted[:6].min() > 2 * left_out[:6].max()


def test_exposure_and_contrast_do_not_count(scene):
    picture = scene(3)
    assert np.allclose(small_grey(picture), small_grey(picture // 2 + 60), atol=0.01)
    assert np.linalg.norm(small_grey(picture)) == pytest.approx(1, abs=1e-5)


def test_a_flat_picture_is_no_number_that_stops_anything():
    flat = small_grey(np.full((404, 720, 3), 7, np.uint8))
    assert not flat.any()


@pytest.mark.parametrize("shots", [[], ["a", "a"]])
def test_where_one_shot_taught_or_none_there_is_no_ratio(shots):
    taught = np.arange(2 * len(shots), dtype=np.float32).reshape(len(shots), 2)
    assert np.isnan(ratios(np.ones((3, 2), np.float32), taught, shots)).all()
