"""Pieces of the taught pairs, drawn by chance: the same ones for the same seed and step, in any process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.recipe import PaintRecipe

Floats = npt.NDArray[np.float32]

ON_CHANGES = 0.75
"""Share of the pieces that lie where the artist changed something; the others teach what to leave alone."""

WITHOUT_HINT, MADE_UP = 0.2, 0.5
"""Share of the pieces without a hint: a shot may have none. And with one that is made up: there are too few others."""

FURTHEST_OFF = 12.0
"""Pixels by which a hint that is made up is off, at most."""

MORE_COVERED, AS_IF_AT_MOST = 20.0, 0.5
"""Changed pixels seem so many times as frequent as they are, or half as frequent as all others, whichever is less: to
miss some is worse than to touch some in vain, but not than to touch the whole frame."""

TRIED = 16
"""Steps whose pieces say how much of them is changed."""

MOST_PLACES = 200_000
"""Of changed pixels of one pair that are remembered to draw from."""


@dataclass(frozen=True)
class Taught:
    """One taught pair, ready to be learned from.

    Attributes:
        name: for people.
        given: `(inputs, height, width)`: three channels of each plate in paint codes, then guides.
        wanted: `(3, height, width)` after, in paint codes; None where only mattes are taught.
        mattes: `(k, height, width)`, 0 to 1; None where there are none.
        changed: `(height, width)`, 0 to 1: where the artist changed something, or where a matte has its edge.
        weight: `(height, width)`: how much each pixel counts; 0 is left out.
        places: of changed pixels that count, as rows and columns.
        hints: how many of the last channels given are hints of the mattes.
    """

    name: str
    given: Floats
    wanted: Floats | None
    mattes: Floats | None
    changed: Floats
    weight: Floats
    places: npt.NDArray[np.int32] = field(repr=False)
    hints: int = 0

    @property
    def targets(self) -> Floats:
        """Everything wanted, and what it counts, beside each other: after, mattes, changed, weight."""
        parts = [part for part in (self.wanted, self.mattes) if part is not None]
        return np.concatenate([*parts, self.changed[None], self.weight[None]])


def places_of(changed: Floats, weight: Floats, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """Return rows and columns of changed pixels that count, as `(2, n)`."""
    flat = np.flatnonzero((changed > 0.5) & (weight > 0))
    if len(flat) > MOST_PLACES:
        flat = np.sort(rng.choice(flat, MOST_PLACES, replace=False))
    return np.stack(np.unravel_index(flat, changed.shape)).astype(np.int32)


@dataclass(frozen=True)
class Pieces:
    """What one step learns from.

    Attributes:
        given: `(batch, inputs, crop, crop)`.
        targets: `(batch, …, crop, crop)`, as `Taught.targets`.
        whose: `(batch,)`, 1 for the pieces that teach the second head too.
    """

    given: Floats
    targets: Floats
    whose: npt.NDArray[np.int64]


class Drawer:
    """Draws the pieces of each step from some pairs."""

    def __init__(self, taught: Sequence[Taught], recipe: PaintRecipe) -> None:
        self._taught, self._recipe = taught, recipe
        self._targets = [pair.targets for pair in taught]

    def covered_counts(self) -> float:
        """Return how much a changed pixel has to count, to seem as frequent as it should.

        Pieces lie where something was changed, so a network that takes them for the frame finds it changed everywhere.
        """
        there = float(np.mean([pair.changed.mean() for pair in self._taught]))
        drawn = float(np.mean([self.draw(step).targets[:, -2].mean() for step in range(TRIED)]))
        if not (0 < there < 1 and 0 < drawn < 1):
            return 1.0
        odds = there / (1 - there)
        return max(odds, min(MORE_COVERED * odds, AS_IF_AT_MOST)) * (1 - drawn) / drawn

    def draw(self, step: int) -> Pieces:
        """Return the pieces of one step; the same ones whenever, and wherever, that is asked for."""
        return _pieces(self._taught, self._targets, self._recipe, step=step)


def _pieces(taught: Sequence[Taught], targets: Sequence[Floats], recipe: PaintRecipe, *, step: int) -> Pieces:
    rng = np.random.default_rng((recipe.seed, step))
    given, wanted = [], []
    for _ in range(recipe.batch):
        which = int(rng.integers(len(taught)))
        cut = _cut(taught[which], recipe, rng)
        x, y = cut(taught[which].given), cut(targets[which])
        if taught[which].hints:
            x[-taught[which].hints :] = _hint(x[-taught[which].hints :], y[:-2][-taught[which].hints :], rng)
        x, y = _varied(x, y, recipe, rng=rng, after=taught[which].wanted is not None)
        given.append(x)
        wanted.append(y)
    whose = rng.permutation(recipe.batch) % 2
    return Pieces(np.stack(given), np.stack(wanted), whose)


def _hint(carried: Floats, mattes: Floats, rng: np.random.Generator) -> Floats:
    """Return a hint for one piece: the carried one, none, or the truth, bent and doubted as if it had been carried."""
    chance = rng.random()
    if chance < WITHOUT_HINT:
        return np.zeros_like(carried)
    if chance > WITHOUT_HINT + MADE_UP:
        return carried
    size = mattes.shape[1:]
    off = FURTHEST_OFF * rng.random() ** 2
    across, down, doubt = (_smooth(size, rng, coarse) for coarse in (4, 4, 3))
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    trust = np.clip(rng.uniform(0.3, 1.1) + rng.uniform(0, 0.5) * doubt, 0.3, 1)
    soft = rng.uniform(0.3, 3.0)
    bent = [
        cv2.GaussianBlur(
            cv2.remap(m, columns + off * across, rows + off * down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            (0, 0),
            soft,
        )
        for m in mattes
    ]
    return np.asarray(trust * (2 * np.stack(bent) - 1), np.float32)


def _smooth(size: tuple[int, ...], rng: np.random.Generator, coarse: int) -> Floats:
    """Return a smooth random field, about -1 to 1."""
    field = rng.normal(0, 0.6, (coarse, coarse)).astype(np.float32)
    return np.asarray(cv2.resize(field, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _cut(pair: Taught, recipe: PaintRecipe, rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """Return what cuts one piece out of a picture and whatever goes with it."""
    crop = recipe.crop
    top, left = _corner(pair, crop, rng)
    if not recipe.bend:
        return lambda picture: np.array(picture[:, top : top + crop, left : left + crop])
    middle = np.array([left + crop / 2, top + crop / 2])
    matrix = np.eye(2) + rng.uniform(-recipe.bend, recipe.bend, (2, 2))
    # from the piece back into the picture, about the middle of both
    way = np.column_stack([matrix, middle - matrix @ np.full(2, crop / 2)]).astype(np.float32)

    def bent(picture: Floats) -> Floats:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        planes = [
            cv2.warpAffine(plane, way, (crop, crop), flags=flags, borderMode=cv2.BORDER_REPLICATE) for plane in picture
        ]
        return np.stack(planes)

    return bent


def _corner(pair: Taught, crop: int, rng: np.random.Generator) -> tuple[int, int]:
    height, width = pair.changed.shape
    if pair.places.shape[1] and rng.random() < ON_CHANGES:
        row, column = pair.places[:, rng.integers(pair.places.shape[1])]
        row, column = row - rng.integers(crop), column - rng.integers(crop)
    else:
        row, column = rng.integers(max(1, height - crop + 1)), rng.integers(max(1, width - crop + 1))
    return int(np.clip(row, 0, max(0, height - crop))), int(np.clip(column, 0, max(0, width - crop)))


def _varied(
    given: Floats, targets: Floats, recipe: PaintRecipe, *, rng: np.random.Generator, after: bool
) -> tuple[Floats, Floats]:
    if recipe.flips != "none":
        turn, flop = int(rng.integers(4)) * (recipe.flips == "all"), bool(rng.integers(2))
        given, targets = (np.rot90(part[..., ::-1] if flop else part, turn, (1, 2)) for part in (given, targets))
    plates = 3 * (1 + 2 * recipe.neighbours)
    given, targets = np.ascontiguousarray(given), np.ascontiguousarray(targets)
    if recipe.exposure_stops:
        gain = np.float32(2 ** rng.uniform(-recipe.exposure_stops, recipe.exposure_stops))
        given[:plates] = encoded(decoded(given[:plates]) * gain)
        if after:
            targets[:3] = encoded(decoded(targets[:3]) * gain)
    if recipe.grain:
        noise = rng.normal(0, recipe.grain * rng.random(), given[:3].shape).astype(np.float32)
        given[:3] += noise
        if after:
            targets[:3] += noise
    return given, targets
