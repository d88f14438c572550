"""shares: how much of its plate a take changed, measured from the pixels; what an underwriter and counsel ask for."""

from contextlib import ExitStack
from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from rushes.domain.nouns import Asset, Show, Take, frame_numbers
from rushes.jobs.here import Watcher, no_watcher
from rushes.media.alpha import premultiplied
from rushes.media.footage import open_footage
from rushes.media.frames import Frame
from rushes.media.plates import Plates, open_plates
from rushes.media.samples import from_float
from rushes.papers.dossier import Changed
from rushes.studio import Studio

MOST_COMPARED = 48
"""Frames of a take that are held against its plate: enough for a share, and done in a minute at 4K."""

DELTA = "_delta."
"""In the name of a layer that says what a take changed; it is 0 where nothing was."""


def changed_share(
    studio: Studio, production: Show, take: Take, *, watch: Watcher = no_watcher, most: int = MOST_COMPARED
) -> Changed | None:
    """Measure how much of its plate a take changed, by its own delta layer, or else pixel by pixel.

    A pixel counts where any of red, green and blue differs at all, plate and take both as the take's files hold them.

    Args:
        studio: whose vault has the files.
        production: whose colour management they were rendered with.
        take: to measure.
        watch: told of progress.
        most: so many frames are compared, evenly spread, and the last.

    Returns:
        None where the vault does not have the files of both, or they are not of one size.
    """
    plate = studio.ledger.get(take.plate)
    assert isinstance(plate, Asset)
    if not all(studio.vault.has(file) for file in (*take.files, *plate.files)):
        return None
    numbers = [number for number in frame_numbers(plate) if take.frames[0] <= number <= take.frames[1]]
    every = max(1, ceil(len(numbers) / most))
    compared = sorted({*numbers[::every], numbers[-1]})
    shares: dict[int, float] = {}
    with ExitStack() as files:
        space, rate = production.working_space, Fraction(plate.frame_rate)
        paths = studio.paths(plate.files)
        before = files.enter_context(open_plates(paths, plate, config=production.config, working_space=space))
        after = files.enter_context(open_footage(studio.paths(take.files), numbers, rate))
        for done, number in enumerate(compared):
            watch(done, len(compared), f"measuring {take.name}")
            frame = after.read(number)
            differs = _differs(frame, before)
            if differs is None:
                return None
            shares[number] = float(differs.mean())
    largest = max(shares, key=lambda number: shares[number])
    mean = sum(shares.values()) / len(shares)
    return Changed(mean, shares[largest], largest, len(compared), every, _compared(frame))


def _differs(frame: Frame, before: Plates) -> npt.NDArray[np.bool_] | None:
    layers = _deltas(frame)
    if layers:
        found: npt.NDArray[np.bool_] = np.logical_or.reduce([frame.others[name] != 0 for name in layers])
        return found
    plate = before.read(frame.number)
    if frame.header.premultiplied:
        plate = premultiplied(plate)
    there, here = plate.packed[..., :3], frame.packed[..., :3]
    if there.shape != here.shape:
        return None
    kind = frame.header.channel_types.get(frame.columns[0], "float")
    there = np.asarray(from_float(np.ascontiguousarray(there), kind), np.float32)
    unlike = (there != here) & ~(np.isnan(there) & np.isnan(here))
    differs: npt.NDArray[np.bool_] = unlike.any(axis=-1)
    return differs


def _compared(frame: Frame) -> str:
    return "the take's own delta layer" if _deltas(frame) else "take and plate, pixel by pixel"


def _deltas(frame: Frame) -> list[str]:
    return [name for name in frame.others if DELTA in name]
