"""A greybox renderer of boxes and balls in plain numpy: exact, no OpenGL, for tests that need `Passes` and no more.

`open_boxes(things, size).draw(moment)` is a `Renderer`: the camera, the places, the light and what is hidden come from
the same `Moment` that the real one draws. A frame of 96×54 takes a twentieth of a second. `two_walkers(at)` is a shot:
two people of boxes and balls cross a walled room under a moving camera. `smaller` makes passes of finer ones, and
`painted` paints over them as an artist of few ideas might.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import EVERYTHING, Passes
from rushes.departments.previs.shots.cameras import Camera, axes, project
from rushes.departments.previs.shots.lenses import FILMBACKS, Package, half_field
from rushes.departments.previs.stage.pieces import Light, Matrix, Moment

Floats = NDArray[np.float64]
IN_FRONT_M = 1e-4
CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)


@dataclass(frozen=True)
class Thing:
    """A box or a ball at rest.

    Attributes:
        name: unique.
        centre: x, y, z at rest, metres.
        half: half its extent along x, y and z, metres.
        grey: diffuse reflectance, scene-linear.
        ball: an ellipsoid in that box.
        shadow: it throws one.
    """

    name: str
    centre: tuple[float, float, float]
    half: tuple[float, float, float]
    grey: tuple[float, float, float] = (0.5, 0.5, 0.5)
    ball: bool = False
    shadow: bool = True


@dataclass(frozen=True)
class Boxes:
    """Things ready to be drawn.

    Attributes:
        things: numbered from 1 in the id pass.
        size: width and height, pixels.
        fine: rays across a pixel, odd: the middle one makes the passes, their mean the beauty.
    """

    things: tuple[Thing, ...]
    size: tuple[int, int]
    fine: int = 3

    def draw(self, moment: Moment, wanted: frozenset[str] = EVERYTHING) -> Passes:
        """Return the passes of a moment, as every `Renderer` does."""
        width, height = self.size[0] * self.fine, self.size[1] * self.fine
        hit = _first_hits(self.things, moment, (width, height))
        lit = _lit(self.things, moment, hit).reshape(height, width)
        shades = _shade(self.things, moment.light, hit, lit=lit)
        blocks = shades.reshape(3, self.size[1], self.fine, self.size[0], self.fine)
        middle = np.s_[self.fine // 2 :: self.fine]
        passes = {
            "beauty": blocks.mean(axis=(2, 4)),
            "depth": hit.depth[middle, middle],
            "normal": hit.normal[:, middle, middle],
            "position": hit.position[:, middle, middle],
            "rest": hit.rest[:, middle, middle],
            "lit": lit[middle, middle],
        }
        kept = {name: np.ascontiguousarray(values, np.float32) for name, values in passes.items()}
        kept["ids"] = np.ascontiguousarray(hit.ids[middle, middle])  # type: ignore[assignment]
        nothing = np.zeros(0, np.float32)
        return Passes(**{name: values if name in wanted else nothing for name, values in kept.items()})

    def close(self) -> None:
        """Hold nothing, so let go of nothing."""


def open_boxes(things: Sequence[Thing], size: tuple[int, int], fine: int = 3) -> Boxes:
    """Return a renderer of things at a size, width and height."""
    return Boxes(tuple(things), size, fine)


@dataclass(frozen=True)
class _Hit:
    depth: Floats
    position: Floats
    rest: Floats
    normal: Floats
    ids: NDArray[np.uint16]


def _rays(camera: Camera, size: tuple[int, int]) -> Floats:
    """Return (height, width, 3) directions that are one metre long along the lens."""
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    across, upright = half_field(camera.package, camera.focal_mm)
    u = (2 * (np.arange(size[0]) + 0.5) / size[0] - 1) * across
    v = (1 - 2 * (np.arange(size[1]) + 0.5) / size[1]) * upright
    return forward + u[None, :, None] * right + v[:, None, None] * up


def _into(thing: Thing, place: Matrix, start: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Return rays as a thing sees them that is two units wide, high and deep about its own middle."""
    turn, half = place[:3, :3], np.array(thing.half)
    return ((start - place[:3, 3]) @ turn - thing.centre) / half, along @ turn / half


def _meet(thing: Thing, start: Floats, along: Floats) -> Floats:
    """Return how far along its ray each one enters a thing, infinite where it passes by or starts behind."""
    if thing.ball:
        a, b, c = (along**2).sum(-1), (along * start).sum(-1), (start**2).sum(-1) - 1
        inside = b**2 - a * c
        near = (-b - np.sqrt(np.maximum(inside, 0))) / a
        return np.where((inside > 0) & (near > IN_FRONT_M), near, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (-1 - start) / along, (1 - start) / along
    enter, leave = np.minimum(one, other).max(-1), np.maximum(one, other).min(-1)
    return np.where((enter < leave) & (enter > IN_FRONT_M), enter, np.inf)


def _window(thing: Thing, place: Matrix, camera: Camera, size: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns in which a thing can be seen."""
    corners = (thing.centre + CORNERS * thing.half) @ place[:3, :3].T + place[:3, 3]
    seen = project(camera, corners)
    if np.isnan(seen).any():
        return slice(0, size[1]), slice(0, size[0])
    low = np.clip(np.floor(seen[:, :2].min(0) * size).astype(int), 0, size)
    high = np.clip(np.ceil(seen[:, :2].max(0) * size).astype(int), 0, size)
    return slice(low[1], high[1]), slice(low[0], high[0])


def _first_hits(things: tuple[Thing, ...], moment: Moment, size: tuple[int, int]) -> _Hit:
    rays, start = _rays(moment.camera, size), np.array(moment.camera.place)
    depth, ids = np.full(rays.shape[:2], np.inf), np.zeros(rays.shape[:2], np.uint16)
    normal, rest = np.zeros((3, *ids.shape)), np.zeros((3, *ids.shape))
    for number, thing in enumerate(things, 1):
        if thing.name in moment.hidden:
            continue
        place = moment.places.get(thing.name, np.eye(4))
        rows, columns = _window(thing, place, moment.camera, size)
        begin, along = _into(thing, place, start, rays[rows, columns])
        far = _meet(thing, begin, along)
        first = far < depth[rows, columns]
        unit = begin + far[first][:, None] * along[first]
        depth[rows, columns][first], ids[rows, columns][first] = far[first], number
        out = unit if thing.ball else np.where(np.abs(unit) == np.abs(unit).max(-1, keepdims=True), np.sign(unit), 0)
        out = out / thing.half
        out /= np.linalg.norm(out, axis=-1, keepdims=True)
        normal[:, rows, columns][:, first] = (out @ place[:3, :3].T).T
        rest[:, rows, columns][:, first] = (unit * thing.half + thing.centre).T
    far_away = np.where(ids > 0, depth, 0)[..., None]
    position = np.where(ids[..., None] > 0, start + far_away * rays, 0).transpose(2, 0, 1)
    return _Hit(depth, position, rest, normal, ids)


def _lit(things: tuple[Thing, ...], moment: Moment, hit: _Hit) -> Floats:
    """Return how much of the key light arrives at each of the rays' ends, (rays,)."""
    towards = np.array(moment.light.towards) / np.linalg.norm(moment.light.towards)
    normal = hit.normal.reshape(3, -1).T
    lit = np.maximum(normal @ towards, 0.0)
    asked = np.flatnonzero(lit > 0)
    start = hit.position.reshape(3, -1).T[asked] + 10 * IN_FRONT_M * normal[asked]
    for thing in things:
        if thing.shadow and thing.name not in moment.hidden:
            begin, along = _into(thing, moment.places.get(thing.name, np.eye(4)), start, towards)
            free = np.isinf(_meet(thing, begin, along[None]))
            lit[asked[~free]] = 0.0
            asked, start = asked[free], start[free]
    return lit


def _shade(things: tuple[Thing, ...], light: Light, hit: _Hit, *, lit: Floats) -> Floats:
    """Return the grey picture of every ray, (3, height, width); where nothing stands, the haze."""
    greys = np.array([light.haze, *(thing.grey for thing in things)]).T
    above = 0.5 + 0.5 * hit.normal[1]
    key, sky, ground, haze = (
        np.array(part)[:, None, None] for part in (light.key, light.sky, light.ground, light.haze)
    )
    shaded = greys[:, hit.ids] * (key * lit + sky * above + ground * (1 - above))
    faded = 1 - 0.5 ** (np.where(hit.ids > 0, hit.depth, 0.0) / light.haze_m)
    return np.where(hit.ids > 0, shaded + faded * (haze - shaded), greys[:, hit.ids])


def _turn(axis: int, degrees: float) -> Floats:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn, (a, b) = np.eye(3), [(1, 2), (2, 0), (0, 1)][axis]
    turn[a, a], turn[a, b], turn[b, a], turn[b, b] = cos, -sin, sin, cos
    return turn


def placed(turn: Floats, about: Sequence[float], to: Sequence[float]) -> Matrix:
    """Return the matrix that turns about a point at rest and takes that point elsewhere."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, np.asarray(to) - turn @ np.asarray(about)
    return matrix


LIMBS = (
    ("upper arm", 1.45, 0.26, 0.15),
    ("forearm", 1.15, 0.26, 0.13),
    ("thigh", 0.95, 0.1, 0.22),
    ("shin", 0.5, 0.1, 0.23),
)
"""Name, height of the joint it hangs from, how far that is from the middle, and half its length; metres."""


def walker(name: str, grey: tuple[float, float, float]) -> tuple[Thing, ...]:
    """Return somebody who stands at the middle of the stage and looks along +Z."""
    body = [
        Thing(f"{name} head", (0, 1.64, 0), (0.095, 0.13, 0.115), grey, ball=True),
        Thing(f"{name} chest", (0, 1.27, 0), (0.2, 0.24, 0.12), grey, ball=True),
        Thing(f"{name} hips", (0, 0.98, 0), (0.17, 0.12, 0.12), grey),
    ]
    for limb, joint, aside, half in LIMBS:
        thick = 0.055 if "arm" in limb else 0.075
        for side, sign in (("left", -1), ("right", 1)):
            centre = (sign * aside, joint - half, 0)
            body.append(Thing(f"{name} {side} {limb}", centre, (thick, half + 0.03, thick), grey, ball="arm" in limb))
    return tuple(body)


def walking(name: str, at: tuple[float, float], heading_deg: float, stride: float) -> Mapping[str, Matrix]:
    """Return the places of somebody's parts.

    Args:
        name: of the walker.
        at: x and z of the feet, metres.
        heading_deg: where the face looks.
        stride: how many steps were taken, two for a whole stride.
    """
    turn = _turn(1, heading_deg)
    feet = np.array([at[0], 0.0, at[1]])
    whole = placed(turn, (0, 0, 0), feet)
    places = {f"{name} {part}": whole for part in ("head", "chest", "hips")}
    for side, sign in (("left", -1), ("right", 1)):
        swing = sign * np.sin(np.pi * stride)
        for upper, lower, reach, bend in (("upper arm", "forearm", -28, -20), ("thigh", "shin", 26, 18)):
            one, other = (next(limb for limb in LIMBS if limb[0] == part) for part in (upper, lower))
            top = np.array([sign * one[2], one[1], 0.0])
            first = _turn(0, reach * swing)
            joint = top + first @ [0, -2 * one[3], 0]
            places[f"{name} {side} {upper}"] = whole @ placed(first, top, top)
            second = _turn(0, reach * swing + bend * (1 + np.cos(np.pi * stride + sign)) / 2)
            places[f"{name} {side} {lower}"] = whole @ placed(second, [sign * other[2], other[1], 0.0], joint)
    return places


ROOM = (
    Thing("floor", (0, -0.1, 0), (4, 0.1, 5), (0.42, 0.4, 0.38)),
    Thing("back wall", (0, 1.6, -4.1), (4, 1.6, 0.1), (0.5, 0.5, 0.48)),
    Thing("left wall", (-4.1, 1.6, 0), (0.1, 1.6, 5), (0.45, 0.47, 0.5), shadow=False),
    Thing("right wall", (4.1, 1.6, 0), (0.1, 1.6, 5), (0.48, 0.46, 0.44), shadow=False),
    Thing("column", (-1.9, 1.6, -2.4), (0.25, 1.6, 0.25), (0.55, 0.55, 0.55)),
    Thing("table", (1.5, 0.72, -1.2), (0.7, 0.04, 0.45), (0.4, 0.33, 0.26)),
    Thing("table legs", (1.5, 0.34, -1.2), (0.55, 0.34, 0.3), (0.3, 0.25, 0.2)),
    Thing("door", (2.2, 1.05, -3.98), (0.5, 1.05, 0.03), (0.3, 0.36, 0.42)),
)
TWO = (*ROOM, *walker("ANNA", (0.56, 0.42, 0.38)), *walker("BEN", (0.34, 0.42, 0.5)))


def two_walkers(at: float) -> Moment:
    """Return a moment of the shot, `at` from 0, its beginning, to 1, its end: two people cross, the camera tracks."""
    package = Package(FILMBACKS["super-35"], aspect=16 / 9)
    camera = Camera((-0.6 + 1.2 * at, 1.5 + 0.15 * at, 4.7 - 0.6 * at), 180.0 + 4 - 8 * at, -5.0, 0.0, 24.0, package)
    places = {
        **walking("ANNA", (-2.2 + 3.4 * at, -0.6 + 0.5 * at), 82.0, 4.6 * at),
        **walking("BEN", (1.9 - 2.4 * at, -2.3 + 1.4 * at), 300.0 + 30 * at, 4.0 * at + 0.4),
    }
    return Moment(camera, places, Light(towards=(0.5, 0.9, 0.7)))


def smaller(passes: Passes, fine: int = 3) -> Passes:
    """Return passes at a share of the size: the beauty averaged, of all others the middle pixel."""
    middle = np.s_[..., fine // 2 :: fine, fine // 2 :: fine]
    names = ("depth", "normal", "position", "rest", "ids", "lit")
    return Passes(
        averaged(passes.beauty, fine), *(np.ascontiguousarray(getattr(passes, name)[middle]) for name in names)
    )


def averaged(plate: NDArray[np.float32], fine: int = 3) -> NDArray[np.float32]:
    """Return a plate at a share of the size."""
    channels, height, width = plate.shape
    blocks = plate.reshape(channels, height // fine, fine, width // fine, fine)
    return blocks.mean(axis=(2, 4)).astype(np.float32)


def painted(passes: Passes, *, lit: bool = True) -> NDArray[np.float32]:
    """Return paint: each thing its colour, waves locked to it, warm light, blue shadows; no light if not asked for."""
    palette = np.random.default_rng(5).uniform(0.05, 0.6, (3, 256)).astype(np.float32)
    waves = np.sin(9 * passes.rest[0] + 2 * passes.rest[1]) * np.sin(7 * passes.rest[2] + 5 * passes.rest[1])
    texture = palette[:, passes.ids] * (1 + 0.35 * waves)
    warm, blue = (np.array(colour, np.float32)[:, None, None] for colour in ((1.4, 1.2, 0.9), (0.2, 0.27, 0.4)))
    light = warm * passes.lit + blue if lit else 1.0
    return np.where(passes.ids > 0, texture * light, palette[:, passes.ids]).astype(np.float32)
