"""Movies out: review movies that browsers play, and ProRes or DNxHR for the pipeline. Whole on disk, or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags

from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.frames import Floats
from rushes.media.timecode import frame_of
from rushes.media.whole import whole_file
from rushes.media.ycbcr import Resample, planes_from_rgb, planes_of, resampler

Picture = Floats | npt.NDArray[np.uint16]
"""`(height, width, 3)`, with 4 for alpha; float32 with black 0 and white 1, or uint16 with white 65535."""

BT709 = 1
"""ITU-T H.273 code of BT.709, for primaries, curve and matrix alike."""
NARROW = 1
"""FFmpeg's number for black at 16 and white at 235 of 255."""


@dataclass(frozen=True)
class MovieCodec:
    """One way to write a movie.

    Attributes:
        encoder: FFmpeg's name.
        pixel_format: FFmpeg's name of how samples are kept.
        suffixes: of the files it may go into.
        block: width and height are rounded up to multiples of these.
        with_alpha: pixel format for pictures with alpha, or None: it has none.
    """

    encoder: str
    pixel_format: str
    suffixes: tuple[str, ...]
    block: tuple[int, int]
    with_alpha: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


CODECS = {
    # reviewers scrub, so every twelfth frame stands alone; and x264 writes other bytes for every number of threads
    "h264": MovieCodec("libx264", "yuv420p", (".mp4", ".mov"), (2, 2), options={"g": "12", "threads": "4"}),
    "prores422hq": MovieCodec("prores_ks", "yuv422p10le", (".mov",), (2, 1), options={"profile": "hq"}),
    "prores4444": MovieCodec(
        "prores_ks", "yuv444p10le", (".mov",), (1, 1), with_alpha="yuva444p10le", options={"profile": "4444"}
    ),
    # not into MXF: with FFmpeg's repeatable output every MXF has the same UMID, and Avid takes them for one clip
    "dnxhr_hqx": MovieCodec("dnxhd", "yuv422p10le", (".mov",), (2, 1), options={"profile": "dnxhr_hqx"}),
}
"""Every codec by the name it has here; all are tagged BT.709, narrow range."""


@contextmanager
def write_movie(
    path: Path, *, frame_rate: Fraction, codec: str, timecode: str | None = None, crf: int = 16
) -> Iterator["MovieWriter"]:
    """Write a movie, whole or not at all; the same frames give the same bytes.

    Args:
        path: its suffix must suit the codec; a file of that name is replaced.
        codec: one of `CODECS`: `h264` is 8 bits 4:2:0 for review, the others are 10 bits for work. Where two pixels
            share chroma, a picture of odd size grows by its last column or row once more.
        timecode: of the first frame.
        crf: quality of `h264`: 0 is nearly lossless, 16 very good, 23 small.

    Raises:
        NotFound: the codec.
        BadMaterial: suffix, timecode or a picture do not suit; or there was no picture.
    """
    if codec not in CODECS:
        raise NotFound("movie codec", codec, CODECS)
    if path.suffix.lower() not in CODECS[codec].suffixes:
        raise BadMaterial(f"{path.name}: {codec} goes into a file that ends in {' or '.join(CODECS[codec].suffixes)}")
    if timecode is not None:
        frame_of(timecode, frame_rate)
    with whole_file(path) as draft:
        writer = MovieWriter(draft, CODECS[codec], frame_rate=frame_rate, timecode=timecode, crf=crf)
        try:
            yield writer
            writer.finish()
        finally:
            writer.close()


class MovieWriter:
    """A movie that is being written, frame after frame; `write_movie` opens one."""

    def __init__(self, path: Path, codec: MovieCodec, *, frame_rate: Fraction, timecode: str | None, crf: int) -> None:
        self._codec, self._frame_rate, self._crf = codec, frame_rate, crf
        # bitexact: nothing in the file of when it was written, or by which release
        options = {"movflags": "+faststart+write_colr", "fflags": "+bitexact"}
        self._container = av.open(f"file:{path.absolute()}", "w", options=options)
        if timecode is not None:
            self._container.metadata["timecode"] = timecode
        self._shape: tuple[int, ...] | None = None
        self._stream: Any = None
        self._resample: Resample
        self._written = 0

    def write(self, picture: Picture) -> None:
        """Add a frame.

        Args:
            picture: R'G'B' as it shall be seen, in display or log encoding; not changed. Values below 0 and above 1
                are kept as far as narrow range has room for them: from about -0.07 to 1.09.

        Raises:
            BadMaterial: it is no picture, is unlike the first, or the codec cannot hold it.
        """
        floats = _floats(picture)
        try:
            if self._shape is None:
                self._open_stream(floats.shape)
            if floats.shape != self._shape:
                raise BadMaterial(f"frame {self._written} is {floats.shape}, the first was {self._shape}")
            self._container.mux(self._stream.encode(self._coded(floats)))
        except av.FFmpegError as error:
            size = f"{floats.shape[1]}x{floats.shape[0]} at {self._frame_rate} frames a second"
            raise BadMaterial(f"{self._codec.encoder} cannot encode {size}: {error.strerror}") from error
        self._written += 1

    def finish(self) -> None:
        """Write what the encoder still holds.

        Raises:
            BadMaterial: there was no picture.
        """
        if self._shape is None:
            raise BadMaterial("a movie without a single frame is not written")
        self._container.mux(self._stream.encode(None))

    def close(self) -> None:
        """Write the index and let go of the file."""
        self._container.close()

    def _open_stream(self, shape: tuple[int, ...]) -> None:
        codec = self._codec
        pixel_format = codec.pixel_format if shape[2] == 3 else codec.with_alpha
        if pixel_format is None:
            raise BadMaterial(f"{codec.encoder} has no alpha", remedy="Leave it out, or write prores4444.")
        quality = {"crf": str(self._crf)} if codec.encoder == "libx264" else {}
        self._stream = self._container.add_stream(
            codec.encoder, rate=self._frame_rate, options={**codec.options, **quality}
        )
        across, down = codec.block
        height, width = shape[0] + -shape[0] % down, shape[1] + -shape[1] % across
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, pixel_format
        context = self._stream.codec_context
        context.flags |= Flags.bitexact
        _tag(context)
        wide = "yuv444p16le" if shape[2] == 3 else "yuva444p16le"
        self._resample = resampler((width, height), wide, pixel_format)
        self._shape = shape

    def _coded(self, floats: Floats) -> av.VideoFrame:
        height, width = self._stream.height, self._stream.width
        grown = ((0, height - floats.shape[0]), (0, width - floats.shape[1]), (0, 0))
        whole = np.ascontiguousarray(np.pad(floats, grown, mode="edge") if any(map(any, grown)) else floats)
        wide = av.VideoFrame(width, height, "yuv444p16le" if floats.shape[2] == 3 else "yuva444p16le")
        planes_from_rgb(whole, planes_of(wide), "bt709")
        frame = self._resample(wide)
        frame.pts, frame.time_base = self._written, 1 / self._frame_rate
        _tag(frame)  # the encoder's tags reach the container alone, and ProRes has its own in every frame
        return frame


def _tag(tagged: Any) -> None:
    tagged.color_primaries = tagged.color_trc = tagged.colorspace = BT709
    tagged.color_range = NARROW


def _floats(picture: Picture) -> Floats:
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or picture.dtype not in (np.float32, np.uint16):
        raise BadMaterial(
            f"a picture is (height, width, 3 or 4) float32 or uint16, not {picture.shape} {picture.dtype}"
        )
    if picture.dtype == np.uint16:
        return picture.astype(np.float32) / np.float32(65535)
    floats: Floats = picture  # type: ignore[assignment]  # the type was just looked at
    return floats
