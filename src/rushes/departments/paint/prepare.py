"""From a lesson to everything that a training starts from; and from its end to a model."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from rushes.departments.department import Example, Lesson, Plate
from rushes.departments.paint.advice import signature
from rushes.departments.paint.crops import Taught
from rushes.departments.paint.hints import hints_for_training, no_hint, small_keys
from rushes.departments.paint.lessons import Lessons
from rushes.departments.paint.mattes import matte_of, mattes_in
from rushes.departments.paint.model import PaintModel, tensors_of
from rushes.departments.paint.network import PaintNet, Shape, fresh_network
from rushes.departments.paint.pair_check import check_lesson
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.taught import split, taught_pair
from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]

PLATES_HELD = 5
"""As many as one pair has roles."""


@dataclass(frozen=True)
class Prepared:
    """Everything that a training starts from.

    Attributes:
        keys: small mattes by frame, where they are carried.
        signatures: `(n, length)`, of the plates, as `advice.signature` makes them.
        warnings: about the pairs, in words.
        pictures: of these warnings, PNG files.
    """

    lessons: Lessons
    network: PaintNet
    shape: Shape
    keys: Mapping[int, Floats]
    signatures: Floats
    warnings: Sequence[str]
    pictures: Sequence[Path]


def prepare(lesson: Lesson, recipe: PaintRecipe, folder: Path) -> Prepared:
    """Check and read the pairs, keep something back, and make the network that is to learn.

    Raises:
        BadMaterial: with everything that is wrong with the pairs, or with the model it is to start from.
    """
    lesson = _held(lesson)
    examples = lesson.examples
    _refuse_mixed(examples)
    mattes = _mattes(examples)
    # with a matte goes a backing, which may be all of the frame but its foreground
    warnings, pictures = check_lesson(lesson, folder, everywhere_is_fine=recipe.everywhere or mattes > 0)
    keys = _keys(examples, mattes) if recipe.carry and mattes else {}
    hints = hints_for_training(_of_one_clip(examples), keys) if keys else {}
    pairs, signatures = [], []
    for example in examples:
        hint = _hint_of(example, hints, examples, mattes=mattes)
        pairs.append(taught_pair(example, recipe, mattes=mattes, hints=hint, seed=recipe.seed))
        signatures.append(signature(example.plates["before"]()))
    shape = shape_of(pairs[0], recipe, mattes=mattes)
    applies_to = float(np.mean([pair.changed.mean() for pair in pairs]))
    network = _start(lesson, shape, recipe, applies_to=applies_to)
    return Prepared(split(pairs, recipe), network, shape, keys, np.stack(signatures), warnings, pictures)


def _held(lesson: Lesson) -> Lesson:
    """Return a lesson whose last few plates stay in memory: each is looked at several times in a row."""

    @lru_cache(maxsize=PLATES_HELD)
    def read(place: int, role: str) -> Plate:
        return lesson.examples[place].plates[role]()

    held = [
        replace(example, plates={role: partial(read, place, role) for role in example.plates})
        for place, example in enumerate(lesson.examples)
    ]
    return replace(lesson, examples=held)


def with_values(network: PaintNet, values: Mapping[str, Tensor]) -> PaintNet:
    """Return a copy of a network with other values, on the processor, in evaluation mode."""
    copied = copy.deepcopy(network)
    copied.load_state_dict(dict(values))
    return copied.cpu().eval()


def shape_of(pair: Taught, recipe: PaintRecipe, *, mattes: int) -> Shape:
    """Return the shape of the network that such pairs ask for."""
    changes = pair.wanted is not None
    return Shape(len(pair.given), changes, mattes, recipe.width_list, recipe.blocks, hints=pair.hints)


def _refuse_mixed(examples: Sequence[Example]) -> None:
    """Refuse pairs of which some show what others do not: one network takes and makes the same of every frame."""
    given = [" + ".join(role for role in example.plates if role != "weight") for example in examples]
    if len({frozenset(words.split(" + ")) for words in given}) > 1:
        reasons = [f"{example.name}: {words}" for example, words in zip(examples, given, strict=True)]
        raise BadMaterial("these pairs do not teach the same", reasons, "Give every frame the same, or train twice.")


def _mattes(examples: Sequence[Example]) -> int:
    """Return how many mattes there are to a frame; 0 where none are taught.

    Raises:
        BadMaterial: not as many in every frame.
    """
    samples = [example.plates["matte"]() for example in examples if "matte" in example.plates]
    count = mattes_in(samples) if samples else 0
    found = [len(matte_of(one, count)) for one in samples]
    if set(found) - {count}:
        reasons = [f"{example.name}: {number}" for example, number in zip(examples, found, strict=True)]
        raise BadMaterial("there are not as many mattes to every frame", reasons, "Write all of them the same way.")
    return count


def _keys(examples: Sequence[Example], mattes: int) -> dict[int, Floats]:
    mine = _of_one_clip(examples)
    return small_keys(mine, mattes) if len(mine) > 1 else {}


def _of_one_clip(examples: Sequence[Example]) -> list[Example]:
    """Return the examples of the clip that most are of: only within one clip can mattes be carried."""
    clips = [example.clip for example in examples]
    clip = max(dict.fromkeys(clips), key=clips.count)
    return [example for example in examples if example.clip == clip]


def _hint_of(
    example: Example, hints: Mapping[int, Floats], examples: Sequence[Example], *, mattes: int
) -> Floats | None:
    if not hints:
        return None
    if example in _of_one_clip(examples) and example.frame in hints:
        return hints[example.frame]
    return no_hint(mattes, *example.plates["before"]().shape[1:])


def _start(lesson: Lesson, shape: Shape, recipe: PaintRecipe, *, applies_to: float) -> PaintNet:
    """Return random numbers, or the one model of the show that this one is to start from."""
    network = fresh_network(shape, recipe.seed, applies_to=applies_to)
    if not lesson.earlier:
        return network
    if len(lesson.earlier) > 1:
        raise BadMaterial(f"a fix starts from one earlier model, not from {len(lesson.earlier)}")
    [(weights, card)] = lesson.earlier
    theirs = card.get("shape")
    mine = {"widths": list(shape.widths), "blocks": shape.blocks, "inputs": shape.inputs}
    other = {name: theirs.get(name) for name in mine} if isinstance(theirs, Mapping) else None
    if other != mine:
        words = f"it has {other}, this one {mine}" if other else "it is no paint model"
        raise BadMaterial("the earlier model is built differently", [words], "Train with its recipe and settings.")
    tensors = tensors_of(weights)
    fresh = network.state_dict()
    # another kind of result has another end; everything before it knows the show's pictures
    network.load_state_dict(
        {name: tensors[name] if tensors[name].shape == fresh[name].shape else fresh[name] for name in fresh}
    )
    return network


def model_of(lesson: Lesson, network: PaintNet, ready: Prepared, *, recipe: PaintRecipe) -> PaintModel:
    """Return what was taught, ready to work."""
    examples = lesson.examples
    return PaintModel(
        network=network,
        shape=ready.shape,
        neighbours=recipe.neighbours,
        guides=sum(role == "guide" for role in examples[0].plates),
        carry=bool(ready.keys),
        keys=ready.keys,
        clip=_of_one_clip(examples)[0].clip,
        taught=tuple((example.clip, example.frame) for example in examples),
        signatures=ready.signatures,
    )
