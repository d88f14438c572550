"""A page with bars and the numbers beside them: how much of what. It stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.media.whole import whole_file


@dataclass(frozen=True)
class Bar:
    """One line of the chart.

    Attributes:
        name: what it is of.
        length: 0 to 1, of the whole width.
        words: its number, and what else stands beside it.
        faint: it is there to compare by, and no finding.
    """

    name: str
    length: float
    words: str
    faint: bool = False


@dataclass(frozen=True)
class BarPage:
    """What the page says.

    Attributes:
        title: in the fewest words.
        origin: what was looked at, and with what.
        says: what came out, in one sentence.
        bars: the chart.
        notes: how to read it, a paragraph each.
        tables: further tables: a title, the columns, the rows.
    """

    title: str
    origin: str
    says: str
    bars: Sequence[Bar]
    notes: Sequence[str] = ()
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = ()


def write_bars(path: Path, page: BarPage) -> None:
    """Write the page, whole or not at all; its folder is made where missing."""
    loader = PackageLoader("rushes.originality")
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft:
        draft.write_text(room.get_template("bars.html.j2").render(page=page), encoding="utf-8")
