from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.cameras import project
from rushes.departments.previs.shots.checks import side_of_line
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.groups import camera_for, everybody_fits
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Limits, Package
from rushes.domain.errors import BadMaterial, NotFound

PACKAGE = Package(FILMBACKS["super-35"], aspect=2.39, kit=PRIMES)
CAST = {
    "JENNY": Figure("JENNY", 1.68),
    "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0), 180.0),
    "BO": Figure("BO", 1.20, (3.0, 0.0, 1.0), 270.0),
}


def framed(line, cast=CAST, **limits):
    return camera_for(parse_shot(line), cast, PACKAGE, limits=Limits(**limits))


def across(camera, name):
    return project(camera, landmark(CAST[name], "eyes"))[0]


def test_a_group_stands_in_the_frame_in_the_order_it_is_written():
    one, other = framed("1 FS JENNY+WILL").camera, framed("1 FS WILL+JENNY").camera
    assert across(one, "JENNY") < 0.5 < across(one, "WILL")
    assert across(other, "WILL") < 0.5 < across(other, "JENNY")


@settings(max_examples=15, deadline=None)
@given(st.floats(0.6, 9.0), st.floats(-180, 180), st.sampled_from(["MS", "MLS", "FS"]))
def test_nobody_of_a_group_is_cut_by_the_edge(between, degrees, size):
    place = (between * np.sin(np.radians(degrees)), 0.0, between * np.cos(np.radians(degrees)))
    cast = {"A": Figure("A", 1.6), "B": Figure("B", 1.9, place)}
    shot = framed(f"1 {size} A+B", cast)
    assert everybody_fits(list(cast.values()), shot.camera)
    assert bool(shot.notes) == (shot.residual_percent > 0.01)


def test_a_group_that_needs_room_pulls_back_no_farther_than_it_needs_and_says_so():
    shot = framed("1 CU JENNY+WILL")
    edges = [project(shot.camera, landmark(CAST[name], "shoulders"))[0] for name in ("JENNY", "WILL")]
    assert "pulled back by" in shot.notes[-1]
    assert 0.03 < edges[0] < 0.2 and 0.8 < edges[1] < 0.97
    assert shot.residual_percent > 1


@pytest.mark.parametrize("line", ["1 MS A+B+C", "1 MS C+B+A"])
def test_a_group_that_stands_unevenly_fits_on_both_sides(line):
    cast = {"A": Figure("A"), "B": Figure("B", place=(0.6, 0.0, 0.0)), "C": Figure("C", place=(4.0, 0.0, 0.0))}
    camera = framed(line, cast).camera
    outer = [project(camera, landmark(cast[name], "crown"))[0] for name in ("A", "C")]
    assert 0.03 < min(outer) < max(outer) < 0.97


def test_a_group_in_too_small_a_room_says_that_it_does_not_fit():
    assert "do not all fit" in framed("1 FS JENNY+BO 100mm", farthest_m=3.0).notes[-1]


@pytest.mark.parametrize(("side", "sign"), [("3/4L", 1), ("3/4R", -1)])
def test_a_shot_over_a_shoulder_sees_the_face_past_the_shoulder_from_its_side(side, sign):
    shot = framed(f"1 MS OTS {side} JENNY>WILL")
    near, far = (project(shot.camera, landmark(CAST[name], "shoulders")) for name in ("WILL", "JENNY"))
    assert 0.5 <= near[2] < far[2]
    assert near[0] == pytest.approx(0.5 - sign * 0.44, abs=0.01)
    assert far[0] == pytest.approx(0.5)
    assert np.sign(side_of_line(shot.camera, CAST["JENNY"], CAST["WILL"])) == sign
    assert shot.residual_percent < 1e-6 and shot.notes == ()


def test_a_named_lens_too_short_for_a_shoulder_is_told():
    assert "too near to be behind WILL" in framed("1 CU OTS 25mm JENNY>WILL").notes[-1]


def test_a_single_is_taken_from_the_side_of_the_look_that_is_written():
    sides = {side: framed(f"1 CU {side} JENNY>WILL").camera.place[0] for side in ("3/4L", "3/4R", "PROFILEL", "")}
    assert sides["3/4L"] == pytest.approx(-sides["3/4R"])
    assert 0 < sides["3/4L"] < sides["PROFILEL"]
    assert sides[""] == sides["3/4L"]


def test_the_gaze_turns_the_figure_not_where_it_faces_on_the_stage():
    turned = {**CAST, "JENNY": replace(CAST["JENNY"], facing_deg=123.0)}
    assert framed("1 CU JENNY>WILL", turned) == framed("1 CU JENNY>WILL")


def test_a_stranger_to_the_stage_and_figures_on_one_spot_are_refused():
    with pytest.raises(NotFound, match="did you mean 'JENNY'"):
        framed("1 CU JENY")
    with pytest.raises(BadMaterial, match="same spot"):
        framed("1 FS A+B", {"A": Figure("A"), "B": Figure("B")})
    with pytest.raises(BadMaterial, match="too near for a shot over a shoulder"):
        framed("1 CU OTS A>B", {"A": Figure("A"), "B": Figure("B", place=(0.3, 0, 0))})
