"""Techvis from above: the set, cameras with their lens cones, people and their ways, to a scale that a ruler reads."""

from collections.abc import Iterator, Sequence

import numpy as np

from rushes.departments.previs.out.arrows import camera_arrows, camera_moves
from rushes.departments.previs.out.camera_report import camera_numbers, travel_words, warnings, words_of
from rushes.departments.previs.out.techvis_drawing import (
    GREY,
    INK,
    RULE,
    WARNING,
    Clipped,
    Drawing,
    Line,
    Mark,
    Words,
    box_spots,
)
from rushes.departments.previs.out.techvis_footprints import Flat, footprints
from rushes.departments.previs.out.techvis_paper import EDGE, LEGEND, MM, Field, PlanSheet, Room, field_for
from rushes.departments.previs.out.techvis_pdf import pdf_of, wrapped
from rushes.departments.previs.out.techvis_set_marks import grid_marks, name_marks, prop_marks, swept, wall_marks
from rushes.departments.previs.out.techvis_shot_marks import (
    COLOURS,
    FAR_M,
    LEAST_WAY_M,
    Set,
    action_marks,
    camera_marks,
    cone_marks,
    distance_marks,
    label_mark,
    people_marks,
    ways_of,
)
from rushes.departments.previs.out.techvis_symbols import axes_sign, scale_bar
from rushes.departments.previs.out.techvis_travel import travel_of
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import BadMaterial

MOST_SHOTS = 12


def plan_view(stage: Stage, shots: Sequence[ReadyShot], sheet: PlanSheet) -> Drawing:
    """Return a plan of a stage with some shots on it; `techvis_svg.svg_of` and `techvis_pdf.pdf_of` write it.

    Args:
        stage: the set.
        shots: at most 12; more cannot be told apart on one plan (`plans_pdf` parts them).
        sheet: paper, names and what the lenses are set to.

    Raises:
        BadMaterial: no shots or too many, or the stage is too large for a plan.
    """
    if not 1 <= len(shots) <= MOST_SHOTS:
        raise BadMaterial(f"a plan shows 1 to {MOST_SHOTS} shots, and not {len(shots)}", remedy="Part them.")
    sets = [_set(shot, COLOURS[place % len(COLOURS)], sheet) for place, shot in enumerate(shots)]
    names = {figure.name for shot in shots for figure in shot.figures_at(0)}
    props = footprints(stage, shots[0].moment_at(0), names)
    spots = [*(spot for wall in stage.walls for spot in wall), *(spot for prop in props for spot in prop.outline)]
    spots += [*swept(stage), *(spot for placed in sets for spot in _reached(placed))]
    field = field_for(spots, sheet)
    wild = {name for shot in shots for name in shot.moment_at(0).hidden}
    room = Room(field.box)
    under = (*grid_marks(field), *prop_marks(props, field, room), *wall_marks(stage, field, room, wild=wild))
    return Drawing(
        f"{sheet.show} · {stage.name} · plan",
        sheet.size,
        (
            *under,
            Clipped(field.box, _shots(sets, field, room)),
            *name_marks(stage, field, room),
            *_beside(sets, field, sheet),
        ),
    )


def plans_pdf(stage: Stage, shots: Sequence[ReadyShot], sheet: PlanSheet) -> bytes:
    """Return plans of a stage as PDF, one page for each dozen of shots; the same bytes for the same shots."""
    parts = [shots[first : first + MOST_SHOTS] for first in range(0, len(shots), MOST_SHOTS)]
    return pdf_of((plan_view(stage, part, sheet) for part in parts), title=f"{sheet.show} · {stage.name} · plan")


def _set(shot: ReadyShot, colour: str, sheet: PlanSheet) -> Set:
    last = max(shot.frames - 1, 0)
    step = max(1, shot.frames // 48)
    frames = sorted({*range(0, shot.frames, step), 0, last})
    places = np.array([shot.moment_at(frame).camera.place for frame in frames])[:, [0, 2]]
    travels = float(np.hypot(*np.diff(places, axis=0).T).sum()) > LEAST_WAY_M
    first, end = (camera_numbers(shot, frame, stop=sheet.stop) for frame in (0, last))
    turns = camera_moves(shot) and (
        abs(first.camera.pan_deg - end.camera.pan_deg) > 0.5 or abs(first.camera.focal_mm - end.camera.focal_mm) > 0.5
    )
    track = tuple((float(x), float(z)) for x, z in places) if travels else ()
    return Set(shot, colour, first, end, track, turns)


def _reached(placed: Set) -> list[Flat]:
    places = [placed.first.camera.place, placed.last.camera.place]
    places += [figure.place for way in ways_of(placed.shot).values() for figure in way]
    return [*((x, z) for x, _, z in places), *placed.track]


def _shots(sets: Sequence[Set], field: Field, room: Room) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for placed in sets:
        marks += cone_marks(placed.first.camera, placed.first.depth_m or FAR_M, field, colour=placed.colour)
    action = action_marks([placed.shot for placed in sets], field, room)
    marks += action[:1]
    cameras = [mark for placed in sets for mark in camera_marks(placed, field, room)]
    people = people_marks(sets, field, room)
    groups: dict[tuple[float, float, int], list[Set]] = {}
    for placed in sets:
        x, _, z = placed.first.camera.place
        groups.setdefault((round(x, 1), round(z, 1), round(placed.first.camera.pan_deg / 30)), []).append(placed)
    labels = [label_mark(group, field, room) for group in groups.values()]
    distances = [distance_marks(placed, field, room) for placed in sets]
    marks += [mark for pair in distances for mark in pair[:1]]
    marks += [*people, *cameras, *labels, *action[1:]]
    return (*marks, *(mark for pair in distances for mark in pair[1:]))


def _beside(sets: Sequence[Set], field: Field, sheet: PlanSheet) -> tuple[Mark, ...]:
    """Return what stands beside and under the plan."""
    wide, high = sheet.size
    left = field.box[0]
    right = wide - EDGE
    marks = [*_legend(sets, (right - LEGEND + 6 * MM, EDGE, right), sheet), *_title(sheet, field, sets[0].shot)]
    marks += scale_bar((left + 2, high - EDGE - 8), field.metre)
    marks += axes_sign((left + 190, high - EDGE - 26))
    return tuple(marks)


def _title(sheet: PlanSheet, field: Field, shot: ReadyShot) -> tuple[Mark, ...]:
    wide, high = sheet.size
    left, right = wide - EDGE - LEGEND + 6 * MM, wide - EDGE
    lines = [
        (sheet.show, 11, "bold", INK),
        (f"{shot.scene}  {shot.heading}".strip(), 8.5, "plain", INK),
        (sheet.title, 8, "plain", INK),
        (f"Scale 1:{field.scale} on {sheet.paper} · lengths in metres, headings in degrees", 7, "plain", GREY),
        (f"Lenses at T{sheet.stop:g} · distances from the entrance pupil to the eyes", 7, "plain", GREY),
        (sheet.draft, 7, "plain", GREY),
        (sheet.note, 7, "plain", GREY),
    ]
    rows = [
        (line, size, face, colour)
        for text, size, face, colour in lines
        for line in wrapped(text, size, width=right - left, face=face, lines=2)
    ]
    y = high - EDGE - sum(1.42 * size for _, size, _, _ in rows)
    marks: list[Mark] = [Line(((left, y - 6), (right, y - 6)), INK, 0.8)]
    for text, size, face, colour in rows:
        y += 1.42 * size
        marks.append(Words((left, y - 0.3 * size), text, size, colour, face=face))
    return tuple(marks)


def _legend(sets: Sequence[Set], sides: tuple[float, float, float], sheet: PlanSheet) -> tuple[Mark, ...]:
    """Return a block of numbers for each shot."""
    left, y, right = sides
    marks: list[Mark] = []
    for placed in sets:
        words = words_of(placed.first)
        facts = f"{words['lens']} · {words['field across']} × {words['field upright']} · {words['stop']}"
        marks.append(Line(box_spots((left, y + 1, left + 7, y + 8)), "", fill=placed.colour))
        marks.append(Words((left + 12, y + 8), placed.shot.label, 9, INK, face="bold"))
        marks.append(Words((right, y + 8), facts, 7, INK, anchor="end"))
        for text, colour in _told(placed, words, sheet):
            for line in wrapped(text, 6.6, width=right - left - 12, lines=2):
                y += 9.6
                marks.append(Words((left + 12, y + 8), line, 6.6, colour))
        y += 15
        marks.append(Line(((left, y), (right, y)), RULE, 0.3))
        y += 5
    return tuple(marks)


def _told(placed: Set, words: dict[str, str], sheet: PlanSheet) -> Iterator[tuple[str, str]]:
    """Yield the lines under a shot's lens: where it stands, what is sharp, how it moves, what stands against it."""
    roll = f" · roll {words['roll']}" if words["roll"] != "0.0°" else ""
    yield f"height {words['height']} ({words['height ft']}) · tilt {words['tilt']}{roll}", GREY
    away = f"{words['subject']} {words['distance']} ({words['distance ft']})"
    yield f"{away} · sharp {words['near']} – {words['far']}" if placed.first.subject else "nobody in it", GREY
    travel = travel_words(travel_of(placed.shot, sheet.frame_rate))
    moves = [arrow.of for arrow in camera_arrows(placed.first.camera, placed.last.camera)]
    ways = (("travel", "fastest"), ("turn", "fastest turn"))
    speeds = [f"{travel[far]} at up to {travel[fast]}" for far, fast in ways if travel[far] != "–"]
    if moves:
        yield " · ".join([" + ".join(moves), *speeds]), INK
    for warning in warnings(placed.shot, placed.first):
        yield f"! {warning}", WARNING
