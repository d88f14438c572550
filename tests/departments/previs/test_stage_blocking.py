from dataclasses import replace

import numpy as np
import pytest

from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.blocking import Walk, caught, faults, figure_at, places_at
from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.collisions import camera_collisions, collisions
from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Wall
from rushes.departments.previs.stage.gait import Pace, way_through
from rushes.departments.previs.stage.mannequin import mannequin
from rushes.departments.previs.stage.timeline import Mark
from rushes.domain.errors import BadMaterial

STRAIGHT = Walk("J", 1.75, (Mark(0.0, (-2.0, 0.0, 0.0), 90.0), Mark(4.0, (2.0, 0.0, 0.0), 90.0)))
CORNER = Walk(
    "J", 1.75, (Mark(0.0, (0.0, 0.0, 0.0), 0.0), Mark(2.5, (0.0, 0.0, 3.0), pose="walk"), Mark(6.0, (3.0, 0.0, 3.0)))
)
RUN = Walk("J", 1.75, (Mark(0.0, (0.0, 0.0, 0.0), 0.0), Mark(2.4, (0.0, 0.0, 8.0), 0.0)))
SEATED = Walk(
    "J",
    1.75,
    (
        Mark(0.0, (-1.5, 0.0, 0.0), 0.0, "hold phone"),
        Mark(6.0, (1.2, 0.0, 0.0), 0.0, "sit", 0.45),
        Mark(12.0, (-1.5, 0.0, 0.0)),
    ),
)


def soles(walk, at, side):
    """Return the ball and the heel of a foot on the stage."""
    matrix = at[f"J {side} foot"]
    ankle = walk.body.joints[f"{side} foot"]
    high = walk.body.marks["ankles"]
    marks = [ankle + np.array([0.0, -high, z]) * walk.height_m for z in (0.072, -0.036)]
    return [matrix[:3, :3] @ mark + matrix[:3, 3] for mark in marks]


@pytest.mark.parametrize("walk", [STRAIGHT, CORNER, RUN, SEATED])
def test_a_foot_that_stands_does_not_slide(walk):
    before = {}
    for s in np.arange(0.0, min(walk.marks[-1].at_s, 6.0), 0.1):
        now, at = caught(walk, float(s)), places_at(walk, float(s))
        for side in ("left", "right"):
            ball, heel = soles(walk, at, side)
            stands = now.planted[side]
            if stands and before.get(side) is not None:
                # on its heel after landing, on its ball before leaving: one of the two stays where it is
                slid = min(
                    np.linalg.norm((ball - before[side][0])[[0, 2]]), np.linalg.norm((heel - before[side][1])[[0, 2]])
                )
                assert slid < 0.004, (s, side)
                assert min(ball[1], heel[1]) < 0.012, (s, side)
            before[side] = (ball, heel) if stands else None


@pytest.mark.parametrize("walk", [STRAIGHT, CORNER, RUN, SEATED])
def test_nobody_jumps(walk):
    marks = np.arange(0.0, min(walk.marks[-1].at_s, 6.0) + 0.1, 1 / 12)
    hips = np.array(
        [[*caught(walk, s).place[:3:2], caught(walk, s).pose.hips * 0.53 * 1.75] for s in map(float, marks)]
    )
    speed = np.linalg.norm(np.diff(hips, axis=0), axis=1) * 12
    assert speed.max() < 7.0
    assert np.abs(np.diff(hips[:, 2])).max() < 0.11


def test_an_arrival_is_on_time_on_the_mark_and_the_walk_is_at_a_human_pace():
    assert figure_at(STRAIGHT, 4.0).place == pytest.approx((2.0, 0.0, 0.0))
    assert figure_at(STRAIGHT, 0.0).place == pytest.approx((-2.0, 0.0, 0.0))
    going = [phase for phase in STRAIGHT.phases if phase.way]
    assert going[0].pace.speed_ms == pytest.approx(1.4)
    assert going[0].begins_s > 0.3  # they wait as long as there is time
    assert faults(STRAIGHT) == []


def test_the_steps_of_a_walk_are_as_long_as_people_make_them():
    phase = next(phase for phase in STRAIGHT.phases if phase.way)
    lengths = [np.hypot(step.end.at[0] - step.start.at[0], step.end.at[2] - step.start.at[2]) for step in phase.steps]
    assert max(lengths) / 2 == pytest.approx(0.41 * 1.75, abs=0.1)
    assert [step.side for step in phase.steps[:4]] == ["right", "left", "right", "left"]


def test_a_sitter_is_on_the_seat_when_the_mark_says_and_rises_to_go():
    figure = figure_at(SEATED, 6.5)
    assert figure.seat_m == 0.45
    assert figure.place == pytest.approx((1.2, 0.0, 0.0))
    assert figure_at(SEATED, 4.0).seat_m is None
    assert figure_at(SEATED, 12.0).seat_m is None
    hips = [caught(SEATED, s).pose.hips for s in (4.0, 6.0)]
    assert hips[1] < 0.7 < hips[0]


def test_what_no_human_can_is_reported_with_the_speed_and_not_changed():
    late = replace(RUN, marks=(RUN.marks[0], replace(RUN.marks[1], at_s=0.9)))
    assert len(faults(late)) == 1
    assert "people run up to 7 m/s" in faults(late)[0]
    assert figure_at(late, 0.9).place == pytest.approx((0.0, 0.0, 8.0))
    assert faults(RUN) == []


def test_a_passed_mark_is_passed_and_the_way_is_round():
    near = min(
        np.hypot(figure_at(CORNER, float(s)).place[0], figure_at(CORNER, float(s)).place[2] - 3.0)
        for s in np.arange(0, 6, 0.1)
    )
    assert near < 0.3
    words = faults(CORNER)
    assert len(words) == 1
    assert words[0].startswith("J passes mark 2 at 3.")
    assert words[0].endswith("not at 2.5 s")


def test_distance_and_time_of_a_pace_are_inverse():
    pace = Pace(1.0, 5.0, 4.8)
    for metres in np.linspace(0.01, 4.79, 9):
        assert pace.metres_at(pace.second_at(metres)) == pytest.approx(metres, abs=1e-9)
    assert (pace.metres_at(0.0), pace.metres_at(9.0)) == (0.0, pytest.approx(4.8))


def test_a_way_is_as_long_as_its_line_but_for_the_corner():
    way = way_through([(0.0, 0.0, 0.0), (0.0, 0.0, 3.0), (4.0, 0.0, 3.0)])
    assert 6.5 < way.long_m < 7.0
    assert way.at(0.0)[1] == pytest.approx(0.0, abs=0.5)
    assert way.at(way.long_m)[1] == pytest.approx(90.0, abs=0.5)


def test_marks_that_go_back_in_time_and_other_nonsense_are_refused_at_once():
    with pytest.raises(BadMaterial) as refusal:
        Walk("J", 1.75, (Mark(2.0, (0, 0, 0), pose="walk"), Mark(1.0, (0, 0, float("nan")))), speed_ms=40.0)
    assert len(refusal.value.reasons) == 4


ROOM = FloorPlan(
    "room",
    (
        Wall((-3.0, -2.0), (3.0, -2.0), openings=(Opening("door", 3.0, 0.9), Opening("window", 5.0, 1.0, 0.9, 2.0))),
        Wall((3.0, -2.0), (3.0, 2.0)),
    ),
    (Prop("table", (0.0, 1.0)), Prop("chair", (1.5, -1.0))),
    floor=((-4.0, -4.0), (-4.0, 4.0), (4.0, 4.0), (4.0, -4.0)),
    ceiling_surface="",
)


def straight(name, start, end):
    return Walk(name, 1.75, (Mark(0.0, start), Mark(5.0, end)))


def test_walking_into_walls_and_tables_is_found_with_who_where_and_when():
    stage = build_stage(ROOM)
    found = collisions(stage, [straight("ANN", (1.0, 0.0, -0.2), (3.5, 0.0, -0.2))], seconds=(0.0, 5.0))
    assert [(each.who, each.what) for each in found] == [("ANN", "wall 2")]
    assert found[0].where[0] == pytest.approx(3.0, abs=0.15)
    assert 2.0 < found[0].seconds[0] < found[0].seconds[1] < 5.0
    assert "cm in wall 2 from" in found[0].words
    table = collisions(stage, [straight("ANN", (-2.0, 0.0, 1.0), (0.0, 0.0, 1.0))], seconds=(0.0, 6.0))
    assert [each.what for each in table] == ["table 1"]
    assert table[0].seconds[1] == pytest.approx(6.0)  # whoever stands in the middle of a table is still in it


def test_a_door_is_walked_through_and_a_window_is_not():
    stage = build_stage(ROOM)
    assert collisions(stage, [straight("ANN", (0.0, 0.0, 0.0), (0.0, 0.0, -3.5))], seconds=(0.0, 5.0)) == []
    window = collisions(stage, [straight("ANN", (2.0, 0.0, 0.0), (2.0, 0.0, -3.5))], seconds=(0.0, 5.0))
    assert {each.what for each in window} == {"wall 1"}


def test_two_people_do_not_walk_through_each_other_unless_they_hug():
    ann, will = straight("ANN", (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0)), straight("WILL", (1.0, 0.0, 0.1), (-1.0, 0.0, 0.1))
    stage = build_stage(FloorPlan("ground"))
    found = collisions(stage, [ann, will], seconds=(0.0, 5.0))
    assert [(each.who, each.what) for each in found] == [("ANN", "WILL")]
    still = [Walk(name, 1.7, (Mark(0.0, (x, 0.0, 0.0), 0.0, "hug"),)) for name, x in (("ANN", 0.0), ("WILL", 0.35))]
    assert collisions(stage, still, seconds=(0.0, 1.0)) == []


def test_one_may_sit_on_a_chair_and_stand_beside_it_but_not_in_it():
    stage = build_stage(ROOM)
    sits = Walk("ANN", 1.7, (Mark(0.0, (1.5, 0.0, -1.0), 0.0, "sit", 0.45),))
    stands = Walk("ANN", 1.7, (Mark(0.0, (1.5, 0.0, -1.0), 0.0),))
    assert collisions(stage, [sits], seconds=(0.0, 1.0)) == []
    assert [each.what for each in collisions(stage, [stands], seconds=(0.0, 1.0))] == ["chair 1"]


def test_a_persons_own_body_is_no_obstacle():
    stage = build_stage(FloorPlan("ground"))
    stage = replace(stage, pieces=(*stage.pieces, *mannequin(Figure("ANN"))))
    assert collisions(stage, [Walk("ANN", 1.75, (Mark(0.0, (0.0, 0.0, 0.0)),))], seconds=(0.0, 0.5)) == []


def camera(x, y, z):
    return Camera((x, y, z), 180.0, 0.0, 0.0, 35.0, Package(FILMBACKS["super-35"]))


def test_a_camera_goes_through_a_window_but_not_through_the_wall_below_it():
    stage = build_stage(ROOM)
    for high, expected in ((1.75, []), (0.5, ["wall 1"])):
        path = [(at / 10, camera(2.25, high, -4.0 + at / 5)) for at in range(18)]
        assert [each.what for each in camera_collisions(stage, path)] == expected
    fast = [(0.0, camera(-2.0, 1.5, -4.0)), (0.1, camera(-2.0, 1.5, 1.0))]
    found = camera_collisions(stage, fast)
    assert [each.what for each in found] == ["wall 1"]
    assert "goes through" in found[0].words
    assert camera_collisions(stage, fast, hidden=frozenset({"wall 1", "wall 1 skirting"})) == []
