import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from rushes.departments.paint.carry import carried
from rushes.domain.errors import BadMaterial
from rushes.media.colour import converter
from rushes.media.stills import read_still

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SIZE = (72, 112)
FRAMES = range(8)


def texture(seed, size=SIZE):
    noise = np.random.default_rng(seed).normal(size=(3, *size))
    rough = gaussian_filter(noise, (0, 1.5, 1.5)) * 3 + gaussian_filter(noise, (0, 6, 6)) * 10
    return (0.18 * np.exp2(rough)).astype(np.float32)


GROUND, THING = texture(1), texture(2, (30, 30))


def place(frame):
    return slice(20 + frame, 50 + frame), slice(12 + 5 * frame, 42 + 5 * frame)


def plate_of(frame):
    """Return a textured square on textured ground: it moves to the right by five pixels a frame and down by one."""
    plate = GROUND.copy()
    plate[:, *place(frame)] = THING
    return plate


def matte_of(frame):
    matte = np.zeros((1, *SIZE), np.float32)
    matte[0, *place(frame)] = 1
    return matte


def iou(guide, matte):
    drawn, true = guide > 0.5, matte > 0.5
    return (drawn & true).sum() / (drawn | true).sum()


@pytest.fixture(scope="module")
def between():
    return list(carried({0: matte_of(0), 7: matte_of(7)}, FRAMES, plate_of))


def test_a_matte_follows_what_it_covers_from_both_sides(between):
    assert [one.frame for one in between] == list(FRAMES)
    for one in between[1:-1]:
        assert one.guide.shape == (1, *SIZE)
        assert one.guide.dtype == one.trust.dtype == np.float32
        assert iou(one.guide, matte_of(one.frame)) > 0.9


def test_guide_and_trust_stay_between_nothing_and_all(between):
    for one in between:
        assert 0 <= one.guide.min() <= one.guide.max() <= 1
        assert 0 <= one.trust.min() <= one.trust.max() <= 1


def test_trust_is_low_where_the_matte_is_wrong(between):
    trust = np.stack([one.trust for one in between[1:-1]])
    wrong = np.stack([np.abs(one.guide - matte_of(one.frame))[0] for one in between[1:-1]]) > 0.5
    assert wrong.any()
    assert trust[wrong].mean() < 0.6 * trust[~wrong].mean()


def test_far_from_a_taught_frame_there_is_less_trust():
    there = list(carried({0: matte_of(0)}, FRAMES, plate_of))
    means = [one.trust.mean() for one in there[1:]]
    assert means == sorted(means, reverse=True)


def test_a_taught_frame_hears_of_its_neighbours_and_not_of_itself():
    wrong = {0: matte_of(0), 3: np.zeros((1, *SIZE), np.float32), 6: matte_of(6)}
    at = {one.frame: one for one in carried(wrong, range(7), plate_of)}
    assert iou(at[3].guide, matte_of(3)) > 0.9
    assert iou(at[0].guide, matte_of(0)) == 0


def test_with_one_taught_frame_nobody_speaks_of_it():
    [alone] = [one for one in carried({3: matte_of(3)}, range(2, 5), plate_of) if one.frame == 3]
    assert not alone.guide.any()
    assert not alone.trust.any()


def test_several_mattes_are_carried_as_each_would_be_alone(between):
    def twice(frame):
        return np.concatenate([1 - matte_of(frame), matte_of(frame)])

    both = list(carried({0: twice(0), 7: twice(7)}, FRAMES, plate_of))
    # one guide and its opposite disagree in the same places, so trust is the same too
    for one, two in zip(between, both, strict=True):
        np.testing.assert_allclose(two.guide[1:], one.guide, atol=1e-3)
        np.testing.assert_allclose(two.trust, one.trust, atol=1e-3)


def test_a_gap_between_taught_frames_hears_nothing_of_others(between):
    some = list(carried({0: matte_of(0), 7: matte_of(7), 9: matte_of(7)}, FRAMES, plate_of))
    for one, other in zip(between[1:-1], some[1:-1], strict=True):
        assert np.array_equal(one.guide, other.guide)
        assert np.array_equal(one.trust, other.trust)


def test_drift_is_put_right_against_the_taught_frame_itself():
    def seen(frame):
        # through the flat frame no way is found, but the one after it can be compared
        return np.full((3, *SIZE), 0.2, "f4") if frame == 1 else shift(GROUND, (0, 0, 0.25 * frame), mode="nearest")

    soft = np.clip(GROUND[:1], 0, 1)
    guide = list(carried({0: soft}, range(3), seen))[2].guide
    true = shift(soft, (0, 0, 0.5), mode="nearest")
    left, drifted = (np.abs(one - true)[:, 8:-8, 8:-8].mean() for one in (guide, soft))
    assert left < 0.7 * drifted


def test_two_taught_frames_that_say_opposite_things_are_weighed_by_nearness_and_not_trusted():
    all_of_it, nothing = np.ones((1, *SIZE), np.float32), np.zeros((1, *SIZE), np.float32)
    at = {one.frame: one for one in carried({0: all_of_it, 4: nothing}, range(5), lambda frame: GROUND)}
    assert [round(float(at[frame].guide.mean()), 2) for frame in (1, 2, 3)] == [0.75, 0.5, 0.25]
    assert at[2].trust.max() < 0.05
    assert at[1].trust.max() < 0.3


def test_a_matte_that_was_drawn_past_an_edge_is_drawn_to_it():
    plate = np.full((3, *SIZE), 0.1, np.float32)
    plate[:, :, 50:] = np.float32([0.9, 0.3, 0.2])[:, None, None]
    soft, true = (np.zeros((1, *SIZE), np.float32) for _ in range(2))
    soft[..., 48:], true[..., 50:] = np.minimum(1, np.arange(64) / 4 + 0.125), 1
    at = {one.frame: one for one in carried({0: soft, 2: soft}, range(3), lambda frame: plate)}
    before, after = (np.abs(one - true)[..., 10:-10, 49:51].mean() for one in (soft, at[1].guide))
    assert after < 0.8 * before


def test_beyond_reach_nothing_is_carried():
    mattes = {0: matte_of(0), 7: matte_of(7)}
    at = {one.frame: one for one in carried(mattes, FRAMES, plate_of, reach=2)}
    assert [frame for frame, one in at.items() if not one.trust.any()] == [0, 3, 4, 7]
    assert iou(at[2].guide, matte_of(2)) > 0.8
    assert iou(at[5].guide, matte_of(5)) > 0.8


def test_each_plate_is_read_in_order_and_twice_at_most():
    asked = []

    def read(frame):
        asked.append(frame)
        return plate_of(frame)

    guides = carried({-2: matte_of(0), 3: matte_of(3), 6: matte_of(6)}, [1, 2, 3, 4], read)
    assert asked == []
    assert [one.frame for one in guides] == [1, 2, 3, 4]
    assert asked == sorted(asked) == [-2, 1, 2, 3, 3, 4, 6]


def test_mattes_of_another_size_are_brought_to_the_working_size():
    def small(frame):
        return matte_of(frame)[:, ::2, ::2]

    at = {one.frame: one for one in carried({0: small(0), 4: small(4)}, range(5), plate_of, longest=56)}
    assert at[2].guide.shape == (1, 36, 56)
    assert iou(at[2].guide, small(2)) > 0.75


@pytest.mark.parametrize(
    ("mattes", "reasons"),
    [
        ({}, ()),
        ({1: matte_of(1)[0]}, ("frame 1: 0 mattes",)),
        ({2: matte_of(2).repeat(2, axis=0), 0: matte_of(0)}, ("frame 0: 1 mattes", "frame 2: 2 mattes")),
    ],
)
def test_mattes_that_do_not_fit_together_are_refused_with_every_frame(mattes, reasons):
    with pytest.raises(BadMaterial) as refusal:
        carried(mattes, FRAMES, plate_of)
    assert refusal.value.reasons == reasons


def test_frames_of_two_sizes_are_refused_by_number():
    def read(frame):
        return plate_of(frame) if frame < 2 else plate_of(frame)[:, :60]

    with pytest.raises(BadMaterial) as refusal:
        list(carried({0: matte_of(0)}, range(3), read))
    assert refusal.value.reasons == ("frame 1: 112 × 72", "frame 2: 112 × 60")


def test_a_car_is_followed_through_real_frames(shared):
    folder = shared("roto_car-shadow")
    to_linear = converter(CONFIG, "sRGB - Texture", "ACEScg")

    def read(kind, name):
        return read_still(folder / kind / "480p" / "car-shadow" / name).packed

    def plate(number):
        packed = read("JPEGImages", f"{number:05}.jpg")
        to_linear(packed)
        return packed.transpose(2, 0, 1)

    def matte(number):
        return read("Annotations", f"{number:05}.png").transpose(2, 0, 1)[:1]

    seen = list(carried({8: matte(8), 14: matte(14)}, range(8, 15, 2), plate, longest=427))
    assert [iou(one.guide, matte(one.frame)[:, ::2, ::2]) > 0.95 for one in seen] == [False, True, True, False]
