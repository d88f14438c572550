"""The stripboard as a table: a strip for each scene in its colour, a black band at the end of each day."""

from collections.abc import Sequence
from datetime import date

from rushes.departments.previs.breakdown.items import SceneSheet
from rushes.departments.previs.paperwork.cast import cast_of
from rushes.departments.previs.paperwork.colours import BAND, BAND_INK, KEY, WARNING, light_of, strip_colour
from rushes.departments.previs.paperwork.days import Day, moves_of
from rushes.departments.previs.paperwork.paper import Paperwork
from rushes.departments.previs.paperwork.table import Cell, Clock, Column, Eighths, Row, Table
from rushes.departments.previs.script.eighths import say_eighths
from rushes.departments.previs.timing import estimate, is_omitted
from rushes.domain.parts import span_words

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = (
    Column("day", 5, "right"),
    Column("scene", 8, "centre", strong=True),
    Column("int/ext", 10, "centre", strong=True),
    Column("time", 13, "centre"),
    Column("set", 50, strong=True),
    Column("synopsis", 60, under=True),
    Column("pages", 8, "right", strong=True),
    Column("cast", 20),
    Column("est.", 8, "right"),
)


def say_date(when: date) -> str:
    """Say a date as a call sheet does, whatever the language of the machine.

    >>> say_date(date(2026, 10, 14))
    'Wed 14 Oct 2026'
    """
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def say_pages(eighths: int) -> str:
    """Say a length with its word.

    >>> say_pages(34), say_pages(8), say_pages(3)
    ('4 2/8 pages', '1 page', '3/8 page')
    """
    return f"{say_eighths(eighths)} page{'s' if eighths > 8 else ''}"


def cast_cell(sheet: SceneSheet, paper: Paperwork) -> str:
    """Return the numbers of the cast of a scene, lowest first; a name without a number stands as it is."""
    names = cast_of(sheet)
    numbers = sorted(paper.cast[name] for name in names if name in paper.cast)
    return ", ".join([*map(str, numbers), *(name for name in names if name not in paper.cast)])


def stripboard(paper: Paperwork) -> Table:
    """Return the stripboard: the days, then the scenes that are on none of them."""
    rows: list[Row] = []
    for day in paper.days:
        rows += [_strip(sheet, paper, day.number) for sheet in day.sheets]
        rows.append(_end_of(day, paper))
    placed = {sheet.id for day in paper.days for sheet in day.sheets}
    left = [sheet for sheet in paper.sheets if sheet.id not in placed and not is_omitted(sheet.heading)]
    if left:
        pages = say_pages(sum(sheet.eighths for sheet in left))
        words = f"NOT ON ANY DAY — {_count(len(left), 'scene')} — {pages}"
        rows.append(Row((words,), WARNING, ink=BAND_INK, band="opens"))
        rows += [_strip(sheet, paper, "") for sheet in left]
    used = {row.fill for row in rows}
    key = tuple((colour, words) for colour, words in KEY if colour in used)
    return Table("stripboard", "Stripboard", COLUMNS, tuple(rows), _about(paper), key, gaps=True)


def remarks(day: Day, limit_eighths: int) -> list[str]:
    """Return what a first AD should see about a day before it is approved."""
    said = []
    if day.eighths > limit_eighths:
        alone = f": scene {day.sheets[0].number} alone is longer" if len(day.sheets) == 1 else ""
        said.append(f"over the {say_pages(limit_eighths)} of a day{alone}")
    outside = {light_of(sheet.time) for sheet in day.sheets if sheet.where != "INT"}
    if {"day", "night"} <= outside:
        said.append("exteriors by day and by night")
    return said


def _strip(sheet: SceneSheet, paper: Paperwork, day: Cell) -> Row:
    seconds = paper.seconds.get(sheet.id)
    return Row(
        (
            day,
            sheet.number,
            sheet.where,
            sheet.time,
            sheet.place,
            paper.synopses.get(sheet.id, ""),
            Eighths(sheet.eighths),
            cast_cell(sheet, paper),
            "" if seconds is None else Clock(seconds),
        ),
        strip_colour(sheet),
        link=f"#{sheet.id}",
    )


def _end_of(day: Day, paper: Paperwork) -> Row:
    moves = moves_of(day.sheets)
    seconds = sum(paper.seconds.get(sheet.id, 0.0) for sheet in day.sheets)
    words = [
        f"END OF DAY {day.number}",
        *([say_date(day.when)] if day.when else []),
        say_pages(day.eighths),
        *([f"{Clock(seconds)} on screen"] if seconds else []),
        *([_count(moves, "move")] if moves else []),
        *remarks(day, paper.limit_eighths),
    ]
    return Row((" — ".join(words),), BAND, ink=BAND_INK, band="closes")


def _about(paper: Paperwork) -> tuple[str, ...]:
    shot = [sheet for day in paper.days for sheet in day.sheets]
    omitted = [sheet.number for sheet in paper.sheets if is_omitted(sheet.heading)]
    moves = moves_of(shot)
    total = f"{_count(len(paper.days), 'day')} · {_count(len(shot), 'scene')} · {say_pages(sum(map(_eighths, shot)))}"
    lines = [
        "A proposal, grouped by place; nobody has approved it." if paper.proposed else "In the order given.",
        f"{total} · {_count(moves, 'move')} between locations{_running_time(paper)}",
    ]
    return (*lines, *([f"Omitted: {', '.join(omitted)}"] if omitted else []))


def _running_time(paper: Paperwork) -> str:
    if not paper.seconds:
        return ""
    whole = estimate(list(paper.seconds.values()), paper.coefficients)
    how = "measured on the show's cut" if whole.measured else "assumed, no cut fitted yet"
    return f" · about {Clock(whole.seconds)} on screen, {Clock(whole.low)} to {Clock(whole.high)} ({how})"


def _eighths(sheet: SceneSheet) -> int:
    return sheet.eighths


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def cast_list(paper: Paperwork) -> Table:
    """Return the cast by number: in how many scenes, on how many pages, on which days."""
    rows = []
    for name, number in sorted(paper.cast.items(), key=lambda pair: pair[1]):
        scenes: Sequence[SceneSheet] = [sheet for sheet in paper.sheets if name in cast_of(sheet)]
        days = [day.number for day in paper.days if any(name in cast_of(sheet) for sheet in day.sheets)]
        pages = Eighths(sum(map(_eighths, scenes)))
        rows.append(Row((number, name, len(scenes), pages, len(days), span_words(days))))
    columns = (
        Column("no.", 5, "right", strong=True),
        Column("name", 34, strong=True),
        Column("scenes", 9, "centre"),
        Column("pages", 9, "right"),
        Column("days", 9, "centre"),
        Column("on days", 70),
    )
    return Table("cast", "Cast", columns, tuple(rows), ())
