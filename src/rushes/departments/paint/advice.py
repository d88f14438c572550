"""Which frame to fix next, and where: what a render shows of its own errors, put together and ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate
from rushes.departments.paint.motion import LUMA, Floats, sight, stretched

SIGNATURE_LONGEST = 96
"""Pixels of the longer side at which a frame is described."""

GRID = (4, 6)
"""Rows and columns of a signature: coarse enough that a step of the camera leaves it much the same."""

DIRECTIONS = 4
"""Of edges that a signature tells apart, over half a turn."""

EDGES_COUNT = 3.0
"""How much an edge, in stops a pixel, counts against a colour in stops."""

AROUND = 3
"""Frames on either side that say which area a result should have."""

ROOM = 0.5
"""Frames within which one frame takes from another's worth, as a share of the mean gap between the taught ones.

Bad frames beside a taught one teach little; 0.5 gained more than 0.25 did, within the noise (bench/results.md)."""

PLACES = ("upper", "middle", "lower"), ("left", "centre", "right")


@dataclass(frozen=True)
class Sign:
    """One sign of error.

    Attributes:
        weight: its share of the expected error; all of them add up to 1.
        half: value at which it counts half; it never counts more than whole.
        words: what to tell the artist.
    """

    weight: float
    half: float
    words: str

    def strength(self, value: Floats | float) -> Floats:
        """Return how strongly it speaks, 0 to 1, the more the larger the value, 0 up, even infinity."""
        return np.asarray(1 - self.half / (np.asarray(value, np.float32) + self.half), np.float32)


SIGNS: Mapping[str, Sign] = {
    "disagreement": Sign(0.6, 0.01, "the network's two halves disagree"),
    "flicker": Sign(0.1, 0.04, "it flickers"),
    "distance": Sign(0.2, 0.4, "nothing like it was taught"),
    "jump": Sign(0.1, 0.2, "what is covered jumps in size"),
}
"""Halves are about the medians of six short shots with ground truth, except of jumps, which are rare there. Alone, over
13 trainings of two frames, disagreement ranks frames as the true error does by 0.46, flicker 0.34, distance 0.34, jump
0.13 (rank correlation, mean over shots); together 0.47, over 15. Fitted to it, flicker counted nothing beside
disagreement; it keeps a small share for shots where it says more. See bench/results.md. Units:

Disagreement in codes or mattes over the area that is usually covered; flicker in stops; distance of signatures; jump
as the logarithm of the ratio of areas. In a moving shot (car-shadow of DAVIS 2016) signatures are 0.04 apart from
frame to frame, 0.26 over ten frames, and 1.8 from another shot."""


@dataclass(frozen=True)
class FrameEvidence:
    """What a render of one frame shows of its own errors.

    Attributes:
        frame: its number.
        disagreement: (h, w) float32, 0 up, small: how far two heads are apart, or the raw from the smoothed weights.
        flicker: beyond the plate's own, in stops, 0 up: one number, or (h, w) where.
        distance: from the nearest taught frame, see `unlike_taught`.
        area: share of the frame, 0 to 1, that the result covers.
    """

    frame: int
    disagreement: Floats
    flicker: Floats | float
    distance: float
    area: float


@dataclass(frozen=True)
class Advice:
    """A frame that is worth fixing by hand.

    Attributes:
        frame: its number.
        expected_error: 0 to 1: a rank, no measure of the error itself.
        words: why, and where most.
        heat: (h, w) float32, 0 to 1: where.
    """

    frame: int
    expected_error: float
    words: str
    heat: Floats


def ranked(
    evidence: Sequence[FrameEvidence], *, taught: Sequence[int] = (), signs: Mapping[str, Sign] = SIGNS
) -> list[Advice]:
    """Return the frames that were not taught, the one to fix next first.

    More of any sign never makes a frame count less. A frame beside one that was taught, or that stands earlier in the
    list, teaches little that is new, and counts less the nearer it is.

    Args:
        evidence: of frames of one shot, in any order.
        taught: numbers of the frames that taught the model.
        signs: weights and scales.
    """
    if not evidence:
        return []
    ordered = sorted(evidence, key=lambda one: one.frame)
    frames = np.array([one.frame for one in ordered])
    strengths = _strengths(ordered, signs)
    errors = np.array([signs[name].weight for name in signs]) @ np.stack([strengths[name] for name in signs])
    room = max(1.0, ROOM * (frames[-1] - frames[0] + 1) / (len(taught) + 1))
    fresh = np.ones(len(frames))
    for number in taught:
        fresh = np.minimum(fresh, _fresh(frames, number, room))
    order = []
    for _ in range(int((fresh > 0).sum())):
        best = int(np.argmax(np.where(fresh > 0, errors * fresh, -1)))
        order.append(best)
        fresh = np.minimum(fresh, _fresh(frames, int(frames[best]), room))
    return [
        _advice(ordered[place], float(errors[place]), _said(strengths, place, signs), signs=signs) for place in order
    ]


def signature(plate: Plate) -> Floats:
    """Return what a frame looks like, as a vector: colours and edge directions over a coarse grid.

    Args:
        plate: (3, height, width) scene-linear, of any size; exposure does not matter.

    Returns:
        (168,) float32: for each cell of `GRID` three colours in stops about the frame's key, and four edges.
    """
    seen = sight(plate, longest=SIGNATURE_LONGEST)
    luma = np.tensordot(LUMA, seen, axes=1)
    rows, columns = (np.gradient(luma, axis=axis) if luma.shape[axis] > 1 else np.zeros_like(luma) for axis in (0, 1))
    turns = np.arctan2(rows, columns) * DIRECTIONS / np.pi
    # each edge counts for the two directions that it lies between, or a hair's turn would change the signature
    apart = [np.abs((turns - number + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2) for number in range(DIRECTIONS)]
    edges = EDGES_COUNT * np.hypot(rows, columns) * np.maximum(0, 1 - np.stack(apart))
    cells = [
        cv2.resize(np.ascontiguousarray(plane, np.float32), GRID[::-1], interpolation=cv2.INTER_AREA)
        for plane in (*seen, *edges)
    ]
    return np.asarray(cells, np.float32).ravel()


def unlike_taught(one: Floats, taught: Floats) -> float:
    """Return how far a signature is from the nearest of those that were taught; infinite where none was.

    Args:
        one: (length,) from `signature`.
        taught: (n, length).

    Returns:
        Root mean square difference: about stops.
    """
    differences = np.asarray(taught, np.float32).reshape(-1, len(one)) - one
    return float(np.sqrt(np.square(differences).mean(axis=1)).min(initial=np.inf))


def _strengths(ordered: Sequence[FrameEvidence], signs: Mapping[str, Sign]) -> dict[str, npt.NDArray[np.float32]]:
    """Return for each sign how strongly each frame shows it."""
    areas = np.array([one.area for one in ordered])
    usual = max(float(np.median(areas)), 0.002)
    # as many frames before as after, or what grows or leaves would seem to jump where the shot ends
    sides = [min(AROUND, place, len(areas) - 1 - place) for place in range(len(areas))]
    near = [np.median(areas[place - side : place + side + 1]) for place, side in enumerate(sides)]
    values = {
        "disagreement": [one.disagreement.mean() / usual for one in ordered],
        # a map is nearly 0 where nothing is painted, a number is a mean over what is
        "flicker": [np.mean(one.flicker) / (usual if np.ndim(one.flicker) else 1) for one in ordered],
        "distance": [one.distance for one in ordered],
        "jump": np.abs(np.log((areas + usual / 10) / (np.array(near) + usual / 10))),
    }
    return {name: sign.strength(np.asarray(values[name], np.float32)) for name, sign in signs.items()}


def _fresh(frames: npt.NDArray[np.int_], number: int, room: float) -> npt.NDArray[np.float64]:
    return 1 - np.exp(-np.square((frames - number) / room))


def _said(strengths: Mapping[str, npt.NDArray[np.float32]], place: int, signs: Mapping[str, Sign]) -> list[str]:
    """Return the words of the signs that speak at least half as loudly as the loudest."""
    loud = {name: float(sign.weight * strengths[name][place]) for name, sign in signs.items()}
    least = max(loud.values()) / 2
    return [signs[name].words for name in sorted(loud, key=lambda name: -loud[name]) if loud[name] >= least > 0]


def _advice(one: FrameEvidence, error: float, said: list[str], *, signs: Mapping[str, Sign]) -> Advice:
    heat = signs["disagreement"].strength(one.disagreement)
    if np.ndim(one.flicker):
        shares = np.array([signs[name].weight for name in ("disagreement", "flicker")], np.float32)
        flicker = stretched(np.asarray(one.flicker, np.float32), heat.shape)
        heat = (shares[0] * heat + shares[1] * signs["flicker"].strength(flicker)) / shares.sum()
    where = [f"most of it {_place(heat)}"] if heat.any() else []
    return Advice(one.frame, error, "; ".join([*said, *where]) or "nothing speaks against it", heat)


def _place(heat: Floats) -> str:
    """Return in words where a map is hottest: `in the upper left`."""
    ninth = cv2.resize(np.asarray(heat, np.float32), (3, 3), interpolation=cv2.INTER_AREA)
    row, column = divmod(int(np.argmax(ninth)), 3)
    return "in the centre" if row == column == 1 else f"in the {PLACES[0][row]} {PLACES[1][column]}"
