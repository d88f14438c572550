import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.collisions import cut_at
from rushes.departments.previs.stage.default_sets import default_plan
from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Spike, Wall
from rushes.departments.previs.stage.plan_json import plan_of, plan_text, write_plan
from rushes.departments.previs.stage.plan_svg import plan_from_svg
from rushes.departments.previs.stage.plans import read_plan
from rushes.departments.previs.stage.props import KINDS
from rushes.departments.previs.stage.svg_shapes import path_lines, transform_of
from rushes.domain.errors import BadMaterial

PLAN = FloorPlan(
    "KITCHEN",
    (
        Wall((0, 0), (4, 0), openings=(Opening("door", 0.8, ajar_deg=40.0), Opening("window", 2.8, 1.2, 0.9, 2.1))),
        Wall((4, 0), (4, 3), 0.25, 2.2, "brick wall", (0.4, 0.3, 0.3)),
    ),
    (Prop("table", (2, 1.5), 30.0, (1.4, 0.75, 0.8), name="the table", surface="marble"), Prop("chair", (1, 1))),
    (Spike("A", (1, 2), 45.0, 0.45),),
)
spot = st.tuples(st.floats(-50, 50).map(lambda x: round(x, 3)), st.floats(-50, 50).map(lambda x: round(x, 3)))


def hit(stage, name, start, end):
    """Tell whether a straight line passes through a piece."""
    piece = next(piece for piece in stage.pieces if piece.name == name)
    corners = piece.vertices.astype(float)[piece.triangles]
    way = np.array(end, float) - start
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    cross = np.cross(way, two)
    scale = (one * cross).sum(1)
    safe = np.where(np.abs(scale) < 1e-12, np.inf, scale)
    off = np.array(start, float) - corners[:, 0]
    u = (off * cross).sum(1) / safe
    turned = np.cross(off, one)
    v, t = turned @ way / safe, (two * turned).sum(1) / safe
    return bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 1)).any())


def test_a_plan_is_written_and_reads_back_the_same(tmp_path):
    write_plan(PLAN, tmp_path / "kitchen.json")
    again = read_plan(tmp_path / "kitchen.json")
    assert again == PLAN
    assert plan_text(again) == plan_text(PLAN)


@given(
    st.lists(st.tuples(spot, spot), max_size=4), st.lists(st.tuples(st.sampled_from(sorted(KINDS)), spot), max_size=4)
)
@settings(max_examples=12, deadline=None)
def test_writing_is_a_fixpoint(walls, props):
    plan = FloorPlan(
        "set",
        tuple(Wall(start, end) for start, end in walls if np.hypot(start[0] - end[0], start[1] - end[1]) > 0.1),
        tuple(Prop(kind, at) for kind, at in props),
    )
    assert plan_of(plan_text(plan)) == plan


def test_doors_and_windows_are_true_holes_of_their_size():
    stage = build_stage(PLAN)

    def blocked(x, y):
        return hit(stage, "wall 1", (x, y, -1.0), (x, y, 1.0))

    assert not blocked(0.8, 1.0)  # through the door
    assert blocked(0.8, 2.2)  # over it
    assert not blocked(2.8, 1.5)  # through the window
    assert blocked(2.8, 0.7)  # below its sill
    assert blocked(2.8, 2.3)
    assert blocked(1.8, 1.0)
    assert stage.openings[1] == ((pytest.approx(2.2), 0.0), (pytest.approx(3.4), 0.0))


def test_walls_have_their_thickness_and_height_and_props_their_size():
    stage = {piece.name: piece for piece in build_stage(PLAN).pieces}
    wall = stage["wall 2"].vertices
    assert np.ptp(wall[:, 0]) == pytest.approx(0.25)
    assert wall[:, 1].max() == pytest.approx(2.2)
    assert (stage["wall 2"].surface, stage["wall 2"].grey) == ("brick wall", (0.4, 0.3, 0.3))
    assert stage["the table"].surface == "marble"
    assert stage["the table"].vertices[:, 1].max() == pytest.approx(0.75)


def test_a_door_that_is_ajar_stands_open_to_its_side():
    shut, ajar = (
        build_stage(FloorPlan("x", (Wall((0, 0), (4, 0), openings=(Opening("door", 2.0, ajar_deg=deg),)),)))
        for deg in (0.0, 60.0)
    )
    deep = [np.ptp(next(p for p in stage.pieces if p.name == "door 1").vertices[:, 2]) for stage in (shut, ajar)]
    assert deep[0] < 0.2 < 0.6 < deep[1]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_prop_fills_its_box_and_faces_outwards(kind):
    size = KINDS[kind][1]
    pieces = [piece for piece in build_stage(FloorPlan("x", (), (Prop(kind, (0, 0)),))).pieces if piece.of]
    points = np.concatenate([piece.vertices for piece in pieces])
    assert np.ptp(points, axis=0) == pytest.approx(size, rel=0.35, abs=0.06)
    assert points[:, 1].min() > -0.16
    for piece in pieces:
        corners = piece.vertices.astype(float)[piece.triangles]
        assert np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) > 0, piece.name
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (np.einsum("ij,ij->i", faces, piece.normals[piece.triangles].mean(1)) > -1e-9).mean() > 0.97, piece.name


def test_a_floor_of_any_outline_is_covered_once():
    outline = ((0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4))
    floor = build_stage(FloorPlan("L", floor=outline)).pieces[0]
    corners = floor.vertices.astype(float)[floor.triangles]
    up = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 1] / 2
    assert up[up > 0].sum() == pytest.approx(12.0)
    assert len(cut_at([floor], [-0.05]).lines) >= 6


def test_every_fault_of_a_json_plan_is_told_at_once_by_wall_and_prop():
    said = {
        "floorplan": 1,
        "walls": [
            {"start": [0, 0], "end": [0, "a"]},
            {"start": [0, 0], "end": [3, 0], "colour": "red"},
            {"end": [3, 0], "openings": [{"kind": "door"}]},
        ],
        "props": [{"kind": "table", "at": [1, 2, 3]}, 5],
        "camera": {},
    }
    with pytest.raises(BadMaterial) as refusal:
        plan_of(json.dumps(said), "set.json")
    words = "\n".join(refusal.value.reasons)
    for part in (
        "wall 1: 'end'",
        "wall 2 knows no 'colour'",
        "wall 3 does not say its 'start'",
        "wall 3: opening 1 does not say its 'at_m'",
        "prop 1: 'at' must be 2 numbers",
        "prop 2 must be an object",
        "a plan knows no 'camera'",
    ):
        assert part in words
    with pytest.raises(BadMaterial, match="line 2"):
        plan_of('{"floorplan": 1,\n !}', "set.json")


def test_what_cannot_be_built_is_refused_with_the_walls_number():
    plan = FloorPlan(
        "bad",
        (
            Wall((0, 0), (0, 0)),
            Wall(
                (0, 0),
                (2, 0),
                openings=(Opening("door", 0.5), Opening("window", 0.9, 0.8, 2.0, 1.0), Opening("hole", 1.9)),
            ),
        ),
        (Prop("throne", (0, 0)), Prop("chair", (0, float("inf")), size=(1, 1, 1))),
        floor=((0, 0), (1, 1)),
    )
    with pytest.raises(BadMaterial) as refusal:
        build_stage(plan)
    words = "\n".join(refusal.value.reasons)
    for part in (
        "wall 1: it is 0.0 cm long",
        "'hole' is no opening",
        "from 2 m up to 1 m",
        "overlaps the door",
        "reaches from 1.45 m to 2.35 m",
        "no prop named 'throne'",
        "prop 2: a number",
        "three corners",
    ):
        assert part in words


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="200mm" viewBox="0 0 200 160" data-scale="1:50">
 <g class="walls" stroke-width="3"><path d="M10 10 H150 V110 H10 Z" stroke-width="3"/>
  <rect x="80" y="10" width="2" height="50"/></g>
 <g id="doors"><path d="M30 110 L48 110 M30 110 A18 18 0 0 0 48 92"/><line x1="80" y1="25" x2="80" y2="42"/></g>
 <g class="window"><rect x="60" y="8" width="30" height="4" transform="translate(20 0)"/></g>
 <g class="props" transform="translate(40 60)">
  <rect class="table" x="-14" y="-8" width="28" height="16" transform="rotate(30)"/></g>
 <circle class="mark" id="A" cx="30" cy="40" r="2" data-facing="90"/>
 <defs><rect class="wall" x="0" y="0" width="1" height="50"/></defs><rect x="0" y="0" width="9" height="9"/>
</svg>"""


def test_a_drawing_gives_walls_openings_props_and_marks_to_scale():
    plan = plan_from_svg(DRAWING.encode())
    assert [(wall.start, wall.end, wall.thick_m) for wall in plan.walls[:2]] == [
        ((0.5, 0.5), (7.5, 0.5), 0.15),
        ((7.5, 0.5), (7.5, 5.5), 0.15),
    ]
    assert (len(plan.walls), plan.walls[4].thick_m) == (5, 0.1)
    assert plan.walls[4].start == (4.05, 0.5)
    window, door = plan.walls[0].openings[0], plan.walls[2].openings[0]
    assert (window.kind, window.at_m, window.width_m) == ("window", pytest.approx(4.25), pytest.approx(1.5))
    assert (door.kind, door.at_m, door.width_m) == ("door", pytest.approx(5.55), pytest.approx(0.9))
    assert plan.walls[4].openings[0].width_m == pytest.approx(0.85)
    table = plan.props[0]
    assert (table.kind, table.at, table.facing_deg) == ("table", (2.0, 3.0), pytest.approx(-30.0))
    assert table.size == (pytest.approx(1.4), 0.75, pytest.approx(0.8))
    assert plan.spikes == (Spike("A", (1.5, 2.0), 90.0),)


def test_transforms_nest_and_curves_are_flattened_where_they_are():
    matrix = transform_of("translate(10,5) rotate(90 1 2) scale(2 3) skewX(10) matrix(1 0 0 1 3 4)")
    by_hand = [10.0 + 3.0 - 3 * 4, 5.0 + 1.0 + 2 * (3 + 4 * np.tan(np.radians(10)))]
    assert matrix[:2, 2] == pytest.approx(by_hand)
    arc = path_lines("M0 0 A5 5 0 0 1 10 0")[0]  # half a circle about (5, 0)
    assert np.hypot(arc[:, 0] - 5, arc[:, 1]) == pytest.approx(np.full(len(arc), 5.0))
    curve = path_lines("M0 0 C0 4 4 4 4 0 S 8 -4 8 0 q2 2 4 0 t4 0")[0]
    assert curve[6] == pytest.approx([2.0, 3.0])  # the middle of a cubic: (P0 + 3 P1 + 3 P2 + P3) / 8
    assert curve[-1] == pytest.approx([16.0, 0.0])
    assert curve[42] == pytest.approx([14.0, -1.0])  # T mirrors the handle of q


@pytest.mark.parametrize(
    ("drawing", "why"),
    [
        ('<svg><rect class="wall" width="1" height="1"/></svg>', "states no scale"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg data-metres="1">&a;</svg>', "entities"),
        ('<svg data-metres="1">' + "<g>" * 80 + "</g>" * 80 + "</svg>", "nested more than"),
        ('<svg data-metres="1"><rect class="wall" width="1"', "no XML"),
        ('<svg data-metres="1"><circle r="1"/></svg>', "no shape is in a layer"),
        (
            '<svg data-metres="1">\n<path class="wall" d="M0 0 L1"/><line class="wall" x1="a b"/></svg>',
            "line 2: the path command L",
        ),
        ('<svg data-metres="1"><line class="door" x2="1"/></svg>', "lies on no wall"),
        ('<svg data-metres="1"><rect class="prop" data-kind="throne" width="1" height="1"/></svg>', "is no prop"),
        ('<svg data-metres="1"><line class="wall" x2="1e99"/></svg>', "beyond all measure"),
        ("<html/>", "is no SVG"),
    ],
)
def test_a_drawing_that_says_nothing_or_is_hostile_is_refused(drawing, why):
    with pytest.raises(BadMaterial) as refusal:
        plan_from_svg(drawing.encode())
    assert why in str(refusal.value)


def test_a_default_plan_can_be_taken_over_as_a_file(tmp_path):
    plan = default_plan("INT", "KITCHEN", "DAY")
    write_plan(plan, tmp_path / "kitchen.json")
    assert read_plan(tmp_path / "kitchen.json") == plan
    with pytest.raises(BadMaterial, match=r"must be \.json or \.svg"):
        read_plan(tmp_path / "kitchen.dxf")
