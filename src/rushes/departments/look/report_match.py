"""The report of a shot match: every shot as it is, as it becomes, and the hero beside it, with what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rushes.departments.department import Colour, Plate
from rushes.departments.look.match import Match
from rushes.departments.look.report import page_room
from rushes.departments.look.scopes import viewer


@dataclass(frozen=True)
class MatchedShot:
    """One shot for the report.

    Attributes:
        before: `(3, height, width)` float32, scene-linear in the working space: a frame from the middle of the shot.
        matched: the same under its trims.
    """

    clip: str
    before: Plate
    matched: Plate
    match: Match


@dataclass(frozen=True)
class MatchPage:
    """What the report says beside the shots.

    Attributes:
        origin: hero, shots, recipe and seed.
        digest: of the trims, from `report.digest_of`.
        colour: of the show; pictures go through its display and view.
    """

    origin: str
    digest: str
    colour: Colour


def write_match_report(folder: Path, shots: Sequence[MatchedShot], hero: Plate, *, page: MatchPage) -> tuple[Path, ...]:
    """Write `report.html`, which holds its own pictures.

    Args:
        folder: to write into.
        shots: in the order of the scene.
        hero: a frame of the hero shot, like the shots' frames.
        page: what it says beside them.
    """
    view = viewer(page.colour)
    rows = [(shot, view(shot.before), view(shot.matched)) for shot in shots]
    html = page_room().get_template("match.html.j2").render(rows=rows, hero=view(hero), page=page)
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    return (path,)
