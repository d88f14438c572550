import io
import re
from dataclasses import replace
from math import hypot
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from rushes.departments.previs.out.camera_report import camera_numbers, words_of
from rushes.departments.previs.out.plan_view import PlanSheet, plan_view, plans_pdf
from rushes.departments.previs.out.techvis_drawing import Clipped, Drawing, Line, Photo, Words, page_size
from rushes.departments.previs.out.techvis_footprints import footprints, hull, opening_kinds, thickness, wall_of
from rushes.departments.previs.out.techvis_paper import Room, field_for
from rushes.departments.previs.out.techvis_pdf import pdf_of, width_of, wrapped
from rushes.departments.previs.out.techvis_shot_marks import cone_of, pair_of, ways_of
from rushes.departments.previs.out.techvis_svg import svg_of
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import field_of_view
from rushes.departments.previs.shots.moves import Move, end_of
from rushes.departments.previs.stage.pieces import Moment, Piece, Stage
from rushes.domain.errors import BadMaterial, NotFound

from .test_boards_arrows import MEDIUM, ROOM, WILL, shot_of

SHEET = PlanSheet("THE LONG HALL", "Set-ups", "Draft 2")
JENNY = Figure("JENNY", 1.68, (1.2, 0.0, 0.4))


def block(name, low, high, of=""):
    vertices = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    triangles = np.array([[0, 1, 2]], np.int32)
    return Piece(name, vertices.astype(np.float32), np.zeros((8, 3), np.float32), triangles, "wood", of=of)


TABLE = block("table top", (-0.5, 0.7, -0.4), (0.5, 0.75, 0.4), of="table")
STAGE = Stage(
    "hall",
    (
        block("floor", (-3, -0.1, -3), (3, 0, 3)),
        block("wall 1", (-3.0, 0, -3.1), (3.0, 3, -2.9), of="wall 1"),
        block("wall 1 skirting", (-3.0, 0, -3.2), (3.0, 0.1, -2.8), of="wall 1"),
        TABLE,
        block("table leg", (-0.1, 0.0, -0.1), (0.1, 0.7, 0.1), of="table"),
        block("lamp", (1, 2.3, 1), (1.4, 2.6, 1.4)),
        block("WILL chest", (-0.2, 1, -0.2), (0.2, 1.4, 0.2), of="WILL"),
        block("door 1 frame", (-1.45, 0, -3.1), (-0.55, 2, -2.9), of="wall 1"),
        block("window 1 frame", (0.5, 1, -3.1), (1.5, 2, -2.9), of="wall 1"),
    ),
    ROOM,
    (((-1.4, -3.0), (-0.6, -3.0)), ((0.5, -3.0), (1.5, -3.0)), ((3.0, 0.0), (3.0, 1.0))),
)
PUSHED = end_of(MEDIUM, Move("push", "in", 0.8), WILL)


def flat(marks):
    return [inner for mark in marks for inner in (flat(mark.marks) if isinstance(mark, Clipped) else [mark])]


def texts(drawing):
    return [mark.text for mark in flat(drawing.marks) if isinstance(mark, Words)]


@settings(max_examples=40, deadline=None)
@given(st.floats(-360, 360), st.floats(-40, 40), st.sampled_from([14.0, 32.0, 75.0]), st.floats(0.5, 20))
def test_a_lens_cone_has_the_horizontal_field_of_view_about_the_cameras_heading(pan, tilt, focal, reach):
    camera = replace(MEDIUM, pan_deg=pan, tilt_deg=tilt, focal_mm=focal)
    at, left, right = (np.array(spot) for spot in cone_of(camera, reach))
    edges = [(spot - at) / np.linalg.norm(spot - at) for spot in (left, right)]
    angle = np.degrees(np.arccos(np.clip(edges[0] @ edges[1], -1, 1)))
    assert angle == pytest.approx(field_of_view(camera.package, focal)[0], abs=1e-6)
    middle = (edges[0] + edges[1]) / np.linalg.norm(edges[0] + edges[1])
    np.testing.assert_allclose(middle, [np.sin(np.radians(pan)), np.cos(np.radians(pan))], atol=1e-9)
    # seen from above with z down the page, left is anticlockwise
    assert edges[0][0] * edges[1][1] - edges[0][1] * edges[1][0] > 0


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 40), st.floats(0.5, 40), st.sampled_from(["A4", "A3", "Letter"]))
def test_a_ruler_on_the_paper_measures_the_stage(wide, deep, paper):
    field = field_for([(0.0, 0.0), (wide, deep)], PlanSheet("X", paper=paper))
    (x, y), (to_x, to_y) = field.at(0.0, 0.0), field.at(wide, deep)
    millimetres = hypot(to_x - x, to_y - y) / 72 * 25.4
    assert millimetres * field.scale / 1000 == pytest.approx(hypot(wide, deep))
    left, top, right, bottom = field.box
    assert left < min(x, to_x) < max(x, to_x) < right
    assert top < min(y, to_y) < max(y, to_y) < bottom


def test_what_stands_on_the_set_is_seen_from_above_without_people_and_shell():
    moved = np.eye(4)
    moved[:3, 3] = (1.0, 0.0, 0.0)
    found = {each.name: each for each in footprints(STAGE, Moment(MEDIUM, {"table top": moved}), {"WILL"})}
    assert sorted(found) == ["lamp", "table"]
    assert found["lamp"].overhead
    assert min(x for x, _ in found["table"].outline) == pytest.approx(-0.1)
    assert max(x for x, _ in found["table"].outline) == pytest.approx(1.5)
    gone = footprints(STAGE, Moment(MEDIUM, hidden=frozenset({"lamp"})), {"WILL"})
    assert [each.name for each in gone] == ["table"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=30))
def test_a_hull_is_convex_and_holds_every_point(spots):
    outline = np.array(hull(np.array(spots, float)))
    if len(outline) < 3:
        return
    after = np.roll(outline, -1, axis=0)
    for spot in spots:
        away = np.array(spot) - outline
        assert ((after - outline)[:, 0] * away[:, 1] - (after - outline)[:, 1] * away[:, 0] >= -1e-9).all()


def test_openings_are_told_apart_by_what_hangs_in_them():
    assert opening_kinds(STAGE) == ("door", "window", "opening")
    assert [wall_of(STAGE, opening) for opening in STAGE.openings] == [1, 1, 2]
    assert thickness(STAGE, 1) == pytest.approx(0.2, abs=1e-6)
    assert thickness(STAGE, 2) == 0.12


def test_a_plan_shows_every_shot_with_the_numbers_of_the_report():
    shots = [
        replace(shot_of(MEDIUM, PUSHED, people=((WILL, WILL), (JENNY, JENNY)), line="7 MS WILL>JENNY"), label="7A"),
        replace(shot_of(replace(MEDIUM, place=(2.5, 3.0, 2.5)), line="7 MS WILL", limits=("too high",)), label="7B"),
    ]
    drawing = plan_view(STAGE, shots, SHEET)
    written = texts(drawing)
    for shot in shots:
        words = words_of(camera_numbers(shot, 0, stop=SHEET.stop))
        assert shot.label in written
        assert f"{words['distance']}  {words['distance ft']}" in written
        assert any(words["field across"] in text and words["lens"] in text for text in written)
    assert {"WILL", "JENNY", "line of action", "hall", "! too high"} <= set(written)
    assert any(text.startswith("push in · 0.80 m") for text in written)
    assert drawing.size == page_size("A3", wide=True)


def test_a_plan_as_svg_and_as_pdf_has_the_same_lines_and_words():
    drawing = plan_view(STAGE, [shot_of(MEDIUM, PUSHED, line="7 MS WILL")], SHEET)
    marks = flat(drawing.marks)
    root = ElementTree.fromstring(svg_of(drawing))
    names = [element.tag.split("}")[1] for element in root.iter()]
    assert names.count("path") == sum(isinstance(mark, Line) for mark in marks)
    assert names.count("text") == sum(isinstance(mark, Words) for mark in marks)
    pdf = pdf_of([drawing], title="plan")
    assert pdf == pdf_of([drawing], title="plan")
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    content = page.get_contents().get_data().decode("latin-1")
    drawn = len(re.findall(r"(?<![\w.])(?:S|s|f|b|B)(?:\*)?(?=\n|\s)", content))
    assert drawn == sum(isinstance(mark, Line) for mark in marks)
    assert "THE LONG HALL" in page.extract_text()
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(drawing.size, abs=0.01)


def test_a_wild_wall_is_named_and_hollow():
    shot = shot_of(MEDIUM, line="7 MS WILL")
    wild = replace(shot, moment_at=lambda frame: Moment(MEDIUM, hidden=frozenset({"wall 3"})))
    assert "wall 3, wild" in texts(plan_view(STAGE, [wild], SHEET))
    assert "wall 3, wild" not in texts(plan_view(STAGE, [shot], SHEET))


def test_a_camera_from_straight_above_shows_the_frame_and_no_cone():
    above = replace(MEDIUM, place=(0.0, 2.9, 0.0), tilt_deg=-90.0)
    drawing = plan_view(STAGE, [shot_of(above, line="7 MS WILL")], SHEET)
    assert [mark for mark in flat(drawing.marks) if isinstance(mark, Line) and mark.dashes == (3.0, 2.0)]


def test_a_dozen_shots_fit_on_a_plan_and_more_get_another():
    shots = [replace(shot_of(MEDIUM, line="7 MS WILL"), label=f"7-{n}") for n in range(13)]
    with pytest.raises(BadMaterial, match="1 to 12 shots, and not 13"):
        plan_view(STAGE, shots, SHEET)
    assert len(PdfReader(io.BytesIO(plans_pdf(STAGE, shots, SHEET))).pages) == 2


def test_a_stage_without_end_and_paper_that_nobody_has_are_refused():
    far = shot_of(replace(MEDIUM, place=(0.0, 1.0, 90_000.0)))
    with pytest.raises(BadMaterial, match="fits on no plan"):
        plan_view(STAGE, [far], SHEET)
    with pytest.raises(NotFound, match="paper"):
        PlanSheet("X", paper="B4")


def test_somebody_who_stays_has_no_way_and_the_line_of_action_is_theirs_who_look():
    walks = shot_of(
        MEDIUM, people=((WILL, replace(WILL, place=(1.0, 0.0, 0.0))), (JENNY, JENNY)), line="7 MS WILL>JENNY"
    )
    ways = ways_of(walks)
    assert len(ways["WILL"]) > 2
    assert ways["JENNY"] == (JENNY, JENNY)
    assert [figure.name for figure in pair_of([walks])] == ["WILL", "JENNY"]
    assert pair_of([shot_of(MEDIUM)]) is None


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([(50.0, 50.0), (150.0, 50.0), (50.0, 150.0)]), min_size=2, max_size=6))
def test_words_find_a_free_place_where_there_is_one(firsts):
    room = Room((0.0, 0.0, 400.0, 400.0))
    spots = [(40.0 + 70 * column, 20.0 + 30 * row) for row in range(10) for column in range(5)]
    for first in firsts:
        room.words("WILL", 8.0, (first, *spots), look=Words((0.0, 0.0), "", 0.0))
    for place, one in enumerate(room.taken):
        for other in room.taken[:place]:
            assert min(one[2], other[2]) <= max(one[0], other[0]) or min(one[3], other[3]) <= max(one[1], other[1])


def test_a_text_in_svg_is_only_text():
    page = Drawing("<&>", (10.0, 10.0), (Words((1.0, 1.0), '</text><script x="\x00">&', 5.0, halo="#ffffff"),))
    root = ElementTree.fromstring(svg_of(page))
    assert root[1].text == '</text><script x="">&'
    assert len(root) == 2


def test_a_picture_in_svg_and_pdf_is_in_the_file_itself():
    photo = Photo((0.0, 0.0), (10.0, 5.0), np.full((5, 10, 3), 0.5, np.float32))
    page = Drawing("x", (10.0, 5.0), (photo, photo))
    assert ElementTree.fromstring(svg_of(page))[1].get("href").startswith("data:image/jpeg;base64,")
    read = PdfReader(io.BytesIO(pdf_of([page, page], title="x")))
    assert read.pages[1].images[0].image.getpixel((3, 2)) == (128, 128, 128)
    assert len(read.pages[0].images) == 1  # held once, however often it is shown


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=80), st.floats(30, 200), st.integers(1, 4))
def test_wrapped_lines_fit(text, width, lines):
    found = wrapped(text, 8.0, width=width, lines=lines)
    assert len(found) <= lines
    assert all(width_of(line, 8.0) <= width + 1e-6 for line in found if len(line) > 1)


def test_a_word_that_is_too_long_is_broken_and_nothing_of_it_lost():
    found = wrapped("WHARF" * 40, 8.0, width=60.0)
    assert "".join(found) == "WHARF" * 40
    assert max(width_of(line, 8.0) for line in found) <= 60.0
