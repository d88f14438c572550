"""What is looked at before a training: every fault at once, every doubt with a picture."""

import numpy as np
import pytest

from rushes.departments.department import Colour, Example, Lesson
from rushes.departments.paint.pair_check import check_lesson
from rushes.domain.errors import BadMaterial

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)


def plate(seed: int = 0) -> np.ndarray:
    """Blobs and fine detail, (3, 128, 160)."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0.05, 0.6, (3, 8, 10)).repeat(16, 1).repeat(16, 2)
    return (coarse + rng.uniform(0, 0.08, (1, 128, 160))).astype(np.float32)


def painted(before: np.ndarray) -> np.ndarray:
    after = before.copy()
    after[:, 40:60, 30:50] = 0.3
    return after


def pair(number: int, before, after=None, *, matte=None, near=None) -> Example:
    plates = {"before": lambda: before}
    plates |= {"after": lambda: after} if after is not None else {}
    plates |= {"matte": lambda: matte} if matte is not None else {}
    return Example("sc12", number, plates, near or (lambda offset: None))


def checked(tmp_path, *pairs, everywhere_is_fine=False):
    return check_lesson(Lesson(pairs, COLOUR), tmp_path, everywhere_is_fine=everywhere_is_fine)


def matte(first: int, last: int) -> np.ndarray:
    drawn = np.zeros((3, 128, 160), np.float32)
    drawn[:, :, first:last] = 1
    return drawn


def test_good_pairs_raise_no_doubt(tmp_path):
    befores = [plate(seed) for seed in range(3)]
    assert checked(tmp_path, *(pair(i, one, painted(one)) for i, one in enumerate(befores))) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_every_pair_is_named_at_once(tmp_path):
    before, broken = plate(), painted(plate(1))
    broken[:, 5, 5] = np.nan
    with pytest.raises(BadMaterial) as refusal:
        checked(
            tmp_path,
            pair(1, before, before[:, :-2]),
            pair(2, plate(1), broken),
            pair(3, before, matte=2 * matte(20, 60)),
        )
    words = "\n".join(refusal.value.reasons)
    assert "sc12 1: after is 160 × 126, before is 160 × 128" in words
    assert "sc12 2: after has 1 pixels that are NaN or infinite" in words
    assert "sc12 3: a matte goes from 0 to 1, and this one from 0.00 to 2.00" in words


def test_pairs_in_which_nothing_was_changed_are_refused_and_one_among_others_is_pointed_out(tmp_path):
    before = plate()
    with pytest.raises(BadMaterial, match="nothing was changed"):
        checked(tmp_path, pair(1, before, before.copy()))
    doubts, _ = checked(tmp_path, pair(1, before, before.copy()), pair(2, before, painted(before)))
    assert doubts == ["sc12 1: nothing was changed; it teaches what to leave alone"]


@pytest.mark.parametrize("shift", [(1, 0), (0, -1), (3, 2)])
def test_a_pair_that_is_shifted_is_pointed_out_with_how_far_and_with_a_picture(tmp_path, shift):
    before = plate()
    after = np.roll(painted(before), shift[::-1], (1, 2))
    doubts, [picture] = checked(tmp_path, pair(7, before, after))
    assert any(f"{shift[0]:+.1f} pixels to the right and {shift[1]:+.1f} down" in doubt for doubt in doubts)
    assert picture.name == "pair_sc12_7.png"
    assert picture.stat().st_size > 1000


def test_a_pair_a_frame_off_is_pointed_out_with_the_frame_that_fits(tmp_path):
    frames = [plate(seed) for seed in range(3)]
    near = {-1: frames[0], 1: frames[2]}.get
    doubts, _ = checked(tmp_path, pair(5, frames[1], painted(frames[2]), near=near))
    assert any("after looks like frame 6, not 5" in doubt for doubt in doubts)


def test_a_change_of_everything_is_pointed_out_where_it_is_not_expected(tmp_path):
    before = plate()
    whole = pair(1, before, 1.4 * before)
    assert any("everything was changed" in doubt for doubt in checked(tmp_path, whole)[0])
    assert checked(tmp_path, whole, everywhere_is_fine=True)[0] == []


def test_another_colour_space_is_pointed_out_with_the_gain_or_the_curve(tmp_path):
    before = plate()
    [warm] = checked(tmp_path, pair(1, before, painted(before) * np.float32([1.05, 1, 0.95])[:, None, None]))[0]
    assert "after is before × 1.050 1.000 0.950" in warm
    [curved] = checked(tmp_path, pair(1, before, painted(before) ** np.float32(1 / 2.2)))[0]
    assert "to the power of 0.45" in curved
    assert "as if for a display" in curved


def test_what_a_neighbour_has_not_is_no_proof_that_the_pair_is_a_frame_off(tmp_path):
    # a microphone dips into one frame, of a clip without grain in which something else moves a little
    still = np.repeat(np.repeat(plate()[:, ::8, ::8], 8, 1), 8, 2)
    dipped, beside = still.copy(), still.copy()
    dipped[:, :50, 60:100] = 0.02
    beside[:, 100:110, 120:124] = 0.5
    assert checked(tmp_path, pair(5, dipped, still, near={-1: beside, 1: None}.get))[0] == []


def test_a_matte_that_is_inverted_is_pointed_out(tmp_path):
    drawn = [matte(20, 50), matte(25, 55), 1 - matte(30, 60)]
    doubts, _ = checked(tmp_path, *(pair(i, plate(), matte=one) for i, one in enumerate(drawn)))
    assert len(doubts) == 1
    assert "sc12 2: its matte covers 81% of the frame, the others 19%: is it inverted?" in doubts[0]


def test_mattes_that_tell_nothing_apart_are_pointed_out(tmp_path):
    doubts, _ = checked(tmp_path, *(pair(i, plate(), matte=matte(0, 0)) for i in range(2)))
    assert doubts == ["every matte is empty: there is nothing to tell apart"]
