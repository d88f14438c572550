"""Learn the show's look pack from its cleared frames: two looks at each frame, never more than one in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.department import Colour, Example, Lesson, Trained
from rushes.departments.later import later
from rushes.departments.previs.look.discovery import Material, discover
from rushes.departments.previs.look.naming import names_for
from rushes.departments.previs.look.pack import LookPack, Source, Swatch, pack_look
from rushes.departments.previs.look.palette import light_of, palette_of, tones_of, white_of
from rushes.departments.previs.look.patches import Patches, patches_of
from rushes.departments.previs.look.regrade import regrade_between, samples_of
from rushes.departments.previs.look.report import write_report
from rushes.departments.previs.look.retrieval import small_of
from rushes.departments.previs.look.thumbnails import thumbnail_of
from rushes.departments.previs.look.tiles import tile_of
from rushes.departments.previs.look.tones import Floats, lab_from, luma_of
from rushes.departments.previs.recipe import PrevisRecipe
from rushes.departments.previs.stage.pieces import Light
from rushes.domain.errors import BadMaterial
from rushes.domain.parts import Measure
from rushes.training.workbench import Workbench

ROLE = "reference"
teach_painter = later("rushes.departments.previs.look.painting:teach_painter", "previs")
SHADES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How much of the key arrives, where a dressed set is imagined."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is kept of the frames once they were looked at."""

    sources: tuple[Source, ...]
    sizes: tuple[tuple[int, int], ...]
    patches: tuple[Patches, ...]
    small: NDArray[np.float16]
    thumbs: NDArray[np.uint8]


def learn_look(lesson: Lesson, recipe: PrevisRecipe, bench: Workbench) -> Trained:
    """Learn a look pack from reference frames; the same frames, recipe and seed give the same pack.

    Raises:
        BadMaterial: the frames are too small to hold a material, or show nothing but one blown white.
    """
    pack = look_pack(lesson, recipe, bench)
    weights, card = pack_look(pack)
    if recipe.painter_steps:
        # torch is loaded for a painter, and for nothing else here
        parts, card["painter"] = teach_painter(_spread(lesson, recipe.most_frames), recipe, bench, lesson.colour)
        weights |= parts
    reports = write_report(bench.folder, pack, colour=lesson.colour, title=f"Look pack, recipe {recipe.name}")
    megabytes = sum(tensor.nbytes for tensor in weights.values()) / 1e6
    measures = (
        Measure("swatches found", float(len(pack.swatches)), f"of {recipe.swatches} looked for"),
        Measure("frames drawn on", float(len(pack.frames)), "frames"),
        Measure("covered by the swatches", 100 * sum(one.share for one in pack.swatches), "% of even patches"),
        Measure("size", megabytes, "MB"),
    )
    return Trained(weights, card, measures, reports)


def look_pack(lesson: Lesson, recipe: PrevisRecipe, bench: Workbench) -> LookPack:
    """Return the look pack of some frames; `learn_look` without the report."""
    examples = _spread(lesson, recipe.most_frames)
    luma = luma_of(lesson.colour)
    seen = _look_at(examples, lesson.colour, bench)
    bench.tell(len(examples), 2 * len(examples), "telling materials apart")
    materials = discover(seen.patches, recipe.swatches, seed=recipe.seed)
    if not materials:
        raise BadMaterial(
            "these frames show no material that could be cut out", remedy="Give frames that are larger, or not blown."
        )
    swatches = tuple(_swatches(materials, examples, seen, recipe=recipe, luma=luma))
    bench.tell(2 * len(examples), 2 * len(examples), "grading")
    light = light_of(seen.patches, luma)
    palette, shares = palette_of(seen.patches, luma=luma, seed=recipe.seed)
    return LookPack(
        swatches=swatches,
        frames=seen.sources,
        sizes=seen.sizes,
        palette=palette,
        shares=shares,
        light=light,
        tones=tones_of(seen.patches, luma),
        small=seen.small,
        thumbs=seen.thumbs,
        regrade=regrade_between(_imagined(swatches, light), samples_of(list(seen.small)), seed=recipe.seed),
        luma=luma,
    )


def _spread(lesson: Lesson, most: int) -> list[Example]:
    mine = [example for example in lesson.examples if ROLE in example.plates]
    if not mine:
        raise BadMaterial("a look pack is learned from reference frames, and this lesson has none")
    places = np.linspace(0, len(mine) - 1, min(most, len(mine))).round().astype(int)
    return [mine[place] for place in places]


def _look_at(examples: Sequence[Example], colour: Colour, bench: Workbench) -> _Seen:
    lab, luma, view = lab_from(colour), luma_of(colour), thumbnail_of(colour)
    sizes, patches, small, thumbs = [], [], [], []
    for done, example in enumerate(examples):
        bench.tell(done, 2 * len(examples), f"looking at {example.name}")
        plate = _finite(example.plates[ROLE]())
        if min(plate.shape[1:]) < 32:
            raise BadMaterial(f"{example.name} is {plate.shape[2]} × {plate.shape[1]}: too small to hold a material")
        sizes.append((plate.shape[2], plate.shape[1]))
        patches.append(patches_of(plate, lab, luma))
        small.append(small_of(plate))
        thumbs.append(view(plate))
    sources = tuple(Source(example.clip, example.frame) for example in examples)
    return _Seen(sources, tuple(sizes), tuple(patches), np.stack(small), np.stack(thumbs))


def _finite(plate: Floats) -> Floats:
    return np.nan_to_num(plate, nan=0.0, posinf=6e4, neginf=0.0)


def _swatches(
    materials: Sequence[Material], examples: Sequence[Example], seen: _Seen, *, recipe: PrevisRecipe, luma: Floats
) -> Iterator[Swatch]:
    names = names_for([(one.lab, one.contrast, one.grain) for one in materials])
    plates: dict[int, Floats] = {}
    for name, material in zip(names, materials, strict=True):
        place = material.frame
        if place not in plates:
            plates = {place: _finite(examples[place].plates[ROLE]())}
        left, top, side = material.square
        piece = plates[place][:, top : top + side, left : left + side].transpose(1, 2, 0)
        level, red, yellow = material.lab.astype(float).tolist()
        share_of_width = side / seen.sizes[place][0]
        yield Swatch(
            name=name,
            tile=tile_of(piece, recipe.tile, white=white_of(seen.patches[place], luma)).astype(np.float16),
            lab=(level, red, yellow),
            contrast=material.contrast,
            grain=material.grain,
            metres=recipe.frame_spans_m * share_of_width * 0.8,
            source=seen.sources[place],
            rectangle=(left, top, side, side),
            seen=tuple(seen.sources[one] for one in material.frames),
            share=material.share,
        )


def _imagined(swatches: Sequence[Swatch], light: Light) -> Floats:
    """Return colours of a set dressed with every swatch alike, from shadow to light."""
    key, ambient = (np.array(one, np.float32) for one in (light.key, np.add(light.sky, light.ground) / 2))
    texels = np.concatenate([swatch.tile[::8, ::8].reshape(-1, 3).astype(np.float32) for swatch in swatches])
    return np.concatenate([texels * (key * np.float32(shade) + ambient) for shade in SHADES])
