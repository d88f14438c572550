"""USD files as parts: units and upright axis honoured, references within the folder only, instances flattened."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdShade, UsdUtils

from rushes.departments.previs.stage.materials import Grey
from rushes.departments.previs.stage.model_parts import MOST_TRIANGLES, Part, inside, moved, sized
from rushes.departments.previs.stage.solids import Floats, Solid, box, cylinder, ellipsoid, lathe, rotation
from rushes.domain.errors import BadMaterial, Damaged

MOST_LAYERS, MOST_INSTANCES = 500, 20_000
LAYERS = (".usd", ".usda", ".usdc")
_NOW = Usd.TimeCode.EarliestTime()


def read_usd(path: Path) -> tuple[Iterator[Part], float, str]:
    """Read a USD file.

    Args:
        path: the file.

    Returns:
        Its parts, metres of a unit, and its upright axis.
    """
    _check_layers(path)
    # what is missing beside the geometry, such as materials, is nobody's concern here
    quiet = UsdUtils.CoalescingDiagnosticDelegate()
    try:
        stage = Usd.Stage.Open(str(path))
    except Tf.ErrorException as error:
        raise Damaged(path.name, "this is no USD file that can be read") from error
    finally:
        quiet.TakeUncoalescedDiagnostics()
        del quiet
    metres, up = float(UsdGeom.GetStageMetersPerUnit(stage)), str(UsdGeom.GetStageUpAxis(stage))
    if not 1e-6 <= metres <= 1e4:
        raise BadMaterial(f"{path.name}: a unit of {metres:g} m cannot be", remedy="Set metersPerUnit.")
    return _parts(stage), metres, up


def _check_layers(path: Path) -> None:
    """Refuse a file that reads, or whose layers read, anything outside its folder."""
    if path.suffix.lower() == ".usdz":
        return  # a package can only name what is in it
    waiting, seen, faults = [path.resolve()], set[Path](), list[str]()
    while waiting:
        at = waiting.pop()
        # other formats, such as MaterialX, hold no geometry
        if at in seen or at.suffix.lower() not in LAYERS:
            continue
        seen.add(at)
        if len(seen) > MOST_LAYERS:
            raise BadMaterial(f"{path.name}: more than {MOST_LAYERS} layers")
        layer = _layer(at, path.name)
        if _clips(layer):
            faults.append(f"{at.name} uses value clips, which are not read")
        for name in filter(None, layer.GetCompositionAssetDependencies()):
            try:
                waiting.append(_beside(path.parent, at.parent, name))
            except BadMaterial as why:
                faults.append(f"{at.name}: {why.what}")
    if faults:
        raise BadMaterial(f"{path.name}: this USD file is not read", faults, "Bring all its files into one folder.")


def _layer(at: Path, source: str) -> Sdf.Layer:
    """Return a layer without what it refers to."""
    try:
        layer = Sdf.Layer.OpenAsAnonymous(str(sized(at)))
    except Tf.ErrorException as error:
        raise Damaged(source, f"the layer {at.name} cannot be read") from error
    if layer is None:
        raise Damaged(source, f"the layer {at.name} cannot be read")
    return layer


def _beside(root: Path, folder: Path, name: str) -> Path:
    """Return a layer that another names, if it lies in the model's own folder or below."""
    found = inside(root, str(folder / name) if not Path(name).is_absolute() else name)
    if not found.is_file():
        raise BadMaterial(f"it wants {name[:80]!r}, which is not there")
    return found


def _clips(layer: Sdf.Layer) -> bool:
    found: list[bool] = []

    def look(at: Sdf.Path) -> None:
        spec = layer.GetObjectAtPath(at)
        if spec is not None and at.IsPrimPath() and spec.HasInfo("clips"):
            found.append(True)

    layer.Traverse(Sdf.Path.absoluteRootPath, look)
    return bool(found)


def _parts(stage: Usd.Stage) -> Iterator[Part]:
    """Yield the parts of a stage, placed."""
    places = UsdGeom.XformCache(_NOW)
    walk = iter(Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies()))
    for prim in walk:
        if not prim.IsA(UsdGeom.Imageable):
            continue
        shown = UsdGeom.Imageable(prim)
        hidden = shown.ComputeVisibility(_NOW) == UsdGeom.Tokens.invisible
        if hidden or shown.ComputePurpose() in {UsdGeom.Tokens.proxy, UsdGeom.Tokens.guide}:
            walk.PruneChildren()
        elif prim.IsA(UsdGeom.PointInstancer):
            walk.PruneChildren()
            yield from _scattered(stage, UsdGeom.PointInstancer(prim), _matrix(places.GetLocalToWorldTransform(prim)))
        else:
            matrix = _matrix(places.GetLocalToWorldTransform(prim))
            yield from (moved(part, matrix) for part in _prim_parts(prim))


def _matrix(given: Gf.Matrix4d) -> Floats:
    """Return a matrix that acts on columns; USD's act on rows."""
    return np.array(given, np.float64).T


def _scattered(stage: Usd.Stage, instancer: UsdGeom.PointInstancer, place: Floats) -> Iterator[Part]:
    """Yield every instance of a point instancer."""
    targets = instancer.GetPrototypesRel().GetForwardedTargets()
    which = np.array(instancer.GetProtoIndicesAttr().Get(_NOW) or [], np.int64)
    if len(which) > MOST_INSTANCES:
        raise BadMaterial(f"{instancer.GetPath()}: {len(which)} instances; at most {MOST_INSTANCES} are read")
    matrices = instancer.ComputeInstanceTransformsAtTime(_NOW, _NOW)
    prototypes = []
    for target in targets:
        prim = stage.GetPrimAtPath(target)
        cache = UsdGeom.XformCache(_NOW)
        back = np.linalg.inv(_matrix(cache.GetParentToWorldTransform(prim)))
        prototypes.append(
            [
                moved(part, back @ _matrix(cache.GetLocalToWorldTransform(each)))
                for each in Usd.PrimRange(prim, Usd.TraverseInstanceProxies())
                for part in _prim_parts(each)
            ]
        )
    for number, matrix in zip(which, matrices, strict=False):
        if 0 <= number < len(prototypes):
            # the transforms contain each prototype's own, which its parts have already
            own = _matrix(UsdGeom.Xformable(stage.GetPrimAtPath(targets[number])).GetLocalTransformation(_NOW))
            yield from (moved(part, place @ _matrix(matrix) @ np.linalg.inv(own)) for part in prototypes[number])


def _prim_parts(prim: Usd.Prim) -> Iterator[Part]:
    """Yield the parts of one prim, by material, in its own space."""
    if prim.IsA(UsdGeom.Mesh):
        yield from _mesh_parts(UsdGeom.Mesh(prim))
    elif prim.IsA(UsdGeom.Gprim):
        solid = _simple(prim)
        if solid is not None:
            surface, grey = _material(prim)
            yield Part(_called(prim), surface, solid.points, solid.triangles, solid.normals, grey)


def _called(prim: Usd.Prim) -> str:
    """Return a prim's name as people say it: where it lies, without the root."""
    return str(prim.GetPath()).strip("/").replace("/", " ")


def _material(prim: Usd.Prim) -> tuple[str, Grey | None]:
    """Return the name of what a prim is made of, and its display colour."""
    bound = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
    surface = bound.GetPrim().GetName() if bound else prim.GetName()
    colours = UsdGeom.Gprim(prim).GetDisplayColorAttr().Get(_NOW) if prim.IsA(UsdGeom.Gprim) else None
    if not colours:
        return str(surface), None
    red, green, blue = (float(each) for each in np.array(colours, np.float64).reshape(-1, 3).mean(0).clip(0.0, 1.0))
    return str(surface), (red, green, blue)


def _mesh_parts(mesh: UsdGeom.Mesh) -> Iterator[Part]:
    """Yield a mesh, split by the subsets that have a material of their own."""
    prim = mesh.GetPrim()
    points = np.array(mesh.GetPointsAttr().Get(_NOW) or [], np.float64).reshape(-1, 3)
    counts = np.array(mesh.GetFaceVertexCountsAttr().Get(_NOW) or [], np.int64)
    corners = np.array(mesh.GetFaceVertexIndicesAttr().Get(_NOW) or [], np.int64)
    if not len(points) or not len(counts):
        return
    if counts.min() < 0 or counts.sum() != len(corners) or corners.min() < 0 or corners.max() >= len(points):
        raise BadMaterial(f"{prim.GetPath()}: its faces name points that are not there")
    if counts.sum() > 3 * MOST_TRIANGLES:
        raise BadMaterial(f"{prim.GetPath()}: {len(counts)} faces are too many", remedy="Simplify the model.")
    triangles, faces = _fans(counts, corners)
    if mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.leftHanded:
        triangles = triangles[:, ::-1]
    surface, grey = _material(prim)
    left = np.ones(len(counts), bool)
    left[np.array(mesh.GetHoleIndicesAttr().Get(_NOW) or [], np.int64)] = False
    for subset in UsdShade.MaterialBindingAPI(prim).GetMaterialBindSubsets():
        chosen = np.array(subset.GetIndicesAttr().Get(_NOW) or [], np.int64)
        own = np.zeros(len(counts), bool)
        own[chosen[(chosen >= 0) & (chosen < len(counts))]] = True
        own &= left
        left &= ~own
        if own[faces].any():
            name = _material(subset.GetPrim())[0]
            yield Part(_called(prim), name, points, triangles[own[faces]], None, grey)
    if left[faces].any():
        yield Part(_called(prim), surface, points, triangles[left[faces]], None, grey)


def _fans(counts: NDArray[np.int64], corners: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return faces as triangles, each fanned from its first corner, and the face of each."""
    starts = np.cumsum(counts) - counts
    many = np.maximum(counts - 2, 0)
    faces = np.repeat(np.arange(len(counts)), many)
    step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    first = starts[faces]
    fans = np.stack([corners[first], corners[first + step + 1], corners[first + step + 2]], axis=1)
    return fans.astype(np.int32), faces


def _simple(prim: Usd.Prim) -> Solid | None:
    """Return a cube, sphere, cylinder, cone, capsule or plane as a solid."""
    if prim.IsA(UsdGeom.Cube):
        return box((float(UsdGeom.Cube(prim).GetSizeAttr().Get(_NOW)),) * 3)
    if prim.IsA(UsdGeom.Sphere):
        return ellipsoid((float(UsdGeom.Sphere(prim).GetRadiusAttr().Get(_NOW)),) * 3, rings=16, count=24)
    for kind in (UsdGeom.Cylinder, UsdGeom.Cone, UsdGeom.Capsule):
        if prim.IsA(kind):
            made = kind(prim)
            radius, high = float(made.GetRadiusAttr().Get(_NOW)), float(made.GetHeightAttr().Get(_NOW))
            return _turned(_round(kind, radius, high), str(made.GetAxisAttr().Get(_NOW)))
    return None


def _round(kind: type, radius: float, high: float) -> Solid:
    if kind is UsdGeom.Cylinder:
        return cylinder(radius, high, count=24).moved((0.0, -high / 2, 0.0))
    if kind is UsdGeom.Cone:
        return lathe([(0.0, -high / 2), (radius, -high / 2), (0.0, high / 2)], count=24)
    bow = np.linspace(-np.pi / 2, np.pi / 2, 13)
    rows = [(radius * np.cos(a), radius * np.sin(a) + np.sign(np.round(a, 9)) * high / 2) for a in bow]
    return lathe(rows, count=24)


def _turned(solid: Solid, axis: str) -> Solid:
    """Return an upright solid along another axis."""
    if axis == "Y":
        return solid
    turn = rotation(90.0, "x") if axis == "Z" else rotation(-90.0, "z")
    return Solid(solid.points @ turn.T, solid.normals @ turn.T, solid.triangles)
