import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.look.contact_sheet import ReportExample, heat_map
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Cdl, neutral_look
from rushes.departments.look.report import ReportPage, write_report
from rushes.departments.look.scopes import chroma_of, seen_xyz, spread_out, vectorscope, viewer, waveform
from rushes.domain.parts import Measure

COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "sRGB - Display", "Un-tone-mapped")
LOOK = replace(neutral_look("ACEScct", points=9), cdl=Cdl(slope=(1.1, 1.0, 0.9)))
STEPS = (Step("nothing", 5.0, 12.0, 6.0), Step("best cdl", 2.0, 6.0, 3.0), Step("lattice", 0.4, 2.0, 0.5))
PNGS = ["contact_sheet.png", "steps.png", "scopes.png", "tone.png", "cube.png", "coverage.png"]


def example(name, *, held_out=False, graded=True, size=(36, 64)):
    plate = np.random.default_rng(1).uniform(0, 2, (3, *size)).astype(np.float32)
    return ReportExample(name, plate, plate * np.float32(1.1), plate * np.float32(1.2) if graded else None, held_out)


def page(title="Night ferry"):
    checks = (Measure("neutral axis", 0.5, "", 0.02, True), Measure("banding", 0.7, "10-bit codes", 0.5, False))
    return ReportPage(title, COLOUR, STEPS, (Measure("ΔE2000 mean", 0.41),), checks, ("Pair <3> was left out.",))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    examples = [example("taught 1"), example("held 2", held_out=True), example("bare 3", graded=False)]
    return folder, write_report(folder, LOOK, examples, page=page("<script>alert(1)</script> & co"))


def test_a_report_is_a_page_and_every_picture_on_it(written):
    paths = written[1]
    assert [path.name for path in paths] == ["report.html", *PNGS]
    for path in paths[1:]:
        with Image.open(path) as picture:
            picture.verify()
        assert picture.width >= 800


def test_the_page_stands_alone(written):
    html = written[1][0].read_text()
    sources = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert len(sources) == 17
    assert all(source.startswith("data:image/") for source in sources)
    assert "http" not in re.sub(r'src="[^"]*"', "", html).replace("http-equiv", "")


def test_words_from_outside_are_never_markup(written):
    html = written[1][0].read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Pair &lt;3&gt; was left out." in html


def test_pictures_carry_no_date_and_no_program(written):
    for path in written[1][1:]:
        with Image.open(path) as picture:
            assert set(picture.info) <= {"dpi"}


def test_the_same_look_gives_the_same_bytes(written, tmp_path):
    examples = [example("taught 1"), example("held 2", held_out=True), example("bare 3", graded=False)]
    again = write_report(tmp_path, LOOK, examples, page=page("<script>alert(1)</script> & co"))
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written[1]]


def test_held_out_frames_come_first_and_are_marked(written):
    html = written[1][0].read_text()
    assert html.index("held 2") < html.index("taught 1")
    assert html.count('<span class="tag">held out</span>') == 1


def test_a_frame_that_nobody_graded_has_no_difference(written):
    html = written[1][0].read_text()
    assert 'alt="bare 3, learned"' in html
    assert 'alt="bare 3, graded"' not in html


def test_tables_say_on_which_side_of_a_threshold_the_good_values_lie(written):
    html = written[1][0].read_text()
    assert "≥ 0.02" in html
    assert "≤ 0.5" in html
    assert (html.count('class="passed"'), html.count('class="failed"'), html.count('class="open"')) == (1, 1, 1)


def test_of_many_examples_no_held_out_one_is_left_out_before_a_taught_one(tmp_path):
    examples = [example(f"taught {n}") for n in range(12)] + [example("held 0", held_out=True)]
    html = write_report(tmp_path, LOOK, examples, page=page())[0].read_text()
    assert "held 0" in html
    assert "1 more taught frames are not shown" in html


def test_a_spatial_look_carries_its_warning(tmp_path):
    varied = replace(LOOK, spatial=np.zeros((2, 2, 2, 3, 4), np.float32))
    html = write_report(tmp_path, varied, [example("a")], page=page())[0].read_text()
    assert "fits into no LUT, CLF or CDL" in html


@pytest.mark.parametrize("size", [(2, 3), (900, 40)])
def test_frames_of_any_shape_fit_on_the_sheet_graded_or_not(tmp_path, size):
    paths = write_report(tmp_path, LOOK, [example("a", size=size, graded=False)], page=page())
    assert len(paths) == 1 + len(PNGS)


def test_a_picture_is_the_view_of_the_mean_light():
    # two pixels of 0 and 0.36 average to mid grey, which sRGB encodes as 0.18 -> 118 (IEC 61966-2-1)
    plate = np.zeros((3, 4, 1280), np.float32)
    plate[:, :, ::2] = 0.36
    picture = viewer(COLOUR)(plate)
    assert picture.shape == (2, 640, 3)
    assert np.abs(picture.astype(int) - 118).max() <= 1


def test_white_on_the_display_is_d65_white_and_all_that_is_brighter():
    # x 0.3127, y 0.3290 (ITU-R BT.709-6) is X 0.9505, Z 1.0891 where Y is 1
    seen = seen_xyz(COLOUR)(np.array([[1.0, 1.0, 1.0], [40.0, 40.0, 40.0]], np.float32))
    assert seen == pytest.approx(np.array([[0.9505, 1.0, 1.0891]] * 2), abs=2e-3)


def test_measured_pixels_are_untouched_ones():
    plate = np.arange(3 * 4 * 1400, dtype=np.float32).reshape(3, 4, 1400)
    assert np.array_equal(spread_out(plate), plate[:, ::3, ::3].transpose(1, 2, 0))


def test_a_flat_picture_is_one_line_on_the_waveform():
    trace = waveform(np.full((20, 30, 3), (200, 100, 100), np.uint8))
    assert trace.shape == (256, 30, 3)
    assert [np.flatnonzero(trace[..., channel].any(axis=1)).tolist() for channel in range(3)] == [[200], [100], [100]]


def test_grey_lies_in_the_middle_of_the_vectorscope_and_red_up_left():
    grey, red = (vectorscope(np.full((8, 8, 3), colour, np.uint8), points=100) for colour in (128, (255, 0, 0)))
    assert np.argwhere(grey.any(axis=-1)).tolist() == [[50, 50]]
    # Rec.709 red is Cb -0.1146, Cr 0.5 (ITU-R BT.709-6)
    assert np.argwhere(red.any(axis=-1)).tolist() == [[99, 38]]


def test_a_light_skin_of_the_colour_checker_lies_near_the_skin_line():
    # patch 2, light skin, sRGB 194 150 130 (X-Rite, 2005)
    (cb, cr) = chroma_of(np.array([[194, 150, 130]]) / 255)[0]
    assert np.degrees(np.arctan2(cr, cb)) == pytest.approx(123.0, abs=6.0)


def test_no_difference_is_black_and_a_large_one_is_hot():
    cold, hot = heat_map(np.array([[0.0, 99.0]]))[0]
    assert cold.sum() < 10
    assert hot.sum() > 500
