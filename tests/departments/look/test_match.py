from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from rushes.departments.look.arithmetic import apply_cdl
from rushes.departments.look.difference import delta_e_2000, xyz_from
from rushes.departments.look.keyframes import Keyframe, match_keyframes, trim_at
from rushes.departments.look.look import Cdl
from rushes.departments.look.match import apply_match, match_scene, match_shot
from rushes.departments.look.sighting import sight
from rushes.departments.look.trim import UNMOVED, cdl_from_moves

CONFIG = "ocio://studio-config-v2.1.0_aces-v1.3_ocio-v2.3"
DRIFT = Cdl(slope=(1.1, 1.0, 0.95), offset=(0.02, -0.01, 0.03), power=(1.05, 1.0, 1.0), saturation=0.85)
LARGE_SHIFT = Cdl(offset=(0.05, 0.04, 0.02), saturation=1.2)


@pytest.fixture(scope="module")
def to_xyz():
    return xyz_from(CONFIG, "ACEScct")


def place(seed, height=160, width=280):
    """A made-up place: coloured blobs of all sizes, ACEScct between 0.2 and 0.55."""
    rng = np.random.default_rng(seed)
    layers = [gaussian_filter(rng.normal(size=(height, width, 3)), (size, size, 0)) * size for size in (1.5, 4, 12, 30)]
    blobs = sum(layers)
    common = blobs.mean(axis=2, keepdims=True)
    mixed = common + 0.4 * (blobs - common)
    mixed -= mixed.mean(axis=(0, 1))
    return np.clip(0.38 + 0.05 * mixed / mixed.std(), 0.1, 0.6).astype(np.float32)


@cache
def moments(seed, grain=0.003):
    """Three frames of one place: the camera creeps, the grain is new."""
    rng = np.random.default_rng(seed + 100)
    still = place(seed)
    moved = [shift(still, (step, 2 * step, 0), order=1, mode="nearest") for step in range(3)]
    return [(frame + rng.normal(0, grain, frame.shape)).astype(np.float32) for frame in moved]


@pytest.fixture(scope="module", autouse=True)
def seen():
    """What there is to recognise in a frame is the same each time, and takes long: it is looked for once."""
    known = {}

    def sight_once(frame):
        key = (frame.shape, frame.tobytes())
        if key not in known:
            known[key] = sight(frame)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        for module in ("match", "keyframes"):
            patch.setattr(f"rushes.departments.look.{module}.sight", sight_once)
        yield known


def difference(one, other, to_xyz):
    inner = np.s_[8:-8, 8:-8]
    smooth = [gaussian_filter(frame, (3, 3, 0))[inner] for frame in (one, other)]
    return float(delta_e_2000(to_xyz(smooth[0]), to_xyz(smooth[1])).mean())


@pytest.fixture(scope="module")
def drifted():
    return [apply_cdl(DRIFT, frame) for frame in moments(1)]


@pytest.fixture(scope="module")
def matched(drifted, to_xyz):
    return match_shot(drifted, moments(1), to_xyz)


def test_a_camera_that_drifted_is_brought_back_to_the_hero(matched, drifted, to_xyz):
    wanted = moments(1)[1]
    as_it_was = difference(drifted[1], wanted, to_xyz)
    assert matched.how == "correspondence"
    assert as_it_was > 3
    assert difference(apply_match(matched, drifted[1]), wanted, to_xyz) < 0.15 * as_it_was


def test_a_match_foretells_about_the_difference_that_it_leaves(matched):
    assert matched.before > 3
    assert matched.after < 0.3 * matched.before
    assert matched.confidence > 0.7
    assert matched.samples >= 100


def test_a_shot_that_matches_already_is_left_alone(to_xyz):
    match = match_shot(moments(1)[1:], moments(1)[:1], to_xyz)
    assert match.kept_alone
    assert match.trim == Cdl()
    assert "ΔE apart" in match.reason


def test_a_shot_of_another_place_is_left_alone_however_far_apart_it_is(to_xyz):
    other = [apply_cdl(Cdl(offset=(0.15, 0.1, 0.1)), frame) for frame in moments(2)]
    match = match_shot(other, moments(1), to_xyz)
    assert match.how != "correspondence"
    assert match.samples == 0


def test_two_views_with_nothing_in_common_but_their_colours_are_brought_half_way(to_xyz):
    drifted = [frame + np.float32(0.05) for frame in moments(2)]
    match = match_shot(drifted, moments(1), to_xyz)
    assert match.how == "distribution"
    assert match.strength == 0.5
    assert "look at it" in match.reason
    assert float((apply_match(match, drifted[1]) - drifted[1]).mean()) == pytest.approx(-0.025, abs=0.008)


def test_colours_that_no_trim_brings_together_are_left_alone(to_xyz):
    two_colours = np.where(
        np.arange(280)[None, :, None] < 140, np.float32((0.6, 0.2, 0.2)), np.float32((0.1, 0.5, 0.5))
    )
    match = match_shot([np.tile(two_colours, (160, 1, 1))], moments(1), to_xyz)
    assert match.kept_alone
    assert "by eye" in match.reason


def test_what_a_shot_already_has_is_kept_and_comes_first(drifted, to_xyz):
    existing = Cdl(offset=(-0.02, 0.01, -0.03))
    match = match_shot(drifted, moments(1), to_xyz, existing=existing)
    assert match.steps == (existing, match.trim)
    assert difference(apply_match(match, drifted[1]), moments(1)[1], to_xyz) < 0.7


def test_a_shot_left_alone_keeps_its_trim(to_xyz):
    existing = Cdl(saturation=0.9)
    match = match_shot([np.full((90, 160, 3), 0.4, np.float32)], moments(1), to_xyz, existing=existing)
    assert match.kept_alone
    assert match.steps == (existing, Cdl())


def test_a_flopped_shot_is_recognised(to_xyz):
    flopped = [apply_cdl(LARGE_SHIFT, frame[:, ::-1]) for frame in moments(1)]
    match = match_shot(flopped, moments(1), to_xyz)
    assert match.how == "correspondence"
    assert "flopped" in match.reason
    assert difference(apply_match(match, flopped[1]), moments(1)[1][:, ::-1], to_xyz) < 0.7


def test_clipped_highlights_do_not_bend_the_trim(to_xyz):
    clipped = [np.minimum(frame + np.float32(0.05), 0.47) for frame in moments(1)]
    match = match_shot(clipped, moments(1), to_xyz)
    dark = np.full((1, 3), 0.3, np.float32)
    assert apply_match(match, dark) == pytest.approx(dark - 0.05, abs=0.01)


def test_every_shot_of_a_scene_gets_a_trim_of_its_own(drifted, to_xyz):
    grey = [np.full((90, 160, 3), 0.4, np.float32)]
    matches = match_scene([drifted, grey], moments(1), to_xyz, existing=[Cdl(), DRIFT])
    assert [match.how for match in matches] == ["correspondence", "left alone"]
    assert matches[1].existing == DRIFT


def test_matching_twice_gives_the_same_trim_and_changes_no_frame(matched, drifted, to_xyz, seen):
    shot, hero = [frame.copy() for frame in drifted], moments(1)
    kept = [frame.copy() for frame in hero]
    seen.clear()
    assert match_shot(shot, hero, to_xyz) == matched
    assert all(np.array_equal(one, other) for one, other in zip(shot + hero, drifted + kept, strict=True))


def test_only_three_frames_of_a_long_shot_are_read(drifted, to_xyz):
    read = []

    class Reel(list):
        def __getitem__(self, number):
            read.append(number)
            return super().__getitem__(number)

    match_shot(Reel(drifted * 100), moments(1), to_xyz)
    assert read == [50, 150, 250]


def test_keyframes_follow_a_shot_that_gets_brighter(to_xyz):
    brighter = [frame + np.float32(rise) for frame, rise in zip(moments(1), (0.03, 0.05, 0.07), strict=True)]
    match = match_shot(brighter, moments(1), to_xyz)
    keyframes = match_keyframes(brighter, moments(1), to_xyz, match=match, at=(0, 2))
    lowered = [float(apply_cdl(trim_at(keyframes, number), np.full(3, 0.4, np.float32))[1]) for number in (0, 1, 2)]
    assert lowered == pytest.approx([0.37, 0.35, 0.33], abs=0.006)


def test_a_shot_left_alone_stays_so_at_every_keyframe(matched, drifted, to_xyz):
    alone = replace(matched, how="left alone", moves=tuple(UNMOVED))
    keyframes = match_keyframes(drifted, moments(1), to_xyz, match=alone, at=(0, 1))
    assert trim_at(keyframes, 1) == Cdl()


def test_between_keyframes_a_trim_runs_straight_and_beyond_them_it_is_held():
    first, last = np.zeros(10), np.full(10, 0.02)
    keyframes = [Keyframe(10, tuple(first)), Keyframe(20, tuple(last))]
    assert trim_at(keyframes, 15) == cdl_from_moves((first + last) / 2)
    assert trim_at(keyframes, 99) == cdl_from_moves(last)
