"""Movies in: H.264, HEVC, ProRes and DNxHR, read lazily, any frame at any time, the same bits as in one go."""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from threading import Lock

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from rushes.domain.errors import BadMaterial, Damaged, MissingFrames, NotFound
from rushes.media.frames import Frame
from rushes.media.gate_movie import MAX_PIXELS, check_movie
from rushes.media.movie_index import MovieIndex, index_movie
from rushes.media.movie_signal import ColourTags, header_of, signal_of, tags_of, unpacker
from rushes.media.timecode import frame_of, timecode_after

DEMUXERS = {".mov": "mov", ".mp4": "mov", ".m4v": "mov", ".mxf": "mxf"}
"""By suffix, and no other is tried: FFmpeg also has playlists, which open further files and addresses."""
DECODERS = ("h264", "hevc", "prores", "dnxhd")


def is_movie(path: Path) -> bool:
    """Return whether a file's name says that it is a movie."""
    return path.suffix.lower() in DEMUXERS


def open_movie(path: Path, *, first_frame: int = 0, max_pixels: int = MAX_PIXELS) -> "Movie":
    """Open a movie: reads all of its packets once, and decodes none for keeps.

    Args:
        path: a regular file; links are not followed.
        first_frame: number of its first frame.
        max_pixels: of one frame; a larger one never reaches a decoder.

    Raises:
        NotFound: there is no such file.
        Damaged: no movie, or cut short.
        BadMaterial: a codec that is not read, frames too large, or a frame rate that varies.
    """
    container = _opened(path, max_pixels)
    try:
        stream = _video_stream(path, container, max_pixels)
        return Movie(path, container, stream, index=index_movie(str(path), container, stream), first_frame=first_frame)
    except (BadMaterial, av.FFmpegError):
        container.close()
        raise


def read_colour_tags(path: Path) -> tuple[ColourTags, dict[str, str]]:
    """Read how a movie says that its colour is encoded, and whatever else it says in text; costs no decoding.

    Raises:
        NotFound: there is no such file.
        Damaged: no movie.
        BadMaterial: a codec that is not read, or frames too large.
    """
    with _opened(path, MAX_PIXELS) as container:
        stream = _video_stream(path, container, MAX_PIXELS)
        return tags_of(stream.codec_context), {**container.metadata, **stream.metadata}


class Movie:
    """An opened movie: `Footage`, in R'G'B' as it is encoded, black 0 and white 1. Threads take turns."""

    def __init__(
        self, path: Path, container: InputContainer, stream: VideoStream, *, index: MovieIndex, first_frame: int
    ) -> None:
        self._path, self._container, self._stream = path, container, stream
        self._index, self._first_frame = index, first_frame
        self._timecode = _timecode(container, index.frame_rate)
        self._unpack = unpacker()
        self._lock = Lock()
        self._run: Iterator[tuple[int, av.VideoFrame]] = iter(())
        self._shown, self._sent = len(index.times), 0  # the last frame that the run gave, the last packet it took
        self._broken: list[int] = []  # packets that did not decode in this run
        self._damaged: set[int] = set()  # packets that do not decode in any

    @property
    def frames(self) -> tuple[int, int]:
        """First and last frame number, both included; counted packet by packet."""
        return self._first_frame, self._first_frame + len(self._index.times) - 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._stream.width, self._stream.height

    @property
    def frame_rate(self) -> Fraction:
        """Frames a second, as the frames lie."""
        return self._index.frame_rate

    @property
    def timecode(self) -> str | None:
        """Timecode of the first frame, where the file says."""
        return self._timecode

    def read(self, number: int) -> Frame:
        """Read one frame.

        Returns:
            R'G'B' float32 in the file's own encoding, black 0 and white 1, values below and above kept; straight
            alpha where there is one. What the file did not say is in the header under `movie:assumed`.

        Raises:
            MissingFrames: the movie does not have this frame.
            Damaged: the frame, or one that it leans on, does not decode.
        """
        order = number - self._first_frame
        if not 0 <= order < len(self._index.times):
            raise MissingFrames(str(self._path), [(number, number)])
        try:
            with self._lock:
                frame = self._decoded(order)
                signal = signal_of(frame)
                packed = self._unpack(frame, signal)
        except av.FFmpegError as error:
            self._shown = len(self._index.times)  # the run is over
            raise self._refusal(order, f"does not decode: {error.strerror}") from error
        timecode = timecode_after(self._timecode, order, self.frame_rate) if self._timecode else None
        header = header_of(frame, signal, codec=self._stream.codec_context.name, frame_rate=self.frame_rate)
        return Frame(number, packed, replace(header, timecode=timecode))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._run = iter(())
            self._container.close()

    def _decoded(self, order: int) -> av.VideoFrame:
        fault = self._fault(order, self._damaged)
        # behind some keys the decoder misses pictures from before them, or comes clean only after a while (intra
        # refresh): then an earlier key helps; what is damaged is damaged from all of them
        starts = chain(islice(self._index.starts(order), 3), self._index.keys[:1]) if fault is None else ()
        for start in dict.fromkeys(starts):
            frame = self._reached(order, start)
            fault = self._fault(order, self._broken)
            if frame is None and fault is None and self._broken:
                frame = self._reached(order, start, before=min(self._broken))
            if frame is not None and fault is None:
                if (frame.width, frame.height) == self.size:
                    return frame
                raise self._refusal(order, f"is {frame.width}x{frame.height}; the movie is {self.size}")
        if fault is None:
            raise self._refusal(order, "does not come out of the decoder")
        self._damaged.add(fault)
        culprit = self._index.order_at.get(self._index.packet_times[fault], order)
        leans = "" if culprit == order else f"; frame {self._first_frame + order} leans on it"
        raise self._refusal(culprit, f"does not decode{leans}")

    def _reached(self, order: int, start: int, before: int | None = None) -> av.VideoFrame | None:
        goes_on = self._shown < order and start <= self._sent + 1 and before is None
        if not goes_on:
            self._container.seek(self._index.packet_times[start], stream=self._stream)
            self._run, self._broken = self._decoding(before), []
        nowhere = len(self._index.times)
        shown, frame = next((found for found in self._run if found[0] >= order), (nowhere, None))
        self._shown = shown if before is None else nowhere  # a run that stops early leads to no other frame
        return frame if shown == order else None

    def _decoding(self, before: int | None) -> Iterator[tuple[int, av.VideoFrame]]:
        """Yield frames as the decoder gives them, each with its place in the order of showing.

        Args:
            before: packet at which to stop; what is still inside the decoder then comes out.
        """
        for packet in self._container.demux(self._stream):
            if packet.pts is not None:
                self._sent = self._index.place_at.get(packet.pts, self._sent)
            if self._sent == before:
                yield from self._with_order(self._stream.codec_context.decode(None))
                return
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self._broken.append(self._sent)
                continue
            yield from self._with_order(frames)

    def _with_order(self, frames: Iterable[av.VideoFrame]) -> Iterator[tuple[int, av.VideoFrame]]:
        for frame in frames:
            order = None if frame.pts is None else self._index.order_at.get(frame.pts)
            if order is not None and not frame.is_corrupt:
                yield order, frame

    def _fault(self, order: int, broken: Iterable[int]) -> int | None:
        """Return which of these packets a frame leans on, if on any."""
        index, last = self._index, self._index.place(order)
        key = next(index.starts(order), 0)
        for place in broken:
            # what is shown before the key leans on pictures before it, and nothing behind it leans on that
            if place == last or (key <= place < last and index.packet_times[place] >= index.packet_times[key]):
                return place
        return None

    def _refusal(self, order: int, why: str) -> Damaged:
        return Damaged(str(self._path), why, self._first_frame + order)


def _opened(path: Path, max_pixels: int) -> InputContainer:
    _refuse_file(path)
    check_movie(path, max_pixels=max_pixels)
    limits = {"protocol_whitelist": "file", "codec_whitelist": ",".join(DECODERS), "max_pixels": str(max_pixels)}
    try:
        name, demuxer = f"file:{path.absolute()}", DEMUXERS[path.suffix.lower()]
        return av.open(name, format=demuxer, options=limits, metadata_errors="replace")
    except av.FFmpegError as error:
        raise Damaged(str(path), f"is no {path.suffix} movie that can be read: {error.strerror}") from error


def _refuse_file(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError as error:
        raise NotFound("movie", str(path)) from error
    if not stat.S_ISREG(mode):
        raise Damaged(str(path), "is a link, a folder or a device", remedy="Name the file itself.")
    if not is_movie(path):
        raise BadMaterial(f"{path}: no movie format that is read here", remedy=f"There is {' '.join(DEMUXERS)}.")


def _video_stream(path: Path, container: InputContainer, max_pixels: int) -> VideoStream:
    stream = next(iter(container.streams.video), None)
    if stream is None or stream.codec_context is None or stream.codec_context.name not in DECODERS:
        raise BadMaterial(f"{path}: no picture in {', '.join(DECODERS)}")
    if not 0 < stream.width * stream.height <= max_pixels:
        raise BadMaterial(f"{path}: {stream.width}x{stream.height} pixels a frame; at most {max_pixels} are read")
    # without this FFmpeg fills what does not decode from its surroundings, and says nothing
    strict = {"err_detect": "crccheck+bitstream+buffer+explode", "max_pixels": str(max_pixels)}
    stream.codec_context.options = strict
    return stream


def _timecode(container: InputContainer, rate: Fraction) -> str | None:
    said = [container.metadata, *(stream.metadata for stream in container.streams)]
    for timecode in (each["timecode"] for each in said if "timecode" in each):
        with suppress(BadMaterial):  # one that cannot be counted at this rate is none
            frame_of(timecode, rate)
            return timecode
    return None
