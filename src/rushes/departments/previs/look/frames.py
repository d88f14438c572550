"""Render a take in the show's look: the plate is the greybox, and its passes come beside it, if there are any.

How passes come as pictures, in no colour space, as EXR with 32-bit floats: `normal` and `rest` are x, y, z in red,
green, blue. `ids`, `depth`, `lit` and `swatch` are one number each in the first channel, or in a file's only one.
Where nothing stands depth is 0 or infinite. `swatch` is the number of a swatch in the pack, from 1, for every pixel of
a piece; 0 leaves it to us, -1 keeps the greybox.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.department import Plate, Rendered, RenderFrame, Scene, Weights
from rushes.departments.previs.look.assign import KEPT, OPEN, Assignment, suggested
from rushes.departments.previs.look.dress import Trims, Wardrobe, dress, drew_on, open_wardrobe, regrade_for, ungraded
from rushes.departments.previs.look.pack import LookPack, unpack_look
from rushes.departments.previs.look.regrade import Regrade, blended, regrader
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial

PASSES = ("ids", "depth", "normal", "rest", "lit")
SWATCH = "swatch"
LOOKED_AT = 3
"""Frames of a shot that its regrade is found from."""

MOST_PIECES = 65535
FARTHEST_M = 5000.0


def render_look(
    weights: Weights, card: Mapping[str, Any], scene: Scene, settings: Mapping[str, float | bool]
) -> RenderFrame:
    """Open a look pack for one clip; whatever is found of the shot is found here, once, and not frame by frame.

    Raises:
        BadMaterial: the weights are no look pack, or passes are of another size than their plate.
    """
    pack = unpack_look(weights, card)
    strength = float(settings["strength"])
    trims = Trims(*(float(settings[name]) for name in ("texture", "haze", "regrade", "scale")))
    if strength == 0:
        return lambda plate, number: Rendered(plate.copy())
    shot = _Shot(pack, scene, trims)

    def render(plate: Plate, number: int) -> Rendered:
        passes = passes_of(scene, plate, number)
        if passes is None:
            made = _only_regraded(plate, shot.regrade, scene, trims=trims)
            return Rendered(_between(plate, made, strength), measures={"dressed, %": 0.0})
        wardrobe = shot.wardrobe(passes, number)
        made = dress(passes, wardrobe, scene.colour, strength=strength)
        share = 100 * float((wardrobe.assignment.swatches[passes.ids] != KEPT)[passes.ids > 0].sum() / passes.ids.size)
        frames = [pack.frames.index(one) for one in drew_on(wardrobe)]
        return Rendered(made, measures={"dressed, %": share}, evidence={"drew_on": np.array(frames or [-1], np.int32)})

    return render


def passes_of(scene: Scene, plate: Plate, number: int) -> Passes | None:
    """Read the passes of a frame; None where not all of them are there.

    Raises:
        BadMaterial: with every pass that is of another size than the plate.
    """
    reels = {role: scene.further[role] for role in PASSES if role in scene.further}
    if len(reels) < len(PASSES) or any(number not in reel.frames for reel in reels.values()):
        return None
    read = {role: reel.plate(number) for role, reel in reels.items()}
    wrong = [
        f"{role} is {one.shape[2]} × {one.shape[1]}, not {plate.shape[2]} × {plate.shape[1]}"
        for role, one in read.items()
        if one.shape[1:] != plate.shape[1:]
    ]
    if wrong:
        raise BadMaterial(f"passes of frame {number} do not fit their plate", wrong)
    empty = np.zeros(0, np.float32)
    ids = np.clip(np.rint(np.nan_to_num(read["ids"][0])), 0, MOST_PIECES).astype(np.uint16)
    depth = np.where(ids > 0, _within(read["depth"][0], 0, FARTHEST_M), np.float32(np.inf))
    normal, rest = _within(read["normal"][:3], -1, 1), _within(read["rest"][:3], -FARTHEST_M, FARTHEST_M)
    lit = _within(read["lit"][0], 0, 1)
    beauty = np.ascontiguousarray(plate, np.float32)
    return Passes(beauty=beauty, depth=depth, normal=normal, position=empty, rest=rest, ids=ids, lit=lit)


def _within(plane: Floats, least: float, most: float) -> Floats:
    # a file may say anything: what no stage can hold is not computed with
    return np.clip(np.nan_to_num(np.ascontiguousarray(plane, np.float32)), least, most).astype(np.float32)


class _Shot:
    """What is the same for every frame of a shot: the regrade, and what its pieces wear where nobody says."""

    def __init__(self, pack: LookPack, scene: Scene, trims: Trims) -> None:
        self._pack, self._scene = pack, scene
        frames = scene.shot.frames if scene.shot else ()
        places = np.linspace(0, len(frames) - 1, min(LOOKED_AT, len(frames))).round().astype(int)
        looked_at = [(frames[place], scene.shot.plate(frames[place])) for place in places if scene.shot]
        known = [(number, passes_of(scene, plate, number)) for number, plate in looked_at]
        self._guessed = _guessed(pack, [passes for _, passes in known if passes is not None])
        self._open = open_wardrobe(pack, self._guessed, trims=trims)
        plates = [
            plate if passes is None else ungraded(passes, self.wardrobe(passes, number))
            for (number, passes), (_, plate) in zip(known, looked_at, strict=True)
        ]
        self.regrade = regrade_for(plates, pack) if plates else Regrade(pack.regrade, tuple(range(len(pack.frames))))
        self._open = replace(self._open, regrade=self.regrade)

    def wardrobe(self, passes: Passes, number: int) -> Wardrobe:
        """Return what a frame is dressed with: the swatch pass where there is one, or else what was guessed."""
        table = np.full(int(passes.ids.max()) + 1, OPEN, np.int32)
        known = min(len(table), len(self._guessed.swatches))
        table[:known] = self._guessed.swatches[:known]
        reel = self._scene.further.get(SWATCH)
        if reel is not None and number in reel.frames:
            said = np.rint(np.nan_to_num(reel.plate(number)[0])).astype(np.int32)
            decided = np.zeros(len(table), np.int32)
            decided[passes.ids.ravel()] = said.ravel()
            least, most = int(decided.min()), int(decided.max())
            if least < -1 or most > len(self._pack.swatches):
                raise BadMaterial(
                    f"frame {number} wears swatches {least} to {most}; this pack has 1 to {len(self._pack.swatches)}"
                )
            table = np.where(decided > 0, decided - 1, np.where(decided < 0, KEPT, table)).astype(np.int32)
        return replace(self._open, assignment=_assignment(table))


def _guessed(pack: LookPack, frames: list[Passes]) -> Assignment:
    """Give every piece that some frames show the swatch that its grey suggests."""
    most = max((int(passes.ids.max()) for passes in frames), default=0)
    table = np.full(most + 1, OPEN, np.int32)
    for passes in frames:
        counts = np.bincount(passes.ids.ravel(), minlength=most + 1)
        sums = np.stack([np.bincount(passes.ids.ravel(), one.ravel(), most + 1) for one in passes.beauty])
        for number in np.flatnonzero((counts > 0) & (table == OPEN)):
            if number:
                red, green, blue = (sums[:, number] / counts[number]).tolist()
                table[number] = pack.swatch(suggested("", (red, green, blue), pack))
    return _assignment(table)


def _assignment(table: NDArray[np.int32]) -> Assignment:
    shifts = np.random.default_rng(0).random((len(table), 2), np.float32)
    return Assignment(table, shifts, np.zeros(len(table), bool), np.zeros((len(table), 3), np.float32), {})


def _only_regraded(plate: Plate, regrade: Regrade, scene: Scene, *, trims: Trims) -> Floats:
    packed = np.array(plate.transpose(1, 2, 0), np.float32, order="C")
    if trims.regrade:
        regrader(blended(regrade.lattice, trims.regrade), scene.colour)(packed)
    return np.ascontiguousarray(packed.transpose(2, 0, 1))


def _between(plate: Plate, made: Floats, strength: float) -> Floats:
    return made if strength == 1 else np.asarray(plate + np.float32(strength) * (made - plate), np.float32)
