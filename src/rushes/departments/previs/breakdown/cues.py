"""Cues: who speaks, by the names over the speeches."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rushes.departments.previs.breakdown.lexicon import Lexicon
from rushes.departments.previs.breakdown.words import GRAMMAR, singulars
from rushes.departments.previs.script.model import Kind, Scene

BETWEEN = re.compile(r"\s+(?:AND|WITH)\s+|\s*[&/+]\s*|,\s+(?:AND\s+)?", re.IGNORECASE)
TOGETHER = frozenset(word.upper() for word in GRAMMAR["together"])
VOICE = re.compile(r"['’]S (?:VOICE|VOICEOVER)$")
# more is no cue, and would only be slow to take apart
LONGEST = 400
HEARD = re.compile(r"\(\s*(?:V\.?\s?O\.?|VOICE.?OVER|PRE-?LAP)", re.IGNORECASE)


class Cue(NamedTuple):
    """A name on a cue: its place in the element's text, and whether it is only heard there (V.O.)."""

    name: str
    start: int
    end: int
    heard: bool


def read_cue(text: str) -> tuple[Cue, ...]:
    """Return who speaks by a cue; what stands in brackets after a name is no part of it.

    >>> [cue.name for cue in read_cue("JENNY AND WILL (CONT'D)")]
    ['JENNY', 'WILL']
    >>> read_cue("MOTHER (V.O.)")
    (Cue(name='MOTHER', start=0, end=6, heard=True),)
    """
    bare = text[:LONGEST].partition("(")[0].rstrip(" ^")
    found, done = [], 0
    for start, end in [*(match.span() for match in BETWEEN.finditer(bare)), (len(bare), len(bare))]:
        part = bare[done:start]
        left = done + len(part) - len(part.lstrip(" *_@"))
        done, right = end, done + len(part.rstrip(" *_"))
        name = as_name(bare[left:right])
        voice = VOICE.search(name)
        if re.search(r"\w", name) and name not in ("JR", "JR.", "SR", "SR."):
            found.append(Cue(VOICE.sub("", name), left, right, bool(voice or HEARD.search(text[:LONGEST]))))
    return tuple(found)


def cues_of(scene: Scene) -> Iterator[tuple[int, Cue]]:
    """Yield the cues of a scene with the place of their element."""
    for at, element in enumerate(scene.elements):
        if element.kind is Kind.CHARACTER:
            for cue in read_cue(element.text):
                yield at, cue


def as_name(said: str) -> str:
    """Return a name as the cast list has it: capitals, one space, straight apostrophes."""
    return " ".join(re.sub(r"[*_\\]", "", said).replace("’", "'").upper().split())


def is_group(name: str, lexicon: Lexicon) -> bool:
    """Say whether a name on a cue is that of a crowd: CROWD, SOLDIERS."""
    last = name.lower().split()[-1] if name.split() else ""
    plural = [one for one in singulars(last)[1:] if one in lexicon.classes["people"]]
    return last in lexicon.classes["crowds"] or bool(plural)
