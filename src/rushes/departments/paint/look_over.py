"""Look a whole take over: how steady it is, how sure, and which frame the artist should fix next."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.departments.department import LookedOver, Scene, Seen
from rushes.departments.paint.advice import Advice, FrameEvidence, ranked, unlike_taught
from rushes.departments.paint.contact_sheet import Shown, strip_of
from rushes.departments.paint.frames import EVIDENCE
from rushes.departments.paint.layers import CONFIDENCE, DELTA, FULL_DOUBT, MATTE
from rushes.departments.paint.motion import motion_between
from rushes.departments.paint.pictures import viewer
from rushes.departments.paint.steady import flicker_map, flicker_of, matte_flicker_of, unrest
from rushes.departments.paint.take_report import Advised, TakePage, advised, write_take_report
from rushes.domain.parts import Measure

Floats = npt.NDArray[np.float32]

STEADY = 0.05
"""Stops of flicker beyond the plate's own that are let pass: between what is just seen, and what everyone sees."""

MATTE_STEADY = 0.1
"""Share of a matte that may come or go from one frame to the next where nothing moved so."""

MOST_ADVISED, MOST_STRIPS = 3, 6
"""Pictures in the report: of the frames to fix next, and of frames spread over the take."""


def look_over_take(card: Mapping[str, Any], scene: Scene, take: Sequence[Seen], folder: Path) -> LookedOver:
    """Measure how steady a take is, and say in a report which frame to fix next, and where."""
    mattes = not card["shape"]["changes"]
    flicker = _flicker(take, mattes=mattes)
    confidence = {seen.frame: _confidence(seen) for seen in take}
    taught = [int(frame) for clip, frame in card["taught"] if clip == scene.clip]
    by_hand = [seen.frame for seen in take if bool(seen.evidence["by_hand"][0])]
    advice = ranked([_evidence(seen, flicker, card) for seen in take], taught=sorted({*taught, *by_hand}))
    worst = max((value for value, _ in flicker.values()), default=0.0)
    limit, unit = (MATTE_STEADY, "of the matte") if mattes else (STEADY, "stops")
    measures = (
        Measure("flicker beyond the plate's own, worst frame", worst, unit, limit, worst <= limit),
        Measure("confidence where it applies, least frame", min(confidence.values(), default=1.0)),
        *(Measure("fix next, frame", float(one.frame)) for one in advice[:1]),
    )
    page = TakePage(
        title=f"Take of {scene.clip}",
        origin=f"{len(take)} frames, {take[0].frame}–{take[-1].frame}; taught by {len(card['taught'])} frames",
        colour=scene.colour,
        advice=[_advised(one, take, scene, mattes=mattes) for one in advice[:MOST_ADVISED]],
        flicker={frame: value for frame, (value, _) in flicker.items()},
        plate_flicker={},
        flicker_words=f"Flicker beyond the plate's own, {unit}",
        confidence=confidence,
        taught=taught,
        measures=measures,
        remarks=[f"Painted by hand: {', '.join(map(str, by_hand))}."] if by_hand else [],
    )
    view, spread = viewer(scene.colour), np.linspace(0, len(take) - 1, min(len(take), MOST_STRIPS)).round()
    strips = [strip_of(_shown(take[int(place)], scene, mattes=mattes), view) for place in spread]
    return LookedOver(measures, write_take_report(folder, strips, page=page))


def _flicker(take: Sequence[Seen], *, mattes: bool) -> dict[int, tuple[float, Floats]]:
    """Return flicker against the frame before, and where, of every frame but the first."""
    found = {}
    for before, now in pairwise(take):
        (plate_b, result_b, matte_b), (plate, result, matte) = (
            [np.asarray(seen.evidence[name], np.float32) for name in ("plate", "result", "matte")]
            for seen in (before, now)
        )
        motion = motion_between(plate, plate_b, longest=EVIDENCE)[0]
        if mattes:
            found[now.frame] = matte_flicker_of(matte_b, matte, motion), unrest(matte_b, matte, motion) * motion.belief
        else:
            pair = (plate_b, result_b), (plate, result)
            found[now.frame] = flicker_of(*pair, matte[0], motion=motion), flicker_map(*pair, motion) * matte[0]
    return found


def _confidence(seen: Seen) -> float:
    doubt, matte = (np.asarray(seen.evidence[name], np.float32) for name in ("doubt", "matte"))
    covers = matte.max(axis=0)
    return float(np.clip(1 - (doubt * covers).sum() / max(covers.sum(), 1e-6) / FULL_DOUBT, 0, 1))


def _evidence(seen: Seen, flicker: Mapping[int, tuple[float, Floats]], card: Mapping[str, Any]) -> FrameEvidence:
    signatures = np.asarray(card["signatures"], np.float32)
    return FrameEvidence(
        frame=seen.frame,
        disagreement=np.asarray(seen.evidence["doubt"], np.float32),
        flicker=flicker[seen.frame][1] if seen.frame in flicker else 0.0,
        distance=unlike_taught(np.asarray(seen.evidence["signature"], np.float32), signatures),
        area=float(np.asarray(seen.evidence["matte"], np.float32).max(axis=0).mean()),
    )


def _advised(advice: Advice, take: Sequence[Seen], scene: Scene, *, mattes: bool) -> Advised:
    seen = next(one for one in take if one.frame == advice.frame)
    return advised(advice, _shown(seen, scene, mattes=mattes), viewer(scene.colour))


def _shown(seen: Seen, scene: Scene, *, mattes: bool) -> Shown:
    channels = seen.rendered()
    result = np.stack([channels[name] for name in "RGB"])
    drawn = np.stack([channels[name] for name in sorted(channels, reverse=True) if name.startswith(f"{MATTE}.")])
    delta = None if mattes else np.stack([channels[f"{DELTA}.{name}"] for name in "RGB"])
    return Shown(
        name=f"frame {seen.frame}",
        plate=result if delta is None else result - delta,
        result=None if mattes else result,
        matte=drawn if mattes else drawn[0],
        doubt=(1 - channels[f"{CONFIDENCE}.A"]) * np.float32(FULL_DOUBT),
    )
