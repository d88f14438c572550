"""Where people stand when nobody has said: on the set's marks, in a line or a ring, facing whom they speak to."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rushes.departments.previs.shots.figures import Figure, bearing_between
from rushes.departments.previs.stage.floorplan import FloorPlan, Spike

ELBOW_ROOM_M, TALKING_M = 0.85, 1.30


def default_places(
    plan: FloorPlan, heights: Mapping[str, float], talks: Sequence[tuple[str, str]] = ()
) -> dict[str, Figure]:
    """Return standing places for a scene's people.

    Those who speak most get the set's marks, or stand 1.3 m apart; the others close the ring around them. Everybody
    faces whom they speak to most, else who speaks most, else the middle.

    Args:
        plan: the set.
        heights: stature of everybody, metres, in the order of the cast list.
        talks: who speaks to whom, once for every speech.

    >>> plan = FloorPlan("room")
    >>> cast = default_places(plan, {"JENNY": 1.70, "WILL": 1.80}, [("JENNY", "WILL")])
    >>> {name: (figure.place[0], round(figure.facing_deg)) for name, figure in cast.items()}
    {'JENNY': (-0.65, 90), 'WILL': (0.65, -90)}
    """
    spoken = Counter(speaker for speaker, _ in talks)
    order = sorted(heights, key=lambda name: (-spoken[name], list(heights).index(name)))
    spots = _spots(plan.spikes, len(order))
    found = dict(zip(order, spots, strict=True))
    figures = {}
    for name in heights:
        spike = found[name]
        place = (spike.at[0], 0.0, spike.at[1])
        partner = _partner(name, order, talks)
        facing = spike.facing_deg
        if partner and spike.seat_m is None:
            facing = bearing_between(np.array(place), np.array([found[partner].at[0], 0.0, found[partner].at[1]]))
        figures[name] = Figure(name, heights[name], place, facing, spike.seat_m)
    return figures


def _partner(name: str, order: Sequence[str], talks: Sequence[tuple[str, str]]) -> str:
    """Return whom somebody looks at."""
    said = Counter(other for speaker, other in talks if speaker == name and other in order and other != name)
    said.update(speaker for speaker, other in talks if other == name and speaker in order and speaker != name)
    if said:
        return said.most_common(1)[0][0]
    return next((other for other in order if other != name), "")


def _spots(spikes: Sequence[Spike], many: int) -> list[Spike]:
    """Return so many marks: the set's own first, then a ring through them that leaves them be."""
    own = list(spikes[:many])
    if len(own) == many:
        return own
    middle = np.mean([spike.at for spike in spikes], axis=0) if spikes else np.zeros(2)
    ring = max(TALKING_M / 2, many * ELBOW_ROOM_M / (2 * np.pi))
    angles = np.radians(-90.0 + 360.0 * np.arange(max(many, 2)) / max(many, 2))
    free = [middle + ring * np.array([np.sin(angle), np.cos(angle)]) for angle in angles]
    if many == 1:
        return [Spike("A", (float(middle[0]), float(middle[1])), 0.0)]
    if own and any(spike.seat_m is not None for spike in own):
        free = [spot + np.array([1.6, 0.0]) for spot in free]
    else:
        own = []
    found = [*own]
    for spot in free:
        if len(found) < many:
            towards = bearing_between(np.array([spot[0], 0.0, spot[1]]), np.array([middle[0], 0.0, middle[1]]))
            found.append(Spike(f"{len(found) + 1}", (round(float(spot[0]), 3), round(float(spot[1]), 3)), towards))
    return found
