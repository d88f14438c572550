"""Breakdown sheets as they are filed: a page for each scene in the colour of its strip, a box for each category."""

from typing import Any

from rushes.departments.previs.breakdown.items import Category, SceneSheet
from rushes.departments.previs.paperwork.cast import CAST
from rushes.departments.previs.paperwork.colours import strip_colour
from rushes.departments.previs.paperwork.fonts import BOLD, SANS, broken, printable
from rushes.departments.previs.paperwork.leaves import LEADING, SMALL, Line
from rushes.departments.previs.paperwork.paper import Paperwork
from rushes.departments.previs.paperwork.pdf import FOOT, GREY, INK, MARGIN, box, foot, new_canvas, page_size, write
from rushes.departments.previs.paperwork.strips import say_date, say_pages
from rushes.departments.previs.paperwork.table import Clock
from rushes.departments.previs.timing import is_omitted

ACROSS, PAD, GAP = 3, 5.0, 4.0
WORDS, NUMBER, SET = 8.5, 22.0, 13.0
HEAD, FACTS, LEAST = 54.0, 44.0, 58.0
UNSURE = "? nobody has confirmed it: read by a rule, or by what the show's tagger has learned."

Box = tuple[str, tuple[Line, ...]]


def forms_of(paper: Paperwork) -> bytes:
    """Return the breakdown sheets as one PDF, in script order; what is unsure has a question mark.

    Returns:
        The same bytes for the same paperwork.
    """
    canvas, held = new_canvas(paper.title, "Breakdown sheets")
    width, height = page_size(False)
    room = height - 2 * MARGIN - HEAD - FACTS - 22
    days = {sheet.id: day for day in paper.days for sheet in day.sheets}
    for sheet in paper.sheets:
        if is_omitted(sheet.heading):
            continue
        day = days.get(sheet.id)
        when = f"{day.number}{f' · {say_date(day.when)}' if day.when else ''}" if day else "none yet"
        pages = _pages(_grid(_boxes(sheet, paper), (width - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS), room)
        for number, rows in enumerate(pages, 1):
            top = _head(canvas, sheet, paper, when=when)
            _boxes_drawn(canvas, rows, top)
            more = f" · {number} of {len(pages)}" if len(pages) > 1 else ""
            foot(canvas, False, left=f"{paper.title} · breakdown sheet", right=f"scene {sheet.number}{more}")
            if any(item.sure < 1 for item in sheet.items):
                write(canvas, Line(UNSURE, SANS, SMALL), (width / 2, FOOT), ink=GREY, align="centre")
            canvas.showPage()
    canvas.save()
    return held.getvalue()


def _boxes(sheet: SceneSheet, paper: Paperwork) -> list[tuple[str, list[str]]]:
    """Return what stands in each box, each thing once; the last box is for a pen."""
    found = []
    for category in Category:
        sure: dict[str, float] = {}
        written: dict[str, str] = {}
        for item in sheet.items:
            if item.category is category:
                name = written.setdefault(item.name.casefold(), item.name)
                sure[name] = max(sure.get(name, 0.0), item.sure)
        names = sorted(sure, key=lambda name: paper.cast.get(name, 0)) if category in CAST else sorted(sure)
        numbers = {name: f"{paper.cast[name]}. " for name in names if category in CAST and name in paper.cast}
        words = [f"{numbers.get(name, '')}{name}{'' if sure[name] >= 1 else ' ?'}" for name in names]
        found.append((category.value, words))
    return [*found, ("notes", [])]


def _grid(boxes: list[tuple[str, list[str]]], wide: float) -> list[list[Box]]:
    room = wide - 2 * PAD
    lined = [
        (title, tuple(Line(line, SANS, WORDS) for said in words for line in broken(said, SANS, WORDS, width=room)))
        for title, words in boxes
    ]
    return [lined[at : at + ACROSS] for at in range(0, len(lined), ACROSS)]


def _needed(row: list[Box]) -> float:
    return max(LEAST, max(len(lines) for _, lines in row) * WORDS * LEADING + SMALL * LEADING + 2 * PAD + 3)


def _pages(grid: list[list[Box]], room: float) -> list[list[tuple[list[Box], float]]]:
    """Return rows of boxes with their heights by page; what is longer than a page goes on in boxes on the next."""
    most = int((room - SMALL * LEADING - 2 * PAD - 3) / (WORDS * LEADING))
    rows = []
    for row in grid:
        longest = max(len(lines) for _, lines in row)
        rows += [
            [(title if not start else f"{title}, continued", lines[start : start + most]) for title, lines in row]
            for start in range(0, max(longest, 1), most)
        ]
    pages: list[list[tuple[list[Box], float]]] = [[]]
    left = room
    for row in rows:
        needed = _needed(row) + GAP
        if pages[-1] and needed > left:
            pages.append([])
            left = room
        pages[-1].append((row, needed - GAP))
        left -= needed
    if len(pages) == 1:
        # the boxes fill the page: there is room for a pen in each
        more = max(0.0, left) / len(pages[0])
        pages = [[(row, high + more) for row, high in pages[0]]]
    return pages


def _head(canvas: Any, sheet: SceneSheet, paper: Paperwork, *, when: str) -> float:
    """Draw scene, set and facts; return where the boxes begin."""
    width, height = page_size(False)
    wide, top = width - 2 * MARGIN, height - MARGIN
    box(canvas, (MARGIN, top - HEAD, wide, HEAD), strip_colour(sheet), edge=INK, pen=1.0)
    write(canvas, Line("SCENE", BOLD, SMALL), (MARGIN + 8, top - 12), ink=GREY)
    write(canvas, Line(printable(sheet.number)[:9], BOLD, NUMBER), (MARGIN + 8, top - 36))
    across = MARGIN + 116
    said = " – ".join(filter(None, (sheet.where, sheet.time)))
    write(canvas, Line(printable(said), BOLD, WORDS), (across, top - 13))
    place = broken(sheet.place or sheet.heading, BOLD, SET, width=wide - 124)[:2]
    for at, line in enumerate(place):
        write(canvas, Line(line, BOLD, SET), (across, top - 29 - at * SET * 1.2))
    top -= HEAD
    seconds = paper.seconds.get(sheet.id)
    facts = [
        ("pages", say_pages(sheet.eighths), 0.13),
        ("estimate", "" if seconds is None else str(Clock(seconds)), 0.12),
        ("shooting day", when, 0.2),
        ("synopsis", paper.synopses.get(sheet.id, ""), 0.55),
    ]
    across = MARGIN
    for name, words, share in facts:
        box(canvas, (across, top - FACTS, wide * share, FACTS), "", edge=INK, pen=0.6)
        write(canvas, Line(name.upper(), SANS, 5.5), (across + PAD, top - 10), ink=GREY)
        for at, line in enumerate(broken(words, SANS, WORDS, width=wide * share - 2 * PAD)[:2]):
            write(canvas, Line(line, SANS, WORDS), (across + PAD, top - 22 - at * WORDS * LEADING))
        across += wide * share
    return float(top - FACTS - GAP)


def _boxes_drawn(canvas: Any, rows: list[tuple[list[Box], float]], top: float) -> None:
    wide = (page_size(False)[0] - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS
    for row, high in rows:
        for at, (title, lines) in enumerate(row):
            left = MARGIN + at * (wide + GAP)
            box(canvas, (left, top - high, wide, high), "", edge=INK, pen=0.6)
            box(canvas, (left, top - 13, wide, 13), "ececea", edge=INK, pen=0.6)
            write(canvas, Line(title.upper(), BOLD, SMALL), (left + PAD, top - 9), ink=INK if lines else GREY)
            for place, line in enumerate(lines):
                write(canvas, line, (left + PAD, top - 15 - (place + 0.85) * WORDS * LEADING))
        top -= high + GAP
