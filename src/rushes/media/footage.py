"""Open a movie or a run of stills, whichever it is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from rushes.media.frames import Footage
from rushes.media.movies import is_movie, open_movie
from rushes.media.sequences import open_sequence


@contextmanager
def open_footage(
    paths: Sequence[Path], numbers: Sequence[int], frame_rate: Fraction | None = None
) -> Iterator[Footage]:
    """Open a movie or a run of stills.

    Args:
        paths: one movie, or one still for each number.
        numbers: of the frames, in order.
        frame_rate: for stills whose files do not say.
    """
    footage: Footage
    if len(paths) == 1 and is_movie(paths[0]):
        footage = open_movie(paths[0], first_frame=numbers[0])
    else:
        footage = open_sequence(zip(numbers, paths, strict=True), frame_rate=frame_rate)
    try:
        yield footage
    finally:
        footage.close()
