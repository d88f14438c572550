"""From a lesson to what is learned from: pairs in paint codes, and what of them is kept back to judge by."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter, minimum_filter

from rushes.departments.department import Example, Plate
from rushes.departments.paint.changes import changed_area
from rushes.departments.paint.crops import Taught, places_of
from rushes.departments.paint.encoding import encoded
from rushes.departments.paint.lessons import Block, Lessons
from rushes.departments.paint.mattes import matte_of
from rushes.departments.paint.painter import finite
from rushes.departments.paint.recipe import PaintRecipe
from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]

WHOLE_PAIRS_FROM = 3
"""With so many pairs a whole one is kept back to judge by, for a frame is what comes next; with fewer, parts of all."""

ONE_OF = 8
"""Of so many further pairs another one is kept back."""

BLOCK = 96
"""Side of the parts that are kept back, in pixels."""

MOST_BLOCKS = 8
EDGE = 9
"""Pixels: how wide the edge of a matte is taken to be."""


def plates_around(plate: Plate, near: Callable[[int], Plate | None], reach: int) -> Floats:
    """Return a plate and those around it in paint codes, `(3 × (1 + 2 × reach), height, width)`.

    Where the shot ends, the last plate that there is stands for the next.
    """
    sides = []
    for way in (-1, 1):
        last = plate
        for far in range(1, reach + 1):
            last = there if (there := near(way * far)) is not None else last
            sides.append(last)
    around: Floats = np.concatenate([encoded(finite(one)) for one in (plate, *sides)])
    return around


def changed_in(wanted: tuple[Plate, Plate] | None, mattes: Floats | None) -> Floats:
    """Return where something changed, or a matte has its edge, `(height, width)`."""
    parts = []
    if wanted is not None:
        parts.append(changed_area(*wanted))
    if mattes is not None:
        wide = maximum_filter(mattes, (1, EDGE, EDGE)) - minimum_filter(mattes, (1, EDGE, EDGE))
        parts.append(np.clip(2 * wide.max(axis=0), 0, 1))
    return np.asarray(np.maximum.reduce(parts), np.float32)


def taught_pair(
    example: Example, recipe: PaintRecipe, *, mattes: int, hints: Floats | None = None, seed: int = 0
) -> Taught:
    """Read one taught pair.

    Args:
        example: with `before`, and `after`, `matte`, `guide` and `weight` where there are any.
        recipe: of the training.
        mattes: how many there are to a frame.
        hints: further guides `(k, height, width)`.
        seed: of the places that are remembered.
    """
    roles = example.plates
    before = roles["before"]()
    wanted = (before, roles["after"]()) if "after" in roles else None
    matte = np.clip(matte_of(roles["matte"](), mattes), 0, 1) if "matte" in roles else None
    guides = [matte_of(roles["guide"](), 1)] if "guide" in roles else []
    changed = changed_in(wanted, matte)
    if recipe.everywhere and wanted:  # sharpening and light are too even to be found as a change
        changed = np.ones_like(changed)
    given = [
        plates_around(before, example.near, recipe.neighbours),
        *guides,
        *([hints] if hints is not None else []),
    ]
    pair = Taught(
        name=example.name,
        given=np.concatenate(given),
        wanted=encoded(finite(wanted[1])) if wanted else None,
        mattes=matte,
        changed=changed,
        weight=_weight(example, wanted or (before,)),
        places=np.zeros((2, 0), np.int32),
        hints=0 if hints is None else len(hints),
    )
    return with_weight(_at_least(pair, recipe.crop), None, seed)


def _weight(example: Example, plates: Sequence[Plate]) -> Floats:
    """Return how much each pixel counts: as the artist says, and nothing where there is no light to learn from."""
    weight = np.ones(plates[0].shape[1:], np.float32)
    if "weight" in example.plates:
        weight = np.maximum(matte_of(example.plates["weight"](), 1)[0], 0)
    for plate in plates:
        weight = np.where(np.isfinite(plate).all(axis=0), weight, np.float32(0))
    return weight


def with_weight(pair: Taught, weight: Floats | None, seed: int) -> Taught:
    """Return a pair with another weight, and the places to draw from that go with it."""
    weight = pair.weight if weight is None else weight
    return replace(pair, weight=weight, places=places_of(pair.changed, weight, np.random.default_rng(seed)))


def _at_least(pair: Taught, side: int) -> Taught:
    """Make a small picture as large as a piece, by its edge; what is added has no weight."""
    height, width = pair.changed.shape
    more = (0, max(0, side - height)), (0, max(0, side - width))
    if more == ((0, 0), (0, 0)):
        return pair

    def wider(part: Floats | None, mode: str = "edge") -> Floats | None:
        if part is None:
            return None
        return np.pad(part, ((0, 0),) * (part.ndim - 2) + more, mode)  # type: ignore[call-overload, no-any-return]

    zero = wider(pair.weight, "constant")
    kept = {name: wider(getattr(pair, name)) for name in ("given", "wanted", "mattes", "changed")}
    return replace(pair, weight=zero, **kept)  # type: ignore[arg-type]


def split(pairs: Sequence[Taught], recipe: PaintRecipe) -> Lessons:
    """Keep something back to judge by: a whole pair where there are many, parts of all where there are few.

    Raises:
        BadMaterial: nothing that counts was changed in any pair.
    """
    if not any(pair.places.shape[1] for pair in pairs):
        raise BadMaterial(
            "there is nothing to learn", [f"{pair.name}: nothing that counts was changed" for pair in pairs]
        )
    rng = np.random.default_rng((recipe.seed, 1))
    blocks = [block for number, pair in enumerate(pairs) for block in _blocks(number, pair)]
    spared: tuple[int, ...] = ()
    if len(pairs) >= WHOLE_PAIRS_FROM:
        spared = tuple(range(len(pairs) // 2, len(pairs), ONE_OF))
        held = [block for block in blocks if block.pair in spared]
        taught = tuple(pair for number, pair in enumerate(pairs) if number not in spared)
        words = "whole pairs: " + ", ".join(pairs[number].name for number in spared)
    else:
        # never all of them: there would be nothing to learn from before the end
        most = min(max(1, round(recipe.held_out * len(blocks))), len(blocks) - 1)
        held = _some(blocks, most, rng) if recipe.held_out else []
        taught = tuple(
            with_weight(pair, _without(pair, number, held), recipe.seed) for number, pair in enumerate(pairs)
        )
        words = f"{len(held)} of {len(blocks)} parts of {BLOCK} pixels where something was changed"
    own = _some([block for block in blocks if block not in held], MOST_BLOCKS // 2, rng)
    return Lessons(
        taught=taught,
        judged=tuple(pairs),
        held_out=tuple(_some(held, MOST_BLOCKS, rng)),
        own=tuple(own),
        words=words,
        spared=tuple(pairs[number].name for number in spared),
    )


def _blocks(number: int, pair: Taught) -> list[Block]:
    height, width = pair.changed.shape
    found = []
    for top in range(0, height, BLOCK):
        for left in range(0, width, BLOCK):
            rows, columns = (top, min(top + BLOCK, height)), (left, min(left + BLOCK, width))
            window = slice(*rows), slice(*columns)
            if ((pair.changed[window] > 0.5) & (pair.weight[window] > 0)).sum() >= 16:
                found.append(Block(number, rows, columns))
    return found


def _some(blocks: Sequence[Block], most: int, rng: np.random.Generator) -> list[Block]:
    return [blocks[place] for place in sorted(rng.permutation(len(blocks))[: max(0, most)])]


def _without(pair: Taught, number: int, held: Sequence[Block]) -> Floats:
    weight = pair.weight.copy()
    for block in held:
        if block.pair == number:
            weight[slice(*block.rows), slice(*block.columns)] = 0
    return weight
