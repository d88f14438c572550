import numpy as np
import pytest

from rushes.departments.previs.shots.figures import bearing_between
from rushes.departments.previs.stage.blocking import Walk
from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.collisions import collisions
from rushes.departments.previs.stage.default_exteriors import EXTERIORS
from rushes.departments.previs.stage.default_places import default_places
from rushes.departments.previs.stage.default_sets import default_light, default_plan, default_stage
from rushes.departments.previs.stage.default_words import ROOMS
from rushes.departments.previs.stage.floorplan import FloorPlan, Spike
from rushes.departments.previs.stage.materials import GREYS
from rushes.departments.previs.stage.timeline import Mark


@pytest.mark.parametrize(
    ("where", "place"), [("INT", names[0]) for names, _ in ROOMS] + [("EXT", names[0]) for names, _ in EXTERIORS]
)
def test_every_default_set_is_built_of_known_surfaces_and_leaves_room_to_stand(where, place):
    plan = default_plan(where, place.upper())
    stage = build_stage(plan)
    assert len(stage.pieces) > 3 or place in {"ground", "field", "beach"}
    assert {piece.surface for piece in stage.pieces} <= set(GREYS)
    assert len({piece.name for piece in stage.pieces}) == len(stage.pieces)
    assert sum(len(piece.triangles) for piece in stage.pieces) < 60_000
    people = [
        Walk(
            spike.name,
            1.75,
            (
                Mark(
                    0.0,
                    (spike.at[0], 0.0, spike.at[1]),
                    spike.facing_deg,
                    "sit" if spike.seat_m else "easy",
                    spike.seat_m,
                ),
            ),
        )
        for spike in plan.spikes
    ]
    assert collisions(stage, people, seconds=(0.0, 0.0)) == []


@pytest.mark.parametrize(
    ("where", "place", "kind"),
    [
        ("INT", "WILL'S KITCHEN", "counter"),
        ("INT", "GRAND HOTEL - BEDROOM", "bed"),
        ("INT", "LIVING ROOM", "sofa"),
        ("INT.", "POLICE STATION", "desk"),
        ("INT", "MOVING CAR", "car"),
        ("EXT", "CAR PARK BEHIND THE DINER", "street lamp"),
        ("EXT", "FOREST EDGE", "conifer"),
        ("EXT", "CITY STREETS", "building"),
        ("INT/EXT", "TAXI", "car"),
        ("INT", "SOMEWHERE ELSE", "table"),
    ],
)
def test_the_words_of_the_place_choose_the_set(where, place, kind):
    assert kind in {prop.kind for prop in default_plan(where, place).props}


def test_a_room_has_walls_a_door_and_a_window_and_an_exterior_reaches_the_horizon():
    room = default_stage("INT", "OFFICE", "DAY")
    assert (len(room.walls), len(room.openings)) == (4, 3)
    assert {"door 1", "window 1 frame", "floor"} <= {piece.name for piece in room.pieces}
    ground = next(piece for piece in default_stage("EXT", "FIELD", "DAY").pieces if piece.name == "floor")
    assert np.ptp(ground.vertices[:, 0]) > 150


def test_the_same_heading_gives_the_same_set():
    one, two = (default_stage("EXT", "FOREST", "DAY") for _ in range(2))
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(one.pieces, two.pieces, strict=True))


def test_night_is_darker_and_bluer_than_day_and_dusk_is_low_and_warm():
    day, dusk, night = (default_light("EXT", time) for time in ("DAY", "DUSK", "NIGHT"))
    assert sum(night.key) < 0.4 * sum(day.key)
    assert night.key[2] > night.key[0]
    assert dusk.key[0] > 1.5 * dusk.key[2]
    assert dusk.towards[1] < 0.5 * day.towards[1]
    assert default_light("INT", "MIDNIGHT") == default_light("INT", "NIGHT") != default_light("INT", "LATER")


def test_two_people_face_each_other_and_a_third_faces_whom_they_speak_to():
    cast = {"ANN": 1.7, "WILL": 1.8, "TIM": 1.1}
    pair = default_places(FloorPlan("x"), {"ANN": 1.7, "WILL": 1.8}, [("ANN", "WILL")])
    assert abs(pair["ANN"].facing_deg - pair["WILL"].facing_deg) == pytest.approx(180.0)
    three = default_places(FloorPlan("x"), cast, [("WILL", "TIM"), ("TIM", "WILL"), ("ANN", "WILL")])
    assert three["ANN"].facing_deg == pytest.approx(
        bearing_between(np.array(three["ANN"].place), np.array(three["WILL"].place))
    )
    apart = [
        np.hypot(*np.subtract(three[a].place, three[b].place)[[0, 2]])
        for a, b in (("ANN", "WILL"), ("WILL", "TIM"), ("ANN", "TIM"))
    ]
    assert min(apart) > 0.7
    assert {name: figure.height_m for name, figure in three.items()} == cast


def test_who_speaks_most_gets_the_seats_of_the_set():
    seats = FloorPlan("car", spikes=(Spike("A", (0.4, 0.0), 0.0, 0.4), Spike("B", (-0.4, 0.0), 0.0, 0.4)))
    cast = default_places(seats, {"ANN": 1.7, "WILL": 1.8, "TIM": 1.2}, [("TIM", "WILL"), ("WILL", "TIM")])
    assert (cast["WILL"].seat_m, cast["TIM"].seat_m, cast["ANN"].seat_m) == (0.4, 0.4, None)
    assert cast["TIM"].facing_deg == 0.0
