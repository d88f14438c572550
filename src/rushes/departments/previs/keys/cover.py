"""How much of a shot the keys show, and which frame to paint next so that they show most of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, gaussian_filter, label

from rushes.departments.previs.keys.finding import Asked, asked_of, find
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
MOST_POINTS = 4000
"""Of a frame that are asked for; as many as say where paint is missing to a few pixels."""

NOTHING_LEFT = 0.002
"""Share of a shot that is not worth another key."""

PLAIN_HEAT = 0.3
"""Share of the greatest heat from which a pixel belongs to the region."""

WORTH_NAMING = 0.08
MOST_NAMES = 4


@dataclass(frozen=True, eq=False)
class Advice:
    """What to paint next.

    Attributes:
        frame: which frame.
        rect: left, top, right, bottom of the part of it that matters most, pixels, the last two not included.
        words: the same for people.
        gains: share of what is still missing that this frame would show, 0 to 1.
        missing: share of the shot that no key shows yet, 0 to 1.
        heat: (height, width) float32: pixels of the shot that wait for this pixel of the frame.
    """

    frame: int
    rect: tuple[int, int, int, int]
    words: str
    gains: float
    missing: float
    heat: Floats


def covered(keys: Sequence[Key], passes: Passes) -> Floats:
    """Return how far keys show each pixel of a frame, (height, width) float32, 0 to 1."""
    asked = asked_of(passes)
    shown = [find(key.chart, asked).shown for key in keys]
    result = np.max(shown, axis=0) if shown else np.zeros(passes.ids.size)
    return np.asarray(result.reshape(passes.ids.shape), np.float32)


def paint_next(shot: Mapping[int, Passes], keys: Sequence[Key], names: Sequence[str] = ()) -> Advice | None:
    """Return the frame whose painting would show most of what no key shows; nothing where all is shown.

    Args:
        shot: passes by frame: a dozen frames spread over the shot are enough, and may be small.
        keys: what is painted already; may be none; of any size.
        names: of the pieces of the stage, in order, for the words.
    """
    waiting = {frame: _waiting(passes, keys) for frame, passes in shot.items()}
    pixels = sum(passes.ids.size for passes in shot.values())
    left = {frame: asked for frame, (asked, _) in waiting.items()}
    missing = sum(len(asked.ids) * each for asked, each in waiting.values())
    heats = {}
    for frame, passes in shot.items():
        if not len(left[frame].ids) and keys:
            continue
        chart = Key(frame, passes.beauty, passes).chart
        heat = np.zeros(passes.ids.size)
        for asked, each in waiting.values():
            found = find(chart, asked)
            x, y = np.clip(np.rint([found.x, found.y]).astype(int), 0, [[chart.shape[1] - 1], [chart.shape[0] - 1]])
            heat += each * np.bincount(y * chart.shape[1] + x, found.shown, heat.size)
        heats[frame] = heat.reshape(passes.ids.shape).astype(np.float32)
    best = max(heats, key=lambda frame: (float(heats[frame].sum()), -frame), default=None)
    if best is None or heats[best].sum() < NOTHING_LEFT * pixels:
        return None
    rect = _region(heats[best])
    gains = min(float(heats[best].sum()) / missing, 1.0)
    advice = Advice(best, rect, "", gains, missing / pixels, heats[best])
    return replace(advice, words=_words(advice, shot[best], names))


def heat_picture(advice: Advice, passes: Passes) -> Floats:
    """Return the greybox, what is to be painted in orange, its region framed: (3, height, width) scene-linear."""
    grey = np.broadcast_to(0.55 * passes.beauty.mean(axis=0), passes.beauty.shape)
    spread = _smoothed(advice.heat)
    much = np.clip(spread / max(float(spread.max()) * 0.5, 1e-6), 0, 1) ** 0.5
    picture = np.asarray(grey + much * (np.array([0.95, 0.32, 0.03])[:, None, None] - grey), np.float32)
    left, top, right, bottom = advice.rect
    frame = np.zeros(passes.ids.shape, bool)
    thick = max(passes.ids.shape[1] // 400, 1)
    frame[top:bottom, left:right] = True
    frame[top + thick : bottom - thick, left + thick : right - thick] = False
    return np.where(frame, np.array([1.0, 0.85, 0.2], np.float32)[:, None, None], picture)


def _waiting(passes: Passes, keys: Sequence[Key]) -> tuple[Asked, float]:
    """Return points of a frame that no key shows, and for how many pixels each of them stands."""
    hidden = np.flatnonzero(covered(keys, passes) < 0.5)
    step = max(-(-len(hidden) // MOST_POINTS), 1)
    return asked_of(passes, hidden[::step]), float(step)


def _smoothed(heat: Floats) -> Floats:
    return np.asarray(gaussian_filter(heat, heat.shape[1] / 160), np.float32)


def _region(heat: Floats) -> tuple[int, int, int, int]:
    smooth = _smoothed(heat)
    parts, count = label(smooth >= PLAIN_HEAT * smooth.max())
    mass = [float(heat[parts == number].sum()) for number in range(1, count + 1)]
    rows, columns = find_objects(parts)[int(np.argmax(mass))]
    return int(columns.start), int(rows.start), int(columns.stop), int(rows.stop)


def _words(advice: Advice, passes: Passes, names: Sequence[str]) -> str:
    left, top, right, bottom = advice.rect
    height, width = passes.ids.shape
    across = ("left", "middle", "right")[min(int(1.5 * (left + right) / width), 2)]
    down = ("top", "middle", "bottom")[min(int(1.5 * (top + bottom) / height), 2)]
    whole = (right - left) > 0.85 * width and (bottom - top) > 0.85 * height
    where = "all over" if whole else ("in the middle" if across == down else f"{down} {across}")
    mass = np.bincount(passes.ids.reshape(-1), advice.heat.reshape(-1))
    order = [n for n in np.argsort(-mass)[:MOST_NAMES] if mass[n] >= WORTH_NAMING * mass.sum()]
    called = [names[n - 1] if 0 < n <= len(names) else (f"piece {n}" if n else "the sky") for n in order]
    return (
        f"Paint frame {advice.frame}, {where}: {', '.join(called)}. "
        f"It shows {advice.gains:.0%} of the {advice.missing:.1%} of the shot that no key shows yet."
    )
