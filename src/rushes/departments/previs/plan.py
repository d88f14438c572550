"""A shot ready to be drawn, and the cut that shots stand in: what every output is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.stage.pieces import Moment, Stage


@dataclass(frozen=True)
class Speech:
    """A speech in a shot.

    Attributes:
        who: as in the cast list.
        words: plain words.
        first: frame of the shot at which it starts, from 0.
        frames: how long it lasts; it may reach into the next shot.
    """

    who: str
    words: str
    first: int
    frames: int


@dataclass(frozen=True, eq=False)
class ReadyShot:
    """A shot with all that boards, animatic, techvis and USD need.

    Attributes:
        id: for good, whatever it is called.
        label: what the show calls it now: `42B`.
        scene: number of its scene as printed.
        heading: slug line of its scene.
        line: as it is typed (`shots.grammar`).
        words: what happens in it, from the script, for captions.
        note: of the director or the artist.
        frames: its length without handles.
        stage: where it is played.
        moment_at: what is drawn at a frame, from 0; below 0 and beyond the end it goes on for handles.
        figures_at: the people at a frame, as a lens sees them.
        speeches: in order.
        limits: words of what rig, lens or set did not allow; empty where all is as asked.
    """

    id: str
    label: str
    scene: str
    heading: str
    line: str
    words: str
    note: str
    frames: int
    stage: Stage
    moment_at: Callable[[int], Moment]
    figures_at: Callable[[int], tuple[Figure, ...]]
    speeches: tuple[Speech, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A piece of the cut.

    Attributes:
        shot: id of the shot.
        label: what it is called.
        first: first frame of the shot that is used, from 0; below 0 it reaches into the handle.
        frames: how many frames of the cut it lasts.
        speed: frames of the shot for a frame of the cut; 1 as drawn.
    """

    shot: str
    label: str
    first: int
    frames: int
    speed: Fraction = Fraction(1)


@dataclass(frozen=True)
class Cut:
    """Shots in the order in which they are seen.

    Attributes:
        name: of the sequence.
        frame_rate: frames a second, exact: 24, 24000/1001, 25, 30000/1001…
        start: number of the first frame, counted from timecode zero: 86400 for 01:00:00:00 at 24.
        drop_frame: timecode leaves numbers out so that it keeps up with the clock; 30000/1001 and 60000/1001 only.
        events: without gaps.
    """

    name: str
    frame_rate: Fraction
    start: int
    drop_frame: bool
    events: tuple[Event, ...]
