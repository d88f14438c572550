"""A movie with sound and timecode that is written frame after frame, with the sound of each frame behind it.

`media.movie_writing` writes silent movies; here a second stream runs beside the picture.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

from rushes.departments.previs.out.sound import samples_before
from rushes.departments.previs.out.sound_files import SAMPLE_RATE
from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.movie_writing import BT709, CODECS, NARROW, MovieCodec
from rushes.media.whole import whole_file
from rushes.media.ycbcr import planes_from_rgb, planes_of, resampler

QUICK = {"preset": "veryfast", "g": "48"}
WIDE = "yuv444p16le"
SOUND = {".mp4": ("aac", "fltp", "192k"), ".mov": ("pcm_s16le", "s16", "")}
"""How sound is kept, by the movie's suffix: encoder, sample format, bits a second. PCM in MP4 plays almost nowhere."""


@contextmanager
def write_sounding_movie(
    path: Path, *, frame_rate: Fraction, codec: str, timecode: str | None, crf: int, quick: bool = False
) -> Iterator["SoundingMovie"]:
    """Write a movie with stereo sound, whole or not at all; the same frames and samples give the same bytes.

    Args:
        path: `.mp4` (sound is AAC) or `.mov` (PCM of 16 bits); the suffix must suit the codec.
        frame_rate: frames a second, exact.
        codec: one of `media.movie_writing.CODECS`.
        timecode: of the first frame, or None; it becomes the timecode track.
        crf: quality of `h264`.
        quick: `h264` is coded fast and a little larger.

    Raises:
        NotFound: the codec.
        BadMaterial: suffix or picture do not suit, or there was no picture.
    """
    if codec not in CODECS:
        raise NotFound("movie codec", codec, CODECS)
    suffix = path.suffix.lower()
    if suffix not in CODECS[codec].suffixes or suffix not in SOUND:
        raise BadMaterial(f"{path.name}: {codec} goes into a file that ends in {' or '.join(CODECS[codec].suffixes)}")
    with whole_file(path) as draft:
        kind = replace(CODECS[codec], options={**CODECS[codec].options, **QUICK}) if quick else CODECS[codec]
        movie = SoundingMovie(draft, kind, frame_rate=frame_rate, timecode=timecode, crf=crf)
        try:
            yield movie
            movie.finish()
        finally:
            movie.close()


class SoundingMovie:
    """A movie that is being written; `write_sounding_movie` opens one."""

    def __init__(self, path: Path, codec: MovieCodec, *, frame_rate: Fraction, timecode: str | None, crf: int) -> None:
        self._codec, self._frame_rate, self._crf = codec, frame_rate, crf
        self._shown: NDArray[np.float32] | None = None
        self._frame: Any = None
        # bitexact: nothing in the file of when it was written, or by which release
        options = {"movflags": "+faststart+write_colr", "fflags": "+bitexact"}
        self._container = av.open(f"file:{path.absolute()}", "w", options=options)
        if timecode is not None:
            self._container.metadata["timecode"] = timecode
        self._encoder, self._samples, bits = SOUND[path.suffix.lower()]
        self._bits = {"b": bits} if bits else {}
        self._size: tuple[int, int] | None = None
        self._picture: Any = None
        self._sound: Any = None
        self._written = 0

    def write(self, picture: NDArray[np.float32], sound: NDArray[np.float32]) -> None:
        """Add a frame and what is heard while it is seen.

        Args:
            picture: (height, width, 3) float32 R'G'B' as it shall be seen, 0 to 1; not changed, and given again to
                stand still.
            sound: (2, samples) float32, -1 to 1; as many samples as `sound.samples_before` gives the frame.
        """
        height, width = picture.shape[:2]
        try:
            if self._size is None:
                self._open(width, height)
            if self._size != (width, height):
                raise BadMaterial(f"frame {self._written} is {width}x{height}, the first was {self._size}")
            self._container.mux(self._picture.encode(self._coded(picture)))
            self._container.mux(self._sound.encode(self._heard(sound)))
        except av.FFmpegError as error:
            size = f"{width}x{height} at {self._frame_rate} frames a second"
            raise BadMaterial(f"{self._codec.encoder} cannot encode {size}: {error.strerror}") from error
        self._written += 1

    def finish(self) -> None:
        """Write what the encoders still hold.

        Raises:
            BadMaterial: there was no picture.
        """
        if self._size is None:
            raise BadMaterial("a movie without a single frame is not written")
        for stream in (self._picture, self._sound):
            self._container.mux(stream.encode(None))

    def close(self) -> None:
        """Write the index and let go of the file."""
        self._container.close()

    def _open(self, width: int, height: int) -> None:
        codec = self._codec
        quality = {"crf": str(self._crf)} if codec.encoder == "libx264" else {}
        self._picture = self._container.add_stream(
            codec.encoder, rate=self._frame_rate, options={**codec.options, **quality}
        )
        across, down = width + -width % codec.block[0], height + -height % codec.block[1]
        self._picture.width, self._picture.height = across, down
        self._picture.pix_fmt = codec.pixel_format
        self._sound = self._container.add_stream(self._encoder, rate=SAMPLE_RATE, options=self._bits)
        self._sound.codec_context.layout, self._sound.codec_context.format = "stereo", self._samples
        for stream in (self._picture, self._sound):
            stream.codec_context.flags |= Flags.bitexact
        _tag(self._picture.codec_context)
        self._resample = resampler((across, down), WIDE, codec.pixel_format)
        self._size = (width, height)

    def _coded(self, picture: NDArray[np.float32]) -> av.VideoFrame:
        if picture is not self._shown:
            self._frame, self._shown = self._converted(picture), picture
        self._frame.pts, self._frame.time_base = self._written, 1 / self._frame_rate
        frame: av.VideoFrame = self._frame
        return frame

    def _converted(self, picture: NDArray[np.float32]) -> av.VideoFrame:
        height, width = self._picture.height, self._picture.width
        grown = ((0, height - picture.shape[0]), (0, width - picture.shape[1]), (0, 0))
        whole = np.pad(picture, grown, mode="edge") if any(map(any, grown)) else picture
        wide = av.VideoFrame(width, height, WIDE)
        planes_from_rgb(np.ascontiguousarray(whole), planes_of(wide), "bt709")
        frame = self._resample(wide)
        _tag(frame)  # the encoder's tags reach the container alone, and ProRes has its own in every frame
        return frame

    def _heard(self, sound: NDArray[np.float32]) -> av.AudioFrame:
        kept = np.clip(sound, -1, 1)
        if self._samples == "s16":
            kept = np.rint(kept * np.float32(32767)).astype(np.int16).T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(kept), self._samples, "stereo")
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts = samples_before(self._written, self._frame_rate)
        return frame


def _tag(tagged: Any) -> None:
    tagged.color_primaries = tagged.color_trc = tagged.colorspace = BT709
    tagged.color_range = NARROW
