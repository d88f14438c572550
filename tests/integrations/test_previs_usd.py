"""What a pipeline TD reads from our USD is what the director saw: the same lens, the same place, the same people."""

import os
import subprocess
from fractions import Fraction
from math import degrees, tau

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, project
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import FILMBACKS, Package, field_of_view
from rushes.departments.previs.stage.pieces import Light, Moment, Piece, Stage
from rushes.domain.errors import BadMaterial
from rushes.integrations.previs_usd import FIRST_FRAME, write_usd

RATE = Fraction(24)
CORNERS = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)], np.float32)
BLENDER = os.environ.get("RUSHES_BLENDER_PYTHON", "")


def box(name, of=""):
    normals = np.tile(np.array([0, 1, 0], np.float32), (8, 1))
    triangles = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5]], np.int32)
    return Piece(name, CORNERS, normals, triangles, "plaster wall", (0.4, 0.5, 0.6), of)


def a_shot(label="42B", *, package=None, frames=25):
    package = package or Package(FILMBACKS["super-35"], aspect=2.39)
    stage = Stage("KITCHEN - NIGHT", (box("wall 1"), box("JENNY head", "JENNY")))

    def moment_at(frame):
        turned = np.eye(4)
        turned[:3, 3] = (0.1 * frame, 0.0, 2.0)
        turned[:3, :3] = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]
        camera = Camera((1.0, 1.5, 6.0 - 0.1 * frame), 185.0 + frame, -5.0, 2.0, 35.0 + frame, package)
        return Moment(camera, {"JENNY head": turned}, Light())

    return ReadyShot("shot-000001", label, "42", "INT. KITCHEN - NIGHT", f"{label} MS JENNY", "", "", frames, stage,
                     moment_at, lambda frame: (Figure("JENNY"),))  # fmt: skip


def opened(files, at=1):
    return Usd.Stage.Open(str(files[at]))


def the_camera(stage):
    return next(UsdGeom.Camera(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Camera))


def shot_file(files, label):
    return next(i for i, path in enumerate(files) if path.name == f"{label}.usda")


def test_a_lens_reads_in_millimetres_and_the_stage_in_centimetres(tmp_path):
    files = write_usd(tmp_path, [a_shot()], RATE)
    stage = opened(files, shot_file(files, "42B"))
    camera = the_camera(stage)
    assert UsdGeom.GetStageMetersPerUnit(stage) == 0.01
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert camera.GetFocalLengthAttr().Get(FIRST_FRAME) == pytest.approx(35.0)
    assert camera.GetFocalLengthAttr().Get(FIRST_FRAME + 24) == pytest.approx(59.0)
    assert camera.GetHorizontalApertureAttr().Get() == pytest.approx(24.89)
    assert camera.GetVerticalApertureAttr().Get() == pytest.approx(24.89 / 2.39)


@pytest.mark.parametrize("squeeze", [1.0, 2.0])
def test_a_point_lies_in_usds_picture_where_it_lies_in_ours(tmp_path, squeeze):
    shot = a_shot(package=Package(FILMBACKS["scope-35"], squeeze=squeeze, aspect=2.39))
    files = write_usd(tmp_path, [shot], RATE)
    stage = opened(files, shot_file(files, "42B"))
    camera = the_camera(stage)
    points = np.array([[0.5, 1.2, 1.0], [1.5, 0.3, 0.0], [-0.4, 2.0, 2.0]])
    for frame in (0, 11, 24):
        lens = camera.GetCamera(FIRST_FRAME + frame)
        frustum = lens.frustum
        seen = frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()
        theirs = [seen.Transform((point * 100).tolist()) for point in points]
        ours = project(shot.moment_at(frame).camera, points)
        assert np.allclose([((x + 1) / 2, (1 - y) / 2) for x, y, _ in theirs], ours[:, :2], atol=1e-6)
        across, _ = field_of_view(shot.moment_at(frame).camera.package, shot.moment_at(frame).camera.focal_mm)
        assert lens.GetFieldOfView(lens.FOVHorizontal) == pytest.approx(across, abs=1e-4)


def test_people_stand_at_every_frame_where_they_stood(tmp_path):
    shot = a_shot()
    files = write_usd(tmp_path, [shot], RATE, handles=8)
    stage = opened(files, shot_file(files, "42B"))
    head = stage.GetPrimAtPath("/World/Cast/JENNY/JENNY_head")
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (FIRST_FRAME - 8, FIRST_FRAME + 24 + 8)
    for frame in (-8, 0, 7, 32):
        ours = (shot.moment_at(frame).places["JENNY head"] @ np.append(CORNERS[5], 1.0))[:3]
        matrix = UsdGeom.Xformable(head).ComputeLocalToWorldTransform(FIRST_FRAME + frame)
        points = UsdGeom.Mesh(head).GetPointsAttr().Get()
        assert np.allclose(np.array(matrix.Transform(points[5])) / 100, ours, atol=1e-6)


def test_what_never_moves_is_written_once(tmp_path):
    still = a_shot()
    moment = still.moment_at(0)
    shot = ReadyShot(**{**vars(still), "moment_at": lambda frame: moment})
    files = write_usd(tmp_path, [shot], RATE)
    stage = opened(files, shot_file(files, "42B"))
    moving = [
        attribute
        for prim in stage.Traverse()
        for attribute in prim.GetAttributes()
        if attribute.ValueMightBeTimeVarying()
    ]
    assert moving == []


def test_the_show_opens_every_shot_as_a_variant(tmp_path):
    files = write_usd(tmp_path, [a_shot("42"), a_shot("42A"), a_shot("42A-B")], RATE)
    stage = opened(files, 0)
    variants = stage.GetPrimAtPath("/World").GetVariantSets().GetVariantSet("shot")
    assert variants.GetVariantNames() == ["42", "42A", "42A-B"]
    for name in variants.GetVariantNames():
        variants.SetVariantSelection(name)
        assert the_camera(stage)
        assert stage.GetPrimAtPath("/World/Set/wall_1").IsA(UsdGeom.Mesh)
    # three shots of one set: the set is written each time it is another, and never twice for one stage
    assert len([path for path in files if path.suffix == ".usdc"]) == 3


def test_two_things_of_one_name_stay_two(tmp_path):
    shot = a_shot()
    stage = Stage("SET", (box("wall 1"), box("wall-1"), box("wall_1"), box("JENNY head", "JENNY")))
    files = write_usd(tmp_path, [ReadyShot(**{**vars(shot), "stage": stage})], RATE)
    usd = opened(files, shot_file(files, "42B"))
    meshes = [prim for prim in usd.Traverse() if prim.IsA(UsdGeom.Mesh)]
    assert sorted(prim.GetCustomDataByKey("rushes:piece") for prim in meshes) == sorted(p.name for p in stage.pieces)


def test_key_light_comes_from_where_it_came_from(tmp_path):
    shot = a_shot()
    files = write_usd(tmp_path, [shot], RATE)
    stage = opened(files, shot_file(files, "42B"))
    key = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Lights/Key")).ComputeLocalToWorldTransform(FIRST_FRAME)
    towards = np.array(key.TransformDir((0, 0, 1)))
    wanted = np.array(Light().towards) / np.linalg.norm(Light().towards)
    assert degrees(np.arccos(np.clip(towards @ wanted, -1, 1))) < tau / 100


def test_no_shot_is_no_stage(tmp_path):
    with pytest.raises(BadMaterial, match="no shot"):
        write_usd(tmp_path, [], RATE)


READ_IN_BLENDER = """
import bpy, sys, json
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.usd_import(filepath=sys.argv[-1])
camera = next(o for o in bpy.data.objects if o.type == "CAMERA")
head = next(o for o in bpy.data.objects if o.type == "MESH" and "head" in o.name)
found = []
for frame in (1001, 1012, 1025):
    bpy.context.scene.frame_set(frame)
    found.append([list(camera.matrix_world.translation), camera.data.lens, camera.data.sensor_width,
                  list(head.matrix_world @ head.data.vertices[5].co)])
print("FOUND" + json.dumps(found))
"""


@pytest.mark.skipif(not BLENDER, reason="no Python with bpy is named by RUSHES_BLENDER_PYTHON")
def test_blender_has_the_same_lens_and_the_same_places(tmp_path):
    import json

    shot = a_shot()
    files = write_usd(tmp_path, [shot], RATE)
    command = [BLENDER, "-c", READ_IN_BLENDER, str(files[shot_file(files, "42B")])]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(next(line for line in told.splitlines() if line.startswith("FOUND"))[5:])
    for frame, (place, lens, sensor, corner) in zip((0, 11, 24), found, strict=True):
        moment = shot.moment_at(frame)
        ours = moment.places["JENNY head"] @ np.append(CORNERS[5], 1.0)
        for theirs, point in ((place, moment.camera.place), (corner, ours[:3])):
            x, y, z = point  # Blender's stage has Z up
            assert np.allclose(theirs, (x, -z, y), atol=1e-4), "0.1 mm"
        assert lens == pytest.approx(moment.camera.focal_mm, abs=0.01)
        assert sensor == pytest.approx(24.89, abs=0.01)


def test_every_validator_of_usd_passes_what_we_write(tmp_path):
    validation = pytest.importorskip("pxr.UsdValidation", reason="this USD has no validators")
    files = write_usd(tmp_path, [a_shot("42"), a_shot("42A")], RATE)
    context = validation.ValidationContext(validation.ValidationRegistry().GetOrLoadAllValidators())
    told = []
    for at in (0, shot_file(files, "42"), shot_file(files, "42A")):
        stage = opened(files, at)
        told += [f"{error.GetName()}: {error.GetMessage()}" for error in context.Validate(stage)]
    assert told == []
