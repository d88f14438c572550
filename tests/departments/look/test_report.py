import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from mpl_toolkits.mplot3d import proj3d
from PIL import Image
from scipy.spatial import ConvexHull

from rushes.departments.department import Colour, Example
from rushes.departments.look.contact_sheet import ReportExample, heat_map
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Cdl, neutral_look
from rushes.departments.look.packing import pack_look
from rushes.departments.look.plot_cube import cube_figure
from rushes.departments.look.plots import coverage_figure, tone_figure
from rushes.departments.look.report import ReportPage, digest_of, frames_named, origin_of, write_report
from rushes.departments.look.scopes import chroma_of, parade, seen_xyz, spread_out, vectorscope, viewer
from rushes.domain.parts import Measure
from rushes.domain.recipes import Recipe

COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "sRGB - Display", "Un-tone-mapped")
LOOK = replace(neutral_look("ACEScct", points=9), cdl=Cdl(slope=(1.1, 1.0, 0.9)))
SEEN = replace(LOOK, seen=np.eye(9, dtype=np.float32)[:, :, None] * np.full(9, 50, np.float32))
STEPS = (Step("nothing", 5.0, 12.0, 6.0), Step("best cdl", 2.0, 6.0, 3.0), Step("lattice", 0.4, 2.0, 0.5))
PNGS = ["contact_sheet.png", "steps.png", "scopes.png", "tone.png", "cube.png", "coverage.png"]


def example(name, *, held_out=False, graded=True, size=(36, 64)):
    plate = np.random.default_rng(1).uniform(0, 2, (3, *size)).astype(np.float32)
    return ReportExample(name, plate, plate * np.float32(1.1), plate * np.float32(1.2) if graded else None, held_out)


def page(title="Night ferry"):
    checks = (Measure("neutral axis", 0.5, "", 0.02, True), Measure("banding", 0.7, "10-bit codes", 0.5, False))
    scores, remarks = (Measure("ΔE2000 mean", 0.41),), ("Pair <3> was left out.",)
    return ReportPage(title, "taught by ferry 10; recipe standard, seed 0", COLOUR, STEPS, scores, checks, remarks)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    examples = [example("taught 1"), example("held 2", held_out=True), example("bare 3", graded=False)]
    return folder, write_report(folder, SEEN, examples, page=page("<script>alert(1)</script> & co"))


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
    assert len(sources) == 18
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
    again = write_report(tmp_path, SEEN, examples, page=page("<script>alert(1)</script> & co"))
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


def test_of_many_examples_no_held_out_one_is_left_out_before_a_taught_one(tmp_path, without_plots):
    examples = [example(f"taught {n}") for n in range(12)] + [example("held 0", held_out=True)]
    with without_plots():
        html = write_report(tmp_path, LOOK, examples, page=page())[0].read_text()
    assert "held 0" in html
    assert "1 more frame is not shown" in html


def test_a_spatial_look_carries_its_warning(tmp_path, without_plots):
    varied = replace(LOOK, spatial=np.zeros((2, 2, 2, 3, 4), np.float32))
    with without_plots():
        html = write_report(tmp_path, varied, [example("a")], page=page())[0].read_text()
    assert "fits into no LUT, CLF or CDL" in html


@pytest.mark.parametrize("size", [(2, 3), (900, 40)])
def test_frames_of_any_shape_fit_on_the_sheet_graded_or_not(tmp_path, size, without_plots):
    with without_plots("contact_sheet", "scopes"):
        paths = write_report(tmp_path, LOOK, [example("a", size=size, graded=False)], page=page())
    assert len(paths) == len(PNGS)  # a look that has seen nothing has no coverage to show


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


def test_a_flat_picture_is_one_line_for_each_channel_on_the_parade():
    trace = parade(np.full((20, 30, 3), (200, 100, 50), np.uint8))
    assert trace.shape == (256, 90, 3)
    panels = np.split(trace, 3, axis=1)
    assert [np.flatnonzero(panel.any(axis=(1, 2))).tolist() for panel in panels] == [[200], [100], [50]]
    assert [int(panel.sum(axis=(0, 1)).argmax()) for panel in panels] == [0, 1, 2]


def test_a_wide_picture_keeps_to_the_columns_of_the_scope():
    assert parade(np.zeros((4, 640, 3), np.uint8)).shape == (256, 600, 3)


def test_levels_spread_evenly_can_be_read_on_the_parade():
    # every level occurs equally often: the dimmest trace a picture can have
    ramp = np.repeat(np.tile(np.arange(256, dtype=np.uint8)[:, None], (1, 640))[..., None], 3, axis=2)
    assert parade(ramp).max(axis=2).min() > 0.3


def one_of(number, clip="bunny"):
    return Example(clip, number, {})


def test_origin_names_clips_frames_recipe_and_seed():
    origin = origin_of([one_of(10), one_of(45), one_of(3, "owl")], Recipe(name="windows", seed=7), words="taught by")
    assert origin == "taught by bunny 10, 45; owl 3; recipe windows, seed 7"


def test_of_many_frames_only_the_first_and_the_last_are_named():
    assert frames_named([one_of(number) for number in range(5, 105)]) == "bunny 100 frames from 5 to 104"


def test_reports_of_two_looks_are_told_apart_and_of_one_look_are_not(tmp_path, without_plots):
    other = replace(LOOK, cdl=Cdl(slope=(1.1, 1.0, 0.9001)))
    with without_plots():
        pages = [write_report(tmp_path / str(n), look, [example("a")], page=page())[0].read_text()
                 for n, look in enumerate((LOOK, LOOK, other))]  # fmt: skip
    digests = [re.search("Weights <code>([0-9a-f]{12})</code>", html)[1] for html in pages]
    assert digests[0] == digests[1] == digest_of(pack_look(LOOK))
    assert digests[0] != digests[2]
    assert f"<title>Night ferry {digests[0]}" in pages[0]


def test_the_page_says_what_taught_the_look(written):
    assert "taught by ferry 10; recipe standard, seed 0" in written[1][0].read_text()


def test_a_digest_tells_name_type_and_shape_apart():
    zeros = np.zeros((2, 2), np.float32)
    kinds = ({"a": zeros}, {"b": zeros}, {"a": zeros.reshape(4)}, {"a": zeros.view(np.int32)}, {"a": zeros.T + 1})
    assert len({digest_of(kind) for kind in kinds}) == len(kinds)


def test_no_two_numbers_go_by_one_name(written):
    html = written[1][0].read_text()
    assert "mean ΔE2000 on held-out frames, as the view shows them" in html
    scores = html[html.index("<h2>Scores</h2>") :]
    assert "in scene-linear light, highlights included" in scores


@pytest.fixture(scope="module")
def unheld(tmp_path_factory):
    """A report of a look that was held against nothing, as from stills."""
    bare = replace(
        page("Guessed"), steps=(), headlines=(("0.34", "confidence, of 1", "of stills"),), checks=(), remarks=()
    )
    folder = tmp_path_factory.mktemp("unheld")
    paths = write_report(folder, LOOK, [example("bare 1", graded=False), example("bare 2", graded=False)], page=bare)
    return paths, paths[0].read_text()


def test_a_look_held_against_nothing_shows_no_empty_parts(unheld):
    paths, html = unheld
    assert [path.name for path in paths] == ["report.html", "contact_sheet.png", "scopes.png", "tone.png", "cube.png"]
    body = html[html.index("<body>") :]
    for words in ("graded</figcaption>", "ΔE2000 0 <i>", "held out", "What each step buys", "flip to what was graded",
                  "Where it has seen data", "of the lattice"):  # fmt: skip
        assert words not in body


def test_a_look_held_against_nothing_leads_with_its_confidence(unheld):
    headlines = re.findall(r"<div><b>([^<]*)</b>([^<]*)<span>", unheld[1])
    assert headlines[0] == ("0.34", "confidence, of 1")


def test_a_sheet_of_ungraded_frames_gives_its_width_to_the_pictures_there_are(unheld):
    with Image.open(unheld[0][1]) as sheet:
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    beside_the_mat = np.abs(pixels - 118).max(axis=2) > 40
    assert beside_the_mat[:, int(0.6 * sheet.width) : int(0.95 * sheet.width)].mean() > 0.5


@pytest.mark.parametrize(("domain", "ends"), [((0.1, 0.6), (0.0, 1.0)), ((-0.25, 1.5), (-0.25, 1.5))])
def test_coverage_shows_all_codes_alike_both_ways_and_marks_diffuse_white(domain, ends):
    look = replace(SEEN, lattice_domain=domain)
    panels = coverage_figure(look, COLOUR).axes[:3]
    for axes in panels:
        assert axes.get_xlim() == axes.get_ylim() == pytest.approx(ends)
        assert axes.get_xticks().tolist() == axes.get_yticks().tolist() == [0, 0.25, 0.5, 0.75, 1]
        # ACEScct of 0 and of 1 (S-2016-001)
        marks = {text.get_text(): text.xy[0] for text in axes.texts}
        assert marks == pytest.approx({"black": 0.0729, "diffuse white": 0.5548}, abs=1e-3)


def test_added_by_the_curves_is_shown_over_codes_0_to_1_with_the_legend_off_the_plot():
    look = neutral_look("ACEScct", points=9, domain=(-1.5, 0.7))
    panels = tone_figure(look, COLOUR).axes
    assert panels[1].get_xlim() == (0, 1)
    assert "codes 0 to 1" in panels[1].get_xlabel()
    for axes in panels:
        drawn = FigureCanvasAgg(axes.figure).get_renderer()
        assert axes.get_legend().get_window_extent(drawn).y0 >= axes.get_window_extent().y1 - 4


def test_names_on_the_cube_lie_clear_of_the_mesh():
    panels = cube_figure(LOOK, COLOUR).axes
    for axes in panels:
        corners = np.stack(np.meshgrid(*[[0.0729, 0.6690]] * 3), -1).reshape(-1, 3)
        spots = np.stack(proj3d.proj_transform(*corners.T, axes.get_proj())[:2], -1)
        for text in axes.texts:
            assert (ConvexHull(spots).equations @ [*text.xy, 1.0]).max() > 0.005


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
