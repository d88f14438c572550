import json

import numpy as np
import pytest
import trimesh
from pxr import Usd, UsdGeom

from rushes.departments.previs.stage import models
from rushes.departments.previs.stage.models import model_stage, read_model
from rushes.domain.errors import BadMaterial, RushesError

OBJ = """mtllib set.mtl
o crate
v 0 0 0\nv 100 0 0\nv 100 0 200\nv 0 0 200\nv 0 300 0\nv 100 300 0\nv 100 300 200\nv 0 300 200
usemtl oak
f 1 2 3 4\nf 5 8 7 6\nf 1 5 6 2\nf 2 6 7 3\nf 3 7 8 4\nf 4 8 5 1
"""


def size_of(pieces):
    points = np.concatenate([piece.vertices for piece in pieces])
    return np.ptp(points, axis=0)


def test_an_obj_takes_its_unit_and_axis_from_who_reads_it(tmp_path):
    (tmp_path / "set.obj").write_text(OBJ)
    (tmp_path / "set.mtl").write_text("newmtl oak\nKd 0.5 0.4 0.3\n")
    assert size_of(read_model(tmp_path / "set.obj", metres_per_unit=0.01)) == pytest.approx([1.0, 3.0, 2.0])
    pieces = read_model(tmp_path / "set.obj", metres_per_unit=0.01, up="Z")
    assert size_of(pieces) == pytest.approx([1.0, 2.0, 3.0])
    assert pieces[0].surface == "oak"
    # six flat faces: an edge over 38° stays an edge
    assert len(pieces[0].vertices) == 24
    assert model_stage("set", pieces).top_m == pytest.approx(2.0)


def test_a_glb_is_in_metres_with_its_transforms_and_materials(tmp_path):
    scene = trimesh.Scene()
    wood = trimesh.visual.material.PBRMaterial(name="walnut veneer", baseColorFactor=[51, 102, 153, 255])
    box = trimesh.creation.box((1, 2, 3))
    box.visual = trimesh.visual.TextureVisuals(material=wood)
    for number, x in enumerate((0.0, 5.0)):
        scene.add_geometry(
            box,
            node_name=f"box {number}",
            geom_name="box",
            transform=trimesh.transformations.translation_matrix((x, 1, 0)),
        )
    (tmp_path / "set.glb").write_bytes(scene.export(file_type="glb"))
    pieces = read_model(tmp_path / "set.glb")
    assert len(pieces) == 2
    assert size_of(pieces) == pytest.approx([6.0, 2.0, 3.0])
    assert {piece.surface for piece in pieces} == {"walnut veneer"}
    assert pieces[0].grey == pytest.approx((0.2, 0.4, 0.6))


def test_a_gltf_reads_no_file_outside_its_folder(tmp_path):
    (tmp_path / "secret.bin").write_bytes(b"x" * 36)
    folder = tmp_path / "set"
    folder.mkdir()
    mesh = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"uri": "../secret.bin", "byteLength": 36}],
    }
    (folder / "set.gltf").write_text(json.dumps(mesh))
    with pytest.raises(BadMaterial, match="outside its folder"):
        read_model(folder / "set.gltf")


@pytest.mark.parametrize("kind", [".glb", ".gltf", ".obj", ".usda", ".usdc", ".usdz"])
@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\xff" * 40, b"glTF\x02\x00\x00\x00\xff\xff\xff\x7f", b'{"asset":{"version":"2.0"}}', b"f 1 2 99\n"],
)
def test_rubbish_is_refused_in_words(tmp_path, kind, raw):
    (tmp_path / f"set{kind}").write_bytes(raw)
    with pytest.raises(RushesError):
        read_model(tmp_path / f"set{kind}")


def test_too_many_triangles_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "MOST_TRIANGLES", 11)
    (tmp_path / "set.obj").write_text(OBJ)
    with pytest.raises(BadMaterial, match="more than 11 triangles"):
        read_model(tmp_path / "set.obj")


USD = """#usda 1.0
( metersPerUnit = 0.01
  upAxis = "Z" )
def Xform "set" {
  def Xform "moved" {
    double3 xformOp:translate = (100, 0, 50)
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Cube "crate" (prepend apiSchemas = ["MaterialBindingAPI"]) {
      double size = 200
      rel material:binding = </set/oak>
    }
    def Cube "gone" {
      double size = 900
      token visibility = "invisible"
    }
  }
  def Material "oak" {
  }
  def PointInstancer "trees" {
    int[] protoIndices = [0, 0]
    point3f[] positions = [(0, 1000, 0), (0, 2000, 0)]
    rel prototypes = [</set/trees/tree>]
    def Cylinder "tree" {
      double height = 400
      double radius = 10
      token axis = "Z"
    }
  }
}
"""


def test_usd_honours_unit_axis_transforms_instances_and_materials(tmp_path):
    (tmp_path / "set.usda").write_text(USD)
    pieces = {piece.name: piece for piece in read_model(tmp_path / "set.usda")}
    crate = pieces["set moved crate"]
    assert crate.surface == "oak"
    assert crate.vertices.min(0) == pytest.approx([0.0, -0.5, -1.0], abs=1e-5)
    assert crate.vertices.max(0) == pytest.approx([2.0, 1.5, 1.0], abs=1e-5)
    trees = [piece for name, piece in pieces.items() if "tree" in name]
    assert len(trees) == 2
    assert sorted(float(tree.vertices[:, 2].mean().round(2)) for tree in trees) == [-20.0, -10.0]
    assert np.ptp(trees[0].vertices[:, 1]) == pytest.approx(4.0)
    assert len(pieces) == 3


@pytest.mark.parametrize(
    "arc", ["references = @../other.usda@", "payload = @/etc/other.usda@", "references = @http://a.b/c.usd@"]
)
def test_usd_reads_no_layer_outside_its_folder(tmp_path, arc):
    (tmp_path / "other.usda").write_text('#usda 1.0\ndef Cube "secret" {}\n')
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "inner.usda").write_text(f'#usda 1.0\n(defaultPrim = "a")\ndef "a" ({arc}</secret>) {{}}\n')
    (folder / "set.usda").write_text('#usda 1.0\ndef "b" (references = @./inner.usda@) {}\n')
    with pytest.raises(BadMaterial) as refusal:
        read_model(folder / "set.usda")
    assert len(refusal.value.reasons) == 1
    assert "inner.usda: it wants" in refusal.value.reasons[0]


def test_the_pawn_of_the_usd_working_group_stands_upright_in_metres(shared):
    path = shared("usd_pawn") / "Pawn" / "Pawn.usd"
    stage = Usd.Stage.Open(str(path))
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default", "render"]).ComputeWorldBound(stage.GetPseudoRoot())
    expected = np.array(box.ComputeAlignedRange().GetSize()) * UsdGeom.GetStageMetersPerUnit(stage)
    pieces = read_model(path)
    assert size_of(pieces) == pytest.approx(expected, rel=0.02)
    assert size_of(pieces)[1] == max(size_of(pieces))
    assert len({piece.name for piece in pieces}) == len(pieces)
