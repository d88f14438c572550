"""Where the takes are in a cut: what an underwriter calls the exposure map."""

from dataclasses import dataclass

from rushes.domain.parts import Digest


@dataclass(frozen=True)
class CutShot:
    """One event of a cut.

    Attributes:
        number: its place in the cut, from 1.
        name: of the clip.
        track: on which it lies.
        record: timecode of its first frame in the cut, and of the frame after its last; empty where there is none.
        frames: how long it is.
        known_as: clip, reel and media names by which its footage may be known.
        source: first and last frame of it in its media, both included, or None where the cut does not say.
        rate: in which these frames are counted, as a fraction.
        media_starts: the first frame that its media has, in the same count, or None.
        retimed: it runs at another speed than it was shot.
    """

    number: int
    name: str
    track: str
    record: tuple[str, str]
    frames: int
    known_as: tuple[str, ...]
    source: tuple[int, int] | None
    rate: str
    media_starts: int | None = None
    retimed: bool = False


@dataclass(frozen=True)
class Cut:
    """A cut as it was read.

    Attributes:
        file: its name.
        digest: of the file.
        shots: in the order of the cut.
        left_out: what else lies in it, in words: gaps, generators, sound.
    """

    title: str
    file: str
    digest: Digest
    shots: tuple[CutShot, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A take in a shot of the cut.

    Attributes:
        shot: number of the shot.
        take: digest of the take.
        covered: how many frames of the shot the take has; None where that cannot be counted.
        by: how the two were found to belong together, in words.
    """

    shot: int
    take: Digest
    covered: int | None
    by: str


@dataclass(frozen=True)
class Exposure:
    """Which takes are where in a cut. Nothing in it was guessed.

    Attributes:
        unplaced: names of takes that are in no shot of it, each with the reason.
    """

    cut: Cut
    placed: tuple[Placed, ...]
    unplaced: tuple[tuple[str, str], ...]
