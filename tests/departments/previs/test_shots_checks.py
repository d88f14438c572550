from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.checks import (
    Staged,
    check_cuts,
    check_direction,
    check_eyelines,
    check_thirty,
    gaze,
    screen_heading,
    side_of_line,
)
from rushes.departments.previs.shots.figures import Figure, heading
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.groups import camera_for
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package

PACKAGE = Package(FILMBACKS["super-35"], aspect=2.39, kit=PRIMES)
CAST = {"JENNY": Figure("JENNY", 1.68), "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0), 180.0)}


def staged(line, walks_to=None):
    shot = parse_shot(line)
    looks_at = CAST[shot.looks_at] if shot.looks_at else None
    camera = camera_for(shot, CAST, PACKAGE).camera
    return Staged(shot.label, camera, CAST[shot.who[0]], looks_at, shot.size, walks_to)


def mirrored(one):
    if isinstance(one, Figure):
        return replace(one, place=(-one.place[0], *one.place[1:]), facing_deg=-one.facing_deg)
    if isinstance(one, Staged):
        x, y, z = one.camera.place
        camera = replace(one.camera, place=(-x, y, z), pan_deg=-one.camera.pan_deg, roll_deg=-one.camera.roll_deg)
        walk = one.walks_to and (-one.walks_to[0], *one.walks_to[1:])
        looks_at = one.looks_at and mirrored(one.looks_at)
        return replace(one, camera=camera, subject=mirrored(one.subject), looks_at=looks_at, walks_to=walk)
    raise TypeError(one)


def rules(*shots):
    return [(finding.rule, *finding.shots) for finding in check_cuts(shots)]


def test_reverses_from_one_side_of_the_line_cut():
    assert rules(staged("1A CU 3/4L JENNY>WILL"), staged("1B CU 3/4R WILL>JENNY")) == []


def test_reverses_across_the_line_are_found_and_both_shots_and_people_named():
    findings = check_cuts([staged("1A CU 3/4L JENNY>WILL"), staged("1B CU 3/4L WILL>JENNY")])
    assert [finding.rule for finding in findings] == ["180°", "eyeline"]
    assert all(finding.shots == ("1A", "1B") for finding in findings)
    assert all(word in finding.words for finding in findings for word in ("1A", "1B", "JENNY", "WILL"))
    assert "both look to frame left" in findings[1].words


def test_a_shot_from_on_the_line_lets_the_next_one_cross():
    over = staged("1A CU 3/4L JENNY>WILL"), staged("1B FS FRONT JENNY>WILL"), staged("1C CU 3/4R JENNY>WILL")
    assert rules(*over) == []
    assert rules(over[0], over[2]) == [("180°", "1A", "1C")]


def test_the_line_is_remembered_past_shots_of_somebody_else():
    insert = replace(staged("1B CU JENNY"), subject=Figure("CAT", 0.5))
    assert ("180°", "1A", "1C") in rules(staged("1A CU 3/4L JENNY>WILL"), insert, staged("1C CU 3/4R JENNY>WILL"))


def test_eyelines_of_one_size_must_lie_alike_far_off_the_lens():
    apart = check_eyelines(staged("1A CU 3/4L JENNY>WILL"), staged("1B CU PROFILER WILL>JENNY"))
    assert [finding.rule for finding in apart] == ["eyeline"]
    assert "40° off the lens in 1A, WILL 90° in 1B" in apart[0].words


def test_a_cut_that_hardly_turns_and_hardly_changes_size_is_a_jump():
    jump = check_thirty(staged("1A MS 3/4L JENNY>WILL"), staged("1B MCU 3/4L JENNY>WILL"))
    assert [(finding.rule, finding.shots) for finding in jump] == [("30°", ("1A", "1B"))]
    assert "turns 0° around JENNY and the size changes 1.31-fold" in jump[0].words


@pytest.mark.parametrize("other", ["1B CU 3/4L JENNY>WILL", "1B MS PROFILEL JENNY>WILL", "1B MS 3/4L WILL>JENNY"])
def test_another_size_another_side_or_another_person_is_no_jump(other):
    assert check_thirty(staged("1A MS 3/4L JENNY>WILL"), staged(other)) == []


def test_somebody_who_turns_round_at_the_cut_is_found():
    left, right = staged("1A FS PROFILEL JENNY", (0, 0, 5)), staged("1B FS PROFILER JENNY", (0, 0, 5))
    findings = check_direction(left, right)
    assert [(finding.rule, finding.shots) for finding in findings] == [("screen direction", ("1A", "1B"))]
    assert "to frame left in 1A and to frame right in 1B" in findings[0].words
    assert check_direction(left, left) == check_direction(left, staged("1C FS FRONT JENNY", (0, 0, 5))) == []


def test_somebody_who_walks_nearly_into_the_lens_has_no_screen_direction():
    into, across = staged("1A FS FRONT JENNY", (-0.5, 0, 5)), staged("1B FS PROFILEL JENNY", (-0.5, 0, 5))
    way = [screen_heading(each.camera, heading(-5.7)) for each in (into, across)]
    assert way[0] * way[1] > 0 and check_direction(into, across) == []
    into = staged("1A FS FRONT JENNY", (0.5, 0, 5))
    assert screen_heading(into.camera, heading(5.7)) == pytest.approx(5.7)
    assert check_direction(into, across) == []


def test_known_screen_directions():
    camera = staged("1 FS JENNY").camera
    # Jenny faces +Z and the camera looks back at her: +X is to its right.
    assert [screen_heading(camera, heading(to)) for to in (90, -90, 0)] == pytest.approx([90, -90, 0])


stagings = st.builds(
    "{} {} {} {}".format,
    st.sampled_from(["1A", "1B"]),
    st.sampled_from(["CU", "MS", "FS"]),
    st.sampled_from(["3/4L", "3/4R", "PROFILEL", "PROFILER", "BACKL", "BACKR"]),
    st.sampled_from(["JENNY>WILL", "WILL>JENNY"]),
)


@settings(max_examples=40, deadline=None)
@given(stagings, st.floats(-180, 180))
def test_a_mirrored_stage_turns_every_screen_direction_and_side_round(line, to):
    shot = staged(line)
    other = mirrored(shot)
    assert gaze(other) == pytest.approx(-gaze(shot))
    way = heading(to)
    assert screen_heading(other.camera, way * [-1, 1, 1]) == pytest.approx(-screen_heading(shot.camera, way), abs=1e-6)
    sides = [side_of_line(each.camera, each.subject, each.looks_at) for each in (shot, other)]
    assert sides[0] == pytest.approx(-sides[1])


@settings(max_examples=40, deadline=None)
@given(stagings, stagings)
def test_a_mirrored_stage_has_the_same_findings(one, other):
    assume(one[:2] != other[:2])
    shots = [staged(one, (1, 0, 3)), staged(other, (1, 0, 3))]
    assert rules(*map(mirrored, shots)) == rules(*shots)
    assert rules(shots[0], mirrored(shots[1])) or rules(*shots) or shots[0].subject == shots[1].subject
