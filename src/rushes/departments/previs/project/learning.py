"""What a project teaches: its tagger, by what people decided; its pace, by the cut that came back."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from rushes.departments.previs.breakdown.tagger import Tagger
from rushes.departments.previs.project.model import Project
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.timing import Coefficients, fit
from rushes.domain.errors import BadMaterial
from rushes.training.weights import read_weights, write_weights

TAGGER = "tagger.safetensors"


def keep_tagger(folder: Path, tagger: Tagger, show: str) -> None:
    """Keep a show's tagger in the project's folder."""
    write_weights(folder / TAGGER, tagger.weights, {"kind": "tagger", "show": show, "examples": tagger.examples})


def kept_tagger(folder: Path) -> Tagger | None:
    """Return the project's tagger, or None where it has none.

    Raises:
        Damaged: its file is broken.
        BadMaterial: it is no tagger.
    """
    path = folder / TAGGER
    if not path.is_file():
        return None
    weights, card = read_weights(path)
    if card.get("kind") != "tagger":
        raise BadMaterial(f"{path} is no tagger", remedy=f"Teach one: rushes previs learn {folder}")
    return Tagger({name: np.asarray(part, np.float32) for name, part in weights.items()}, int(card["examples"]))


def seconds_in_cut(project: Project) -> dict[str, float]:
    """Return how long every scene lasts in the cut, by id."""
    rate, scene_of = Fraction(project.frame_rate), {shot.id: shot.scene for shot in project.shots}
    found: dict[str, float] = {}
    for event in project.cut:
        if event.shot in scene_of:
            scene = scene_of[event.shot]
            found[scene] = found.get(scene, 0.0) + float(event.frames / rate)
    return found


def fitted_pace(project: Project, tracked: tuple[Tracked, ...]) -> Coefficients:
    """Return the pace of a show, from the cut that came back from editorial.

    Raises:
        BadMaterial: no cut came back: one that we proposed only says again what we assumed.
    """
    if not project.recut:
        raise BadMaterial(
            "no cut has come back that could say how fast this show plays", remedy="rushes previs recut …"
        )
    lasts: Mapping[str, float] = seconds_in_cut(project)
    known = [kept for kept in tracked if lasts.get(kept.id, 0) > 0]
    return fit([kept.scene for kept in known], [lasts[kept.id] for kept in known])
