"""What stands on a board's panel: which frame, which arrows, and the words under it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rushes.departments.previs.out.arrows import Arrow, arrows_of, camera_moves
from rushes.departments.previs.out.techvis_drawing import GREY, INK, PAGES, WARNING, Picture
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.grammar import Shot, parse_shot
from rushes.departments.previs.shots.moves import number, write_move
from rushes.domain.errors import BadMaterial, NotFound

PictureAt = Callable[[str, int], Picture]
"""Gives the picture of a shot, by its id, at a frame, as displayed."""


@dataclass(frozen=True)
class Sheet:
    """How boards are laid out, and what stands in the head of each page.

    Attributes:
        show: its name.
        title: of the sequence, or nothing.
        draft: which draft of the script, and the date, in words.
        up: panels on a page, 1 to 6.
        paper: `A4`, `Letter`, `A3` or `Tabloid`.
        note: a line in the foot of each page.
        frame_rate: frames a second, exact.
        scene_breaks: a scene begins a new page, so that a page can be swapped when the scene is rewritten.
    """

    show: str
    title: str = ""
    draft: str = ""
    up: int = 4
    paper: str = "A4"
    note: str = ""
    frame_rate: Fraction = Fraction(24)
    scene_breaks: bool = True

    def __post_init__(self) -> None:
        """Refuse a sheet that nobody can print."""
        if self.paper not in PAGES:
            raise NotFound("paper", self.paper, PAGES)
        if not (1 <= self.up <= 6 and self.frame_rate > 0):
            raise BadMaterial(
                "this board sheet cannot be",
                [f"{self.up} panels on a page", f"{self.frame_rate} frames a second"],
                "Take 1 to 6 panels, and a frame rate above zero.",
            )


@dataclass(frozen=True)
class Panel:
    """One picture of a shot.

    Attributes:
        shot: whose it is.
        frame: of the shot, from 0.
        part: `start` and `end` for the first and last frame of a shot in which the camera moves; else nothing.
        arrows: over the picture.
        paragraphs: the words, in order.
    """

    shot: ReadyShot
    frame: int
    part: str
    arrows: tuple[Arrow, ...]
    paragraphs: tuple["Paragraph", ...]


@dataclass(frozen=True)
class Paragraph:
    """Words of one kind: `data`, `move`, `action`, `speech`, `note` or `limit`; `lead` is who speaks."""

    kind: str
    text: str
    lead: str = ""


LOOKS = {
    "data": ("bold", INK),
    "move": ("plain", INK),
    "action": ("plain", INK),
    "speech": ("plain", INK),
    "note": ("slanted", GREY),
    "limit": ("plain", WARNING),
}


def panels_of(shot: ReadyShot) -> tuple[Panel, ...]:
    """Return a shot's panels: its first frame, and its last too where the camera moves."""
    typed = parse_shot(shot.line) if shot.line.strip() else None
    arrows = arrows_of(shot)
    if not camera_moves(shot):
        words = (*_facts(shot, typed), *_script(shot, 0, shot.frames), *_remarks(shot))
        return (Panel(shot, 0, "", arrows, words),)
    last, half = shot.frames - 1, shot.frames // 2
    first_words = (*_facts(shot, typed), *_script(shot, 0, half), *_remarks(shot))
    zooms = shot.moment_at(last).camera.focal_mm != shot.moment_at(0).camera.focal_mm
    ends = (Paragraph("data", lens_words(shot, last)),) if zooms else ()
    return (
        Panel(shot, 0, "start", arrows, first_words),
        Panel(shot, last, "end", arrows_of(shot, on_last=True), (*ends, *_speeches(shot, half, shot.frames))),
    )


def lens_words(shot: ReadyShot, frame: int) -> str:
    """Return the focal length at a frame as it is written on a board."""
    return f"{number(round(shot.moment_at(frame).camera.focal_mm, 1))} mm"


def size_words(typed: Shot) -> str:
    """Return size, angle and side as they are written on a board.

    >>> size_words(parse_shot("42B MCU LOW 3/4L DUTCH 10 50mm JENNY>WILL"))
    'MCU · LOW · 3/4L · DUTCH 10°'
    """
    dutch = f"DUTCH {number(typed.roll_deg)}°" if typed.roll_deg else ""
    words = (typed.size, typed.angle if typed.angle != "EYE" else "", typed.side, dutch)
    return " · ".join(word for word in words if word)


def who_words(typed: Shot) -> str:
    """Return who is seen, as it is written on a board.

    >>> who_words(parse_shot("42B MCU OTS 50mm JENNY>WILL"))
    'JENNY over WILL'
    """
    who = " + ".join(typed.who)
    if not typed.looks_at:
        return who
    return f"{who} over {typed.looks_at}" if typed.over else f"{who} → {typed.looks_at}"


def length_words(shot: ReadyShot, frame_rate: Fraction) -> str:
    """Return how long a shot is, in seconds and frames."""
    return f"{float(shot.frames / frame_rate):.1f} s · {shot.frames} fr"


def pages_of(panels: Sequence[Panel], sheet: Sheet) -> tuple[tuple[Panel, ...], ...]:
    """Return panels by page; where four or more fit on one, a shot is not torn apart."""
    pages: list[list[Panel]] = []
    for panel in panels:
        room = sheet.up - len(pages[-1]) if pages else 0
        torn = panel.part == "start" and room < 2 and sheet.up > 3
        new_scene = sheet.scene_breaks and bool(pages) and pages[-1][-1].shot.scene != panel.shot.scene
        if room < 1 or torn or new_scene:
            pages.append([])
        pages[-1].append(panel)
    return tuple(tuple(page) for page in pages)


def _facts(shot: ReadyShot, typed: Shot | None) -> tuple[Paragraph, ...]:
    if typed is None:
        return (Paragraph("data", lens_words(shot, 0)),)
    words = [size_words(typed), lens_words(shot, 0), who_words(typed)]
    data = Paragraph("data", "  |  ".join(word for word in words if word))
    return (data, *(Paragraph("move", write_move(move)) for move in typed.moves if move.verb != "hold"))


def _script(shot: ReadyShot, first: int, last: int) -> tuple[Paragraph, ...]:
    said = shot.words
    for speech in shot.speeches:  # they have lines of their own
        said = said.replace(f"{speech.who}: {speech.words}", " ")
    action = (Paragraph("action", " ".join(said.split())),) if said.strip() else ()
    return (*action, *_speeches(shot, first, last))


def _speeches(shot: ReadyShot, first: int, last: int) -> tuple[Paragraph, ...]:
    heard = [speech for speech in shot.speeches if first <= speech.first < last or (first == 0 > speech.first)]
    return tuple(Paragraph("speech", " ".join(speech.words.split()), speech.who) for speech in heard)


def _remarks(shot: ReadyShot) -> tuple[Paragraph, ...]:
    note = (Paragraph("note", " ".join(shot.note.split())),) if shot.note.strip() else ()
    return (*note, *(Paragraph("limit", limit) for limit in shot.limits))
