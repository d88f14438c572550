"""The slate: the first picture of a review movie, which says what is about to be seen and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw

from rushes.media.frames import Floats
from rushes.media.lettering import SMALLEST, Face, face_for, fitted, in_two

Colour = tuple[int, int, int]
GROUND, RULE, DIM, PLAIN, BRIGHT = ((grey, grey, grey) for grey in (22, 70, 138, 214, 244))
ACCENT = (232, 170, 72)
GREYS = [(round(255 * step / 10),) * 3 for step in range(11)]
BARS = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191)]
"""Even steps of grey, and 75 % colour bars: whoever looks at a slate can see whether the screen is right."""


SMALL = 0.27
"""Below this part of 1920x1080 there is no room for the layout: then only lines, the most important ones first."""


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
        size: width and height; it is laid out for 16:9 and stands in the middle of anything else. On a small picture
            it is as many lines as there is room for, the shot first.
        still: `(height, width, 3)` float32 as it is displayed, 0 to 1: a frame of the take, shown small.

    Returns:
        `(height, width, 3)` float32 as it is displayed, 0 to 1.
    """
    rows = [piece for row in words.rows for piece in row]
    board = _Board(size, face_for(words.title, words.shot, words.take, words.status, *rows))
    if board.unit < SMALL:
        return board.lines(_by_importance(words))
    board.write((96, 78), words.title, 64, room=1150, colour=BRIGHT)
    board.write((1824, 100), words.status, 36, room=520, colour=ACCENT, ends=True)
    board.box((96, 186, 1824, 188), RULE)
    board.write((96, 222), words.shot, 46, room=860, colour=BRIGHT)
    board.write((96, 286), words.take, 46, room=860, colour=ACCENT)
    _write_rows(board, words.rows)
    if still is not None:
        board.paste(still, (1000, 232, 1824, 750))
    board.swatches((1000, 780, 1824, 816), GREYS)
    board.swatches((1000, 822, 1824, 858), BARS)
    board.box((96, 908, 1824, 910), RULE)
    board.write((96, 944), "LINEAGE", 22, room=200, colour=DIM)
    groups = _in_groups(words.lineage)
    if len(board.in_two(groups, 28, room=1514)) > 1:  # every digit counts: rather closer together than cut
        groups = groups.replace("  ", " ")
    board.write((310, 938), groups, 28, room=1514, colour=PLAIN)
    return board.picture()


def _write_rows(board: "_Board", rows: Sequence[tuple[str, str]]) -> None:
    """Write the rows one under another; what does not fit on one line gets two, as long as there is room."""
    down, pitch, line = 382.0, max(55, 1.3 * SMALLEST / board.unit), max(30, 1.2 * SMALLEST / board.unit)
    spare = 895 - 382 - pitch * len(rows)
    for label, said in rows:
        parts = board.in_two(said, 30, room=650) if spare >= line else [said]
        if down > 895 - line:
            return
        board.write((96, round(down) + 7), label.upper(), 22, room=200, colour=DIM)
        for place, part in enumerate(parts):
            # two lines are as small as each may get, so that they are alike, on the foot of a large one
            high, lower = (30, 0) if len(parts) == 1 else (20, 9)
            board.write((310, round(down + lower + line * place)), part, high, room=650, colour=PLAIN)
        down += pitch + line * (len(parts) - 1)
        spare -= line * (len(parts) - 1)


def _by_importance(words: Slate) -> list[tuple[str, Colour]]:
    rows = [(f"{label}: {said}", PLAIN) for label, said in words.rows]
    digits = f"lineage {words.lineage.rpartition(':')[2][:8]}"
    first = [(words.shot, BRIGHT), (words.take, ACCENT), (words.title, BRIGHT), (words.status, ACCENT), (digits, DIM)]
    return first + rows


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
        self.unit = min(size[0] / 1920, size[1] / 1080)
        self._left = (size[0] - 1920 * self.unit) / 2
        self._top = (size[1] - 1080 * self.unit) / 2

    def write(
        self, at: tuple[int, int], text: str, high: int, *, room: int, colour: Colour, ends: bool = False
    ) -> None:
        across, down = self._at(*at)
        text, letters = fitted(text, self._face, self._tall(high), width=room * self.unit)
        # on the line on which the largest letters would stand, so that smaller ones do not hang
        foot = down + round(0.95 * high * self.unit)
        self._draw.text((across, foot), text, colour, self._face(letters), anchor="rs" if ends else "ls")

    def in_two(self, text: str, high: int, *, room: int) -> list[str]:
        return in_two(text, self._face, self._tall(high), width=room * self.unit)

    def lines(self, lines: Sequence[tuple[str, Colour]]) -> Floats:
        (left, top), pitch = (round(0.05 * side) for side in self.image.size), round(1.3 * SMALLEST)
        for place in range(min(len(lines), (self.image.height - 2 * top) // pitch)):
            said, colour = lines[place]
            text, high = fitted(said, self._face, SMALLEST, width=self.image.width - 2 * left)
            self._draw.text((left, top + SMALLEST + pitch * place), text, colour, self._face(high), anchor="ls")
        return self.picture()

    def picture(self) -> Floats:
        return np.asarray(self.image, np.float32) / np.float32(255)

    def _tall(self, high: int) -> int:
        return max(SMALLEST, round(high * self.unit))

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
        return round(self._left + across * self.unit), round(self._top + down * self.unit)
