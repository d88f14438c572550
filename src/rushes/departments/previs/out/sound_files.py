"""Sound files in: WAV of any rate and channels becomes stereo of 48 kHz."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from rushes.domain.errors import BadMaterial, Damaged
from rushes.media.gate import opened

SAMPLE_RATE = 48000
MOST_SECONDS, MOST_BYTES = 600, 1 << 28
"""No speech of a scene is longer; and a hostile header cannot ask for more."""
Samples = NDArray[np.float32]
"""(2, samples) float32, left and right, -1 to 1, 48,000 a second."""


def length_of(path: Path) -> int:
    """Return how many samples of 48 kHz a WAV file holds, from its header alone.

    Raises:
        NotFound: there is no such file.
        Damaged: it is no WAV file, or one too long for a speech.
        BadMaterial: it holds something else than plain samples.
    """
    with _wav(path) as (_, stream):
        seconds: Fraction = stream.duration * stream.time_base
    return ceil(seconds * SAMPLE_RATE)


def read_sound(path: Path) -> Samples:
    """Read a WAV file; mono is heard from both sides, more channels than two are mixed down.

    Args:
        path: `.wav`, of up to ten minutes.

    Raises:
        NotFound: there is no such file.
        Damaged: it is no WAV file, breaks off, or is too long for a speech.
        BadMaterial: it holds something else than plain samples.
    """
    with _wav(path) as (container, stream):
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
        blocks = [block.to_ndarray() for frame in container.decode(stream) for block in resampler.resample(frame)]
        blocks += [block.to_ndarray() for block in resampler.resample(None)]
    if not blocks:
        raise Damaged(str(path), "holds no sound")
    samples = np.concatenate(blocks, axis=1).astype(np.float32, copy=False)
    return np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples


@contextmanager
def _wav(path: Path) -> Iterator[tuple[Any, Any]]:
    with opened(path, None) as file:
        if not (file.head[:4] in (b"RIFF", b"RF64") and file.head[8:12] == b"WAVE"):
            raise Damaged(str(path), "is no WAV file", remedy="Export the sound as WAV.")
        if file.size > MOST_BYTES:
            raise Damaged(str(path), f"{file.size} bytes; a speech has at most {MOST_BYTES}")
    try:
        # the format by name: FFmpeg shall not look for another one, nor follow what a playlist names
        with av.open(f"file:{path.absolute()}", format="wav") as container:
            stream: Any = next(iter(container.streams.audio), None)
            if stream is None or not stream.duration or stream.duration * stream.time_base > MOST_SECONDS:
                raise Damaged(str(path), f"holds no sound, or more than {MOST_SECONDS} seconds")
            if not stream.codec_context.name.startswith("pcm_"):
                kind = stream.codec_context.name
                raise BadMaterial(f"{path}: holds {kind}, not plain samples", remedy="Export it as PCM WAV.")
            yield container, stream
    except (av.FFmpegError, ValueError) as error:
        raise Damaged(str(path), f"cannot be read as WAV: {error}") from error
