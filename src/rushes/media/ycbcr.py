"""Y'CbCr as video files hold it, to R'G'B' and back: matrix, levels and where chroma sits, by the ITU's numbers.

FFmpeg's own conversion cuts off what lies below black and above white, and sites chroma half a pixel to the right.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import av
import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from rushes.media.frames import Floats

LUMA_WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "bt601": (0.299, 0.114),
    "bt2020": (0.2627, 0.0593),
    "smpte240m": (0.212, 0.087),
}
"""Weights of red and blue in luma: ITU-R BT.709-6, BT.601-7, BT.2020-2 (non-constant luminance), SMPTE 240M."""

Planes = tuple[npt.NDArray[np.uint16], ...]
"""Y', Cb and Cr (then alpha), each `(height, width)`, code values shifted up to fill 16 bits."""

Resample = Callable[[av.VideoFrame], av.VideoFrame]


def rgb_from_planes(planes: Planes, matrix: str, *, bits: int, full_range: bool) -> Floats:
    """Return the colour that planes hold.

    Args:
        planes: 4:4:4.
        matrix: one of `LUMA_WEIGHTS`, or `rgb` where the planes are green, blue and red.
        bits: of the file's code values, before they were shifted.
        full_range: black is code 0 and white the largest, as in a computer's picture.

    Returns:
        `(height, width, 3)` float32 R'G'B' in the file's encoding, or 4 with alpha; black 0, white 1, and whatever
        the file holds below and above.
    """
    height, width = planes[0].shape
    packed = np.empty((height, width, len(planes)), np.float32)
    sides = (width, height, ocio.BIT_DEPTH_UINT16, 2, planes[0].strides[0])
    colour = packed[..., :3]
    down, across, channel = colour.strides
    there = ocio.PackedImageDesc(colour, width, height, 3, ocio.BIT_DEPTH_F32, channel, across, down)
    _to_rgb(matrix, bits, full_range).apply(ocio.PlanarImageDesc(*planes[:3], *sides), there)
    if len(planes) == 4:
        np.multiply(planes[3], np.float32(1 / 65535), out=packed[..., 3])
    return packed


def planes_from_rgb(picture: Floats, planes: Planes, matrix: str) -> None:
    """Fill planes with a picture, 10 bits of narrow range; what lies beyond the range's head- and footroom is cut.

    Args:
        picture: contiguous `(height, width, 3 or 4)` float32 R'G'B', black 0 and white 1.
        planes: 4:4:4, as many as channels.
    """
    height, width, channels = picture.shape
    source = ocio.PackedImageDesc(picture, width, height, channels)
    sides = (width, height, ocio.BIT_DEPTH_UINT16, 2, planes[0].strides[0])
    _from_rgb(matrix).apply(source, ocio.PlanarImageDesc(*planes[:3], *sides))
    if channels == 4:
        planes[3][:] = np.rint(np.clip(picture[..., 3], 0, 1) * np.float32(1023)).astype(np.uint16) << 6


def resampler(size: tuple[int, int], source: str, target: str) -> Resample:
    """Return what brings frames from one pixel format to another of more or fewer bits or chroma samples.

    Code values are shifted, never scaled. Chroma is sited left, as H.264, ProRes and DNxHR have it.
    """
    levels = "pc" if source.startswith("yuvj") else "tv"  # the same in and out, so that none is changed
    graph = av.filter.Graph()
    same = f"in_range={levels}:out_range={levels}:in_color_matrix=bt709:out_color_matrix=bt709"
    graph.link_nodes(
        graph.add_buffer(width=size[0], height=size[1], format=av.VideoFormat(source), time_base=Fraction(1, 1000)),
        graph.add(
            "scale",
            f"flags=bicubic+accurate_rnd+bitexact:sws_dither=none:in_chroma_loc=left:out_chroma_loc=left:{same}",
        ),
        graph.add("format", target),
        graph.add("buffersink"),
    ).configure()

    def resample(frame: av.VideoFrame) -> av.VideoFrame:
        graph.push(frame)
        resampled = graph.pull()
        assert isinstance(resampled, av.VideoFrame)
        return resampled

    return resample


def planes_of(frame: av.VideoFrame) -> Planes:
    """Return a 16-bit frame's planes as arrays: views, which live no longer than the frame."""
    return tuple(
        np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, plane.line_size // 2)[:, : plane.width]
        for plane in frame.planes
    )


def affine(matrix: str, *, bits: int, full_range: bool) -> npt.NDArray[np.float64]:
    """Return the `(4, 4)` matrix from 16-bit samples over 65535, and a 1, to R'G'B' and a 1."""
    white = ((1 << bits) - 1) << (16 - bits)
    black, luma, middle, chroma = (0, white, 1 << 15, white) if full_range else (16 << 8, 219 << 8, 1 << 15, 224 << 8)
    if matrix == "rgb":
        middle, chroma = black, luma
    levels = np.diag([65535 / luma, 65535 / chroma, 65535 / chroma, 1.0])
    levels[:3, 3] = [-black / luma, -middle / chroma, -middle / chroma]
    way: npt.NDArray[np.float64] = _colour(matrix) @ levels
    return way


def _colour(matrix: str) -> npt.NDArray[np.float64]:
    if matrix == "rgb":  # FFmpeg's planes are green, blue, red
        return np.eye(4)[[2, 0, 1, 3]]
    red, blue = LUMA_WEIGHTS[matrix]
    from_cr, from_cb, green = 2 * (1 - red), 2 * (1 - blue), 1 - red - blue
    return np.array(
        [
            [1, 0, from_cr, 0],
            [1, -from_cb * blue / green, -from_cr * red / green, 0],
            [1, from_cb, 0, 0],
            [0, 0, 0, 1],
        ]
    )


@cache
def _to_rgb(matrix: str, bits: int, full_range: bool) -> ocio.CPUProcessor:
    return _processor(affine(matrix, bits=bits, full_range=full_range), ocio.BIT_DEPTH_UINT16, ocio.BIT_DEPTH_F32)


@cache
def _from_rgb(matrix: str) -> ocio.CPUProcessor:
    to_rgb = affine(matrix, bits=10, full_range=False)
    return _processor(np.linalg.inv(to_rgb).astype(np.float64), ocio.BIT_DEPTH_F32, ocio.BIT_DEPTH_UINT16)


def _processor(way: npt.NDArray[np.float64], source: ocio.BitDepth, target: ocio.BitDepth) -> ocio.CPUProcessor:
    linear = np.eye(4)
    linear[:3, :3] = way[:3, :3]
    transform = ocio.MatrixTransform(matrix=linear.ravel().tolist(), offset=[*way[:3, 3].tolist(), 0.0])
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    return processor.getOptimizedCPUProcessor(source, target, ocio.OPTIMIZATION_LOSSLESS)
