"""Tracks over each other become one: what lies on top is seen, and what lies under it is cut away."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from math import floor

from rushes.departments.previs.out.recut import SeenClip
from rushes.departments.previs.plan import Cut

MOST_CLIPS, MOST_LAYERS, MOST_FRAMES = 20_000, 100, 24 * 3600 * 120
"""A cut of a day is no cut."""


@dataclass
class Aside:
    """What reading a cut leaves aside, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    rate: Fraction | None = None

    def words(self, old: Cut) -> list[str]:
        """Say it."""
        rates = (
            [
                f"it runs at {float(self.rate):.5g} frames a second; times were carried over to "
                f"{float(old.frame_rate):.5g}"
            ]
            if self.rate
            else []
        )
        return rates + [f"{what}: {count}" for what, count in self.counts.items()]

    def same_frames(self, rate: Fraction, old: Cut) -> bool:
        """Tell whether frames at a rate count like those of the old cut, as 24 and 23.976 do; else note the rate."""
        if round(rate) == round(old.frame_rate):
            return True
        self.rate = rate
        return False


def topmost(layers: Sequence[Sequence[SeenClip]]) -> list[SeenClip]:
    """Return what is seen of layers, in order; clips that lie partly under others fall into pieces.

    Args:
        layers: from the lowest to the highest; within one, clips that overlap hide those before.

    Raises:
        ValueError: there are more clips than a cut has, or one that is longer than a day.
    """
    if sum(map(len, layers)) > MOST_CLIPS or len(layers) > MOST_LAYERS:
        raise ValueError(f"a cut has at most {MOST_CLIPS} clips in {MOST_LAYERS} tracks")
    seen: list[SeenClip] = []
    for layer in layers:
        for clip in layer:
            if not (clip.at >= 0 and clip.frames > 0 and clip.at + clip.frames <= MOST_FRAMES):
                raise ValueError(f"{clip.name} lies at frame {clip.at} for {clip.frames} frames, which no cut has")
        seen = sorted(_over(seen, _one_after_another(layer)), key=lambda clip: clip.at)
    return seen


def trimmed(clip: SeenClip, first: int, end: int) -> SeenClip | None:
    """Return the part of a clip that lies between two frames of the cut, if there is any.

    >>> from fractions import Fraction
    >>> clip = SeenClip("42B", (), (), 10, 20, 100, Fraction(2))
    >>> part = trimmed(clip, 15, 20)
    >>> (part.at, part.frames, part.first)
    (15, 5, 110)
    """
    head, tail = max(0, first - clip.at), max(0, clip.at + clip.frames - end)
    if head + tail >= clip.frames:
        return None
    return replace(
        clip, at=clip.at + head, frames=clip.frames - head - tail, first=clip.first + floor(head * clip.speed)
    )


def _one_after_another(layer: Sequence[SeenClip]) -> list[SeenClip]:
    ordered = sorted(layer, key=lambda clip: clip.at)
    followed = pairwise(ordered)
    shown = [part for clip, other in followed if (part := trimmed(clip, clip.at, other.at))]
    return shown + ordered[-1:]


def _over(lower: Sequence[SeenClip], upper: Sequence[SeenClip]) -> Iterator[SeenClip]:
    """Yield the upper clips, and of the lower ones what lies in the holes between them; both are in order."""
    yield from upper
    place = 0
    for clip in lower:
        while place < len(upper) and upper[place].at + upper[place].frames <= clip.at:
            place += 1
        free, at = place, clip.at
        while at < clip.at + clip.frames:
            end = upper[free].at if free < len(upper) else MOST_FRAMES
            part = trimmed(clip, at, end)
            if part:
                yield part
            at = upper[free].at + upper[free].frames if free < len(upper) else MOST_FRAMES
            free += 1
