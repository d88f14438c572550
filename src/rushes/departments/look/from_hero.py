"""Match the shots of a scene to its hero shot: one trim a shot, on top of the trim that it has."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from rushes.departments.department import Example, Lesson, Trained
from rushes.departments.look.difference import xyz_from
from rushes.departments.look.keyframes import Keyframe, match_keyframes
from rushes.departments.look.look import Cdl, Floats, Switches
from rushes.departments.look.match import Match, match_shot
from rushes.departments.look.pictures import encoded
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.look.report import digest_of, frames_named, origin_of
from rushes.departments.look.report_match import MatchedShot, MatchPage, write_match_report
from rushes.departments.look.shot_trims import ShotTrims, pack_trims, trims_renderer
from rushes.domain.errors import BadMaterial
from rushes.domain.parts import Measure
from rushes.media.colour import Convert, converter
from rushes.training.workbench import Workbench


def learn_from_hero(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> Trained:
    """Match every shot of a scene to the hero shot; a checkpoint after each shot.

    Raises:
        BadMaterial: `recipe.trims` does not read, or names a shot that is not in the lesson.
    """
    to_code = converter(lesson.colour.config, lesson.colour.working_space, recipe.encoding)
    to_xyz = xyz_from(lesson.colour.config, recipe.encoding)
    shots = {clip: _Frames(_examples(lesson, "shot", clip), "shot", to_code) for clip in _clips(lesson)}
    hero = _Frames(_examples(lesson, "hero"), "hero", to_code)
    existing = _trims(recipe.trims, list(shots), bench.folder)
    saved = bench.load()
    matches: dict[str, Match] = _read_matches(saved["matches"]) if saved else {}
    for done, (clip, shot) in enumerate(shots.items()):
        bench.tell(done, len(shots), f"matching {clip}")
        if clip not in matches:
            matches[clip] = match_shot(shot, hero, to_xyz, existing=existing.get(clip))
            bench.save({"matches": _write_matches(matches)})
    trims = []
    for clip, match in matches.items():
        shot = shots[clip]
        at = _spread(len(shot), recipe.keyframes)
        keys = match_keyframes(shot, hero, to_xyz, match=match, at=at) if at else [Keyframe(0, match.moves)]
        numbered = tuple(replace(key, frame=shot.numbers[key.frame]) for key in keys)
        trims.append(ShotTrims(clip, match.existing, numbered))
    return _trained(lesson, recipe, matches, trims=trims, bench=bench)


class _Frames(Sequence[Floats]):
    """Frames of one shot as code values, read only when looked at."""

    def __init__(self, examples: Sequence[Example], role: str, to_code: Convert) -> None:
        self.numbers = [example.frame for example in examples]
        self._examples, self._role, self._to_code = examples, role, to_code

    def __len__(self) -> int:
        return len(self._examples)

    @overload
    def __getitem__(self, place: int) -> Floats: ...
    @overload
    def __getitem__(self, place: slice) -> list[Floats]: ...
    def __getitem__(self, place: int | slice) -> Floats | list[Floats]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        return encoded(self._examples[place].plates[self._role](), self._to_code)


def _trained(
    lesson: Lesson, recipe: LookRecipe, matches: dict[str, Match], *, trims: list[ShotTrims], bench: Workbench
) -> Trained:
    hero = _examples(lesson, "hero")
    shown = []
    for shot in trims:
        example = _middle(_examples(lesson, "shot", shot.clip))
        before = example.plates["shot"]()
        render = trims_renderer(shot, Switches(), encoding=recipe.encoding, colour=lesson.colour)
        matched = render(before.transpose(1, 2, 0), example.frame).transpose(2, 0, 1)
        shown.append(MatchedShot(shot.clip, before, matched, matches[shot.clip]))
    page = MatchPage(
        origin=origin_of(_examples(lesson, "shot"), recipe, words=f"matched to the hero {frames_named(hero)}:"),
        digest=digest_of(pack_trims(trims)),
        colour=lesson.colour,
    )
    reports = write_match_report(bench.folder, shown, _middle(hero).plates["hero"](), page=page)
    measures = [
        Measure(f"{clip}, {words}", value, "ΔE2000")
        for clip, match in matches.items()
        for words, value in (("as it is", match.before), ("trimmed", match.after))
    ]
    card = {
        "encoding": recipe.encoding,
        "clips": list(matches),
        "matches": {clip: {"how": m.how, "reason": m.reason, "strength": m.strength} for clip, m in matches.items()},
    }
    return Trained(pack_trims(trims), card, tuple(measures), reports)


def _clips(lesson: Lesson) -> list[str]:
    return list(dict.fromkeys(example.clip for example in lesson.examples if "shot" in example.plates))


def _examples(lesson: Lesson, role: str, clip: str | None = None) -> list[Example]:
    return [example for example in lesson.examples if role in example.plates and clip in (None, example.clip)]


def _middle(examples: Sequence[Example]) -> Example:
    return examples[len(examples) // 2]


def _spread(count: int, keyframes: int) -> list[int]:
    return sorted({int(place) for place in np.linspace(0, count - 1, keyframes).round()}) if keyframes > 1 else []


def _trims(text: str, clips: Sequence[str], folder: Path) -> dict[str, Cdl]:
    """Read the trims that the shots have, from the text of a `.ccc` or `.cdl` whose ids are the clips' names."""
    if not text:
        return {}
    path = folder / "trims.ccc"
    path.write_text(text, encoding="utf-8")
    try:
        group = ocio.CDLTransform.CreateGroupFromFile(str(path))
    except ocio.Exception as error:
        raise BadMaterial(
            f"the trims are no ASC CDL collection: {error}", remedy="Give --set trims=@scene.ccc"
        ) from error
    trims = {cdl.getID(): _cdl(cdl) for cdl in group}
    strangers = sorted(set(trims) - set(clips))
    if strangers:
        raise BadMaterial(
            "these trims are for shots that are not in the lesson", strangers, f"It has {', '.join(clips)}"
        )
    return trims


def _cdl(cdl: ocio.CDLTransform) -> Cdl:
    triples = [tuple(values) for values in (cdl.getSlope(), cdl.getOffset(), cdl.getPower())]
    return Cdl(triples[0], triples[1], triples[2], cdl.getSat())


def _write_matches(matches: dict[str, Match]) -> npt.NDArray[np.uint8]:
    text = json.dumps({clip: asdict(match) for clip, match in matches.items()})
    return np.frombuffer(text.encode(), np.uint8)


def _read_matches(saved: npt.NDArray[np.generic]) -> dict[str, Match]:
    kept = json.loads(np.asarray(saved, np.uint8).tobytes())
    return {
        clip: Match(**{**match, "moves": tuple(match["moves"]), **{k: _same(match[k]) for k in ("existing", "trim")}})
        for clip, match in kept.items()
    }


def _same(kept: dict[str, Any]) -> Cdl:
    slope, offset, power = (tuple(kept[name]) for name in ("slope", "offset", "power"))
    return Cdl(slope, offset, power, kept["saturation"])
