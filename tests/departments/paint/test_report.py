"""What people look at: pictures through the view, close-ups, the contact sheet, the report of a training and a take."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.paint.advice import Advice
from rushes.departments.paint.contact_sheet import Shown, draw_contact_sheet, strip_of
from rushes.departments.paint.layers import FULL_DOUBT
from rushes.departments.paint.pictures import (
    CLOSE,
    MADE,
    TAUGHT,
    busiest,
    difference,
    heat_picture,
    heated,
    matte_difference,
    matte_picture,
    overlaid,
    viewer,
)
from rushes.departments.paint.plots import Marks, best_of, curve_figure, over_time_figure, runs_figure
from rushes.departments.paint.report import ReportPage, verdict, write_report
from rushes.departments.paint.take_report import TakePage, advised, write_take_report
from rushes.domain.parts import Measure
from rushes.media.colour import display_view

COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "sRGB - Display", "Un-tone-mapped")
VIEW = viewer(COLOUR)


@dataclass(frozen=True)
class Point:
    step: int
    loss: float
    held_out: float
    taught: float


def rising(*held_out, taught=None, every=100):
    own = taught or [score + 1 for score in held_out]
    return [Point(every * n, 1 / n, score, mine) for n, (score, mine) in enumerate(zip(held_out, own, strict=True), 1)]


def plate_of(height=300, width=600):
    """A ramp on which no two places are alike, with a highlight along the top."""
    down, across = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)
    light = np.stack([0.05 + 0.3 * across + 0 * down, 0.05 + 0.3 * down + 0 * across, 0.2 + 0.1 * down * across])
    light[:, :2] = 40.0
    return light.astype(np.float32)


def wire(name="dog 50", *, held_out=False, taught=True):
    """A dark wire across the lower right of a plate, taken out but for a tenth of it."""
    clean = plate_of()
    plate, matte, doubt = clean.copy(), np.zeros(clean.shape[1:], np.float32), np.zeros(clean.shape[1:], np.float32)
    plate[:, 250:252, 400:580] = 0.01
    matte[248:254, 398:582] = 1
    doubt[250:252, 400:580] = FULL_DOUBT / 2
    result = plate + matte * np.float32(0.9) * (clean - plate)
    return Shown(name, plate, result, matte, doubt, clean if taught else None, None, held_out, {"changed": "27.3 dB"})


def roto(name="car 10", *, held_out=False, mattes=1):
    drawn, made = (np.zeros((mattes, 300, 600), np.float32) for _ in range(2))
    drawn[:, 100:200, 200:400], made[:, 100:200, 220:420] = 1, 1
    return Shown(name, plate_of(), None, made, np.zeros((300, 600), np.float32), None, drawn, held_out)


def page(**said):
    scores = (Measure("around", 61.2, "dB", 60, True), Measure("changed", 27.3, "dB"))
    fields = {"warnings": ("Pair <3> is a pixel off.",), "held_out_words": "whole pairs: dog 50", **said}
    curve = rising(20.0, 26.0, 27.9, 26.0, taught=[21.0, 27.0, 30.0, 33.0])
    return ReportPage("<script>alert(1)</script> & co", "taught by dog 20", COLOUR, curve, scores, **fields)


@pytest.fixture(scope="module")
def strips():
    return [strip_of(wire("taught 20"), VIEW), strip_of(wire("held 50", held_out=True), VIEW)]


@pytest.fixture(scope="module")
def written(tmp_path_factory, strips):
    folder = tmp_path_factory.mktemp("report")
    shift = folder / "shift.png"
    Image.new("RGB", (40, 30)).save(shift)
    rows, heads = (("rate", "0.02"),), (("0.5 MB", "model", "small"),)
    return write_report(folder, strips, page=page(warning_pictures=(shift,), recipe_rows=rows, headlines=heads))


def test_a_picture_is_the_view_of_the_mean_light_and_the_plate_is_left_alone():
    # two pixels of 0 and 0.36 average to mid grey, which sRGB encodes as 0.18 -> 118 (IEC 61966-2-1)
    plate = np.zeros((3, 4, 1280), np.float32)
    plate[:, :, ::2] = 0.36
    held = plate.copy()
    picture = VIEW(plate)
    assert picture.shape == (2, 640, 3)
    assert np.abs(picture.astype(int) - 118).max() <= 1
    assert np.array_equal(plate, held)


def test_the_baked_view_is_within_a_code_of_the_exact_one_on_real_footage(shared):
    footage = shared("roto_car-shadow") / "JPEGImages/480p/car-shadow/00020.jpg"
    plate = (np.asarray(Image.open(footage), np.float32)[::2, ::2] / 255) ** 2.2
    config, display = COLOUR.config, "ACES 2.0 - SDR 100 nits (Rec.709)"
    exact = plate.copy()
    display_view(config, "ACEScg", display="sRGB - Display", view=display)(exact)
    seen = viewer(replace(COLOUR, view=display))(np.ascontiguousarray(plate.transpose(2, 0, 1)))
    apart = np.abs(exact.clip(0, 1) * 255 - seen)
    assert np.percentile(apart, 99) <= 1.5  # a code, and half of one by rounding


@pytest.mark.parametrize("size", [(300, 600), (2, 3), (640, 20)])
def test_a_small_plate_keeps_its_pixels(size):
    plate = plate_of(*size)
    picture = VIEW(plate)
    assert picture.shape == (*size, 3)
    assert np.array_equal(picture[-1:, -2:], VIEW(plate[:, -1:, -2:]))


def test_light_that_is_infinite_or_no_number_is_white_or_black_and_stays_where_it_is():
    plate = np.full((3, 4, 1280), 0.18, np.float32)
    plate[:, :2, :2], plate[:, 2:, -2:] = np.inf, np.nan
    picture = VIEW(plate)
    assert picture[0, 0].tolist() == [255, 255, 255]
    assert picture[1, -1].tolist() == [0, 0, 0]
    assert np.abs(picture[:, 1:-1].astype(int) - 118).max() <= 1


@settings(max_examples=40)
@given(top=st.integers(0, 88), left=st.integers(0, 188), size=st.integers(1, 12))
def test_a_close_up_has_a_small_change_whole_and_in_its_middle_wherever_it_is(top, left, size):
    change = np.zeros((100, 200), np.float32)
    change[top : top + size, left : left + size] = 1
    rows, columns = busiest(change, (60, 40))
    assert (rows.stop - rows.start, columns.stop - columns.start) == (40, 60)
    assert change[rows, columns].sum() == change.sum()
    middle = (rows.start + rows.stop) / 2, (columns.start + columns.stop) / 2
    wanted = np.clip(top + size / 2, 20, 80), np.clip(left + size / 2, 30, 170)
    assert np.abs(np.subtract(middle, wanted)).max() <= 1


def test_of_two_changes_the_larger_one_is_looked_at_and_of_none_the_middle():
    change = np.zeros((900, 1900), np.float32)
    change[100:104, 100:104], change[700:708, 1500:1508] = 1, 1
    rows, columns = busiest(change)
    assert change[rows, columns].sum() == 64
    assert busiest(np.zeros((900, 1900), np.float32)) == (slice(330, 570), slice(734, 1166))


@pytest.mark.parametrize("size", [(5, 2000), (2000, 5), (241, 433)])
def test_a_close_up_never_leaves_the_frame(size):
    change = np.ones(size, np.float32)
    rows, columns = busiest(change)
    assert change[rows, columns].shape == (min(size[0], CLOSE[1]), min(size[1], CLOSE[0]))


def test_a_close_up_shows_the_pixels_of_the_frame_one_to_one_around_the_change():
    shown = wire()
    strip = strip_of(shown, VIEW)
    left, top, right, bottom = (round(share * side) for share, side in zip(strip.window, (600, 300) * 2, strict=True))
    assert (right - left, bottom - top) == CLOSE
    assert np.array_equal(strip.close["plate"], VIEW(shown.plate)[top:bottom, left:right])
    assert np.array_equal(strip.close["matte"], matte_picture(shown.matte[None])[top:bottom, left:right])
    assert (strip.close["matte"] == 255).all(axis=2).sum() == 6 * 184  # all of the wire


def test_a_thin_wire_in_a_large_frame_is_found():
    clean = np.full((3, 700, 2048), 0.2, np.float32)
    plate = clean.copy()
    plate[:, 500:502, 100:900] = 0.01
    left, top, right, bottom = strip_of(Shown("2k", plate, taught=clean), VIEW).window
    assert top < 500 / 700 < bottom
    assert 90 / 2048 <= left < right <= 910 / 2048


def test_a_frame_no_larger_than_a_close_up_needs_none():
    strip = strip_of(Shown("small", plate_of(240, 432)), VIEW)
    assert (strip.close, strip.window) == ({}, None)


def test_columns_stand_in_the_order_in_which_people_read_them():
    assert list(strip_of(wire(), VIEW).pictures) == ["plate", "taught", "result", "matte", "confidence", "difference"]
    taught = ["plate", "taught matte", "matte", "overlay", "confidence", "difference"]
    assert list(strip_of(roto(), VIEW).pictures) == taught
    assert list(strip_of(Shown("bare", plate_of()), VIEW).pictures) == ["plate"]


def test_confidence_is_white_where_the_heads_agree_and_black_at_full_doubt():
    doubt = np.array([[0, FULL_DOUBT / 2, FULL_DOUBT, 9]], np.float32)
    confidence = strip_of(Shown("a", plate_of(1, 4), doubt=doubt), VIEW).pictures["confidence"]
    assert confidence[0, :, 0].tolist() == [255, 128, 0, 0]


def test_one_matte_is_grey_and_three_are_red_green_and_blue():
    assert matte_picture(np.full((1, 1, 1), 0.5, np.float32))[0, 0].tolist() == [128, 128, 128]
    assert matte_picture(np.array([1, 0, 0.5], np.float32).reshape(3, 1, 1))[0, 0].tolist() == [255, 0, 128]
    assert strip_of(roto(mattes=3), VIEW).pictures["overlay"].shape == (300, 600, 3)


def test_an_overlay_is_dim_outside_untouched_inside_and_has_both_outlines():
    picture, matte, taught = np.full((20, 40, 3), 100, np.uint8), *np.zeros((2, 1, 20, 40), np.float32)
    matte[:, 5:15, 5:15], taught[:, 5:15, 5:30] = 1, 1
    drawn = overlaid(picture, matte, taught)
    assert drawn[0, 0].tolist() == [50, 50, 50]
    assert drawn[10, 10].tolist() == [100, 100, 100]
    assert tuple(drawn[10, 15]) == MADE
    assert tuple(drawn[10, 30]) == TAUGHT
    assert picture.max() == 100


def test_a_matte_that_holds_too_much_is_orange_and_too_little_is_blue():
    over, under, same = matte_difference(np.array([[[1, 0, 0.4]]], np.float32), np.array([[[0, 1, 0.4]]], np.float32))[
        0
    ].astype(int)
    assert over[0] > over[1] > over[2]
    assert under[2] > under[1] > under[0]
    assert same.tolist() == [0, 0, 0]


def test_no_difference_is_black_and_a_tenth_of_a_paint_code_is_hot():
    plate = np.full((3, 1, 2), 0.18, np.float32)
    other = plate.copy()
    other[1, 0, 1] *= 2  # a stop in green alone
    cold, hot = difference(other, plate)[0].astype(int)
    assert cold.sum() < 10
    assert hot.sum() > 500


def test_heat_is_stretched_over_the_picture_and_leaves_the_rest_grey():
    picture = np.full((40, 80, 3), (200, 100, 50), np.uint8)
    drawn = heated(picture, np.array([[0, 0, 0, 1]], np.float32)).astype(int)
    assert drawn.shape == picture.shape
    assert np.ptp(drawn[20, 0]) <= 1
    assert drawn[20, 79, 0] > 2 * drawn[20, 79, 2]
    assert heat_picture(np.array([[np.nan]], np.float32)).sum() < 10


def test_a_sheet_shows_every_strip_and_its_close_up_pixel_for_pixel(tmp_path, strips):
    path = draw_contact_sheet(tmp_path / "sheet.png", strips)
    with Image.open(path) as sheet:
        pixels = np.asarray(sheet)
    close = strips[1].close["result"]
    column = pixels[:, 24 + 2 * (CLOSE[0] + 12) :][:, : CLOSE[0]]
    begins = np.flatnonzero((column == close[0]).all(axis=(1, 2)))
    rows = [row for row in begins if np.array_equal(column[row : row + CLOSE[1]], close)]
    assert len(rows) == 2  # both strips are of one picture
    assert pixels[0, 0].tolist() == [118, 118, 118]


def test_a_sheet_is_whole_at_any_time_and_leaves_nothing_else_behind(tmp_path, strips, monkeypatch):
    path = draw_contact_sheet(tmp_path / "sheet.png", strips[:1])
    before = path.read_bytes()
    monkeypatch.setattr(Image.Image, "save", lambda *arguments, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        draw_contact_sheet(path, strips)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("size", [(2, 3), (900, 1), (900, 40), (240, 433)])
def test_frames_of_any_shape_fit_on_a_sheet(tmp_path, size):
    with Image.open(draw_contact_sheet(tmp_path / "s.png", [strip_of(Shown("a" * 90, plate_of(*size)), VIEW)])) as one:
        assert one.width == CLOSE[0] + 48


def test_a_report_is_a_page_the_pictures_of_its_warnings_and_every_plot(written):
    assert [path.name for path in written] == ["report.html", "shift.png", "contact_sheet.png", "curve.png"]
    for path in written[1:]:
        with Image.open(path) as picture:
            picture.verify()
            assert set(picture.info) <= {"dpi"}


def test_the_page_stands_alone(written):
    html = written[0].read_text()
    sources = re.findall(r'(?:src|href)="([^"]*)"', html)
    # two strips of six pictures whole and close, with what lies over the result; a warning's picture and the curve
    assert len(sources) == 2 * (6 + 1) * 2 + 2
    assert all(source.startswith("data:image/") for source in sources)
    assert "http" not in re.sub(r'src="[^"]*"', "", html).replace("http-equiv", "")


def test_words_from_outside_are_never_markup(written):
    html = written[0].read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Pair &lt;3&gt; is a pixel off." in html


def write_small(folder):
    scores = (Measure("changed", 27.9, "dB"), Measure("changed", 0.9721, "SSIM"))
    strips = [strip_of(Shown("small", plate_of(30, 60)), VIEW)]
    return write_report(folder, strips, page=replace(page(), scores=scores))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_small(tmp_path_factory.mktemp("small"))


def test_the_same_training_gives_the_same_bytes(small, tmp_path):
    assert [path.read_bytes() for path in write_small(tmp_path)] == [path.read_bytes() for path in small]


def test_a_page_that_names_no_headlines_leads_with_the_scores_beside_that_of_the_curve(small):
    assert re.findall(r"<div><b>([^<]*)</b>", small[0].read_text()) == ["27.9 dB", "0.972 SSIM"]


def test_held_out_frames_come_first_and_are_marked(written):
    html = written[0].read_text()
    assert html.index("held 50") < html.index("taught 20")
    assert html.count('<span class="tag">held out</span>') == 1


def test_the_page_leads_with_what_was_held_out_and_says_what_that_is(written):
    html = written[0].read_text()
    headlines = re.findall(r"<div><b>([^<]*)</b>([^<]*)<span>([^<]*)", html)
    assert headlines[0] == (
        "27.9 dB", "over what was changed, held out", "at step 300; 30.0 dB on what it was taught by"
    )  # fmt: skip
    assert headlines[1][0] == "0.5 MB"
    assert "Held out: whole pairs: dog 50." in html
    assert "It began to learn by heart" in html


def test_of_many_frames_no_held_out_one_is_left_out_before_a_taught_one(tmp_path):
    small = strip_of(Shown("held 50", plate_of(30, 60), held_out=True), VIEW)
    many = [replace(small, name=f"taught {n}", held_out=False) for n in range(8)] + [small]
    html = write_report(tmp_path, many, page=replace(page(), curve=()))[0].read_text()
    assert "held 50" in html
    assert "1 more frame is not shown" in html


def test_a_roto_is_explained_by_its_outlines_and_flips_to_what_was_drawn(tmp_path):
    html = write_report(tmp_path, [strip_of(roto(), VIEW)], page=replace(page(), curve=()))[0].read_text()
    assert "matte <span>(hover: taught matte)</span>" in html
    assert "overlay <span>(hover: plate)</span>" in html
    assert "outline as made" in html
    assert "paint codes" not in html


def test_a_curve_that_nothing_was_held_out_for_says_nothing_of_it(tmp_path):
    strips = [strip_of(Shown("small", plate_of(30, 60)), VIEW)]
    html = write_report(tmp_path, strips, page=replace(page(), curve=()))[0].read_text()
    assert "Learning curve" not in html
    assert verdict(rising(0.0, 0.0), "") == ""


@pytest.mark.parametrize(
    ("curve", "budget", "words"),
    [
        (
            rising(20.0, 27.0, 26.0, taught=[21.0, 28.0, 31.0]),
            "",
            "learn by heart: after step 200 it gained 3.0 dB",
        ),
        (rising(20.0, 27.0, 26.0, taught=[21.0, 28.0, 27.0]), "", "After step 200 it lost 1.0 dB"),
        (rising(20.0, 24.0, 26.0), "60 s", "judged only 3 times"),
        (rising(20.0, 24.0, 26.0, 27.5), "60 s", "still getting better when it was last judged: 1.5 dB"),
        (rising(20.0, 24.0, 26.0, 26.1), "60 s", "settled within its 60 s"),
        (rising(20.0, 24.0, 26.0, 27.5), "", "settled and stopped by itself"),
        (
            rising(20.0, 26.8, 27.0, 26.9, taught=[21.0, 28.0, 30.0, 31.0]),
            "",
            "It settled",
        ),  # a tenth of a dB is chance
    ],
)
def test_a_report_says_plainly_how_a_training_went(curve, budget, words):
    assert words in verdict(curve, budget)


def test_of_equal_scores_the_first_is_the_best():
    assert best_of(rising(20.0, 25.0, 25.0)).step == 200


def names_of(axes):
    return [text.get_text() for text in axes.texts]


def test_a_curve_marks_its_best_step_and_shows_the_loss_by_decades():
    scores, losses = curve_figure(rising(20.0, 27.0, 26.0)).axes
    assert "best 27.00 at step 200" in scores.get_title(loc="left")
    assert {"held out", "taught"} == set(names_of(scores))
    assert losses.get_yscale() == "log"
    (unjudged, _) = curve_figure(rising(20.0, 27.0, taught=[0.0, 0.0])).axes
    assert names_of(unjudged) == ["held out"]


def test_names_at_the_ends_of_curves_do_not_lie_over_each_other():
    axes = runs_figure([(f"run {n}", rising(20.0, 25.0 + n / 1000)) for n in range(6)]).axes[0]
    places = sorted(text.xy[1] for text in axes.texts)
    tall = axes.figure.get_figheight() * 72 * axes.get_position().height
    assert np.diff(places).min() * tall >= 12


def test_frames_that_were_left_out_break_the_line_over_time():
    figure = over_time_figure({"result": {1: 0.1, 2: 0.2, 5: 0.1}}, "flicker", marks=Marks(taught=(1,), fix=(5,)))
    line = figure.axes[0].lines[0].get_ydata()
    assert np.isnan(line).tolist() == [False, False, True, True, False]


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    shown = wire("dog 34", taught=False)
    heat = np.zeros((30, 60), np.float32)
    heat[25, 50] = 3.0
    advice = [advised(Advice(frame, 0.5, "the two heads disagree", heat), shown, VIEW) for frame in (34, 70, 12, 90)]
    flicker = {frame: 0.06 if frame == 40 else 0.05 for frame in range(30, 50)}
    said = TakePage(
        title="dog_v003", origin="model dog", colour=COLOUR, advice=advice, flicker=flicker,
        plate_flicker=dict.fromkeys(range(30, 50), 0.05), flicker_words="Flicker, stops",
        confidence={30: 0.9, 31: 0.5}, taught=(20, 31), measures=(Measure("flicker", 1.01, "×", 1.5, True),),
    )  # fmt: skip
    return write_take_report(tmp_path_factory.mktemp("take"), [strip_of(shown, VIEW)], page=said)


def test_a_take_is_reported_with_the_frames_to_fix_its_plots_and_a_sheet(take):
    fixes = ["fix_0034.png", "fix_0070.png", "fix_0012.png"]  # the fourth has to be asked for anew by then
    assert [path.name for path in take] == ["take.html", *fixes, "flicker.png", "confidence.png", "contact_sheet.png"]


def test_the_page_of_a_take_stands_alone_and_advice_comes_first(take):
    html = take[0].read_text()
    sources = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert len(sources) == 3 * 5 + 2 + 2 * (4 + 1)
    assert all(source.startswith("data:image/") for source in sources)
    assert '<b>Fix frame 34 next</b><span class="why">the two heads disagree</span>' in html
    assert html.index("Fix frame 34") < html.index("Then frame 70") < html.index("Over time")


def test_a_take_says_how_much_it_flickers_against_its_plate_and_where_it_is_least_sure(take):
    headlines = re.findall(r"<div><b>([^<]*)</b>([^<]*)<span>([^<]*)", take[0].read_text())
    assert headlines == [
        ("1.01 ×", "flicker, against the plate's own".replace("'", "&#39;"), "most of it at frame 40"),
        ("70 %", "confidence where the fix applies", "least at frame 31: 50 %"),
    ]


def test_advice_shows_the_hottest_part_one_to_one():
    heat = np.zeros((30, 60), np.float32)
    heat[25, 50] = 3.0
    shown = wire(taught=False)
    advice = advised(Advice(34, 0.5, "", heat), shown, VIEW)
    assert [picture.shape for picture in advice.close] == [(CLOSE[1], CLOSE[0], 3)] * 2
    assert advice.window[2:] == (1.0, 1.0)
    assert np.array_equal(advice.close[0], VIEW(shown.result)[60:, 168:])
    assert advice.hot.astype(int).sum(axis=2)[250, 500] > advice.hot.astype(int).sum(axis=2)[50, 100]


def test_of_a_roto_advice_shows_the_outlines():
    advice = advised(Advice(3, 0.5, "", np.ones((3, 6), np.float32)), roto(), VIEW)
    assert (advice.rendered == MADE).all(axis=2).any()


def test_a_take_whose_flicker_is_told_beyond_its_plates_own_says_where_it_is_worst(tmp_path):
    said = TakePage("dog_v003", "model dog", COLOUR, (), {30: 0.01, 31: 0.123, 32: 0.02}, {}, "Flicker, stops", {})
    html = write_take_report(tmp_path, [], page=said)[0].read_text()
    assert "<b>0.12</b>Flicker, stops<span>at frame 31, where it is worst</span>" in html


def test_a_take_without_advice_or_numbers_still_has_a_page(tmp_path):
    bare = TakePage("dog_v003", "model dog", COLOUR, (), {}, {}, "", {})
    (path,) = write_take_report(tmp_path, [], page=bare)
    html = path.read_text()
    assert "No frame is advised" in html
    assert "Over time" not in html
