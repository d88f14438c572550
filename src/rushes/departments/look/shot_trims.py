"""The trims of a scene's shots as weights, and how each is put on its own clip and on no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Colour
from rushes.departments.look.keyframes import Keyframe, trim_at
from rushes.departments.look.look import Cdl, Floats, Look, Switches, neutral_look
from rushes.departments.look.out_render import RenderPacked, renderer
from rushes.departments.look.packing import pack_cdl, unpack_cdl
from rushes.domain.errors import BadMaterial, NotFound

TrimFrame = Callable[[Floats, int], Floats]
"""From `(height, width, 3 or 4)` float32 scene-linear and the frame's number to the same, trimmed."""


@dataclass(frozen=True)
class ShotTrims:
    """One clip's trims: the one it had, and the match that comes after it.

    Attributes:
        keyframes: by frame number of the clip; a single one holds for the whole shot.
    """

    clip: str
    existing: Cdl
    keyframes: tuple[Keyframe, ...]


def pack_trims(trims: Sequence[ShotTrims]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the numbers of every shot's trims by name; the clips' names go onto the card, in the same order."""
    packed: dict[str, npt.NDArray[np.generic]] = {"existing": np.array([pack_cdl(shot.existing) for shot in trims])}
    for number, shot in enumerate(trims):
        packed[f"{number}.frames"] = np.array([key.frame for key in shot.keyframes], np.int64)
        packed[f"{number}.moves"] = np.array([key.moves for key in shot.keyframes], np.float64)
    return packed


def unpack_trims(tensors: Mapping[str, npt.NDArray[np.generic]], card: Mapping[str, Any]) -> list[ShotTrims]:
    """Read the trims of every shot back.

    Raises:
        BadMaterial: naming the numbers that are missing.
    """
    clips = [str(clip) for clip in card["clips"]]
    expected = {"existing"} | {f"{n}.{part}" for n in range(len(clips)) for part in ("frames", "moves")}
    gone = sorted(expected - set(tensors))
    if gone:
        raise BadMaterial("these weights are no shot match", [f"{name} is missing" for name in gone])
    return [
        ShotTrims(clip, unpack_cdl(tensors["existing"][n]), _keyframes(tensors[f"{n}.frames"], tensors[f"{n}.moves"]))
        for n, clip in enumerate(clips)
    ]


def trims_renderer(shot: ShotTrims, switches: Switches, *, encoding: str, colour: Colour) -> TrimFrame:
    """Open one clip's trims for rendering: the existing one always, the match as the switches say."""
    existing = renderer(_as_look(shot.existing, encoding), colour=colour)
    opened: dict[Cdl, RenderPacked] = {}

    def render(packed: Floats, number: int) -> Floats:
        trim = trim_at(shot.keyframes, number)
        if trim not in opened:
            opened.clear()
            opened[trim] = renderer(_as_look(trim, encoding), switches, colour=colour)
        return opened[trim](existing(packed))

    return render


def trims_of(trims: Sequence[ShotTrims], clip: str) -> ShotTrims:
    """Return the trims of one clip.

    Raises:
        NotFound: the scene that was matched has no such shot.
    """
    for shot in trims:
        if shot.clip == clip:
            return shot
    raise NotFound("shot in this match", clip, [shot.clip for shot in trims])


def _as_look(cdl: Cdl, encoding: str) -> Look:
    return replace(neutral_look(encoding), cdl=cdl, best_cdl=cdl)


def _keyframes(frames: npt.NDArray[np.generic], moves: npt.NDArray[np.generic]) -> tuple[Keyframe, ...]:
    pairs = zip(frames.tolist(), moves.tolist(), strict=True)
    return tuple(Keyframe(int(frame), tuple(float(move) for move in row)) for frame, row in pairs)
