"""The camera report: every number that a camera crew asks for, from one function, for rows, plans and the picture."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rushes.departments.previs.out.arrows import camera_moves
from rushes.departments.previs.out.techvis_focus import Focus, circle_of, feet, focus_of, metres
from rushes.departments.previs.out.techvis_travel import Travel, travel_of
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, project
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.lenses import crop, field_of_view, lens_in
from rushes.departments.previs.shots.moves import number

STOP = 2.8
FILM_RATE = Fraction(24)


@dataclass(frozen=True)
class Numbers:
    """What is known about the camera at a frame of a shot.

    Attributes:
        label: of the shot.
        frame: of the shot, from 0.
        camera: the camera.
        subject: whom it is on, or nothing where nobody is seen.
        distance_m: from the entrance pupil to the subject's eyes, or None.
        depth_m: the same along the lens: what the depth of field counts by; None where the eyes are not in front.
        degrees: field of view of the delivered picture, sideways and upright.
        delivered_mm: part of the filmback that is delivered, width and height.
        stop: the stop.
        focus: what is sharp, or None without a subject.
        nearest_m: how near the lens focuses, 0 where nobody said.
    """

    label: str
    frame: int
    camera: Camera
    subject: str
    distance_m: float | None
    depth_m: float | None
    degrees: tuple[float, float]
    delivered_mm: tuple[float, float]
    stop: float
    focus: Focus | None
    nearest_m: float

    @property
    def too_near(self) -> bool:
        """Whether the subject is nearer than the lens focuses."""
        return self.distance_m is not None and self.distance_m < self.nearest_m


def camera_numbers(shot: ReadyShot, frame: int, *, stop: float = STOP) -> Numbers:
    """Return the numbers of a frame.

    The subject is the nearest of those whom the shot's line names first of all; where it names nobody who is there,
    whoever is nearest the middle of the picture.

    Args:
        shot: the shot.
        frame: from 0.
        stop: the lens is set to.
    """
    camera = shot.moment_at(frame).camera
    subject = subject_of(shot, frame)
    eyes = landmark(subject, "eyes") if subject else None
    distance = None if eyes is None else float(np.linalg.norm(eyes - camera.place))
    depth = None if eyes is None else float(project(camera, eyes)[2])
    circle = circle_of(camera.package.filmback)
    in_front = depth is not None and depth * 1000 > camera.focal_mm
    return Numbers(
        label=shot.label,
        frame=frame,
        camera=camera,
        subject=subject.name if subject else "",
        distance_m=distance,
        depth_m=depth if in_front else None,
        degrees=field_of_view(camera.package, camera.focal_mm),
        delivered_mm=crop(camera.package),
        stop=stop,
        focus=focus_of(camera.focal_mm, stop, circle_mm=circle, distance_m=depth) if depth and in_front else None,
        nearest_m=lens_in(camera.package, camera.focal_mm).nearest_m,
    )


def subject_of(shot: ReadyShot, frame: int) -> Figure | None:
    """Return whom a shot is on at a frame, or nobody."""
    people = shot.figures_at(frame)
    camera = shot.moment_at(frame).camera
    named = parse_shot(shot.line).who if shot.line.strip() else ()

    def away(figure: Figure) -> float:
        return float(np.linalg.norm(landmark(figure, "eyes") - camera.place))

    def off_middle(figure: Figure) -> float:
        across, down, _ = project(camera, landmark(figure, "eyes"))
        return float(np.hypot(across - 0.5, down - 0.5))

    asked = [figure for figure in people if figure.name in named]
    if asked:
        return min(asked, key=away)
    seen = [figure for figure in people if off_middle(figure) < 1.0]
    return min(seen, key=off_middle) if seen else None


def words_of(numbers: Numbers) -> dict[str, str]:
    """Return the numbers as they are written, by the names of the report's columns: in the report and the picture."""
    camera, package, focus = numbers.camera, numbers.camera.package, numbers.focus
    back = package.filmback
    return {
        "shot": numbers.label,
        "frame": str(numbers.frame),
        "filmback": f"{back.name} {number(round(back.width_mm, 2))} × {number(round(back.height_mm, 2))} mm",
        "squeeze": f"{number(package.squeeze)}×",
        "aspect": f"{package.aspect:.2f}",
        "delivered": " × ".join(number(round(side, 2)) for side in numbers.delivered_mm) + " mm",
        "lens": f"{number(round(camera.focal_mm, 1))} mm",
        "field across": f"{numbers.degrees[0]:.1f}°",
        "field upright": f"{numbers.degrees[1]:.1f}°",
        "height": metres(camera.place[1]),
        "height ft": feet(camera.place[1]),
        "tilt": signed(camera.tilt_deg),
        "pan": f"{around(camera.pan_deg):.1f}°",
        "roll": signed(camera.roll_deg),
        "subject": numbers.subject or "–",
        "distance": metres(numbers.distance_m),
        "distance ft": feet(numbers.distance_m),
        "stop": f"T{number(numbers.stop)}",
        "circle": f"{circle_of(back):.3f} mm",
        "near": metres(focus.near_m if focus else None),
        "far": metres(focus.far_m if focus else None),
        "hyperfocal": metres(focus.hyperfocal_m if focus else None),
    }


def around(degrees: float) -> float:
    """Return a heading from 0 up to 360."""
    turned = round(degrees % 360.0, 1)
    return 0.0 if turned == 360.0 else turned


def signed(degrees: float) -> str:
    """Return an angle with its sign; level is 0.

    >>> signed(12.34), signed(-3.0), signed(-0.01)
    ('+12.3°', '−3.0°', '0.0°')
    """
    text = f"{abs(degrees):.1f}°"
    return text if float(text[:-1]) == 0 else f"{'−' if degrees < 0 else '+'}{text}"


def travel_words(travel: Travel) -> dict[str, str]:
    """Return a shot's move as it is written, by the names of the report's columns."""
    return {
        "travel": metres(travel.metres) if travel.metres >= 0.005 else "–",
        "fastest": f"{travel.metres_per_second:.2f} m/s" if travel.metres >= 0.005 else "–",
        "turn": f"{travel.degrees:.1f}°" if travel.degrees >= 0.05 else "–",
        "fastest turn": f"{travel.degrees_per_second:.1f} °/s" if travel.degrees >= 0.05 else "–",
        "height range": f"{metres(travel.lowest_m)} to {metres(travel.highest_m)}",
    }


def report_rows(
    shots: Sequence[ReadyShot], *, stop: float = STOP, frame_rate: Fraction = FILM_RATE
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the camera report: the names of its columns, and a row for the first frame of each shot.

    Where the camera moves there is a row for the last frame, too.

    Args:
        shots: in order.
        stop: all lenses are set to.
        frame_rate: frames a second, for speeds.
    """
    rows: list[dict[str, str]] = []
    for shot in shots:
        travel = travel_of(shot, frame_rate)
        for frame in (0, shot.frames - 1) if camera_moves(shot) else (0,):
            numbers = camera_numbers(shot, frame, stop=stop)
            rows.append({**words_of(numbers), **travel_words(travel), "warnings": "; ".join(warnings(shot, numbers))})
    columns = tuple(rows[0]) if rows else ()
    return columns, tuple(tuple(row.values()) for row in rows)


def warnings(shot: ReadyShot, numbers: Numbers) -> tuple[str, ...]:
    """Return what keeps the shot from being made as asked: the rig's and the set's limits, and the lens' focus."""
    near = f"{metres(numbers.distance_m)} to the eyes; this lens focuses from {metres(numbers.nearest_m)}"
    return (*shot.limits, *((near,) if numbers.too_near else ()))


def report_csv(shots: Sequence[ReadyShot], *, stop: float = STOP, frame_rate: Fraction = FILM_RATE) -> str:
    """Return the camera report as CSV, with the units in the cells; spreadsheets take no cell for a formula."""
    columns, rows = report_rows(shots, stop=stop, frame_rate=frame_rate)
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return held.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    >>> harmless("=1+1"), harmless("+3.2°")
    ("'=1+1", '+3.2°')
    """
    runs = cell[:1] in {"=", "@", "\t", "\r"} or (cell[:1] in {"+", "-"} and not cell[1:2].isdigit())
    return f"'{cell}" if runs else cell
