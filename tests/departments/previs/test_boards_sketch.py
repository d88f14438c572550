import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rushes.departments.previs.out.boards_svg import drawn
from rushes.departments.previs.out.boards_svg_paths import arc_spots
from rushes.departments.previs.out.sketch import FITS, MODES, Sketching, composite, fitted, placing, read_sketch
from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError

RENDER = np.random.default_rng(3).random((60, 100, 3)).astype(np.float32)
OVER = Sketching()


def svg(inside, box="0 0 100 60"):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{inside}</svg>'.encode()


def alpha_of(inside, **named):
    return drawn(svg(inside, **named), "board.svg", (100, 60), fit="contain")[..., 3]


def written(path, picture, **named):
    Image.fromarray(picture).save(path, **named)
    return path


@pytest.mark.parametrize("mode", MODES)
def test_a_sketch_of_no_strength_leaves_the_render_bit_for_bit(mode):
    sketch = np.random.default_rng(4).random((60, 100, 4)).astype(np.float32)
    assert (composite(RENDER, sketch, Sketching(mode, 0.0)) == RENDER).all()


@pytest.mark.parametrize("mode", ["over", "multiply"])
def test_where_nothing_is_drawn_the_render_is_bit_for_bit_the_same(mode):
    sketch = np.zeros((60, 100, 4), np.float32)
    sketch[10:20, 10:30] = (0.1, 0.2, 0.9, 1.0)
    changed = (composite(RENDER, sketch, Sketching(mode, 0.7)) != RENDER).any(axis=2)
    assert changed[10:20, 10:30].all()
    assert changed.sum() == 200


def test_modes_are_those_of_the_drawing_board():
    ink = np.zeros((60, 100, 4), np.float32)
    ink[:30] = (0.2, 0.2, 0.2, 1.0)
    assert composite(RENDER, ink, OVER)[:30] == pytest.approx(0.2)
    np.testing.assert_allclose(composite(RENDER, ink, Sketching("multiply"))[:30], 0.2 * RENDER[:30], rtol=1e-6)
    instead = composite(RENDER, ink, Sketching("instead"))
    assert (instead[30:] == 1.0).all()
    assert instead[:30] == pytest.approx(0.2)
    half = composite(RENDER, ink, Sketching("over", 0.5))[:30]
    np.testing.assert_allclose(half, (0.2 + RENDER[:30]) / 2, atol=1e-6)


def test_white_paper_multiplied_changes_nothing_that_can_be_seen():
    paper = np.ones((60, 100, 4), np.float32)
    np.testing.assert_array_equal(composite(RENDER, paper, Sketching("multiply")), RENDER)


@given(st.floats(1, 4000), st.floats(1, 4000))
@settings(max_examples=40)
def test_contained_is_all_inside_and_covering_leaves_no_edge(width, height):
    for fit, holds in (("contain", np.less_equal), ("cover", np.greater_equal)):
        inner, corner = placing((width, height), (1600.0, 900.0), fit)
        assert inner[0] / inner[1] == pytest.approx(width / height)
        assert holds(np.round(inner, 6), (1600.0, 900.0)).all()
        assert min(abs(corner[0]), abs(corner[1])) < 1e-6


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("own", [(40, 90), (200, 30), (100, 60), (1, 1), (1, 60_000)])
def test_a_drawing_of_any_shape_comes_out_at_the_size_of_the_frame(own, fit):
    drawing = np.ones((own[1], own[0], 4), np.float32)
    found = fitted(drawing, (100, 60), fit)
    assert found.shape == (60, 100, 4)
    whole = (found[..., 3] > 0.99).mean()
    assert whole > 0.98 if fit != "contain" or own == (100, 60) else whole >= 0.01


def test_covering_keeps_the_middle_of_a_drawing():
    drawing = np.ones((60, 300, 4), np.float32)
    drawing[:, :100, 0], drawing[:, 200:, 1] = 0.0, 0.0
    found = fitted(drawing, (100, 60), "cover")
    assert found[:, 3:97, :3].min() > 0.99


def test_the_edge_of_a_drawing_keeps_its_colour_when_it_is_scaled():
    drawing = np.zeros((40, 40, 4), np.float32)
    drawing[:, :20] = (0.0, 1.0, 0.0, 0.0)  # green lies hidden beside it
    drawing[:, 20:] = (1.0, 0.0, 0.0, 1.0)
    found = fitted(drawing, (97, 97), "stretch")
    edge = (found[..., 3] > 0.05) & (found[..., 3] < 0.95)
    assert edge.any()
    assert found[edge][:, 0].min() > 0.99
    assert found[edge][:, 1].max() < 0.01


def test_a_drawing_with_alpha_is_read_at_the_size_of_the_frame(tmp_path):
    picture = np.zeros((30, 50, 4), np.uint8)
    picture[10:20, 10:20] = (255, 0, 0, 255)
    found = read_sketch(written(tmp_path / "ink.png", picture), (50, 30), OVER)
    assert found[15, 15].tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found[..., 3].sum() == 100


def test_a_photo_of_a_board_is_turned_as_its_camera_was_held(tmp_path):
    picture = np.full((40, 60, 3), 255, np.uint8)
    picture[:, :12] = 0
    exif = Image.Exif()
    exif[0x0112] = 6  # its left edge is the top of the board
    path = written(tmp_path / "board.jpg", picture, exif=exif, quality=95)
    found = read_sketch(path, (40, 60), Sketching("multiply"))
    assert found[:8, :, 0].max() < 0.1
    assert found[20:, :, 0].min() > 0.9


def test_settings_of_a_sketch_are_refused_by_name():
    with pytest.raises(NotFound, match="did you mean 'multiply'"):
        Sketching("multiplied")
    with pytest.raises(NotFound, match="fit"):
        Sketching(fit="fill")
    for opacity in (-0.1, 1.5, float("nan")):
        with pytest.raises(BadMaterial, match="opacity"):
            Sketching(opacity=opacity)
    with pytest.raises(BadMaterial, match="does not lie on"):
        composite(RENDER, np.zeros((9, 9, 4), np.float32), OVER)


def test_a_bomb_a_link_and_another_format_are_refused(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    data = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    for path in (bomb, tmp_path / "link.png", tmp_path / "link.svg"):
        if path != bomb:
            path.symlink_to(bomb)
        with pytest.raises(Damaged, match=path.name):
            read_sketch(path, (100, 60), OVER)
    with pytest.raises(BadMaterial, match=r"boards take no \.psd"):
        read_sketch(tmp_path / "board.psd", (100, 60), OVER)
    with pytest.raises(NotFound):
        read_sketch(tmp_path / "none.svg", (100, 60), OVER)


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ('<rect x="10" y="20" width="30" height="25"/>', 750.0),
        ('<circle cx="50" cy="30" r="20"/>', np.pi * 400),
        ('<ellipse cx="50" cy="30" rx="40" ry="10"/>', np.pi * 400),
        ('<polygon points="0,0 40,0 0,40"/>', 800.0),
        ('<path d="M50 10A20 20 0 0 1 50 50A20 20 0 0 1 50 10Z"/>', np.pi * 400),
        ('<path d="M30 20A20 20 0 0 1 50 40z"/>', 200 * (np.pi / 2 - 1)),
        ('<path d="M30 20A20 20 0 1 1 50 40z"/>', 200 * (3 * np.pi / 2 + 1)),
        ('<path d="M10 10Q30 50 50 10z"/>', 40 * 40 / 3),
        ('<path d="M10 10C10 40 50 40 50 10z"/>', 40 * 30 * 3 / 5),
        ('<line x1="10" y1="30" x2="60" y2="30" fill="none" stroke="#000" stroke-width="4"/>', 200.0 + np.pi * 4),
        ('<rect width="10" height="10" transform="translate(20 10) scale(2 3)"/>', 600.0),
        ('<g transform="rotate(30 50 30)"><rect x="30" y="20" width="40" height="20"/></g>', 800.0),
        ('<rect width="50" height="40" style="fill:#fff;fill-opacity:50%"/>', 1000.0),
        ('<g opacity=".5"><rect width="50" height="40" opacity="0.5"/></g>', 500.0),
    ],
)
def test_a_shape_covers_as_much_as_geometry_says(shape, area):
    assert alpha_of(shape).sum() == pytest.approx(area, rel=0.012)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M10 10L40 10L40 30L10 30Z", "m10,10h30v20H10z"),
        ("M10 10 40 10 40 30", "m10 10l30 0 0 20"),
        ("M10 30C10 10 30 10 30 30C30 50 50 50 50 30", "M10 30c0-20 20-20 20 0s20 20 20 0"),
        ("M10 30Q20 10 30 30Q40 50 50 30", "M10 30q10-20 20 0t20 0"),
        ("M20 30a10 10 0 0 1 20 0", "M20 30a10 10 0 0120 0"),
        ("M1e1 3.E1L40 30", "M10 30L40.0.3e2"),
    ],
)
def test_two_ways_to_write_a_path_draw_the_same(one, other):
    look = 'fill="none" stroke="#c00" stroke-width="2"'
    first, second = (alpha_of(f'<path d="{d}" {look}/>') for d in (one, other))
    assert first.sum() > 20
    np.testing.assert_allclose(first, second, atol=1 / 255)


@given(st.floats(5, 30), st.floats(5, 30), st.floats(0, 180), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_an_arc_lies_on_its_ellipse(across, down, turn, large, clockwise):
    start, end = (0.0, 0.0), (9.0, 4.0)
    spots = np.array([start, *arc_spots(start, [across, down, turn, float(large), float(clockwise)], end)])
    angle = np.radians(turn)
    own = spots @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / (across, down)
    steps = np.linalg.norm(np.diff(own, axis=0), axis=1)
    assert steps == pytest.approx(steps[0], rel=1e-6)  # even steps on a circle of radius one
    middle = own[[0, 16, 32]]
    sides = [np.linalg.norm(middle[n] - middle[n - 1]) for n in range(3)]
    (ax, ay), (bx, by) = middle[1] - middle[0], middle[2] - middle[0]
    radius = np.prod(sides) / (2 * abs(ax * by - ay * bx))
    assert radius == pytest.approx(1.0, rel=1e-5) or np.hypot(*(own[-1] - own[0])) > 1.999


def test_the_last_step_of_a_transform_comes_first_and_a_group_last():
    inside = '<g transform="translate(10 0)"><rect width="10" height="10" transform="translate(20 10) scale(2 3)"/></g>'
    rows, columns = np.nonzero(alpha_of(inside) > 0.99)
    assert [rows.min(), rows.max(), columns.min(), columns.max()] == [10, 39, 30, 49]


def test_an_svg_is_fitted_with_its_strokes():
    found = drawn(svg('<path d="M0 30H100" stroke="#000" stroke-width="6"/>'), "x", (200, 240), fit="contain")[..., 3]
    rows = np.flatnonzero(found[:, 100] > 0.5)
    assert len(rows) == 12
    assert rows.mean() == pytest.approx(119.5)
    assert found[:50].max() == 0.0


def test_what_is_not_drawn_here_is_told_line_by_line():
    shapes = ("<text>hi</text>", '<image href="file:///x"/>', '<rect fill="url(#g)" width="3" height="3"/>', "<use/>")
    with pytest.raises(BadMaterial, match="not all of it") as refusal:
        drawn(svg("\n".join(shapes)), "board.svg", (100, 60), fit="contain")
    colour = "line 3: <rect> with the colour 'url(#g)'"
    assert refusal.value.reasons == ("line 1: <text>", "line 2: <image>", colour, "line 4: <use>")


def test_what_a_drawing_program_adds_is_left_out():
    extra = (
        "<title>x</title><metadata><a/></metadata><defs><linearGradient/></defs>"
        '<sodipodi:namedview xmlns:sodipodi="urn:s"/><rect display="none" width="9" height="9"/>'
    )
    assert alpha_of(extra).max() == 0.0


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 9 9">&a;</svg>', "document type"),
        (b"<html/>", "begins with <html>"),
        (b'<svg viewBox="0 0 9 9"><g>', "line 1"),
        (b"", "no element found"),
        (svg("<g>" * 70 + "</g>" * 70), "more than 64 groups"),
        (svg('<path d="M0 0h1"/>' * 5_001), "more than 5000 shapes"),
        (svg('<rect width="100" height="60"/>' * 500), "cover the page 500 times"),
        (svg('<polyline points="' + "1 2 " * 200_001 + '"/>'), "200000 spots"),
    ],
)
def test_a_hostile_drawing_is_refused(raw, why):
    with pytest.raises(Damaged, match=why):
        drawn(raw, "board.svg", (100, 60), fit="contain")


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ('<path d="M0 0L1e99 1"/>', "beyond a million"),
        ('<path d="M0 0 5"/>', "3 numbers after M"),
        ('<path d="M0 0' + "h1" * 200_001 + '"/>', "more than 200000 numbers"),
        ('<path d="M0 0 L abc"/>', "in its path"),
        ('<path transform="spin(3)" d="M0 0h1"/>', "transform"),
        ('<rect width="10%" height="2"/>', "width='10%'"),
        ('<rect width="2" height="2" style="filter:url(#f)"/>', "with filter"),
        ('<path fill-rule="evenodd" d="M0 0h9v9zM2 2h3v3z"/>', "even-odd"),
        ('<g style="' + "a" * 5000 + '"/>', "more than 4000 signs"),
    ],
)
def test_a_shape_that_cannot_be_drawn_is_refused_with_its_reason(shape, why):
    with pytest.raises(BadMaterial, match=why):
        drawn(svg(shape), "board.svg", (100, 60), fit="contain")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_drawing_with_a_few_bytes_changed_is_drawn_or_refused(seed):
    random = np.random.default_rng(seed)
    raw = bytearray(svg('<g transform="rotate(3)"><path d="M1 2C3 4 5 6 7 8a1 2 3 0 1 4 5z" style="stroke:red"/></g>'))
    for _ in range(random.integers(1, 4)):
        raw[random.integers(len(raw))] = random.integers(32, 127)
    with suppress(RushesError):
        assert np.isfinite(drawn(bytes(raw), "board.svg", (50, 30), fit="cover")).all()


def test_a_drawing_is_the_same_every_time():
    inside = '<path d="M0 0L100 60" stroke="#123456"/>'
    assert (alpha_of(inside) == alpha_of(inside)).all()
