"""The camera of a shot through time: at rest before and after, exact at both ends, never a jump between two frames."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import dist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.project.shooting import between, camera_path
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.framing import read_framing
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.groups import camera_for, facing_towards
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package

PACKAGE = Package(FILMBACKS["super-35"], aspect=2.39, kit=PRIMES)
CAST = {"JENNY": Figure("JENNY", 1.68), "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0), 180.0)}
RATE = Fraction(24000, 1001)


def path(line, frames=120):
    return camera_path(parse_shot(line), CAST, PACKAGE, frames=frames, rate=RATE)


def test_a_locked_off_camera_never_moves():
    found = path("1 MCU JENNY>WILL")
    assert {found.at(frame) for frame in range(-8, 130)} == {
        camera_for(parse_shot("1 MCU JENNY>WILL"), CAST, PACKAGE).camera
    }


def test_a_push_ends_on_the_size_that_was_asked_after_the_seconds_that_were_asked():
    found = path("1 MS JENNY>WILL, push in to CU 3s")
    jenny = facing_towards(CAST["JENNY"], CAST["WILL"])
    last = round(3 * RATE)
    assert read_framing(found.at(0), jenny)[0].size == "MS"
    assert read_framing(found.at(last), jenny)[0].size == "CU"
    assert found.at(last) == found.at(last + 40)
    assert found.at(last - 1) != found.at(last)


def test_moves_follow_each_other_and_a_hold_holds():
    found = path("1 MS JENNY, hold 1s, pan left 30° 2s")
    assert found.at(24) == found.at(0)
    assert found.at(72).pan_deg == pytest.approx(found.at(0).pan_deg + 30)


def test_a_move_without_a_time_takes_what_is_left_of_the_shot():
    found = path("1 MS JENNY, push in", frames=96)
    assert found.at(95) != found.at(96) == found.at(200)


def test_moves_longer_than_their_shot_are_told():
    assert any("moves take" in note for note in path("1 MS JENNY, push in 9s", frames=48).notes)


def test_a_dolly_that_outruns_itself_is_told():
    assert any("dolly" in note for note in path("1 MS JENNY, track left 9m 3s").notes)


MOVES = ["push in", "pull out", "track left 2m", "crane up 1m", "pan right 40°", "tilt up 10°", "zoom in 75mm"]


@given(st.sampled_from(MOVES), st.integers(12, 200))
@settings(max_examples=40, deadline=None)
def test_no_move_jumps(move, frames):
    found = path(f"1 MS JENNY, {move}", frames=frames)
    cameras = [found.at(frame) for frame in range(found.legs[-1].last + 1)]
    steps = [dist(one.place, other.place) for one, other in pairwise(cameras)]
    whole = dist(cameras[0].place, cameras[-1].place)
    assert sum(steps) == pytest.approx(whole, abs=1e-6)
    assert max(steps) <= 1.6 * whole / found.legs[-1].last + 1e-9


@given(st.floats(-180, 180), st.floats(-180, 180), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_pan_goes_the_short_way_round(one, other, part):
    camera = camera_for(parse_shot("1 MS JENNY"), CAST, PACKAGE).camera
    first, last = replace(camera, pan_deg=one), replace(camera, pan_deg=other)
    turned = between(first, last, part).pan_deg - one
    assert abs(turned) <= 180 * part + 1e-6
    assert (between(first, last, 1.0).pan_deg - other) % 360 == pytest.approx(0, abs=1e-6) or (
        between(first, last, 1.0).pan_deg - other
    ) % 360 == pytest.approx(360, abs=1e-6)


def test_a_move_starts_and_ends_at_rest():
    found = path("1 MS JENNY, track left 2m 4s")
    steps = [dist(found.at(frame).place, found.at(frame + 1).place) for frame in range(96)]
    assert steps[0] < 0.1 * steps[48] and steps[-1] < 0.1 * steps[48]
