"""How far and how fast a camera moves in a shot, frame by frame."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import axes


@dataclass(frozen=True)
class Travel:
    """A camera's move.

    Attributes:
        metres: along its way.
        metres_per_second: at its fastest, between two frames.
        degrees: that the lens turns through, pan and tilt together, along its way.
        degrees_per_second: at its fastest.
        lowest_m: lowest height of the entrance pupil.
        highest_m: highest height.
    """

    metres: float
    metres_per_second: float
    degrees: float
    degrees_per_second: float
    lowest_m: float
    highest_m: float


def travel_of(shot: ReadyShot, frame_rate: Fraction) -> Travel:
    """Return a shot's move.

    Args:
        shot: the shot.
        frame_rate: frames a second.
    """
    cameras = [shot.moment_at(frame).camera for frame in range(max(shot.frames, 1))]
    places = np.array([camera.place for camera in cameras])
    ahead = np.array([axes(camera.pan_deg, camera.tilt_deg)[2] for camera in cameras])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    # of the chord: an angle from its cosine is lost in rounding where it is small
    turns = np.degrees(2 * np.arcsin(np.minimum(np.linalg.norm(np.diff(ahead, axis=0), axis=1) / 2, 1.0)))
    rate = float(frame_rate)
    return Travel(
        float(steps.sum()),
        float(steps.max(initial=0.0)) * rate,
        float(turns.sum()),
        float(turns.max(initial=0.0)) * rate,
        float(places[:, 1].min()),
        float(places[:, 1].max()),
    )
