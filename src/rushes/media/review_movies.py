"""Review movies: a take as an audience would see it, through the show's view, with its words burnt in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rushes.media.burnins import BurnIns, burner
from rushes.media.colour import Convert
from rushes.media.frames import Floats, Frame, in_display_window
from rushes.media.movie_writing import CODECS, write_movie
from rushes.media.slates import Slate, slate
from rushes.media.stills import read_still
from rushes.media.streaming import stream
from rushes.media.timecode import has_timecode, timecode_after


@dataclass(frozen=True)
class ReviewMovie:
    """How a take is shown.

    Attributes:
        codec: one of `media.movie_writing.CODECS`.
        frame_rate: of the footage.
        timecode: of the first frame, or None.
        view: from the frames' colour space to the display, 0 to 1.
        words: burnt into every frame.
        slate: shown for one frame before the first.
        finish: the last touch to a picture as it is displayed, `(height, width, 3)` float32 0 to 1, by frame number.
        picture: what of a frame is shown, `(height, width, 3)` in the frames' colour space; may be changed in place.
    """

    codec: str
    frame_rate: Fraction
    timecode: str | None
    view: Convert
    words: BurnIns
    slate: Slate
    picture: Callable[[Frame], Floats]
    finish: Callable[[Floats, int], Floats] = lambda picture, number: picture


def write_review_movie(
    stem: Path, stills: Sequence[tuple[int, Path]], movie: ReviewMovie, *, on_done: Callable[[int], None]
) -> Path:
    """Write a take as a movie with a slate and burn-ins; the stills are only read.

    Args:
        stem: path without suffix; the codec's own is added.
        stills: frame number and file, in order.
        movie: how it is shown.
        on_done: told how many frames are written; may raise to stop.

    Returns:
        The movie's path.
    """
    path = stem.with_name(stem.name + CODECS[movie.codec].suffixes[0])
    files, places = dict(stills), {number: place for place, (number, _) in enumerate(stills)}
    start = movie.timecode if has_timecode(movie.frame_rate) else None
    middle = _as_displayed(stills[len(stills) // 2], movie)
    size = (middle.shape[1], middle.shape[0])
    burn = burner(movie.words, size)

    def shown(number: int) -> Floats:
        at = timecode_after(start, places[number], movie.frame_rate) if start else None
        return movie.finish(burn(_as_displayed((number, files[number]), movie), number, at), number)

    def add(number: int, picture: Floats) -> None:
        writer.write(picture)

    one_earlier = timecode_after(start, -1, movie.frame_rate) if start else None
    with write_movie(path, frame_rate=movie.frame_rate, codec=movie.codec, timecode=one_earlier) as writer:
        writer.write(slate(movie.slate, size, middle))
        stream(list(files), read=shown, compute=lambda picture: picture, write=add, on_done=on_done)
    return path


def _as_displayed(still: tuple[int, Path], movie: ReviewMovie) -> Floats:
    picture = movie.picture(in_display_window(read_still(still[1], number=still[0])))
    movie.view(picture)
    return picture
