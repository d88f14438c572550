"""Which frames a movie really holds, and when each is shown: learned from every packet in it, never from its header.

Headers promise too many frames, edit lists hide some, and packets lie in the order of decoding, not of showing.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.stream import VideoStream

from rushes.domain.errors import BadMaterial, Damaged

USUAL_RATES = tuple(
    rate
    for nominal in (24, 25, 30, 48, 50, 60, 100, 120)
    for rate in (Fraction(nominal), Fraction(nominal * 1000, 1001))
)


@dataclass(frozen=True)
class MovieIndex:
    """Where every frame lies. A place is a packet's number in the order of decoding.

    Attributes:
        packet_times: when the picture of each packet is due, in ticks, by place.
        keys: places at which a decoder can start.
        times: when each frame that is shown is due, in the order of showing.
        frame_rate: frames a second.
    """

    packet_times: tuple[int, ...]
    keys: tuple[int, ...]
    times: tuple[int, ...]
    frame_rate: Fraction

    @cached_property
    def place_at(self) -> dict[int, int]:
        """The place of each packet, by its time."""
        return {time: place for place, time in enumerate(self.packet_times)}

    @cached_property
    def order_at(self) -> dict[int, int]:
        """Which frame is shown, counted from 0, by its time; those that an edit list hides are not in it."""
        return {time: order for order, time in enumerate(self.times)}

    def place(self, order: int) -> int:
        """Return the place of a frame's packet."""
        return self.place_at[self.times[order]]

    def starts(self, order: int) -> Iterator[int]:
        """Yield the places at which a decoder may start to reach a frame, the nearest first.

        A frame that is decoded after a key but shown before it leans on pictures before that key.
        """
        for key in reversed(self.keys[: bisect_right(self.keys, self.place(order))]):
            if self.packet_times[key] <= self.times[order]:
                yield key


def index_movie(path: str, container: InputContainer, stream: VideoStream) -> MovieIndex:
    """Read every packet of a movie, decoding none.

    Raises:
        Damaged: it is cut short, or its packets have no order.
        BadMaterial: its frame rate varies.
    """
    packets = _packets(path, container, stream)
    times = [time for time, _, _ in packets]
    shown = sorted(time for time, _, hidden in packets if not hidden)
    keys = tuple(place for place, (_, key, _) in enumerate(packets) if key)
    if not shown or not keys or len(set(times)) < len(times):
        raise Damaged(path, "its frames have no order: none is shown, or two at the same time")
    return MovieIndex(tuple(times), keys, tuple(shown), _steady_rate(path, np.array(shown), stream))


def _packets(path: str, container: InputContainer, stream: VideoStream) -> list[tuple[int, bool, bool]]:
    """Return time, whether a decoder can start there, and whether an edit list hides it, of every packet."""
    packets: list[tuple[int, bool, bool]] = []
    whole = True
    try:
        for packet in container.demux(stream):
            whole = whole and not packet.is_corrupt
            if packet.size and packet.pts is not None and whole:
                packets.append((packet.pts, packet.is_keyframe, packet.is_discard))
    except av.FFmpegError:
        whole = False
    # MXF has no index, but counts its duration in frames
    promised = len(stream.index_entries) or stream.duration or 0
    if not whole or len(packets) < promised:
        shown = sum(not hidden for _, _, hidden in packets)
        why = f"is cut short: {len(packets)} of {promised} frames are whole"
        raise Damaged(path, why, shown, remedy="Copy it again.")
    return packets


def _steady_rate(path: str, times: npt.NDArray[np.int64], stream: VideoStream) -> Fraction:
    tick, said = Fraction(stream.time_base or 1), stream.average_rate or stream.guessed_rate or Fraction(24)
    if len(times) == 1:
        return said
    ticks = np.diff(times)
    if (ticks == ticks[0]).all():
        return 1 / (int(ticks[0]) * tick)
    # a clock of 600 or 1000 ticks a second cannot say 23.976: allow one tick, or a tenth of a frame
    order = np.arange(len(times))

    def off(rate: Fraction) -> float:
        return float(np.abs(times - times[0] - order * float(1 / (rate * tick))).max())

    nearest = min((*USUAL_RATES, said), key=off)
    if off(nearest) <= max(1.0, 0.1 / (nearest * tick)):
        return nearest
    usual = float(np.median(ticks))
    odd = int((np.abs(ticks - usual) > max(1.0, 0.1 * usual)).sum())
    shortest, longest = (1000 * float(span * tick) for span in (int(ticks.min()), int(ticks.max())))
    raise BadMaterial(
        f"{path}: its frame rate varies: frames last from {shortest:.1f} to {longest:.1f} ms,"
        f" and {odd} of {len(ticks)} are off the usual {1000 * usual * float(tick):.1f} ms",
        remedy="Conform it to a constant frame rate first.",
    )
