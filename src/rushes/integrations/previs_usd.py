"""The stage as USD: the set once, and for each shot a layer with its camera, its people and its light.

Centimetres, Y up. USD counts lenses and filmbacks in tenths of a scene unit, which in centimetres is millimetres.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdLux, UsdShade, Vt

from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, axes
from rushes.departments.previs.shots.lenses import crop
from rushes.departments.previs.stage.pieces import Light, Matrix, Moment, Piece, Stage
from rushes.domain.errors import BadMaterial
from rushes.media.whole import whole_file

CM = 100.0
"""Scene units in a metre."""
FIRST_FRAME = 1001
"""Number of a shot's first frame without handles, as pipelines count."""
WORLD, CAST, SETTING, CAMERAS = "/World", "/World/Cast", "/World/Set", "/World/Cameras"
LIGHTS, MATERIALS = "/World/Lights", "/World/Materials"


@dataclass(frozen=True)
class Names:
    """The prim of every piece of a stage, by the piece's name."""

    paths: Mapping[str, str]


def write_usd(
    folder: Path,
    shots: Sequence[ReadyShot],
    rate: Fraction,
    *,
    handles: int = 0,
    told: Callable[[ReadyShot], None] = lambda shot: None,
) -> tuple[Path, ...]:
    """Write shots as USD: `sets/*.usdc`, `shots/*.usda`, and `show.usda`, whose variant set `shot` chooses one.

    Args:
        folder: to write into.
        shots: what to write.
        rate: frames a second; it is also the stage's time codes a second.
        handles: frames before and after each shot.
        told: called after each shot.

    Returns:
        The files, `show.usda` first.
    """
    if not shots:
        raise BadMaterial("there is no shot to write", remedy="Type one, or take a plan of coverage.")
    for name in ("sets", "shots"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    stages: dict[int, tuple[Path, Names]] = {}
    files: list[Path] = []
    taken: set[str] = set()
    for shot in shots:
        if id(shot.stage) not in stages:
            path = folder / "sets" / f"{_file_name(shot.stage.name, taken)}.usdc"
            stages[id(shot.stage)] = (path, _write_set(path, shot.stage))
            files.append(path)
        path = folder / "shots" / f"{_file_name(shot.label, taken)}.usda"
        _write_shot(path, shot, stages[id(shot.stage)], rate=rate, handles=handles)
        files.append(path)
        told(shot)
    layers = {shot.label: path for shot, path in zip(shots, [f for f in files if f.suffix == ".usda"], strict=True)}
    longest = max(shot.frames for shot in shots)
    return (_write_show(folder / "show.usda", layers, rate, frames=longest + handles), *files)


def camera_matrix(camera: Camera) -> Gf.Matrix4d:
    """Return a camera's transform, row vectors, centimetres: USD's cameras look along −Z with Y up."""
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    rows = np.eye(4)
    rows[0, :3], rows[1, :3], rows[2, :3], rows[3, :3] = right, up, -forward, np.array(camera.place) * CM
    return Gf.Matrix4d(rows.tolist())


def _file_name(name: str, taken: set[str]) -> str:
    """Return a name for a file that nothing else has: letters, digits, `-` and `_` of a label stay."""
    return _unique(re.sub(r"[^\w-]", "_", name) or "_", taken)


def _free(name: str, taken: set[str]) -> str:
    """Return a name for a prim that nothing else has."""
    return _unique(_identifier(name), taken)


def _identifier(name: str) -> str:
    """Return a name as a prim may have it: USD would put `_` for a first digit, and 42B and 52B would be one."""
    return str(Tf.MakeValidIdentifier(f"_{name}" if name[:1].isdigit() else name)) or "_"


def _unique(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    taken.add(found)
    return found


@contextmanager
def _written(path: Path, rate: Fraction | None = None, frames: tuple[int, int] | None = None) -> Iterator[Usd.Stage]:
    """Hand out an empty stage that becomes the file, whole or not at all."""
    with whole_file(path) as draft:
        stage = Usd.Stage.CreateNew(str(draft))
        _set_up(stage, rate, frames)
        yield stage
        stage.GetRootLayer().Save()


def _set_up(stage: Usd.Stage, rate: Fraction | None, frames: tuple[int, int] | None) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 1 / CM)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, WORLD).GetPrim())
    if rate is not None and frames is not None:
        stage.SetTimeCodesPerSecond(float(rate))
        stage.SetFramesPerSecond(float(rate))
        stage.SetStartTimeCode(frames[0])
        stage.SetEndTimeCode(frames[1])


def _write_set(path: Path, stage: Stage) -> Names:
    """Write the pieces of a set and of the people in it, each where it rests."""
    taken, paths = set[str](), {}
    surfaces: dict[tuple[str, tuple[float, float, float]], UsdShade.Material] = {}
    with _written(path) as usd:
        # a parent without a type is lost in Blender, and its unit with it
        for parent in (CAST, SETTING, MATERIALS):
            UsdGeom.Xform.Define(usd, parent)
        for piece in stage.pieces:
            home = f"{CAST}/{_identifier(piece.of)}" if piece.of else SETTING
            UsdGeom.Xform.Define(usd, home)
            paths[piece.name] = f"{home}/{_free(piece.name, taken)}"
            mesh = _mesh(usd, paths[piece.name], piece)
            key = (piece.surface, piece.grey)
            if key not in surfaces:
                surfaces[key] = _material(usd, f"{MATERIALS}/{_free(piece.surface, taken)}", piece)
            UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(surfaces[key])
    return Names(paths)


def _mesh(usd: Usd.Stage, path: str, piece: Piece) -> UsdGeom.Mesh:
    mesh = UsdGeom.Mesh.Define(usd, path)
    points = piece.vertices * np.float32(CM)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(points)))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(piece.normals)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(piece.triangles), 3, np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(piece.triangles.reshape(-1))))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateDisplayColorAttr([Gf.Vec3f(*piece.grey)])
    if len(points):
        mesh.CreateExtentAttr([Gf.Vec3f(*map(float, points.min(0))), Gf.Vec3f(*map(float, points.max(0)))])
    mesh.GetPrim().SetCustomDataByKey("rushes:surface", piece.surface)
    mesh.GetPrim().SetCustomDataByKey("rushes:piece", piece.name)
    return mesh


def _material(usd: Usd.Stage, path: str, piece: Piece) -> UsdShade.Material:
    material = UsdShade.Material.Define(usd, path)
    shader = UsdShade.Shader.Define(usd, f"{path}/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(*piece.grey))
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(0.8)
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def _write_shot(path: Path, shot: ReadyShot, setting: tuple[Path, Names], *, rate: Fraction, handles: int) -> None:
    """Write a shot over its set: camera, people and light at every frame."""
    numbers = range(-handles, shot.frames + handles)
    moments = {number: shot.moment_at(number) for number in numbers}
    told = {"shot": shot.id, "label": shot.label, "scene": shot.scene, "line": shot.line}
    with _written(path, rate, (FIRST_FRAME - handles, FIRST_FRAME + shot.frames - 1 + handles)) as usd:
        usd.GetRootLayer().subLayerPaths.append(f"../sets/{setting[0].name}")
        _write_camera(usd, shot, {number: moment.camera for number, moment in moments.items()})
        _write_places(usd, setting[1], moments)
        _write_light(usd, moments[0].light)
        for key, words in told.items():
            usd.GetPrimAtPath(WORLD).SetCustomDataByKey(f"rushes:{key}", words)


def _write_camera(usd: Usd.Stage, shot: ReadyShot, cameras: Mapping[int, Camera]) -> None:
    UsdGeom.Xform.Define(usd, CAMERAS)
    made = UsdGeom.Camera.Define(usd, f"{CAMERAS}/{_identifier(f'shot {shot.label}')}")
    first = cameras[0]
    width, height = crop(first.package)
    # a lens is squeezed sideways only: to USD, which knows no squeeze, it is a wider filmback
    made.CreateHorizontalApertureAttr(width * first.package.squeeze)
    made.CreateVerticalApertureAttr(height)
    made.CreateClippingRangeAttr(Gf.Vec2f(1.0, 100000.0))
    made.CreateProjectionAttr(UsdGeom.Tokens.perspective)
    about = {"filmback": first.package.filmback.name, "squeeze": first.package.squeeze, "aspect": first.package.aspect}
    for key, value in about.items():
        made.GetPrim().SetCustomDataByKey(f"rushes:{key}", value)
    _keyed(made.CreateFocalLengthAttr(), {number: camera.focal_mm for number, camera in cameras.items()})
    place = UsdGeom.Xformable(made).AddTransformOp()
    _keyed(place.GetAttr(), {number: camera_matrix(camera) for number, camera in cameras.items()})


def _keyed(attribute: Usd.Attribute, values: Mapping[int, object]) -> None:
    """Set an attribute at every frame, or once where it never changes."""
    first = next(iter(values.values()))
    if all(value == first for value in values.values()):
        attribute.Set(first)
        return
    for number, value in values.items():
        attribute.Set(value, FIRST_FRAME + number)


def _write_places(usd: Usd.Stage, names: Names, moments: Mapping[int, Moment]) -> None:
    moved = sorted({name for moment in moments.values() for name in moment.places})
    hidden = sorted({name for moment in moments.values() for name in moment.hidden})
    for name in moved:
        over = UsdGeom.Xformable(usd.OverridePrim(names.paths[name]))
        where = {number: _row_matrix(moment.places.get(name)) for number, moment in moments.items()}
        _keyed(over.AddTransformOp().GetAttr(), where)
    for name in hidden:
        seen = UsdGeom.Imageable(usd.OverridePrim(names.paths[name])).CreateVisibilityAttr()
        words = {number: "invisible" if name in moment.hidden else "inherited" for number, moment in moments.items()}
        _keyed(seen, words)


def _row_matrix(matrix: Matrix | None) -> Gf.Matrix4d:
    rows = np.eye(4) if matrix is None else np.array(matrix, np.float64).T.copy()
    rows[3, :3] *= CM
    return Gf.Matrix4d(rows.tolist())


def _write_light(usd: Usd.Stage, light: Light) -> None:
    UsdGeom.Xform.Define(usd, LIGHTS)
    key = UsdLux.DistantLight.Define(usd, f"{LIGHTS}/Key")
    key.CreateColorAttr(Gf.Vec3f(*light.key))
    key.CreateIntensityAttr(float(np.pi))
    towards = np.array(light.towards, np.float64) / np.linalg.norm(light.towards)
    turn = Gf.Rotation(Gf.Vec3d(0, 0, 1), Gf.Vec3d(*towards.tolist()))
    UsdGeom.Xformable(key).AddTransformOp().Set(Gf.Matrix4d().SetRotate(turn))
    sky = UsdLux.DomeLight.Define(usd, f"{LIGHTS}/Sky")
    sky.CreateColorAttr(Gf.Vec3f(*[(a + b) / 2 for a, b in zip(light.sky, light.ground, strict=True)]))


def _write_show(path: Path, layers: Mapping[str, Path], rate: Fraction, *, frames: int) -> Path:
    """Write the file that a person opens: a variant set chooses the shot."""
    with _written(path, rate, (FIRST_FRAME, FIRST_FRAME + frames - 1)) as usd:
        world = usd.GetPrimAtPath(WORLD)
        chosen = world.GetVariantSets().AddVariantSet("shot")
        for label, layer in layers.items():
            chosen.AddVariant(layer.stem)
            chosen.SetVariantSelection(layer.stem)
            with chosen.GetVariantEditContext():
                world.GetReferences().AddReference(f"./shots/{layer.name}")
                world.SetCustomDataByKey("rushes:label", label)
        chosen.SetVariantSelection(next(iter(layers.values())).stem)
    return path
