"""Frames of a take held against frames of other clips: what is shown again, where, and how sure that is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from rushes.originality.fingerprints import Fingerprint, fingerprints
from rushes.originality.landmarks import Landmarks, Shared, landmarks, shared
from rushes.originality.memorised import Floats, ratios, small_grey
from rushes.originality.pictures import Picture, mirrored
from rushes.originality.search import CANDIDATE, COPY, HashIndex, index_of, near

TAUGHT, WATCHED = "taught its model", "watch-list"

BITS = 256
"""Of a hash: a distance that says nothing."""


@dataclass(frozen=True)
class Clip:
    """Frames that can be looked at, one at a time.

    Attributes:
        name: of the asset or take.
        part: what it is in this comparison: `taught its model`, `watch-list`, or whatever for the take and its plate.
        numbers: of the frames that are compared.
        picture: a frame as `pictures.seen_picture` makes it.
    """

    name: str
    part: str
    numbers: tuple[int, ...]
    picture: Callable[[int], Picture]


@dataclass(frozen=True)
class Match:
    """A frame of the take that shows what a frame of another clip shows.

    Attributes:
        frame: of the take.
        source: name of the other clip.
        part: what that clip is in the comparison.
        source_frame: its frame.
        bits: between the nearest two fingerprints, 0 to 256.
        hashed: which fingerprint of the take's frame that was: `whole`, `mirrored centre`…
        found: what landmarks show to be shared, if they do.
        turned_over: whether they were found in the mirrored frame; `found.here` is not mirrored.
        in_plate: whether the plate shows it as well: then no model put it there.
    """

    frame: int
    source: str
    part: str
    source_frame: int
    bits: int
    hashed: str
    found: Shared | None = None
    turned_over: bool = False
    in_plate: bool = False

    @property
    def copy(self) -> bool:
        """Whether it is a copy; otherwise a candidate that a person should look at."""
        return self.bits <= COPY or self.found is not None

    @property
    def strength(self) -> tuple[int, int]:
        """Cells that agree, then bits that agree; larger is surer."""
        return (self.found.cells if self.found else 0), BITS - self.bits


class Sight:
    """One frame as it is compared: its fingerprints, its landmarks, also mirrored, and itself made small."""

    def __init__(self, picture: Picture, *, mirror: bool) -> None:
        self.prints: tuple[Fingerprint, ...] = fingerprints(picture, mirror=mirror)
        self.upright: Landmarks = landmarks(picture)
        self.over: Landmarks | None = landmarks(mirrored(picture)) if mirror else None
        self.small: Floats = small_grey(picture)
        self.width = picture.shape[1]

    @cached_property
    def index(self) -> HashIndex:
        """The fingerprints, to search."""
        return index_of(one.bits for one in self.prints)


@dataclass(frozen=True)
class Findings:
    """What a comparison came to.

    Attributes:
        frames: of the take that were compared.
        matches: the surest for each frame and clip, the surest of all first; those in the plate last.
        ratios: memorisation ratio of each frame, where more than one clip taught.
    """

    frames: tuple[int, ...]
    matches: tuple[Match, ...] = ()
    ratios: Mapping[int, float] = field(default_factory=dict)

    @property
    def copies(self) -> tuple[Match, ...]:
        """What is copied, the plate's own left out."""
        return tuple(match for match in self.matches if match.copy and not match.in_plate)

    @property
    def candidates(self) -> tuple[Match, ...]:
        """What a person should look at."""
        return tuple(match for match in self.matches if not match.copy and not match.in_plate)


def match_of(here: Sight, there: Sight, *, frame: int, source: Clip, source_frame: int) -> Match | None:
    """Return what one frame shows of another, if anything.

    Args:
        here: of the take, with its mirrored picture.
        there: of the other clip.
        frame: number of the first.
        source: the other clip.
        source_frame: its number.
    """
    bits, hashed = BITS, ""
    for one in there.prints:
        for place, apart in zip(*near(here.index, one.bits, CANDIDATE), strict=True):
            if apart < bits:
                bits, hashed = int(apart), here.prints[place].part
    found, turned_over = _shared(here, there)
    if bits > CANDIDATE and found is None:
        return None
    return Match(frame, source.name, source.part, source_frame, bits, hashed, found, turned_over)


def _shared(here: Sight, there: Sight) -> tuple[Shared | None, bool]:
    """Return what two frames share, and whether only the mirrored first one showed it."""
    found = shared(here.upright, there.upright)
    if found is not None or here.over is None:
        return found, False
    found = shared(here.over, there.upright)
    if found is None:
        return None, False
    return replace(found, here=np.abs(np.array([here.width - 1, 0], np.float32) - found.here)), True


def compare(
    take: Clip, sources: Sequence[Clip], *, plate: Clip | None = None, on_frame: Callable[[], None] = lambda: None
) -> Findings:
    """Hold frames of a take against frames of other clips; the same frames again give the same findings.

    Args:
        take: all of its frames are held in memory as hashes and landmarks, some 150 kB each.
        sources: read once, a frame at a time.
        plate: what the take was made from, with the take's frame numbers: what it shows by itself is marked.
        on_frame: told of each frame of the sources; may raise to stop.
    """
    sights = {number: Sight(take.picture(number), mirror=True) for number in take.numbers}
    best: dict[tuple[int, str], Match] = {}
    taught: list[tuple[str, Floats]] = []
    for source in sources:
        for number in source.numbers:
            there = Sight(source.picture(number), mirror=False)
            taught += [(source.name, there.small)] if source.part == TAUGHT else []
            for frame, here in sights.items():
                match = match_of(here, there, frame=frame, source=source, source_frame=number)
                held = best.get((frame, source.name))
                if match and (held is None or match.strength > held.strength):
                    best[frame, source.name] = match
            on_frame()
    matches = _marked(best.values(), sources, plate) if plate else list(best.values())
    ordered = sorted(matches, key=lambda match: (match.in_plate, not match.copy, *(-each for each in match.strength)))
    return Findings(take.numbers, tuple(ordered), _ratios(sights, taught))


def _marked(matches: Iterable[Match], sources: Sequence[Clip], plate: Clip) -> list[Match]:
    """Mark what the plate shows by itself, no less surely."""
    clips = {source.name: source for source in sources}
    plates: dict[int, Sight] = {}
    marked = []
    for match in matches:
        if match.frame not in plates:
            plates[match.frame] = Sight(plate.picture(match.frame), mirror=True)
        source = clips[match.source]
        there = Sight(source.picture(match.source_frame), mirror=False)
        own = match_of(plates[match.frame], there, frame=match.frame, source=source, source_frame=match.source_frame)
        marked.append(replace(match, in_plate=own is not None and own.copy >= match.copy))
    return marked


def _ratios(sights: Mapping[int, Sight], taught: Sequence[tuple[str, Floats]]) -> dict[int, float]:
    shots = [name for name, _ in taught]
    if len(set(shots)) < 2:
        return {}
    found = ratios(np.array([sight.small for sight in sights.values()]), np.array([one for _, one in taught]), shots)
    return {frame: float(ratio) for frame, ratio in zip(sights, found, strict=True) if np.isfinite(ratio)}
