"""A plan's paper: the scale it is drawn to, where a point of the stage lies on it, and where words find room."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import cos, radians, sin

from rushes.departments.previs.out.techvis_drawing import PAGES, PAPER, Mark, Spot, Words, page_size
from rushes.departments.previs.out.techvis_footprints import Flat
from rushes.departments.previs.out.techvis_pdf import width_of
from rushes.domain.errors import BadMaterial, NotFound

MM = 72 / 25.4
EDGE, LEGEND, FOOT = 12 * MM, 78 * MM, 24 * MM
SCALES = (10, 15, 20, 25, 30, 40, 50, 75, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000)


@dataclass(frozen=True)
class PlanSheet:
    """What stands on a plan beside the plan.

    Attributes:
        show: its name.
        title: of the scene or the set-up.
        draft: which draft, and the date, in words.
        paper: `A3`, `A4`, `Letter` or `Tabloid`; it lies wide.
        stop: lenses are set to.
        frame_rate: frames a second, exact.
        note: a line in the title block.
    """

    show: str
    title: str = ""
    draft: str = ""
    paper: str = "A3"
    stop: float = 2.8
    frame_rate: Fraction = Fraction(24)
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse paper that nobody has."""
        if self.paper not in PAGES:
            raise NotFound("paper", self.paper, PAGES)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the paper, points."""
        return page_size(self.paper, wide=True)


@dataclass(frozen=True)
class Field:
    """The part of the paper that the plan is drawn on.

    Attributes:
        box: left, top, right and bottom, points.
        scale: a metre on paper is a metre by this.
        middle: x and z on the stage at the middle of the box, metres.
    """

    box: tuple[float, float, float, float]
    scale: int
    middle: Flat

    @property
    def metre(self) -> float:
        """Points for a metre."""
        return 1000 * MM / self.scale

    def at(self, x: float, z: float) -> Spot:
        """Return where a point of the stage lies on the paper: +X to the right, +Z down."""
        left, top, right, bottom = self.box
        across = (left + right) / 2 + (x - self.middle[0]) * self.metre
        return across, (top + bottom) / 2 + (z - self.middle[1]) * self.metre

    def reach(self) -> tuple[Flat, Flat]:
        """Return the stage's least and greatest x and z on the paper."""
        left, top, right, bottom = self.box
        half = (right - left) / 2 / self.metre, (bottom - top) / 2 / self.metre
        low = (self.middle[0] - half[0], self.middle[1] - half[1])
        return low, (self.middle[0] + half[0], self.middle[1] + half[1])


def field_for(spots: Sequence[Flat], sheet: PlanSheet) -> Field:
    """Return the field in which spots of the stage lie at the largest scale that a ruler has.

    Raises:
        BadMaterial: they lie too far apart for any.
    """
    wide, high = sheet.size
    box = (EDGE, EDGE, wide - EDGE - LEGEND, high - EDGE - FOOT)
    low = (min(x for x, _ in spots), min(z for _, z in spots))
    top = (max(x for x, _ in spots), max(z for _, z in spots))
    middle = ((low[0] + top[0]) / 2, (low[1] + top[1]) / 2)
    for scale in SCALES:
        metre, room = 1000 * MM / scale, 22 * MM
        if (top[0] - low[0]) * metre <= box[2] - box[0] - room and (top[1] - low[1]) * metre <= box[3] - box[1] - room:
            return Field(box, scale, middle)
    across = max(top[0] - low[0], top[1] - low[1])
    raise BadMaterial(f"a stage of {across:.0f} m fits on no plan", remedy="Leave out what stands so far away.")


@dataclass
class Room:
    """Where words are already; the next ones find a free place beside what they name."""

    box: tuple[float, float, float, float]
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def keep(self, at: Spot, radius: float) -> None:
        """Keep words away from a sign."""
        self.taken.append((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius))

    def words(self, text: str, size: float, spots: Sequence[Spot], *, look: Words) -> Mark:
        """Return words at the first of several middles where they cover the least.

        Args:
            text: what is written.
            size: of the letters.
            spots: middles, the best first.
            look: colour, face and turn; its place and text do not count.
        """
        wide, high = width_of(text, size, look.face) / 2 + 1.5, 0.55 * size + 0.8
        turn = radians(look.turn_deg)
        across = abs(wide * cos(turn)) + abs(high * sin(turn))
        down = abs(wide * sin(turn)) + abs(high * cos(turn))
        boxes = [(x - across, y - down, x + across, y + down) for x, y in spots]
        best = min(range(len(spots)), key=lambda place: (self._covered(boxes[place]), place))
        self.taken.append(boxes[best])
        x, y = spots[best]
        # the baseline lies a third of the letters below their middle
        base = (x - 0.35 * size * sin(turn), y + 0.35 * size * cos(turn))
        return Words(base, text, size, look.colour, look.face, "middle", look.turn_deg, PAPER)

    def _covered(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box
        out = max(self.box[0] - left, 0) + max(right - self.box[2], 0)
        out += max(self.box[1] - top, 0) + max(bottom - self.box[3], 0)
        covered = 1000.0 * out
        for other in self.taken:
            wide, high = min(right, other[2]) - max(left, other[0]), min(bottom, other[3]) - max(top, other[1])
            covered += max(wide, 0.0) * max(high, 0.0)
        return round(covered, 2)


def around(at: Spot, reach: float) -> tuple[Spot, ...]:
    """Return places around a spot: below, above, right, left, and between."""
    x, y = at
    ways = (
        (0, 1),
        (0, -1),
        (1.4, 0),
        (-1.4, 0),
        (1.1, 0.8),
        (-1.1, 0.8),
        (1.1, -0.8),
        (-1.1, -0.8),
        (0, 1.8),
        (0, -1.8),
    )
    return tuple((x + reach * across, y + reach * down) for across, down in ways)
