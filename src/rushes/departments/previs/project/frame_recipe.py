"""The recipe of one frame: everything that it was drawn from, as text; the same recipe gives the same pixels."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.project.model import ShotWork
from rushes.departments.previs.stage.pieces import Moment, Stage
from rushes.domain.records import canonical_json, digest_of_bytes


@dataclass(frozen=True)
class FrameRecipe:
    """What a frame is drawn from. It holds no label, for a frame does not change when its shot is called otherwise.

    Attributes:
        shot: id of the shot.
        frame: of the shot, from 0.
        line: as asked, without its label.
        stage: digest of the set and the mannequins.
        moment: digest of camera, places and light, to a thousandth of a millimetre and of a degree.
        camera: x, y, z, pan, tilt, roll, focal length, filmback width and height, squeeze, aspect.
        width: pixels.
        height: pixels.
        drawn_with: what draws, as the renderer says it.
        method: of `model.METHODS`.
        strength: of the look.
        seed: of anything random in it.
        locked: what the look leaves alone.
        look: digest of the look pack, or nothing.
        swatches: surfaces and their swatches.
        sketch: digest of the sketch, or nothing.
        sketch_instead: it stands instead of the picture.
        keys: digests of painted frames.
        sources: names of the cleared frames that the look drew on.
    """

    shot: str
    frame: int
    line: str
    stage: str
    moment: str
    camera: tuple[float, ...]
    width: int
    height: int
    drawn_with: str
    method: str = "greybox"
    strength: float = 0.0
    seed: int = 0
    locked: tuple[str, ...] = ()
    look: str = ""
    swatches: tuple[tuple[str, str], ...] = ()
    sketch: str = ""
    sketch_instead: bool = False
    keys: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def recipe_text(recipe: FrameRecipe) -> str:
    """Return a recipe as canonical JSON."""
    return canonical_json(asdict(recipe))


def recipe_digest(recipe: FrameRecipe) -> str:
    """Return the digest of a recipe."""
    return digest_of_bytes(recipe_text(recipe).encode())


def pixels_digest(picture: NDArray[np.generic]) -> str:
    """Return the digest of a picture's values, its shape and its type."""
    head = f"{picture.dtype.str}{picture.shape}".encode()
    return digest_of_bytes(head + np.ascontiguousarray(picture).tobytes())


@lru_cache(maxsize=64)
def stage_digest(stage: Stage) -> str:
    """Return the digest of everything that stands on a stage, at rest."""
    found = sha256()
    for piece in stage.pieces:
        about = (piece.name, piece.surface, piece.grey, piece.of, piece.vertices.shape, piece.triangles.shape)
        found.update(canonical_json(about).encode())
        for part in (piece.vertices, piece.normals, piece.triangles):
            found.update(np.ascontiguousarray(part).tobytes())
    return f"sha256:{found.hexdigest()}"


def camera_numbers(moment: Moment) -> tuple[float, ...]:
    """Return a camera as numbers: place, pan, tilt, roll, focal length, filmback, squeeze, aspect."""
    camera, package = moment.camera, moment.camera.package
    back = package.filmback
    turned = (camera.pan_deg, camera.tilt_deg, camera.roll_deg, camera.focal_mm)
    told = (*camera.place, *turned, back.width_mm, back.height_mm, package.squeeze, package.aspect)
    return tuple(round(float(value), 6) for value in told)


def moment_digest(moment: Moment) -> str:
    """Return the digest of what is drawn: two moments of one stage with the same digest give the same picture."""
    light = asdict(moment.light) | {"haze_m": str(moment.light.haze_m)}  # clear air is infinite, and JSON knows no such
    found = sha256(canonical_json([camera_numbers(moment), light]).encode())
    for name in sorted(moment.places):
        found.update(name.encode())
        found.update((np.round(np.asarray(moment.places[name], np.float64), 6) + 0.0).tobytes())
    found.update("\0".join(sorted(moment.hidden)).encode())
    return f"sha256:{found.hexdigest()}"


def recipe_of(
    work: ShotWork, frame: int, moment: Moment, *, stage: Stage, size: tuple[int, int], drawn_with: str
) -> FrameRecipe:
    """Return the recipe of a greybox frame; a look adds what it draws on with `dataclasses.replace`."""
    return FrameRecipe(
        work.id,
        frame,
        work.asked,
        stage_digest(stage),
        moment_digest(moment),
        camera_numbers(moment),
        *size,
        drawn_with,
    )
