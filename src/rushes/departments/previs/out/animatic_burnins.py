"""What is written over an animatic: shot and lens, record timecode and frame, scene, show and draft, and captions."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import ceil
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.out.animatic_stamps import NOTHING, Stamp, Ticker, label
from rushes.media.burnins import SAFE
from rushes.media.lettering import SMALLEST, Face, fitted

BURNS = frozenset({"show", "draft", "scene", "shot", "lens", "timecode", "frame", "speech", "action"})
"""Everything that can be burnt in."""
SMALL = 320
"""Width in pixels below which only shot, timecode and frame are written."""
PAGE = 84
"""Letters on a page of captions: two lines of 42, which broadcasters hold for the longest that is read in time."""


@dataclass(frozen=True)
class FrameWords:
    """What is known about one frame; what is empty is not written.

    Attributes:
        show: title of the show and of the sequence.
        draft: of the script or the cut, and the date.
        scene: number and slug line.
        shot: label.
        lens: as in `35mm`.
        timecode: on the record.
        frame: of the shot.
        speech: who says what.
        action: what happens, written where nobody speaks.
    """

    show: str = ""
    draft: str = ""
    scene: str = ""
    shot: str = ""
    lens: str = ""
    timecode: str = ""
    frame: str = ""
    speech: str = ""
    action: str = ""


Letterer = Callable[[str, float, float], Stamp]
Burn = Callable[[NDArray[np.float32], FrameWords], None]
"""Writes over a picture, `(height, width, 3)` float32 as it is displayed, in place."""


def burner(size: tuple[int, int], face: Face) -> Burn:
    """Return what writes words over pictures of one size; words that stay are lettered once.

    Args:
        size: width and height.
        face: of the letters (`lettering.face_for` all that is ever written).
    """
    width, height = size
    high = max(SMALLEST, round(min(width, height) / 32))
    side, edge = round(SAFE * width), round(SAFE * height)
    bottom, row, roomy = height - edge, round(1.75 * high), width >= SMALL
    ticker = Ticker(face, high)
    still, caption = _letterers(face, high, width - 2 * side)

    def burn(picture: NDArray[np.float32], words: FrameWords) -> None:
        shot, counted = still(words.shot, 0.3, 1.5), ticker.stamp(_beside(words.timecode, words.frame))
        shot.press(picture, side, bottom - shot.height)
        counted.press(picture, width - side - counted.width, bottom - counted.height)
        if not roomy:
            return
        lens, draft = still(words.lens, 0.2, 1.0), still(words.draft, 0.42, 1.0)
        lens.press(picture, side + shot.width + round(0.3 * high), bottom - lens.height)
        draft.press(picture, width - side - draft.width, edge)
        still(words.show, 0.56, 1.0).press(picture, side, edge)
        still(words.scene, 0.56, 1.0).press(picture, side, edge + row)
        said = caption(words.speech, 1.2, 1.0) if words.speech else caption(words.action, 1.0, 0.8)
        said.press(picture, (width - said.width) // 2, bottom - round(2.9 * high) - said.height)

    return burn


def _letterers(face: Face, high: int, free: int) -> tuple[Letterer, Letterer]:
    """Return what letters a label (text, share of the width, scale) and a caption (text, scale, ink)."""

    @lru_cache(maxsize=512)
    def still(text: str, share: float, scale: float) -> Stamp:
        if not text:
            return NOTHING
        said, letters = fitted(text, face, round(scale * high), width=share * free)
        return label([said], face, letters)

    @lru_cache(maxsize=64)
    def caption(text: str, scale: float, ink: float) -> Stamp:
        if not text:
            return NOTHING
        large, room = round(scale * high), 0.86 * free
        parts = in_lines(face.spelled(text), face, large, width=room)
        said = [fitted(line, face, large, width=room) for line in parts]
        return label([line for line, _ in said], face, min(letters for _, letters in said), ink=ink)

    return still, caption


def _beside(*texts: str) -> str:
    return "   ".join(text for text in texts if text)


def in_lines(text: str, face: Face, high: int, *, width: float) -> tuple[str, ...]:
    """Part a caption in two lines as alike as can be, if it does not fit on one.

    Args:
        text: the caption.
        face: of the letters.
        high: their size in pixels.
        width: there is, in pixels.
    """
    if face(high).getlength(text) <= width or " " not in text:
        return (text,)
    words = text.split(" ")
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(halves, key=lambda pair: max(face(high).getlength(line) for line in pair))


def page_at(text: str, done: Fraction) -> str:
    """Return what is read of a long speech at a moment: pages of two lines, each as long as its letters take.

    Args:
        text: all that is said.
        done: how much of its time is over, 0 to 1.

    >>> long = " ".join(f"{number:03d}" for number in range(40))
    >>> [page_at(long, Fraction(part, 4))[:3] for part in range(4)]
    ['000', '000', '000', '022']
    >>> page_at("You came.", Fraction(1, 2))
    'You came.'
    """
    pages = wrap(text, ceil(len(text) / ceil(len(text) / PAGE)) + 8) if text else [""]
    letters = accumulate(len(page) for page in pages)
    whole = sum(len(page) for page in pages)
    return next((page for page, end in zip(pages, letters, strict=True) if done * whole < end), pages[-1])
