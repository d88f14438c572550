"""Day-out-of-days, breakdown, element and shot lists as tables."""

from rushes.departments.previs.breakdown.items import Category, Item
from rushes.departments.previs.paperwork.cast import CAST
from rushes.departments.previs.paperwork.colours import UNSAID, strip_colour
from rushes.departments.previs.paperwork.dood import WORKING, Member, day_out_of_days
from rushes.departments.previs.paperwork.paper import Paperwork
from rushes.departments.previs.paperwork.strips import say_date
from rushes.departments.previs.paperwork.table import Cell, Clock, Column, Eighths, Row, Table
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.moves import number, write_move
from rushes.domain.parts import span_words

LETTERS = {
    "SW": ("bfe3bf", "SW start work"),
    "W": ("ffffff", "W work"),
    "WF": ("f3c4c0", "WF work finish"),
    "SWF": ("d9c8ea", "SWF one day only"),
    "H": ("f6ecc0", "H hold"),
    "T": ("dcdcdc", "T travel"),
}


def letters_list(paper: Paperwork) -> Table:
    """Return the day-out-of-days: the cast down, the shooting days across, totals at the end."""
    members = day_out_of_days(paper.days, paper.cast)
    across = [Column(_day_head(paper, at), 4.4, "centre") for at in range(len(paper.days))]
    columns = (
        Column("no.", 4, "right", strong=True),
        Column("name", 22, strong=True),
        *across,
        *(Column(name, 7, "right") for name in ("work", "hold", "travel", "start", "finish")),
        Column("total", 6, "right", strong=True),
    )
    rows = [_member_row(member, paper) for member in members]
    counts = [sum(member.letters[at] in WORKING for member in members) for at in range(len(paper.days))]
    totals = [sum(getattr(member, what) for member in members) for what in ("works", "held", "travels", "total")]
    rows.append(Row(("", "working that day", *counts, *totals[:3], "", "", totals[3]), UNSAID))
    about = ("A proposal; nobody has approved it.",) if paper.proposed else ()
    used = {letter for member in members for letter in member.letters}
    key = tuple(pair for letter, pair in LETTERS.items() if letter in used)
    return Table("day-out-of-days", "Day out of days", columns, tuple(rows), about, key, wide=True, kept=2)


def _day_head(paper: Paperwork, at: int) -> str:
    day = paper.days[at]
    return "\n".join([str(day.number), *(say_date(day.when).split()[:3] if day.when else [])])


def _member_row(member: Member, paper: Paperwork) -> Row:
    working = [paper.days[at].number for at, letter in enumerate(member.letters) if letter in WORKING]
    ends: tuple[Cell, Cell] = (working[0], working[-1]) if working else ("", "")
    fills = {at: LETTERS[letter][0] for at, letter in enumerate(member.letters, 2) if letter not in ("", "W")}
    sums = (member.works, member.held, member.travels)
    return Row((member.number, member.name, *member.letters, *sums, *ends, member.total), fills=fills)


def breakdown_list(paper: Paperwork) -> Table:
    """Return the breakdown as one list: a row for each item of each scene, and one for a scene that needs nothing."""
    day_of = {sheet.id: day.number for day in paper.days for sheet in day.sheets}
    rows = []
    for sheet in paper.sheets:
        scene = (sheet.number, sheet.where, sheet.place, sheet.time, Eighths(sheet.eighths), day_of.get(sheet.id, ""))
        items: list[tuple[Cell, ...]] = [
            (*_called(item, paper), item.words, item.why, item.sure) for item in sheet.items
        ]
        rows += [
            Row((*scene, *cells), strip_colour(sheet), link=f"#{sheet.id}") for cells in items or [("", "", "", "", "")]
        ]
    columns = (
        Column("scene", 7, "centre", strong=True),
        Column("int/ext", 7, "centre"),
        Column("set", 28),
        Column("time", 9, "centre"),
        Column("pages", 7, "right"),
        Column("day", 5, "right"),
        Column("category", 17),
        Column("element", 24, strong=True),
        Column("words", 34),
        Column("why", 12),
        Column("sure", 6, "right"),
    )
    return Table("breakdown", "Breakdown", columns, tuple(rows), wide=True)


def _called(item: Item, paper: Paperwork) -> tuple[str, str]:
    number_of = paper.cast.get(item.name) if item.category in CAST else None
    return item.category.value, f"{number_of}. {item.name}" if number_of else item.name


def element_list(paper: Paperwork) -> Table:
    """Return what the show needs, by category: in which scenes, on which days, and whether somebody should look."""
    day_of = {sheet.id: day.number for day in paper.days for sheet in day.sheets}
    found: dict[tuple[str, str], list[tuple[str, int, float]]] = {}
    written: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in paper.sheets:
        for item in sheet.items:
            category, name = _called(item, paper)
            # Revolver and revolver are one thing, written as the script first does
            called = written.setdefault((category, name.casefold()), (category, name))
            found.setdefault(called, []).append((sheet.number, day_of.get(sheet.id, 0), item.sure))
    rows: list[Row] = []
    for category in (known.value for known in Category):
        here = [(name, uses) for name, uses in found.items() if name[0] == category]
        if here:
            rows.append(Row((f"{category.upper()} — {len(here)}",), UNSAID, band="opens"))
        rows += [_element_row(*pair) for pair in sorted(here, key=lambda pair: _by_number(pair[0][1]))]
    columns = (
        Column("category", 17, shown=False),
        Column("element", 36, strong=True),
        Column("scenes", 9, "centre"),
        Column("in scenes", 54),
        Column("days", 8, "centre"),
        Column("on days", 26),
        Column("check", 8, "centre"),
    )
    about = ("? — nobody has confirmed it: read by a rule, or by what the show's tagger has learned.",)
    return Table("elements", "Elements", columns, tuple(rows), about)


def _by_number(name: str) -> tuple[int, str]:
    """Return by what elements sort: cast by number, all else by name."""
    number_of, dot, _ = name.partition(". ")
    return (int(number_of) if dot and number_of.isdecimal() else 0), name.casefold()


def _element_row(name: tuple[str, str], uses: list[tuple[str, int, float]]) -> Row:
    scenes = list(dict.fromkeys(scene for scene, _, _ in uses))
    days = sorted({day for _, day, _ in uses} - {0})
    check = "?" if min(sure for _, _, sure in uses) < 1 else ""
    return Row((*name, len(scenes), ", ".join(scenes), len(days), span_words(days), check))


def shot_list(paper: Paperwork) -> Table:
    """Return the shots in the order of the cut, by scene; a band in the colour of its strip opens each."""
    sheets = {sheet.number: sheet for sheet in paper.sheets}
    rows: list[Row] = []
    for at, shot in enumerate(paper.shots):
        if not at or paper.shots[at - 1].scene != shot.scene:
            sheet = sheets.get(shot.scene)
            rows.append(Row((_scene_band(paper, at),), strip_colour(sheet) if sheet else UNSAID, band="opens"))
        rows.append(_shot_row(shot, paper))
    columns = (
        Column("label", 9, strong=True),
        Column("id", 12),
        Column("scene", 7, "centre"),
        Column("size", 8, strong=True),
        Column("angle", 14),
        Column("lens", 7, "right"),
        Column("who", 22),
        Column("move", 22),
        Column("frames", 7, "right"),
        Column("seconds", 8, "right"),
        Column("words", 46),
        Column("note", 46, under=True),
        Column("limits", 46, under=True),
    )
    rate = f"{float(paper.frame_rate):.6g}"
    frames = sum(shot.frames for shot in paper.shots)
    lasts = Clock(float(frames / paper.frame_rate))
    about = (f"{len(paper.shots)} shots · {frames} frames at {rate} a second · {lasts}",)
    return Table("shot-list", "Shot list", columns, tuple(rows), about, wide=True)


def _scene_band(paper: Paperwork, at: int) -> str:
    """Return what stands over the run of shots of one scene that begins at a place."""
    first = paper.shots[at]
    run = 0
    while at + run < len(paper.shots) and paper.shots[at + run].scene == first.scene:
        run += 1
    lasts = Clock(float(sum(shot.frames for shot in paper.shots[at : at + run]) / paper.frame_rate))
    heading = " ".join(first.heading.split())
    return f"SCENE {first.scene} — {heading} — {run} shot{'' if run == 1 else 's'} — {lasts}"


def _shot_row(shot: ReadyShot, paper: Paperwork) -> Row:
    asked = parse_shot(shot.line)
    angle = [asked.angle, asked.side, f"DUTCH {number(asked.roll_deg)}°" if asked.roll_deg else ""]
    who = " + ".join(asked.who) + (f" > {asked.looks_at}" if asked.looks_at else "") + (" (OTS)" if asked.over else "")
    # the line may leave the lens to the house; what was put on is in the camera
    focal = asked.focal_mm or shot.moment_at(0).camera.focal_mm
    cells = (
        shot.label,
        shot.id,
        shot.scene,
        asked.size,
        " ".join(filter(None, angle)),
        f"{number(round(focal, 1))}mm",
        who,
        ", ".join(map(write_move, asked.moves)),
        shot.frames,
        float(shot.frames / paper.frame_rate),
        shot.words,
        shot.note,
        "; ".join(shot.limits),
    )
    return Row(cells, link=f"#{shot.id}")
