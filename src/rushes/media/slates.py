"""The slate: the first picture of a review movie, which says what is about to be seen and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw

from rushes.media.frames import Floats
from rushes.media.lettering import Face, face_for, fitted

Colour = tuple[int, int, int]
GROUND, RULE, DIM, PLAIN, BRIGHT = ((grey, grey, grey) for grey in (22, 70, 138, 214, 244))
ACCENT = (232, 170, 72)
GREYS = [(round(255 * step / 10),) * 3 for step in range(11)]
BARS = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191)]
"""Even steps of grey, and 75 % colour bars: whoever looks at a slate can see whether the screen is right."""


@dataclass(frozen=True)
class Slate:
    """What a slate says.

    Attributes:
        title: of the show.
        shot: the plate or clip.
        take: as in `v003`.
        status: as in `PROPOSAL`, or who approved it.
        rows: label and words, such as `("model", "meadow_warm")`; up to nine.
        lineage: digest of the take: the way to everything it came from.
    """

    title: str
    shot: str
    take: str
    status: str
    rows: Sequence[tuple[str, str]]
    lineage: str


def slate(words: Slate, size: tuple[int, int], still: Floats | None = None) -> Floats:
    """Draw a slate.

    Args:
        size: width and height; it is laid out for 16:9 and stands in the middle of anything else.
        still: `(height, width, 3)` float32 as it is displayed, 0 to 1: a frame of the take, shown small.

    Returns:
        `(height, width, 3)` float32 as it is displayed, 0 to 1.
    """
    rows = [piece for row in words.rows for piece in row]
    board = _Board(size, face_for(words.title, words.shot, words.take, words.status, *rows))
    board.write((96, 78), words.title, 64, room=1150, colour=BRIGHT)
    board.write((1824, 100), words.status, 36, room=520, colour=ACCENT, ends=True)
    board.box((96, 186, 1824, 188), RULE)
    board.write((96, 222), words.shot, 46, room=860, colour=BRIGHT)
    board.write((96, 286), words.take, 46, room=860, colour=ACCENT)
    for place, (label, said) in enumerate(words.rows):
        board.write((96, 389 + 55 * place), label.upper(), 22, room=200, colour=DIM)
        board.write((310, 382 + 55 * place), said, 30, room=650, colour=PLAIN)
    if still is not None:
        board.paste(still, (1000, 232, 1824, 750))
    board.swatches((1000, 780, 1824, 816), GREYS)
    board.swatches((1000, 822, 1824, 858), BARS)
    board.box((96, 908, 1824, 910), RULE)
    board.write((96, 944), "LINEAGE", 22, room=200, colour=DIM)
    board.write((310, 938), _in_groups(words.lineage), 28, room=1514, colour=PLAIN)
    return np.asarray(board.image, np.float32) / np.float32(255)


def _in_groups(digest: str) -> str:
    """Part a digest's digits into eights, as people read them to each other."""
    kind, _, digits = digest.rpartition(":")
    return "  ".join(([kind] if kind else []) + wrap(digits, 8))


class _Board:
    """A picture to draw on in the coordinates of 1920x1080."""

    def __init__(self, size: tuple[int, int], face: Face) -> None:
        self.image = Image.new("RGB", size, GROUND)
        self._face = face
        self._draw = ImageDraw.Draw(self.image)
        self._unit = min(size[0] / 1920, size[1] / 1080)
        self._left = (size[0] - 1920 * self._unit) / 2
        self._top = (size[1] - 1080 * self._unit) / 2

    def write(
        self, at: tuple[int, int], text: str, high: int, *, room: int, colour: Colour, ends: bool = False
    ) -> None:
        across, down = self._at(*at)
        text, letters = fitted(text, self._face, max(6, round(high * self._unit)), width=room * self._unit)
        # on the line on which the largest letters would stand, so that smaller ones do not hang
        foot = down + round(0.95 * high * self._unit)
        self._draw.text((across, foot), text, colour, self._face(letters), anchor="rs" if ends else "ls")

    def box(self, box: tuple[int, int, int, int], colour: Colour) -> None:
        (left, top), (right, bottom) = self._at(*box[:2]), self._at(*box[2:])
        self._draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), colour)

    def swatches(self, box: tuple[int, int, int, int], colours: Sequence[Colour]) -> None:
        left, top, right, bottom = box
        for place, colour in enumerate(colours):
            start, end = (left + (right - left) * part // len(colours) for part in (place, place + 1))
            self.box((start, top, end, bottom), colour)

    def paste(self, still: Floats, box: tuple[int, int, int, int]) -> None:
        (left, top), (right, bottom) = self._at(*box[:2]), self._at(*box[2:])
        small = Image.fromarray(np.rint(np.clip(np.nan_to_num(still), 0, 1) * 255).astype(np.uint8))
        scale = min((right - left) / small.width, (bottom - top) / small.height)
        small = small.resize(
            (max(1, round(small.width * scale)), max(1, round(small.height * scale))), Image.Resampling.LANCZOS
        )
        self.image.paste(small, (right - small.width, bottom - small.height))

    def _at(self, across: int, down: int) -> tuple[int, int]:
        return round(self._left + across * self._unit), round(self._top + down * self._unit)
