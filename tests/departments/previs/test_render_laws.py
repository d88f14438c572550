"""What every renderer keeps: both are held against cameras, boxes and each other."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from rushes.departments.previs.render.gl_setup import NoOpenGl, open_context
from rushes.departments.previs.render.open import open_renderer
from rushes.departments.previs.render.passes import EVERYTHING
from rushes.departments.previs.shots.cameras import Camera, axes, project
from rushes.departments.previs.shots.lenses import FILMBACKS, Package, half_field
from rushes.departments.previs.stage.pieces import Light, Moment, Piece, Stage

SIZE = (192, 108)
PACKAGE = Package(FILMBACKS["super-35"], aspect=16 / 9)
SCOPE = Package(FILMBACKS["scope-35"], squeeze=2.0, aspect=2.39)
CAMERA = Camera((1.4, 1.7, 3.6), 203.0, -14.0, 4.0, 25.0, PACKAGE)
LIGHT = Light(towards=(1.0, 2.0, 0.0))
PASSES = sorted(EVERYTHING)


def box(name, low, high, *, grey=(0.5, 0.5, 0.5), of=""):
    """A closed box, 24 corners so that its faces are flat."""
    corners = np.array([[(low, high)[bit][axis] for axis, bit in enumerate(bits)] for bits in np.ndindex(2, 2, 2)])
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    vertices = np.concatenate([corners[list(face)] for face in faces]).astype(np.float32)
    triangles = np.array([[4 * f + a, 4 * f + b, 4 * f + c] for f in range(6) for a, b, c in ((0, 1, 2), (0, 2, 3))])
    turns = np.cross(vertices[1::4] - vertices[::4], vertices[2::4] - vertices[::4])
    normals = np.repeat(turns / np.linalg.norm(turns, axis=1, keepdims=True), 4, axis=0).astype(np.float32)
    return Piece(name, vertices, normals, triangles.astype(np.int32), "wood", grey, of)


def turned(degrees, x=0.0, y=0.0, z=0.0):
    matrix = np.eye(4)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix[:3] = [[c, 0, s, x], [0, 1, 0, y], [-s, 0, c, z]]
    return matrix


STAGE = Stage(
    "yard",
    (
        box("ground", (-6, -0.02, -6), (6, 0, 6), grey=(0.4, 0.4, 0.4)),
        box("crate", (-0.5, 0, -0.5), (0.5, 1.0, 0.5), grey=(0.6, 0.3, 0.2)),
        box("post", (-0.1, 0, -0.1), (0.1, 2.0, 0.1), of="post"),
    ),
)
MOMENT = Moment(CAMERA, {"crate": turned(30, -0.3, 0, -0.4), "post": turned(-10, 1.1, 0, -0.6)}, LIGHT)


@pytest.fixture(scope="module", params=["gl", "rays"])
def renderer(request):
    with opened(request.param) as one:
        yield one


@pytest.fixture(scope="module")
def passes(renderer):
    return renderer.draw(MOMENT)


def opened(with_, stage=STAGE, size=SIZE):
    try:
        return open_renderer(stage, size, with_=with_)
    except NoOpenGl as error:
        pytest.skip(str(error))


def pixel_points(camera, size, depth):
    """Where on the stage each pixel's centre lies at its depth, in float64 and by the cameras' own words."""
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    across, upright = half_field(camera.package, camera.focal_mm)
    x = (2 * (np.arange(size[0]) + 0.5) / size[0] - 1) * across
    y = (1 - 2 * (np.arange(size[1]) + 0.5) / size[1])[:, None] * upright
    rays = forward[:, None, None] + right[:, None, None] * x + up[:, None, None] * y
    return np.array(camera.place)[:, None, None] + rays * depth


def digest(passes):
    return hashlib.sha256(b"".join(getattr(passes, name).tobytes() for name in PASSES)).hexdigest()


def test_every_pass_has_the_shape_and_type_that_it_promises(passes):
    width, height = SIZE
    for name, kind in ((name, np.uint16 if name == "ids" else np.float32) for name in PASSES):
        plane = getattr(passes, name)
        deep = (3,) if name in ("beauty", "normal", "position", "rest") else ()
        assert (plane.shape, plane.dtype) == ((*deep, height, width), kind), name
    assert np.isfinite(passes.beauty).all() and passes.beauty.min() >= 0


def test_a_box_is_where_its_camera_says_to_a_pixel(passes):
    """The crate's outline in the ids touches the corners that `project` puts there."""
    matrix, crate = MOMENT.places["crate"], STAGE.pieces[1]
    seen = project(CAMERA, crate.vertices @ matrix[:3, :3].T + matrix[:3, 3])[:, :2] * SIZE
    rows, columns = np.nonzero(passes.ids == 2)
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert np.abs(np.array(found) - [*seen.min(axis=0), *seen.max(axis=0)]).max() < 1.0


def test_an_edge_in_the_picture_lies_where_its_camera_says_to_a_quarter_of_a_pixel(renderer):
    """Blended edges tell the place of a white card's sides better than pixels do."""
    card = box("card", (-0.77, 0.61, -0.01), (0.83, 1.42, 0.0), grey=(1.0, 1.0, 1.0))
    camera = Camera((0, 1, 4), 180.0, 0.0, 0.0, 30.0, PACKAGE)
    light = Light((0, 0, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0))
    with opened("rays" if "Embree" in renderer.words else "gl", Stage("card", (card,))) as one:
        beauty = one.draw(Moment(camera, light=light), frozenset({"beauty"})).beauty[1]
    left, top = project(camera, np.array([-0.77, 1.42, 0.0]))[:2] * SIZE
    right, bottom = project(camera, np.array([0.83, 0.61, 0.0]))[:2] * SIZE
    assert beauty[54].sum() == pytest.approx(right - left, abs=0.25)
    assert beauty[:, 96].sum() == pytest.approx(bottom - top, abs=0.25)
    assert (beauty[54] * (np.arange(192) + 0.5)).sum() / beauty[54].sum() == pytest.approx((left + right) / 2, abs=0.2)


def test_depth_is_where_the_ray_of_the_pixel_meets_the_plane(passes):
    points = pixel_points(CAMERA, SIZE, 1.0) - np.array(CAMERA.place)[:, None, None]
    ground = -CAMERA.place[1] / points[1]
    there = passes.ids == 1
    assert there.sum() > 2000
    np.testing.assert_allclose(passes.depth[there], ground[there], rtol=2e-5)


def test_position_is_the_pixel_at_its_depth_and_rest_is_where_the_matrix_took_it_from(passes):
    there = passes.ids > 0
    expected = pixel_points(CAMERA, SIZE, np.where(there, passes.depth, 0))
    np.testing.assert_allclose(passes.position[:, there], expected[:, there], atol=2e-5)
    for number, piece in enumerate(STAGE.pieces, 1):
        mask = passes.ids == number
        back = np.linalg.inv(MOMENT.places.get(piece.name, np.eye(4)))
        rest = back[:3, :3] @ passes.position[:, mask] + back[:3, 3:]
        np.testing.assert_allclose(passes.rest[:, mask], rest, atol=2e-5)
        low, high = piece.vertices.min(axis=0) - 0.01, piece.vertices.max(axis=0) + 0.01
        assert ((low < rest.T) & (high > rest.T)).all()
        sides = np.stack([piece.vertices.min(axis=0), piece.vertices.max(axis=0)])[:, :, None]
        assert np.abs(passes.rest[:, mask] - sides).min(axis=(0, 1)).max() < 2e-5, "not on a face"


def test_normals_are_the_faces_and_turn_with_the_piece(passes):
    turn = MOMENT.places["crate"][:3, :3]
    faces = np.concatenate([turn, -turn], axis=1)
    likeness = (faces.T @ passes.normal[:, passes.ids == 2]).max(axis=0)
    np.testing.assert_allclose(likeness, 1.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(passes.normal, axis=0), passes.ids > 0, atol=1e-5)


def test_nothing_is_known_about_a_pixel_where_nothing_stands(passes):
    empty = passes.ids == 0
    assert empty.any() and (passes.depth[empty] == inf).all() and (passes.depth[~empty] < inf).all()
    for name in ("normal", "position", "rest", "lit"):
        assert not getattr(passes, name)[..., empty].any(), name


def test_the_key_is_kept_out_of_the_shadow_and_nowhere_else(renderer):
    """From above, a crate 1 m high under a key at 2 up, 1 along +X throws half a metre of shadow towards −X."""
    camera = Camera((0, 8, 0.001), 180.0, -90.0, 0.0, 35.0, PACKAGE)
    passes = renderer.draw(
        Moment(camera, hidden=frozenset({"post"}), light=LIGHT), frozenset({"lit", "position", "ids"})
    )
    x, _, z = passes.position
    ground = (passes.ids == 1) & (np.abs(z) < 0.4)
    shade, soft = (x > -1.0) & (x < -0.5), 0.05
    inside = ground & (x > -1.0 + soft) & (x < -0.5 - soft)
    outside = ground & ~((x > -1.0 - soft) & (x < 0.5 + soft)) & (np.abs(x) < 2)
    assert (ground & shade).sum() > 100
    assert not passes.lit[inside].any()
    np.testing.assert_allclose(passes.lit[outside], 2 / np.sqrt(5), atol=1e-3)
    half = ground & (passes.lit < 1 / np.sqrt(5)) & (x < -0.4)
    assert x[half].min() == pytest.approx(-1.0, abs=0.03)


def test_a_floor_far_below_everything_is_lit_but_for_the_shadow(renderer):
    """The shadow map is as deep as what throws shadows; a floor 30 m lower is not."""
    pit = Stage("pit", (box("floor", (-6, -30.02, -6), (6, -30, 6)), box("crate", (-1, 0, -1), (1, 1, 1))))
    camera = Camera((0, -20, 0.001), 180.0, -90.0, 0.0, 35.0, PACKAGE)
    with opened("rays" if "Embree" in renderer.words else "gl", pit, (96, 54)) as one:
        passes = one.draw(Moment(camera, light=Light((0, 1, 0))))
    aside = np.abs(passes.position[[0, 2]]).max(axis=0)
    np.testing.assert_allclose(passes.lit[aside > 1.05], 1.0, atol=1e-3)
    assert (aside < 0.95).sum() > 20 and not passes.lit[aside < 0.95].any()


def test_a_white_card_comes_out_at_the_key_and_faces_sky_or_ground(renderer):
    card = box("card", (-1, -1, -1), (1, 1, 1), grey=(1, 1, 1))
    with opened("rays" if "Embree" in renderer.words else "gl", Stage("card", (card,)), (64, 36)) as one:
        key, sky, ground = (0.9, 0.7, 0.5), (0.1, 0.2, 0.3), (0.05, 0.04, 0.03)
        for tilt, place, towards, expected in (
            (0.0, (0, 0, 6), (0, 0, 1), np.add(key, np.add(sky, ground) / 2)),
            (-90.0, (0, 6, 0), (0, -1, 0), sky),
            (90.0, (0, -6, 0), (0, 1, 0), ground),
        ):
            camera = Camera(place, 180.0, tilt, 0.0, 50.0, PACKAGE)
            beauty = one.draw(Moment(camera, light=Light(towards, key, sky, ground))).beauty
            np.testing.assert_allclose(beauty[:, 18, 32], expected, atol=2e-3)


def test_half_of_the_picture_is_haze_at_the_distance_at_which_half_is_faded(renderer):
    card = box("card", (-5, -5, -1), (5, 5, 0), grey=(0, 0, 0))
    light = Light((0, 0, 1), haze=(0.8, 0.6, 0.4), haze_m=6.0)
    with opened("rays" if "Embree" in renderer.words else "gl", Stage("card", (card,)), (64, 36)) as one:
        beauty = one.draw(Moment(Camera((0, 0, 6), 180.0, 0.0, 0.0, 50.0, PACKAGE), light=light)).beauty
    np.testing.assert_allclose(beauty[:, 18, 32], (0.4, 0.3, 0.2), atol=2e-3)


def test_an_anamorphic_picture_is_the_crop_that_is_delivered(renderer):
    """A square card stays square in pixels of the unsqueezed picture, and its place is the cameras'."""
    camera = Camera((0, 0, 5), 180.0, 0.0, 0.0, 50.0, SCOPE)
    card = box("card", (-0.6, -0.6, -0.1), (0.6, 0.6, 0))
    with opened("rays" if "Embree" in renderer.words else "gl", Stage("card", (card,)), (239, 100)) as one:
        ids = one.draw(Moment(camera), frozenset({"ids"})).ids
    left, top = project(camera, np.array([-0.6, 0.6, 0.0]))[:2] * (239, 100)
    rows, columns = np.nonzero(ids)
    assert abs(columns.min() - left) <= 1 and abs(rows.min() - top) <= 1
    assert abs(np.ptp(columns) - np.ptp(rows)) <= 1


def test_the_same_moment_gives_the_same_pixels_in_any_order(renderer, passes):
    renderer.draw(Moment(replace(CAMERA, pan_deg=150.0), light=Light((0, 1, 1))), frozenset({"beauty"}))
    again = renderer.draw(MOMENT)
    assert digest(again) == digest(passes)
    alone = renderer.draw(MOMENT, frozenset({"beauty"}))
    assert np.array_equal(alone.beauty, passes.beauty)
    assert all(getattr(alone, name).shape == (0,) for name in PASSES if name != "beauty")


def test_moving_the_camera_keeps_what_ids_mean(renderer, passes):
    moved = renderer.draw(replace(MOMENT, camera=replace(CAMERA, place=(-1.5, 1.2, 3.0), pan_deg=160.0)))
    for number in (1, 2, 3):
        mask = moved.ids == number
        rest = moved.rest[:, mask].T
        piece = STAGE.pieces[number - 1]
        assert mask.any()
        assert (np.abs(rest - piece.vertices.mean(axis=0)) <= np.ptp(piece.vertices, axis=0) / 2 + 1e-3).all()


def test_what_is_hidden_is_not_there_and_throws_no_shadow(renderer):
    passes = renderer.draw(replace(MOMENT, hidden=frozenset({"crate", "post"})))
    assert set(np.unique(passes.ids)) == {0, 1}
    np.testing.assert_allclose(passes.lit[passes.ids == 1], 2 / np.sqrt(5), atol=1e-3)


def test_a_stage_far_from_its_zero_is_drawn_as_precisely(renderer, passes):
    """Sets in survey coordinates: everything 20 km away, ids and depth the same."""
    far = np.array([20_000.0, 150.0, -20_000.0])
    places = {piece.name: MOMENT.places.get(piece.name, np.eye(4)).copy() for piece in STAGE.pieces}
    for matrix in places.values():
        matrix[:3, 3] += far
    camera = replace(CAMERA, place=tuple(np.array(CAMERA.place) + far))
    moved = renderer.draw(Moment(camera, places, LIGHT))
    assert (moved.ids != passes.ids).sum() <= 4
    same = (moved.ids == passes.ids) & (moved.ids > 0)
    np.testing.assert_allclose(moved.depth[same], passes.depth[same], rtol=1e-3)


def test_a_ceiling_keeps_no_key_light_out(renderer):
    room = Stage("room", (box("floor", (-2, -0.1, -2), (2, 0, 2)), box("ceiling", (-2, 3, -2), (2, 3.1, 2))), top_m=3.0)
    camera = Camera((0, 2, 0.001), 180.0, -90.0, 0.0, 35.0, PACKAGE)
    for stage, expected in ((room, 1.0), (replace(room, top_m=9.0), 0.0)):
        with opened("rays" if "Embree" in renderer.words else "gl", stage, (32, 18)) as one:
            lit = one.draw(Moment(camera, light=Light((0, 1, 0))), frozenset({"lit"})).lit
        np.testing.assert_allclose(lit, expected, atol=1e-3)


def test_opengl_and_rays_agree():
    with opened("gl") as one, opened("rays") as other:
        gl, rays = one.draw(MOMENT), other.draw(MOMENT)
    assert (gl.ids != rays.ids).sum() <= 6
    same = (gl.ids == rays.ids) & (gl.ids > 0)
    for name in ("depth", "normal", "position", "rest"):
        np.testing.assert_allclose(
            getattr(gl, name)[..., same], getattr(rays, name)[..., same], atol=1e-3, err_msg=name
        )
    assert np.abs(gl.lit - rays.lit)[same].mean() < 0.005
    beauty = np.abs(gl.beauty - rays.beauty)
    assert beauty.mean() < 0.005 and (beauty > 0.1).mean() < 0.01


def test_another_process_gives_the_same_pixels(passes, renderer):
    folder = "import sys; sys.path.insert(0, sys.argv[1]); import test_render_laws as t; r = t.opened(sys.argv[2]);"
    script = folder + " print(t.digest(r.draw(t.MOMENT)))"
    with_ = "rays" if "Embree" in renderer.words else "gl"
    command = [sys.executable, "-c", script, __file__.rsplit("/", 1)[0], with_]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == [digest(passes)]


def test_without_egl_rays_draw_and_opengl_says_what_is_missing(monkeypatch):
    monkeypatch.setenv("GLCONTEXT_LINUX_LIBEGL", "/nowhere/libEGL.so")
    with pytest.raises(NoOpenGl, match="without a screen"):
        open_context()
    with open_renderer(STAGE, (32, 18)) as one:
        assert one.words.startswith("Embree")
    with pytest.raises(NoOpenGl):
        open_renderer(STAGE, (32, 18), with_="gl")
