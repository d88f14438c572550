"""How long a script runs: seconds for headings, words and transitions, fitted to the show's own cut as scenes come in.

The start is the model of Storyboarder, read in its source: 2 s for a heading; 0.5 s and 0.2 s a word for a paragraph of
action; 1 s and 0.3 s a word for a speech or a parenthetical; 1 s for a transition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import exp, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.model import Element, Kind, Scene, Script, scenes
from rushes.domain.errors import BadMaterial

Numbers = NDArray[np.float64]

OF_A_SCENE, OF_A_SHOW, OF_A_KIND = 0.35, 0.2, 0.3
"""Assumed, not measured, until a cut says otherwise, each as a share of the time: how far one scene is off, how far
the pace of a show is off, and how far one kind of element is off the show's pace."""

FOLDS, ROUNDS, OUTLIER = 8, 8, 1.5
"""Parts in which a cut is held back to see how far off a fit is; rounds of weighing outliers down; and how many times
the usual error makes one."""

_KINDS = {
    Kind.SCENE: ("heading", ""),
    Kind.ACTION: ("action", "action_word"),
    Kind.CENTRED: ("action", "action_word"),
    Kind.DIALOGUE: ("speech", "speech_word"),
    Kind.LYRIC: ("speech", "speech_word"),
    Kind.PARENTHETICAL: ("parenthetical", "parenthetical_word"),
    Kind.TRANSITION: ("transition", ""),
}


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Seconds for what a script is made of; one set for each show.

    Attributes:
        heading: a scene heading.
        action: a paragraph of action, to which come its words.
        action_word: a word of action.
        speech: a speech, or a part of one before or after a parenthetical, to which come its words.
        speech_word: a word of a speech.
        parenthetical: a parenthetical, to which come its words.
        parenthetical_word: a word of it.
        transition: a transition.
        spread: how far a scene is off, as a share of its time: held-out where `fitted` is above 0, else assumed.
        fitted: how many cut scenes these numbers were fitted to.
    """

    heading: float = 2.0
    action: float = 0.5
    action_word: float = 0.2
    speech: float = 1.0
    speech_word: float = 0.3
    parenthetical: float = 1.0
    parenthetical_word: float = 0.3
    transition: float = 1.0
    spread: float = OF_A_SCENE
    fitted: int = 0

    def __post_init__(self) -> None:
        """Refuse times that nothing can last."""
        said = {part.name: getattr(self, part.name) for part in fields(self)}
        faults = [f"{name} is {value}" for name, value in said.items() if not (isfinite(value) and value >= 0)]
        if faults:
            raise BadMaterial("these coefficients time no script", faults, "Every one must be 0 or more.")


NAMES = tuple(part.name for part in fields(Coefficients))[:8]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A running time, and between what it lies in two cases of three.

    Attributes:
        seconds: the estimate.
        low: seconds.
        high: seconds.
        measured: the range comes from scenes of the show's cut that the fit had not seen; else it is assumed.
    """

    seconds: float
    low: float
    high: float
    measured: bool


def is_omitted(heading: str) -> bool:
    """Tell whether a scene is only a number that is kept: 42 OMITTED.

    >>> is_omitted("*OMITTED*"), is_omitted("INT. OMITTED PALACE - DAY")
    (True, False)
    """
    words = plain(heading).strip(".()[] ").upper().removeprefix("SCENE ").removeprefix("SCENES ")
    return words in ("OMIT", "OMITTED", "DELETED")


def element_seconds(scene: Scene, coefficients: Coefficients | None = None) -> tuple[float, ...]:
    """Return how long each element of a scene lasts; what is neither seen nor heard lasts nothing.

    Of dual dialogue the side with more words counts; the other is heard meanwhile.

    >>> action = Element(Kind.ACTION, "She *waits* in the rain.")
    >>> element_seconds(Scene(0, (Element(Kind.SCENE, "EXT. PIER - DAY"), action)))
    (2.0, 1.5)
    """
    return tuple((_counts(scene) @ _numbers(coefficients or Coefficients())).tolist())


def duration_of(scene: Scene, coefficients: Coefficients | None = None) -> float:
    """Return how long a scene lasts, seconds."""
    return float(sum(element_seconds(scene, coefficients)))


def estimate(seconds: Sequence[float], coefficients: Coefficients | None = None) -> Estimate:
    """Return how long scenes last together, with its range.

    Each scene is off by itself, and all are off by the pace of the show, of which more cut scenes tell more.

    Args:
        seconds: of each scene (`duration_of`).
        coefficients: that they were timed with.

    >>> whole = estimate([60.0] * 100)
    >>> round(whole.seconds), round(whole.low), round(whole.high), whole.measured
    (6000, 4897, 7351, False)
    """
    used = coefficients or Coefficients()
    whole = float(sum(seconds))
    if not whole:
        return Estimate(0.0, 0.0, 0.0, used.fitted > 0)
    alone = used.spread**2 * sum(part * part for part in seconds) / whole**2
    pace = 1 / (1 / OF_A_SHOW**2 + used.fitted / max(used.spread, 1e-3) ** 2)
    off = exp(sqrt(alone + pace))
    return Estimate(whole, whole / off, whole * off, used.fitted > 0)


def running_time(script: Script, coefficients: Coefficients | None = None) -> Estimate:
    """Return how long a script runs, with its range."""
    return estimate([duration_of(scene, coefficients) for scene in scenes(script)], coefficients)


def fit(cut: Sequence[Scene], seconds: Sequence[float], start: Coefficients | None = None) -> Coefficients:
    """Return coefficients for a show, from scenes of its cut.

    Non-negative least squares on the share by which each scene is off. The pace of the show is free; the single
    numbers are drawn towards the start at that pace, so a few scenes teach a pace and many teach the rest. A scene that
    was cut to nothing, or that grew into a set piece, counts for less.

    Args:
        cut: the scenes.
        seconds: how long each lasts in the cut, above 0, at most a day.
        start: what to draw towards.

    Returns:
        The same for the same scenes; `spread` is how far held-out scenes were off.
    """
    start = start or Coefficients()
    faults = [
        f"scene {number} ({scene.heading.text}) lasts {lasts} s"
        for number, (scene, lasts) in enumerate(zip(cut, seconds, strict=False), 1)
        if not 0 < lasts <= 86400
    ]
    if len(cut) != len(seconds):
        faults.append(f"{len(cut)} scenes, {len(seconds)} durations")
    if faults:
        raise BadMaterial("this cut teaches no timing", faults, "Leave out scenes that are not in the cut.")
    if not cut:
        return start
    counts = np.stack([_counts(scene).sum(0) for scene in cut])
    lasts = np.asarray(seconds, np.float64)
    found = _fitted(counts, lasts, start)
    values = {name: float(value) for name, value in zip(NAMES, found, strict=True)}
    return replace(start, **values, spread=_spread(counts, lasts, start), fitted=len(cut))


def _fitted(counts: Numbers, lasts: Numbers, start: Coefficients) -> Numbers:
    """Return the eight numbers for (scenes, 8) counts and (scenes,) seconds."""
    drawn = _numbers(start)
    # measured against the start, not the cut: else the scenes that ran short would count most, and all come out short
    expected = np.maximum(counts @ drawn, 1.0)
    rows = np.column_stack([counts / expected[:, None], np.zeros(len(counts))]) / OF_A_SCENE
    wanted = lasts / expected / OF_A_SCENE
    # the ninth unknown is the pace of the show; a number that starts at 0 may still become something
    alike = np.column_stack([np.eye(8), -drawn]) / (OF_A_KIND * np.maximum(drawn, 0.1))[:, None]
    usual = np.append(np.zeros(8), 1.0) / OF_A_SHOW
    weights = np.ones(len(counts))
    for _ in range(ROUNDS):
        known = np.vstack([rows * weights[:, None], alike, usual])
        found = nnls(known, np.concatenate([wanted * weights, np.zeros(8), [1 / OF_A_SHOW]]))[0]
        off = np.abs(rows @ found - wanted)
        limit = OUTLIER * max(1.4826 * float(np.median(off)), 0.1)
        weights = np.sqrt(np.minimum(1.0, limit / np.maximum(off, 1e-9)))
    return np.asarray(found[:8], np.float64)


def _spread(counts: Numbers, lasts: Numbers, start: Coefficients) -> float:
    """Return how far scenes are off that the fit has not seen; the assumption counts as much as two scenes."""
    parts = np.arange(len(lasts)) % min(FOLDS, len(lasts))
    total = 2 * OF_A_SCENE**2
    for part in range(parts.max() + 1):
        seen, held = parts != part, parts == part
        known = _fitted(counts[seen], lasts[seen], start) if seen.any() else _numbers(start)
        total += float((np.log(lasts[held] / np.maximum(counts[held] @ known, 0.5)) ** 2).sum())
    return sqrt(total / (len(lasts) + 2))


def _numbers(coefficients: Coefficients) -> Numbers:
    return np.array([getattr(coefficients, name) for name in NAMES])


def _counts(scene: Scene) -> Numbers:
    """Return (elements, 8): how often each number counts for each element."""
    counts = np.zeros((len(scene.elements), 8))
    if scene.elements and is_omitted(scene.elements[0].text):
        return counts
    unheard = _unheard(scene.elements)
    for place, element in enumerate(scene.elements):
        if element.kind in _KINDS and place not in unheard:
            each, word = _KINDS[element.kind]
            counts[place, NAMES.index(each)] = 1
            if word:
                counts[place, NAMES.index(word)] = _words(element)
    return counts


def _unheard(elements: Sequence[Element]) -> set[int]:
    """Return the places of the side of each dual dialogue that has fewer words; of equals, the right."""
    unheard: set[int] = set()
    sides: dict[str, list[int]] = {}
    for place, element in enumerate((*elements, Element(Kind.NOTE, ""))):
        # a left after a right is the next pair
        if sides and (not element.side or (element.side == "left" and "right" in sides)):
            words = {side: sum(_words(elements[at]) for at in places) for side, places in sides.items()}
            if len(words) == 2:
                unheard.update(sides["right" if words["left"] >= words["right"] else "left"])
            sides = {}
        if element.side:
            sides.setdefault(element.side, []).append(place)
    return unheard


def _words(element: Element) -> int:
    return len(plain(element.text).split())
