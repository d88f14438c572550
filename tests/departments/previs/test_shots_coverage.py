import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.cameras import project
from rushes.departments.previs.shots.coverage import Beat, propose_plans
from rushes.departments.previs.shots.figures import Figure, bearing_between, landmark
from rushes.departments.previs.shots.grammar import parse_shot, write_shot
from rushes.departments.previs.shots.groups import camera_for
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package
from rushes.domain.errors import BadMaterial, NotFound

PACKAGE = Package(FILMBACKS["super-35"], aspect=1.85, kit=PRIMES)
TABLE = {
    "JENNY": Figure("JENNY", 1.68, (0.0, 0.0, 0.0), 0.0, 0.45),
    "WILL": Figure("WILL", 1.83, (0.0, 0.0, 1.4), 180.0, 0.45),
}
TALK = [Beat("JENNY", "WILL"), Beat("WILL", "JENNY"), Beat("JENNY", "WILL"), Beat("WILL", "JENNY")]


def plans_of(cast, beats):
    return propose_plans("42", cast, beats, package=PACKAGE)


def test_two_at_a_table_get_three_plans_without_a_finding():
    plans = plans_of(TABLE, TALK)
    lines = [[write_shot(planned.shot) for planned in plan.shots] for plan in plans]
    assert [plan.name for plan in plans] == ["classic", "moving master", "sparse"]
    assert [len(plan.findings) for plan in plans] == [0, 0, 0]
    assert lines[0] == [
        "42 FS JENNY+WILL",
        "42A MS OTS 3/4R JENNY>WILL",
        "42B MS OTS 3/4L WILL>JENNY",
        "42C CU 3/4R JENNY>WILL",
        "42D CU 3/4L WILL>JENNY",
    ]
    assert lines[1] == ["42 FS JENNY+WILL, push in to MS 12s", "42A CU 3/4L WILL>JENNY"]
    assert lines[2] == ["42 MLS JENNY+WILL, hold", "42A CU 3/4R JENNY>WILL"]


@st.composite
def scenes(draw):
    count = draw(st.integers(2, 4))
    angle = draw(st.floats(-180, 180))
    cast = {}
    for at in range(count):
        around = np.radians(angle + 360 / count * at + draw(st.floats(-15, 15)))
        away = draw(st.floats(0.8, 2.5))
        place = (float(away * np.sin(around)), 0.0, float(away * np.cos(around)))
        name = "ABCD"[at]
        facing = bearing_between(np.array(place), np.zeros(3))
        cast[name] = Figure(name, draw(st.floats(1.2, 2.0)), place, facing)
    pairs = [(one, other) for one in cast for other in cast if one != other]
    return cast, [Beat(*pair) for pair in draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=8))]


@settings(max_examples=8, deadline=None)
@given(scenes())
def test_every_plan_covers_every_line_in_its_speakers_face_and_never_crosses_the_line(scene):
    cast, beats = scene
    for plan in plans_of(cast, beats):
        shots = {planned.shot.label: planned for planned in plan.shots}
        assert len(shots) == len(plan.shots) and len(plan.covers) == len(beats)
        for beat, label in zip(beats, plan.covers, strict=True):
            across, _, depth = project(shots[label].framed.camera, landmark(cast[beat.speaker], "eyes"))
            assert depth > 0 and 0 < across < 1
        assert [finding for finding in plan.findings if finding.rule == "180°"] == []


@settings(max_examples=3, deadline=None)
@given(scenes())
def test_a_plan_is_typed_lines_that_give_its_cameras_again(scene):
    cast, beats = scene
    for plan in plans_of(cast, beats):
        for planned in plan.shots:
            again = camera_for(parse_shot(write_shot(planned.shot), cast), cast, PACKAGE)
            assert again == planned.framed


def test_reverses_over_shoulders_are_on_one_lens():
    cast = {"JENNY": Figure("JENNY", 1.5), "WILL": Figure("WILL", 2.0, (0.0, 0.0, 3.0), 180.0)}
    overs = [planned for planned in plans_of(cast, TALK)[0].shots if planned.shot.over]
    assert len(overs) == 2
    assert overs[0].framed.camera.focal_mm == overs[1].framed.camera.focal_mm == 100.0
    assert {planned.framed.notes for planned in overs} == {()}


@pytest.mark.parametrize(("facing", "side"), [(90.0, 1), (-90.0, -1)])
def test_two_who_face_one_way_are_seen_from_there(facing, side):
    cast = {"A": Figure("A", facing_deg=facing), "B": Figure("B", 1.8, (0.0, 0.0, 1.0), facing)}
    master = plans_of(cast, [Beat("A", "B"), Beat("B", "A")])[0].shots[0]
    assert np.sign(master.framed.camera.place[0]) == side


def test_two_who_all_but_touch_are_shot_as_singles_without_a_shoulder():
    cast = {"A": Figure("A", facing_deg=0.0), "B": Figure("B", 1.8, (0.0, 0.0, 0.4), 180.0)}
    classic = plans_of(cast, [Beat("A", "B"), Beat("B", "A")])[0]
    assert [planned.shot.over for planned in classic.shots] == [False] * 5


def test_somebody_alone_is_covered_too():
    plans = plans_of({"JENNY": TABLE["JENNY"]}, [Beat("JENNY"), Beat("JENNY")])
    assert [write_shot(plan.shots[-1].shot) for plan in plans] == ["42B CU JENNY", "42A CU JENNY", "42A CU JENNY"]
    assert [len(plan.findings) for plan in plans] == [0, 0, 0]


def test_one_who_is_not_on_the_stage_and_a_scene_without_a_line_are_refused():
    with pytest.raises(NotFound, match="did you mean 'JENNY'"):
        plans_of(TABLE, [Beat("JENY")])
    with pytest.raises(BadMaterial, match="scene 42 has nothing to cover"):
        plans_of(TABLE, [])
