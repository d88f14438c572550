"""screening: look at a finished picture or movie as an audience does: its pixels as they are displayed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rushes.domain.errors import BadMaterial
from rushes.marking.reading import Mark, read_mark
from rushes.media.frames import Floats
from rushes.media.movies import is_movie, open_movie
from rushes.media.stills import read_still

MOST_PICTURES = 16
"""That a watermark is read from; twelve far apart are enough."""


def pictures_of(path: Path, places: Sequence[int] = ()) -> dict[int, Floats]:
    """Return pictures of a still or a movie as a display shows them, by place; some far apart if none is named.

    Args:
        path: a still, whose place is 0, or a movie.
        places: in the movie, from 0.

    Returns:
        `(height, width, 3)` float32 each, 0 to 1.
    """
    if not is_movie(path):
        return {0: _shown(read_still(path).packed)}
    movie = open_movie(path)
    try:
        wanted = places or sorted({int(at) for at in np.linspace(0, movie.frames[1], MOST_PICTURES)})
        return {place: _shown(movie.read(place).packed) for place in wanted}
    finally:
        movie.close()


def read_mark_in(path: Path, key: bytes) -> Mark | None:
    """Read the watermark of a still or a movie, from pictures far apart; None where there is none to be read."""
    return read_mark(list(pictures_of(path).values()), key)


def _shown(packed: Floats) -> Floats:
    if packed.shape[2] < 3:
        raise BadMaterial("a picture without colour cannot be identified", remedy="Give one in red, green and blue.")
    return np.ascontiguousarray(np.clip(packed[..., :3], 0, 1), np.float32)
