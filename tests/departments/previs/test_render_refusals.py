"""What no renderer draws, and how it says so."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from rushes.departments.previs.render.mesh import mesh_of, places_at
from rushes.departments.previs.render.open import open_renderer
from rushes.departments.previs.render.view import check_moment, check_size, view_of
from rushes.departments.previs.stage.pieces import Light, Moment, Stage
from rushes.domain.errors import BadMaterial, NotFound

from .test_render_laws import CAMERA, LIGHT, MOMENT, SIZE, STAGE, box, turned


@pytest.mark.parametrize("size", [(0, 0), (0, 108), (100_000, 56_250), (8192, 8192), (-16, 9)])
def test_a_picture_without_pixels_or_with_too_many_is_refused(size):
    with pytest.raises(BadMaterial, match="is not drawn"):
        check_size(size)
    with pytest.raises(BadMaterial, match="is not drawn"):
        open_renderer(STAGE, size, with_="rays")


@pytest.mark.parametrize(
    "change",
    [
        {"place": (nan, 0, 0)},
        {"place": (0, inf, 0)},
        {"place": (0, 0, 1e9)},
        {"pan_deg": nan},
        {"tilt_deg": inf},
        {"roll_deg": nan},
        {"focal_mm": nan},
        {"focal_mm": 0.0},
        {"focal_mm": -35.0},
    ],
)
def test_a_camera_that_is_nowhere_or_sees_nothing_is_refused(change):
    with pytest.raises(BadMaterial):
        view_of(replace(CAMERA, **change), SIZE)


@pytest.mark.parametrize(
    ("size", "fits"), [((192, 108), True), ((193, 108), True), ((191, 108), True), ((195, 108), False)]
)
def test_a_picture_may_be_a_pixel_off_its_aspect_and_no_more(size, fits):
    if fits:
        view_of(CAMERA, size)
    else:
        with pytest.raises(BadMaterial, match="195×110 is"):
            view_of(CAMERA, size)


@pytest.mark.parametrize(
    "light",
    [
        Light(towards=(0, 0, 0)),
        Light(towards=(nan, 1, 0)),
        Light(key=(1, 1, inf)),
        Light(sky=(-0.1, 0, 0)),
        Light(haze_m=0.0),
        Light(haze_m=nan),
    ],
)
def test_light_that_is_none_is_refused(light):
    with pytest.raises(BadMaterial, match="cannot be drawn"):
        check_moment(replace(MOMENT, light=light), frozenset({"beauty"}))


def test_a_pass_that_nobody_draws_is_refused_with_those_that_are():
    with pytest.raises(BadMaterial, match="'albedo'; there is beauty, depth"):
        check_moment(MOMENT, frozenset({"albedo"}))


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.diag([2.0, 2.0, 2.0, 1.0]), "is not rigid"),
        (np.diag([-1.0, 1.0, 1.0, 1.0]), "is not rigid"),
        (np.full((4, 4), nan), "is not rigid"),
        (turned(0, x=1e9), "is not rigid"),
        (np.eye(3), "is not 4×4"),
    ],
)
def test_a_matrix_that_bends_mirrors_or_loses_a_piece_is_refused(matrix, words):
    with pytest.raises(BadMaterial, match=words):
        places_at(mesh_of(STAGE), Moment(CAMERA, {"crate": matrix}, LIGHT))


def test_moving_or_hiding_what_is_not_on_the_stage_is_refused_all_at_once():
    with pytest.raises(BadMaterial) as refusal:
        places_at(mesh_of(STAGE), Moment(CAMERA, {"crte": np.eye(4)}, LIGHT, frozenset({"pots"})))
    assert len(refusal.value.reasons) == 2


def test_pieces_that_are_no_meshes_are_refused_all_at_once():
    good = box("good", (0, 0, 0), (1, 1, 1))
    bad = [
        replace(good, name="nan", vertices=np.full_like(good.vertices, nan)),
        replace(good, name="far", vertices=good.vertices * np.float32(1e9)),
        replace(good, name="stray", triangles=good.triangles + np.int32(20)),
        replace(good, name="below", triangles=good.triangles - np.int32(1)),
        replace(good, name="flat", normals=good.normals[:3]),
        replace(good, name="dark", grey=(nan, 0.5, 0.5)),
        replace(good, name="shape", triangles=good.triangles.ravel()),
        good,
        good,
    ]
    with pytest.raises(BadMaterial) as refusal:
        mesh_of(Stage("bad", tuple(bad)))
    assert len(refusal.value.reasons) == 8
    assert refusal.value.reasons[-1] == "two pieces are called 'good'"


def test_a_renderer_that_is_not_there_is_not_found():
    with pytest.raises(NotFound, match="did you mean 'rays'"):
        open_renderer(STAGE, SIZE, with_="ray")


def test_only_a_mesh_without_holes_hides_its_far_side():
    crate = box("crate", (0, 0, 0), (1, 1, 1))
    inside_out = replace(crate, name="room", triangles=crate.triangles[:, ::-1].copy())
    lidless = replace(crate, name="lidless", triangles=crate.triangles[:-2])
    assert mesh_of(Stage("three", (crate, inside_out, lidless))).closed.tolist() == [True, False, False]
