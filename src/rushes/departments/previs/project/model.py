"""What a previs project holds. All of it is text in one file, `previs.json`, that can be read, compared and kept.

Shots are known by ids that never change; labels, numbers, drafts and the cut change around them. Nothing is thrown
away: what has no place any more lies in the tray.
"""

from dataclasses import dataclass, field

from rushes.departments.previs.script.merge import Orphan
from rushes.departments.previs.shots.names import Named
from rushes.departments.previs.timing import Coefficients

METHODS = ("greybox", "ink", "dressed", "board", "keyed")


@dataclass(frozen=True)
class Draft:
    """One draft of the script, kept in the project's folder.

    Attributes:
        file: name under `drafts/`.
        digest: of its bytes.
        name: as it was called where it came from.
    """

    file: str
    digest: str
    name: str


@dataclass(frozen=True)
class Part:
    """Somebody of the cast list.

    Attributes:
        name: as the script has it.
        height_m: stature, metres.
        build: of the mannequin: `slight`, `average`, `heavy`.
    """

    name: str
    height_m: float = 1.75
    build: str = "average"


@dataclass(frozen=True)
class Place:
    """Where somebody is in a scene from a time on.

    Attributes:
        who: of the cast.
        at_s: seconds from the start of the scene.
        x: metres.
        z: metres.
        facing_deg: heading of the face.
        pose: of `stage.poses`.
        seat_m: height of the seat when sitting, 0 when not.
    """

    who: str
    at_s: float
    x: float
    z: float
    facing_deg: float
    pose: str = "stand"
    seat_m: float = 0.0


@dataclass(frozen=True)
class SceneWork:
    """What was decided for a scene.

    Attributes:
        id: of the scene through all drafts.
        set_file: floor plan or model under `sets/`; empty for one made from the heading.
        plan: name of the coverage that the director picked.
        places: where people are; empty for the house's choice.
        time: "DAY", "NIGHT"… for the light; empty for the heading's.
    """

    id: str
    set_file: str = ""
    plan: str = "classic"
    places: tuple[Place, ...] = ()
    time: str = ""


@dataclass(frozen=True)
class ShotWork:
    """What was decided for a shot.

    Attributes:
        id: for good.
        scene: id of its scene.
        element: first element of the scene that it covers; it is anchored there.
        until: the last one.
        asked: its line without the label: `MCU LOW 50mm JENNY>WILL, push in 3s`.
        frames: its length; 0 for that of its beats.
        note: of the director or the artist.
        sketch: file under `sketches/`, or nothing.
        sketch_instead: the sketch stands instead of the picture, not over it.
        method: of `METHODS`.
        strength: of the look, 0 to 1; 0 is the greybox.
        seed: of anything random in the method.
        locked: characters, props or surfaces that the look leaves alone.
        keys: painted frames under `keys/`, as `frame:file`.
    """

    id: str
    scene: str
    element: int
    until: int
    asked: str
    frames: int = 0
    note: str = ""
    sketch: str = ""
    sketch_instead: bool = False
    method: str = "greybox"
    strength: float = 1.0
    seed: int = 0
    locked: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class CutEvent:
    """A piece of the cut as the project keeps it; `speed` is a fraction in words."""

    shot: str
    first: int
    frames: int
    speed: str = "1"


@dataclass(frozen=True)
class Camera:
    """The camera package: a filmback of `lenses.FILMBACKS`, squeeze, delivered aspect, primes in millimetres."""

    filmback: str = "super-35-3perf"
    squeeze: float = 1.0
    aspect: float = 16 / 9
    kit: tuple[float, ...] = (14.0, 18.0, 21.0, 25.0, 32.0, 40.0, 50.0, 65.0, 75.0, 100.0, 135.0)


@dataclass(frozen=True)
class Project:
    """A whole previs project.

    Attributes:
        title: of the show.
        frame_rate: exact, in words: `24`, `24000/1001`.
        start: timecode of the cut's first frame.
        width: of pictures, pixels; their height follows from the aspect.
        camera: the camera package.
        drafts: oldest first; the last one counts.
        cast: the cast list.
        scenes: in the order of the last draft.
        shots: in no order; the roster has it.
        roster: labels and order of the shots, omitted ones too.
        next_shot: number of the next id.
        scheme: for labels (`shots.names`).
        cut: as it was proposed, or as it came back from editorial.
        recut: it came back: no new draft reorders it.
        tray: what has no place in the last draft.
        retired: ids of scenes that were omitted; no new scene takes them.
        pace: how fast the show plays.
        swatches: what the art department assigned: surface and swatch.
    """

    title: str
    frame_rate: str
    start: str
    width: int
    camera: Camera
    drafts: tuple[Draft, ...]
    cast: tuple[Part, ...]
    scenes: tuple[SceneWork, ...]
    shots: tuple[ShotWork, ...]
    roster: tuple[Named, ...]
    next_shot: int = 1
    scheme: str = "{scene}{letters}"
    cut: tuple[CutEvent, ...] = ()
    recut: bool = False
    tray: tuple[Orphan, ...] = ()
    retired: tuple[str, ...] = ()
    pace: Coefficients = field(default_factory=Coefficients)
    swatches: tuple[tuple[str, str], ...] = ()
