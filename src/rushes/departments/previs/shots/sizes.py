"""The words for size, angle and side, and what each means to a lens.

Sizes differ from book to book; these are the house's, one table, in fractions of stature (Drillis and Contini) and of
the frame's height. A show that cuts its medium shot elsewhere changes one line.
"""

from dataclasses import dataclass

from rushes.departments.previs.shots.figures import LANDMARKS

MID_THIGH = (LANDMARKS["hips"] + LANDMARKS["knees"]) / 2


@dataclass(frozen=True)
class Size:
    """A size of shot: two marks on the figure, and where each lies in the frame.

    Attributes:
        name: as written.
        upper: fraction of stature of the upper mark.
        upper_y: where it lies, 0 the top edge of the frame, 1 the bottom edge.
        lower: fraction of stature of the lower mark.
        lower_y: where that lies.
        focal_mm: the lens to start from on a picture 14 mm high, where the line names none; a house default.
    """

    name: str
    upper: float
    upper_y: float
    lower: float
    lower_y: float
    focal_mm: float


SIZES = {
    size.name: size
    for size in (
        Size("ECU", 0.965, 0.0, LANDMARKS["chin"], 1.0, 100.0),
        Size("BCU", 0.985, 0.0, 0.850, 1.0, 85.0),
        Size("CU", 1.0, 0.08, LANDMARKS["shoulders"], 1.0, 75.0),
        Size("MCU", 1.0, 0.10, LANDMARKS["chest"], 1.0, 50.0),
        Size("MS", 1.0, 0.10, LANDMARKS["waist"], 1.0, 40.0),
        Size("COWBOY", 1.0, 0.10, MID_THIGH, 1.0, 35.0),
        Size("MLS", 1.0, 0.10, LANDMARKS["knees"], 1.0, 35.0),
        Size("FS", 1.0, 0.08, 0.0, 0.95, 32.0),
        Size("LS", 1.0, 0.30, 0.0, 0.80, 25.0),
        Size("VLS", 1.0, 0.50, 0.0, 0.75, 25.0),
        Size("ELS", 1.0, 0.62, 0.0, 0.72, 21.0),
    )
}
OTHER_SIZES = {"XCU": "ECU", "MWS": "MLS", "AMERICAN": "COWBOY", "WS": "LS", "VWS": "VLS", "XLS": "ELS", "EWS": "ELS"}
LEVELS = {
    "EYE": LANDMARKS["eyes"],
    "SHOULDER": LANDMARKS["shoulders"],
    "HIP": LANDMARKS["hips"],
    "KNEE": LANDMARKS["knees"],
}
TILTS_DEG = {"LOW": 20.0, "WORM": 40.0, "HIGH": -20.0, "BIRD": -50.0, "TOP": -90.0}
ANGLES = (*LEVELS, *TILTS_DEG)
SIDES_DEG = {
    "FRONT": 0.0,
    "3/4L": 40.0,
    "3/4R": -40.0,
    "PROFILEL": 90.0,
    "PROFILER": -90.0,
    "BACKL": 140.0,
    "BACKR": -140.0,
    "BACK": 180.0,
}
