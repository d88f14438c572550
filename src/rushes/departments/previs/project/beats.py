"""The beats of a scene: its heading, each piece of action, each speech, with who speaks to whom and for how long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.model import SPOKEN, Kind, Scene

PLAYED = (Kind.SCENE, Kind.ACTION, Kind.CHARACTER, *SPOKEN, Kind.TRANSITION, Kind.CENTRED)


@dataclass(frozen=True)
class SceneBeat:
    """One beat.

    Attributes:
        first: its first element in the scene, from 0, the heading.
        last: its last element.
        seconds: how long it takes.
        speaker: who speaks, as in the cast list, or nobody.
        to: to whom, or nobody.
        words: what is said, or what happens; plain words.
    """

    first: int
    last: int
    seconds: float
    speaker: str = ""
    to: str = ""
    words: str = ""


def beats_of(scene: Scene, lasts: Sequence[float], who: Callable[[str], str]) -> tuple[SceneBeat, ...]:
    """Return the beats of a scene in order; together they last as long as the scene.

    Args:
        scene: the scene.
        lasts: seconds of each element (`timing.element_seconds`).
        who: the name in the cast list of a cue, such as `JENNY (V.O.)`.
    """
    found: list[SceneBeat] = []
    for place, element in enumerate(scene.elements):
        if element.kind not in PLAYED:
            continue
        words = " ".join(plain(element.text).split())
        seconds = lasts[place]
        if element.kind in (*SPOKEN, Kind.TRANSITION) and found:
            beat = found[-1]
            said = beat.words if element.kind in (Kind.PARENTHETICAL, Kind.TRANSITION) else f"{beat.words} {words}"
            found[-1] = replace(beat, last=place, seconds=beat.seconds + seconds, words=said.strip())
        elif element.kind is Kind.CHARACTER:
            found.append(SceneBeat(place, place, seconds, speaker=who(words)))
        else:
            found.append(SceneBeat(place, place, seconds, words=words))
    return _spoken_to(found)


def _spoken_to(beats: Sequence[SceneBeat]) -> tuple[SceneBeat, ...]:
    """Say to whom each one speaks: the one who spoke before, else the one who speaks next."""
    heard = [beat.speaker for beat in beats]
    found = []
    for place, beat in enumerate(beats):
        around = [*reversed(heard[:place]), *heard[place + 1 :]]
        other = next((name for name in around if name and name != beat.speaker), "") if beat.speaker else ""
        found.append(replace(beat, to=other))
    return tuple(found)
