from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from rushes.departments.previs.breakdown.items import Category, Item, SceneSheet
from rushes.departments.previs.paperwork.cast import number_cast
from rushes.departments.previs.paperwork.colours import strip_colour
from rushes.departments.previs.paperwork.days import dated, days_as_given
from rushes.departments.previs.paperwork.lists import breakdown_list, element_list, letters_list, shot_list
from rushes.departments.previs.paperwork.paper import Paperwork, paperwork_of, synopsis_of
from rushes.departments.previs.paperwork.strips import cast_list, stripboard
from rushes.departments.previs.paperwork.table import Clock, Eighths
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.merge import track
from rushes.departments.previs.script.model import scenes
from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.pieces import Moment, Stage
from rushes.domain.errors import BadMaterial

CAMERA = Camera((0.0, 1.6, 3.0), 0.0, 0.0, 0.0, 32.0, Package(FILMBACKS["super-35"]))


def sheet(number, where, time, *, place="KITCHEN", eighths=8, items=()):
    kinds = tuple(Item(kind, name, 1, 0, 4, name.lower(), "rule", sure) for kind, name, sure in items)
    return SceneSheet(f"scene-{number}", number, f"{where}. {place} - {time}", where, place, time, eighths, kinds)


def four():
    speaks, props, extras = Category.SPEAKING, Category.PROPS, Category.EXTRAS
    return (
        sheet("1", "INT", "DAY", eighths=34, items=[(speaks, "JENNY", 1.0), (props, "letter", 0.6)]),
        sheet("2", "EXT", "DAY", place="PIER", eighths=9, items=[(speaks, "WILL", 1.0), (speaks, "JENNY", 1.0)]),
        sheet("2A", "EXT", "NIGHT", place="PIER", eighths=1, items=[(props, "Letter", 1.0), (extras, "sailors", 1.0)]),
        sheet("3", "INT", "NIGHT", eighths=3),
    )


def paper_of(days, sheets=None):
    sheets = sheets or four()
    return Paperwork("Dusk", sheets, days_as_given(sheets, days), number_cast(sheets), proposed=False)


def bands(table):
    return [row.cells[0] for row in table.rows if row.band]


def shot(label, scene, line, frames, **more):
    told = {"words": "", "note": "", "limits": ()} | more
    return ReadyShot(
        f"shot-{label}", label, scene, "INT. KITCHEN - DAY", f"{label} {line}", told["words"], told["note"], frames,
        Stage("kitchen", ()), lambda _: Moment(CAMERA), lambda _: (), (), told["limits"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "time", "colour"),
    [
        # the convention: day interior white, day exterior yellow, night interior blue, night exterior green
        ("INT", "DAY", "white"),
        ("EXT", "DAY", "yellow"),
        ("INT", "NIGHT", "blue"),
        ("EXT", "NIGHT", "green"),
        ("INT/EXT", "AFTERNOON", "yellow"),
        ("INT", "LATE EVENING", "blue"),
        ("EXT", "DAWN", "pink"),
        ("INT", "LATE AFTERNOON", "orange"),
        ("EXT", "ONE LATE AFTERNOON", "orange"),
        ("INT", "", "grey"),
        ("", "DAY", "grey"),
    ],
)
def test_strips_have_the_colours_of_the_trade(where, time, colour):
    red, green, blue = bytes.fromhex(strip_colour(sheet("1", where, time)))
    said = {
        "white": red == green == blue == 255,
        "yellow": min(red, green) > 220 > blue + 60,
        "blue": blue > red + 50 and blue > green + 20,
        "green": green > red + 30 and green > blue + 30,
        "pink": red > 240 and green < blue < 230,
        "orange": red > 230 and red > green + 40 > blue + 60,
        "grey": red == green == blue < 240,
    }
    assert [name for name, fits in said.items() if fits] == [colour]


def test_the_board_ends_each_day_with_a_band_that_says_its_pages():
    table = stripboard(paper_of([["1"], ["2", "2A"], ["3"]]))
    assert bands(table) == [
        "END OF DAY 1 — 4 2/8 pages",
        "END OF DAY 2 — 1 2/8 pages — exteriors by day and by night",
        "END OF DAY 3 — 3/8 page",
    ]
    assert [row.cells[1] for row in table.rows if not row.band] == ["1", "2", "2A", "3"]


def test_a_band_says_date_time_moves_and_what_is_too_much():
    paper = paper_of([["1", "2"], ["2A"]])
    paper = replace(
        paper,
        days=dated(paper.days, date(2026, 10, 14)),
        seconds={"scene-1": 200.0, "scene-2": 52.0},
        limit_eighths=40,
    )
    first = bands(stripboard(paper))[0]
    assert first == (
        "END OF DAY 1 — Wed 14 Oct 2026 — 5 3/8 pages — 4:12 on screen — 1 move — over the 5 pages of a day"
    )
    assert bands(stripboard(replace(paper, limit_eighths=60)))[0].endswith("1 move")


def test_interiors_by_day_and_by_night_need_no_remark():
    assert bands(stripboard(paper_of([["1", "3"]])))[0] == "END OF DAY 1 — 4 5/8 pages"


def test_a_scene_that_is_longer_than_a_day_says_so():
    paper = replace(paper_of([["1"]]), limit_eighths=30)
    assert "over the 3 6/8 pages of a day: scene 1 alone is longer" in bands(stripboard(paper))[0]


def test_scenes_on_no_day_lie_under_the_board_and_omitted_ones_are_named():
    gone = SceneSheet("scene-9", "9", "OMITTED", "", "OMITTED", "", 1, ())
    table = stripboard(paper_of([["1"]], (*four(), gone)))
    assert bands(table)[1] == "NOT ON ANY DAY — 3 scenes — 1 5/8 pages"
    assert [row.cells[1] for row in table.rows if not row.band] == ["1", "2", "2A", "3"]
    assert "Omitted: 9" in table.about


def test_a_proposal_says_that_it_is_one():
    paper = paper_of([["1"]])
    assert "nobody has approved it" in stripboard(replace(paper, proposed=True)).about[0]
    assert "nobody has approved it" not in " ".join(stripboard(paper).about)


def test_strips_carry_cast_numbers_and_the_cast_list_says_whose_they_are():
    paper = paper_of([["1", "2"], ["2A", "3"]])
    assert [row.cells[7] for row in stripboard(paper).rows if not row.band] == ["1", "1, 2", "", ""]
    assert [row.cells for row in cast_list(paper).rows] == [
        (1, "JENNY", 2, Eighths(43), 1, "1"),
        (2, "WILL", 1, Eighths(9), 1, "1"),
    ]


def test_the_day_out_of_days_adds_up():
    table = letters_list(paper_of([["1"], ["3"], ["2"]]))
    assert [row.cells for row in table.rows] == [
        (1, "JENNY", "SW", "H", "WF", 2, 1, 0, 1, 3, 3),
        (2, "WILL", "", "", "SWF", 1, 0, 0, 3, 3, 1),
        ("", "working that day", 1, 0, 2, 3, 1, 0, "", "", 4),
    ]
    assert [sorted(row.fills) for row in table.rows] == [[2, 3, 4], [4], []]


def test_elements_are_listed_by_category_with_their_scenes_and_days_and_what_to_check():
    table = element_list(paper_of([["1"], ["2"], ["2A", "3"]]))
    assert bands(table) == ["CAST — 2", "EXTRAS — 1", "PROPS — 1"]
    assert [row.cells for row in table.rows if not row.band] == [
        ("cast", "1. JENNY", 2, "1, 2", 2, "1–2", ""),
        ("cast", "2. WILL", 1, "2", 1, "2", ""),
        ("extras", "sailors", 1, "2A", 1, "3", ""),
        ("props", "letter", 2, "1, 2A", 2, "1, 3", "?"),
    ]


def test_the_breakdown_has_each_item_with_its_words_and_a_scene_without_items_too():
    rows = [row.cells for row in breakdown_list(paper_of([["1"]])).rows]
    assert rows[1] == ("1", "INT", "KITCHEN", "DAY", Eighths(34), 1, "props", "letter", "letter", "rule", 0.6)
    assert rows[-1] == ("3", "INT", "KITCHEN", "NIGHT", Eighths(3), "", "", "", "", "", "")
    assert len(rows) == 7


def test_the_shot_list_says_what_was_typed_and_which_lens_was_put_on():
    shots = (
        shot("1", "1", "LS JENNY+WILL", 48),
        shot("1A", "1", 'MCU OTS LOW 3/4L DUTCH 8 50mm "OLD WILL">JENNY, push in 3s, hold 1s', 60,
             words="He waits.", note="Hands!", limits=("no room", "too low")),
    )  # fmt: skip
    table = shot_list(replace(paper_of([["1"]]), shots=shots, frame_rate=Fraction(24000, 1001)))
    names = tuple(column.name for column in table.columns)
    assert names == (
        "label", "id", "scene", "size", "angle", "lens", "who", "move", "frames", "seconds", "words", "note", "limits"
    )  # fmt: skip
    assert bands(table) == ["SCENE 1 — INT. KITCHEN - DAY — 2 shots — 0:05"]
    assert table.rows[1].cells[:9] == ("1", "shot-1", "1", "LS", "EYE", "32mm", "JENNY + WILL", "", 48)
    assert table.rows[1].cells[9] == pytest.approx(2.002)
    assert table.rows[2].cells[3:] == (
        "MCU", "LOW 3/4L DUTCH 8°", "50mm", "OLD WILL > JENNY (OTS)", "push in 3s, hold 1s", 60,
        pytest.approx(2.5025), "He waits.", "Hands!", "no room; too low",
    )  # fmt: skip


def test_a_line_that_is_no_shot_is_refused():
    with pytest.raises(BadMaterial):
        shot_list(replace(paper_of([["1"]]), shots=(shot("1", "1", "nonsense", 48),)))


def test_a_synopsis_is_the_writers_own_or_how_the_action_begins():
    told = read_fountain(
        b"INT. A - DAY\n\n= Jenny leaves. For good.\n\nShe goes.\n\nINT. B - DAY\n\nMR. GRAY *sits*. He waits.\n"
    )
    assert [synopsis_of(scene) for scene in scenes(told)] == ["Jenny leaves. For good.", "MR. GRAY sits."]
    long = read_fountain(b"INT. A - DAY\n\n" + b"Many words, " * 40)
    assert len(synopsis_of(scenes(long)[0])) <= 110
    assert synopsis_of(scenes(long)[0]).endswith("words…")


def test_the_paperwork_of_a_script_times_every_scene_and_proposes_days():
    script = read_fountain(b"INT. A - DAY\n\nShe goes home.\n\nEXT. B - DAY\n\nShe runs.\n")
    tracked = track(script)
    sheets = [SceneSheet(kept.id, str(at), "", "INT", "A", "DAY", 8, ()) for at, kept in enumerate(tracked, 1)]
    paper = paperwork_of("Dusk", tracked, sheets, limit_eighths=8)
    assert list(paper.seconds.values()) == pytest.approx([2 + 0.5 + 0.6, 2 + 0.5 + 0.4])
    assert [day.eighths for day in paper.days] == [8, 8]
    assert stripboard(paper).rows[0].cells[5:9] == ("She goes home.", Eighths(8), "", Clock(pytest.approx(3.1)))
