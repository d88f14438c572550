"""Who is in a wall, in the furniture or in somebody else, and when: sets are cut level, people are round from above.

A finding is something to look at, not a refusal: actors squeeze past tables, and a director may want them to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import HALF_SHOULDERS
from rushes.departments.previs.stage.blocking import Walk, caught
from rushes.departments.previs.stage.pieces import Piece, Stage
from rushes.departments.previs.stage.solids import Floats
from rushes.departments.previs.stage.timeline import PASSING

LEVELS_M = (0.2, 0.435, 0.73, 1.05, 1.4)
SQUEEZE_M, EVERY_S, NEAR_SEAT_M, LENS_ROOM_M = 0.05, 0.1, 0.85, 0.12
OPENED = ("door ", "stairs")
"""Beginnings of names of what people go through or up: a leaf is opened, stairs are climbed."""
CLOSE_POSES = frozenset({"hug", "punch", "fight stance", "push"})


@dataclass(frozen=True)
class Collision:
    """Two things at one place.

    Attributes:
        who: the person, or `camera`.
        what: the wall, prop or other person.
        seconds: from and to.
        where: x and z of the worst moment, metres.
        words: all of it in words.
    """

    who: str
    what: str
    seconds: tuple[float, float]
    where: tuple[float, float]
    words: str


@dataclass(frozen=True, eq=False)
class Cut:
    """A set cut level.

    Attributes:
        lines: (lines, 2, 2) float64 x and z of both ends; what is solid lies to the same side of all of them.
        names: (lines,) of what each line belongs to.
        levels: (lines,) float64 height of the plane.
    """

    lines: Floats
    names: NDArray[np.str_]
    levels: Floats

    def around(self, spot: Floats) -> str:
        """Return the name of something solid that the spot is inside of, or nothing."""
        (x, z), start, end = spot, self.lines[:, 0], self.lines[:, 1]
        up = (start[:, 1] <= z) & (end[:, 1] > z)
        down = (end[:, 1] <= z) & (start[:, 1] > z)
        met = np.flatnonzero(up | down)
        share = (z - start[met, 1]) / (end[met, 1] - start[met, 1])
        met = met[start[met, 0] + share * (end[met, 0] - start[met, 0]) > x]
        winding: dict[tuple[str, float], int] = {}
        for at in met:
            key = str(self.names[at]), float(self.levels[at])
            winding[key] = winding.get(key, 0) + (1 if up[at] else -1)
        return next((name for (name, _), turns in sorted(winding.items()) if turns), "")

    def nearest(self, spot: Floats) -> tuple[float, str]:
        """Return how near the nearest line comes to a spot, and whose it is."""
        if not len(self.lines):
            return float("inf"), ""
        start, along = self.lines[:, 0], self.lines[:, 1] - self.lines[:, 0]
        share = ((spot - start) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12)
        away = np.linalg.norm(start + np.clip(share, 0, 1)[:, None] * along - spot, axis=1)
        at = int(np.argmin(away))
        return float(away[at]), str(self.names[at])

    def crossed(self, one: Floats, other: Floats) -> str:
        """Return the name of something that lies across the straight way between two spots, or nothing."""
        way, along = other - one, self.lines[:, 1] - self.lines[:, 0]
        turned = way[0] * along[:, 1] - way[1] * along[:, 0]
        off = self.lines[:, 0] - one
        safe = np.where(np.abs(turned) > 1e-12, turned, np.inf)
        on_way = (off[:, 0] * along[:, 1] - off[:, 1] * along[:, 0]) / safe
        on_line = (off[:, 0] * way[1] - off[:, 1] * way[0]) / safe
        hit = np.flatnonzero((on_way > 0) & (on_way < 1) & (on_line >= 0) & (on_line <= 1) & np.isfinite(safe))
        return str(self.names[hit[0]]) if len(hit) else ""


def cut_at(pieces: Iterable[Piece], levels_m: Sequence[float]) -> Cut:
    """Cut pieces at rest by level planes.

    Args:
        pieces: of the set.
        levels_m: heights of the planes.
    """
    lines, names, levels = [np.zeros((0, 2, 2))], [np.zeros(0, np.str_)], [np.zeros(0)]
    for piece in pieces:
        corners = piece.vertices.astype(np.float64)[piece.triangles]
        for level in levels_m:
            above = corners[:, :, 1] - level
            mixed = (above.min(1) < 0) & (above.max(1) > 0)
            if mixed.any():
                lines.append(_through(corners[mixed], above[mixed]))
                names.append(np.full(int(mixed.sum()), piece.of or piece.name))
                levels.append(np.full(int(mixed.sum()), level))
    return Cut(np.concatenate(lines), np.concatenate(names), np.concatenate(levels))


def _through(corners: Floats, above: Floats) -> Floats:
    """Return where triangles meet the plane, (triangles, 2, 2) x and z; the corner alone on its side comes first."""
    side = np.sign(above + 1e-15)
    alone = np.where(side[:, 0] == side[:, 1], 2, np.where(side[:, 0] == side[:, 2], 1, 0))
    rows = np.arange(len(corners))
    ends = []
    for step in (1, 2):
        other = (alone + step) % 3
        one, two = above[rows, alone], above[rows, other]
        share = (one / (one - two))[:, None]
        ends.append(corners[rows, alone] * (1 - share) + corners[rows, other] * share)
    lines = np.stack(ends, axis=1)[:, :, [0, 2]]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, [0, 2]]
    along = lines[:, 1] - lines[:, 0]
    wrong = along[:, 0] * outward[:, 1] - along[:, 1] * outward[:, 0] > 0
    lines[wrong] = lines[wrong, ::-1]
    return np.asarray(lines)


def radius_of(walk: Walk) -> float:
    """Return how far a person reaches from their middle seen from above, arms at the sides, metres."""
    return HALF_SHOULDERS * walk.height_m * walk.body.build.shoulders


@dataclass(frozen=True)
class _Touch:
    """One sample in which two things meet."""

    who: str
    what: str
    s: float
    where: tuple[float, float]
    deep_m: float


def collisions(stage: Stage, walks: Sequence[Walk], *, seconds: tuple[float, float]) -> list[Collision]:
    """Return who meets the set or each other, sampled ten times a second.

    Args:
        stage: the set; pieces of the people themselves do not count.
        walks: everybody's blocking.
        seconds: from and to.
    """
    people = {walk.name for walk in walks}
    solid = [each for each in stage.pieces if each.of not in people and not _opened(each)]
    times = np.arange(seconds[0], seconds[1] + EVERY_S / 2, EVERY_S)
    tracks = {walk.name: np.array([caught(walk, float(s)).place for s in times]) for walk in walks}
    touches = []
    for walk in walks:
        touches += list(_in_the_set(solid, walk, times, track=tracks[walk.name]))
    for one, other in combinations(walks, 2):
        touches += list(_in_each_other(one, other, times, tracks=tracks))
    return _told(touches)


def _opened(piece: Piece) -> bool:
    return piece.name.startswith(OPENED) or piece.of.startswith(OPENED) or piece.name.endswith("skirting")


def _in_the_set(solid: Sequence[Piece], walk: Walk, times: Floats, *, track: Floats) -> Iterable[_Touch]:
    """Yield where somebody meets the set; on their own seat they may."""
    reach = radius_of(walk)
    low, high = track.min(0) - 1.0, track.max(0) + 1.0
    near = [each for each in solid if _overlaps(each, low, high)]
    cut = cut_at(near, [level + float(track[0, 1]) for level in LEVELS_M if level < walk.height_m])
    seats = [np.array(mark.place) for mark in walk.marks if mark.seat_m is not None]
    for s, place in zip(times, track, strict=True):
        away, name = cut.nearest(place[[0, 2]])
        inside = cut.around(place[[0, 2]])
        deep = reach - SQUEEZE_M + (away if inside else -away)
        name = inside or name
        sits = any(float(np.hypot(*(place - seat)[[0, 2]])) < NEAR_SEAT_M for seat in seats)
        if deep > 0 and (name.startswith("wall ") or not sits):
            yield _Touch(walk.name, name, float(s), (float(place[0]), float(place[2])), deep)


def _overlaps(piece: Piece, low: Floats, high: Floats) -> bool:
    if not len(piece.vertices):
        return False
    first, last = piece.vertices.min(0), piece.vertices.max(0)
    return bool((first[[0, 2]] < high[[0, 2]]).all() and (last[[0, 2]] > low[[0, 2]]).all())


def _in_each_other(one: Walk, other: Walk, times: Floats, *, tracks: dict[str, Floats]) -> Iterable[_Touch]:
    """Yield where two people meet; who hugs or fights may."""
    room = radius_of(one) + radius_of(other) - SQUEEZE_M
    apart = np.linalg.norm((tracks[one.name] - tracks[other.name])[:, [0, 2]], axis=1)
    for at in np.flatnonzero(apart < room):
        s = float(times[at])
        if not (_pose_at(one, s) in CLOSE_POSES and _pose_at(other, s) in CLOSE_POSES):
            x, _, z = (tracks[one.name][at] + tracks[other.name][at]) / 2
            yield _Touch(one.name, other.name, s, (float(x), float(z)), float(room - apart[at]))


def _pose_at(walk: Walk, s: float) -> str:
    held = [mark.pose for mark in walk.marks if mark.at_s <= s and mark.pose not in PASSING]
    return held[-1] if held else walk.marks[0].pose


def _told(touches: Iterable[_Touch]) -> list[Collision]:
    """Return touches that follow one another as one finding each, in the order of their seconds."""
    found = []
    by_pair = sorted(touches, key=lambda each: (each.who, each.what, each.s))
    for (who, what), group in groupby(by_pair, key=lambda each: (each.who, each.what)):
        run: list[_Touch] = []
        for touch in [*group, None]:
            if run and (touch is None or touch.s - run[-1].s > 2.5 * EVERY_S):
                worst = max(run, key=lambda each: each.deep_m)
                x, z = worst.where
                when = f"at {worst.s:.1f} s" if len(run) == 1 else f"from {run[0].s:.1f} s to {run[-1].s:.1f} s"
                words = f"{who} is {worst.deep_m * 100:.0f} cm in {what} {when}, at x {x:.2f} m, z {z:.2f} m"
                found.append(Collision(who, what, (run[0].s, run[-1].s), worst.where, words))
                run = []
            if touch is not None:
                run.append(touch)
    return sorted(found, key=lambda each: (each.seconds, each.who, each.what))


def camera_collisions(
    stage: Stage, cameras: Sequence[tuple[float, Camera]], *, hidden: frozenset[str] = frozenset()
) -> list[Collision]:
    """Return where a camera stands in something or goes through it; through an open window it may.

    Args:
        stage: the set.
        cameras: seconds and camera, in order, close enough together that the way between is straight.
        hidden: pieces that are not there.
    """
    found: list[Collision] = []
    solid = [each for each in stage.pieces if each.name not in hidden]
    before: Floats | None = None
    for s, camera in cameras:
        x, y, z = camera.place
        spot = np.array([x, z])
        cut = cut_at(
            [each for each in solid if _overlaps(each, np.array([x, y, z]) - 3.0, np.array([x, y, z]) + 3.0)], [y]
        )
        through = cut.crossed(before, spot) if before is not None and len(cut.lines) else ""
        away, near = cut.nearest(spot)
        within = cut.around(spot) or (near if away < LENS_ROOM_M else "")
        what, how = (through, "goes through") if through else (within, "is in")
        if what and not (found and found[-1].what == what and s - found[-1].seconds[1] < 0.5):
            words = f"the camera {how} {what} at {s:.1f} s, at x {x:.2f} m, z {z:.2f} m, {y:.2f} m high"
            found.append(Collision("camera", what, (s, s), (x, z), words))
        elif what:
            last = found[-1]
            found[-1] = Collision(last.who, last.what, (last.seconds[0], s), last.where, last.words)
        before = spot
    return found
