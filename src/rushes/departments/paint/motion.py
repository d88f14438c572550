"""How a shot moves: dense flow between two plates, pictures seen through it, and how far it may be believed."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate

Floats = npt.NDArray[np.float32]

Flow = npt.NDArray[np.float32]
"""(2, height, width) float32 pixels, to the right and down: where a pixel of one frame is found in another."""

LONGEST = 960
"""Pixels of the longer side at which flow is looked for; twice as many take four times as long."""

LUMA = np.array([0.27, 0.67, 0.06], np.float32)
"""ACEScg's weights of light, rounded."""

FLOOR = 0.0625
"""Light, as a share of the key, that is added before the logarithm: four stops down, where grain takes over."""

CEILING = 64.0
"""Light, as a multiple of the key, beyond which one highlight is as good as another."""

SMALLEST = 16
"""Pixels a side to which smaller pictures are filled up: below 12 OpenCV 5.0 crashes."""

SLACK = 0.0015
"""Share of the longer side by which there and back may miss at no great loss; 0.7 pixels of 480."""

RELATIVE_SLACK = 0.1
"""Share of the way itself by which there and back may miss."""

STOPS_OFF = 0.3
"""Difference in stops, averaged over a few pixels, at which what is seen is taken for something else (1/e)."""

OUTSIDE = 8.0
"""Cost of a pixel that is found beyond the picture's edge; exp(-8) is 0.0003."""


@dataclass(frozen=True)
class Motion:
    """Where each pixel of one frame is found in another, kept small.

    Attributes:
        flow: (2, h, w) in pixels of this size.
        cost: (h, w) 0 up: the miss on the way there and back, and how unlike the two places look.
    """

    flow: Flow
    cost: Floats

    @property
    def belief(self) -> Floats:
        """How far it may be believed, (h, w) 0 to 1."""
        return np.exp(-self.cost)


def flow_between(one: Plate, other: Plate, *, longest: int = LONGEST) -> Flow:
    """Find each pixel of one plate in another; the same plates give the same flow on any number of threads.

    Dense inverse search [Kroeger2016] on log light relative to each plate's own key, so that an exposure that drifts
    is no movement.

    Args:
        one: (3, height, width) float32 scene-linear; negative values count as black.
        other: the same size.
        longest: pixels of the longer side at which is searched; the flow is scaled up from there.

    Returns:
        (2, height, width) float32, see `Flow`.

    References:
        [Kroeger2016] Fast Optical Flow using Dense Inverse Search, ECCV.
    """
    return scaled_flow(flow_of_sights(sight(one, longest=longest), sight(other, longest=longest)), one.shape[-2:])


def motion_between(one: Plate, other: Plate, *, longest: int = LONGEST) -> tuple[Motion, Motion]:
    """Return the motion from one plate to another and back, at the size at which it was looked for."""
    return motion_of_sights(sight(one, longest=longest), sight(other, longest=longest))


def motion_of_sights(one: Floats, other: Floats) -> tuple[Motion, Motion]:
    """Return the motion from one sight to another and back."""
    there, back = flow_of_sights(one, other), flow_of_sights(other, one)
    return (
        Motion(there, missing(there, back) + unlike(one, warped(other, there))),
        Motion(back, missing(back, there) + unlike(other, warped(one, back))),
    )


def warped(picture: Floats, flow: Flow) -> Floats:
    """Pull a picture of the other frame to where its pixels are seen in the one.

    Args:
        picture: (height, width) or (channels, height, width) float32 of any range, finite.
        flow: (2, height, width) from the one frame to the other.

    Returns:
        Same shape; bilinear between pixels, and the edge goes on beyond it. Where the flow is 0 nothing changes.

    >>> ramp = np.tile(np.arange(4, dtype=np.float32), (3, 1))
    >>> half = np.stack([np.full((3, 4), 0.5, np.float32), np.zeros((3, 4), np.float32)])
    >>> warped(ramp, half)[0].tolist()
    [0.5, 1.5, 2.5, 3.0]
    """
    height, width = flow.shape[1:]
    across = flow[0] + np.arange(width, dtype=np.float32)
    down = flow[1] + np.arange(height, dtype=np.float32)[:, None]
    planes = [
        cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for plane in np.ascontiguousarray(picture, np.float32).reshape(-1, *picture.shape[-2:])
    ]
    return np.asarray(planes, np.float32).reshape(*picture.shape[:-2], height, width)


def chained(first: Flow, second: Flow) -> Flow:
    """Return the flow from a first frame to a third: through the second."""
    return np.asarray(first + warped(second, first), np.float32)


def believable(forward: Flow, backward: Flow, *, plates: tuple[Plate, Plate] | None = None) -> Floats:
    """Return how far a flow may be believed: it comes back, stays in the picture, and what it finds looks alike.

    Args:
        forward: (2, height, width) from the one frame to the other.
        backward: the same size, from the other to the one.
        plates: the one and the other, (3, height, width) scene-linear, to compare what is seen; both at their own key.

    Returns:
        (height, width) float32 matte: 1 where forward and backward cancel, near 0 where the other frame hides it.
    """
    cost = missing(forward, backward)
    if plates is not None:
        one, other = (sight(plate, longest=max(plate.shape[-2:])) for plate in plates)
        cost = cost + unlike(one, warped(other, forward))
    return np.asarray(np.exp(-cost), np.float32)


def missing(forward: Flow, backward: Flow) -> Floats:
    """Return (height, width) float32 cost, 0 up, of a flow that does not come back or leaves the picture.

    The square of the miss over the square of what may be missed, at most `OUTSIDE`.
    """
    height, width = forward.shape[1:]
    back = warped(backward, forward)
    miss = np.square(forward + back).sum(axis=0)
    slack = (SLACK * max(height, width)) ** 2
    slack = slack + RELATIVE_SLACK**2 * (np.square(forward).sum(axis=0) + np.square(back).sum(axis=0))
    across = forward[0] + np.arange(width, dtype=np.float32)
    down = forward[1] + np.arange(height, dtype=np.float32)[:, None]
    outside = (across < -0.5) | (across > width - 0.5) | (down < -0.5) | (down > height - 0.5)
    return np.asarray(np.where(outside, OUTSIDE, np.minimum(miss / slack, OUTSIDE)), np.float32)


def unlike(one: Floats, other: Floats) -> Floats:
    """Return (height, width) float32 cost, 0 up, of two sights of one size that do not look alike; 1 at `STOPS_OFF`."""
    off = np.abs(one - other).mean(axis=0)
    return np.asarray(cv2.blur(off, (5, 5), borderType=cv2.BORDER_REPLICATE) / STOPS_OFF, np.float32)


def key_of(plate: Plate) -> float:
    """Return the light a plate is exposed for: the median luminance of what is lit; 1 for a plate that is black."""
    stride = max(1, int(np.sqrt(plate[0].size / 65536)))
    some = np.tensordot(LUMA, plate[:, ::stride, ::stride], axes=1)
    lit = some[some > 0]
    return float(np.median(lit)) if lit.size else 1.0


def stops(light: Floats, key: float) -> Floats:
    """Return scene-linear light as stops above or below the key, with a floor where grain would take over.

    Args:
        light: any shape, scene-linear; below 0 counts as 0, beyond `CEILING` keys as that.
        key: see `key_of`.

    >>> [round(float(stop), 2) for stop in stops(np.float32([-1.0, 0.0, 0.18, 0.36, 65504.0]), 0.18)]
    [-4.0, -4.0, 0.09, 1.04, 6.0]
    """
    return np.asarray(np.log2(np.clip(light, 0, CEILING * key) / np.float32(key) + np.float32(FLOOR)), np.float32)


def shrunk(picture: Floats, longest: int) -> Floats:
    """Average a picture, (…, height, width), down to a longer side; a smaller one stays as it is."""
    height, width = picture.shape[-2:]
    share = longest / max(height, width)
    if share >= 1:
        return np.ascontiguousarray(picture, np.float32)
    size = max(1, round(height * share)), max(1, round(width * share))
    return _resized(picture, size, cv2.INTER_AREA)


def stretched(picture: Floats, size: tuple[int, ...]) -> Floats:
    """Return a small picture, (…, h, w), at a larger size, (height, width), bilinear."""
    return picture if picture.shape[-2:] == size else _resized(picture, size, cv2.INTER_LINEAR)


def _resized(picture: Floats, size: tuple[int, ...], way: int) -> Floats:
    planes = picture.reshape(-1, *picture.shape[-2:])
    resized = [cv2.resize(np.ascontiguousarray(one, np.float32), size[::-1], interpolation=way) for one in planes]
    return np.asarray(resized, np.float32).reshape(*picture.shape[:-2], *size)


def sight(plate: Plate, *, longest: int, key: float | None = None) -> Floats:
    """Return a plate as it is compared: (3, h, w) float32 stops about a key, its own unless given, and small.

    Highlights are held before pixels are averaged, or one firefly would outshine its surroundings.
    """
    key = key_of(plate) if key is None else key
    # a channel at a time: an 8K frame is large
    small = np.stack([shrunk(np.clip(channel, 0, CEILING * key), longest) for channel in plate])
    return stops(np.nan_to_num(small), key)


def scaled_flow(flow: Flow, size: tuple[int, ...]) -> Flow:
    """Return a flow for a picture of another size, (height, width)."""
    ratios = np.array([size[1] / flow.shape[2], size[0] / flow.shape[1]], np.float32)
    return flow if flow.shape[1:] == size else stretched(flow, size) * ratios[:, None, None]


def flow_of_sights(one: Floats, other: Floats) -> Flow:
    """Find each pixel of one sight, see `sight`, in another of the same size; (2, h, w) float32."""
    height, width = one.shape[1:]
    mine, theirs = _greys(one, other)
    # a preset with spatial propagation splits the picture in the same eight bands whatever the number of threads
    searcher = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = np.asarray(searcher.calc(mine, theirs, np.zeros((*mine.shape, 2), np.float32)), np.float32)
    return np.ascontiguousarray(flow[:height, :width].transpose(2, 0, 1))


def _greys(one: Floats, other: Floats) -> list[npt.NDArray[np.uint8]]:
    """Return both as the eight bits that the search takes, on one scale, from the darkest half per cent up."""
    lumas = [np.tensordot(LUMA, picture, axes=1) for picture in (one, other)]
    ends = np.array([np.percentile(luma[::2, ::2], (0.5, 99.5)) for luma in lumas])
    lowest, highest = ends[:, 0].min(), ends[:, 1].max()
    spread = 255 / max(highest - lowest, 0.1)
    filled = [max(0, SMALLEST - side) for side in one.shape[1:]]
    greys = [np.clip((luma - lowest) * spread + 0.5, 0, 255).astype(np.uint8) for luma in lumas]
    return [np.pad(grey, ((0, filled[0]), (0, filled[1])), mode="edge") for grey in greys]
